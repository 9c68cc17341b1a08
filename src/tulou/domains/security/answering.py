"""责任: who answers for what. 谁管理谁负责、谁使用谁负责: the provider until receipt, the receiver after it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from tulou.domains.ingest.public import BatchInfo
from tulou.domains.law.public import BasisInfo
from tulou.domains.security.targets import Target
from tulou.domains.sharing import public as sharing
from tulou.kernel.ui import places
from tulou.kernel.workflow import Step

#: Moves of which somebody must answer, with the part that it plays.
PARTS: dict[tuple[str, str], str] = {
    ("catalog.entry", "endorse"): "目录部门审核",
    ("catalog.entry", "endorse_change"): "目录变更部门审核",
    ("catalog.entry", "submit"): "目录提交",
    ("catalog.entry", "submit_change"): "目录变更提交",
    ("catalog.entry", "publish"): "目录审核发布",
    ("catalog.entry", "publish_change"): "目录变更审核发布",
    ("ingest.batch", "begin"): "数据报送",
    ("sharing.request", "endorse"): "使用方部门审核",
    ("sharing.request", "submit"): "提出申请",
    ("sharing.request", "accept"): "受理",
    ("sharing.item", "grant"): "同意共享",
    ("sharing.item", "refuse"): "不予共享",
    ("sharing.grant", "suspend"): "暂停授权",
    ("sharing.grant", "revoke"): "撤销授权",
}
SHOWN = 60


@dataclass(frozen=True)
class Answer:
    """One who answers, for what, on which ground, since when."""

    part: str
    organisation: str
    account: str
    what: str
    basis: str
    at: datetime | None
    url: str


def answers(
    target: Target,
    steps: Sequence[Step],
    batches: Sequence[BatchInfo],
    requests: Mapping[UUID, sharing.RequestInfo],
    items: Sequence[sharing.ItemInfo],
    bases: Mapping[UUID, BasisInfo],
    names: Mapping[UUID, str],
) -> list[Answer]:
    """The provider, whoever moved the matter on, and the receiver, in that order; of many steps the newest."""
    about = _about(target, requests, items) | {batch.id: batch.number for batch in batches}
    cited = {item.id: _citation(bases, item.basis) for item in items}
    cited |= {one.id: _citation(bases, one.basis) for one in requests.values()}
    acted = [
        Answer(
            part=part,
            organisation=names.get(step.party, "") if step.party else "平台",
            account=step.actor_label,
            what=about.get(step.subject, ""),
            basis=cited.get(step.subject, "") if step.move in ("refuse", "submit") else "",
            at=step.at,
            url=places.proof_url(step.leaf_hash),
        )
        for step in steps
        if (part := PARTS.get((step.flow, step.move)))
    ]
    provider = Answer("数据提供", names[target.provider], "", "对所提供数据的真实、完整和及时负责", "", None, "")
    return [provider, *reversed(acted[:SHOWN]), *_receivers(requests, names)]


def _receivers(requests: Mapping[UUID, sharing.RequestInfo], names: Mapping[UUID, str]) -> list[Answer]:
    """After receipt whoever uses the data answers for them, as it promised in its request."""
    return [
        Answer(
            part="接收后使用",
            organisation=names.get(one.applicant, ""),
            account=one.contact,
            what=f"限于“{one.scenario}”；{one.disposal}" + (f"；受托处理者：{one.processor}" if one.processor else ""),
            basis="",
            at=None,
            url="",
        )
        for one in requests.values()
        if one.status == "decided"
    ]


def _about(
    target: Target, requests: Mapping[UUID, sharing.RequestInfo], items: Sequence[sharing.ItemInfo]
) -> dict[UUID, str]:
    found = {target.entry.id: target.entry.name}
    found |= {one.id: one.number for one in requests.values()}
    found |= {item.id: f"{requests[item.request].number} {item.label}" for item in items if item.request in requests}
    return found


def _citation(bases: Mapping[UUID, BasisInfo], key: UUID | None) -> str:
    basis = bases.get(key) if key else None
    return basis.citation if basis else ""
