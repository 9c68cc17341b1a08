"""追溯: one page that answers 来源、去向、留痕、责任 for a target."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from uuid import UUID

from tulou.domains.access import public as access
from tulou.domains.directory import public as directory
from tulou.domains.ingest import public as ingest
from tulou.domains.law import public as law
from tulou.domains.security import timeline
from tulou.domains.security.answering import Answer, answers
from tulou.domains.security.policies import View
from tulou.domains.security.targets import Target
from tulou.domains.security.usage import Usage, usage_of
from tulou.domains.sharing import public as sharing
from tulou.kernel.identity import party_names
from tulou.kernel.workflow import Step

BATCHES = 50
RECEIVERS = 50
STEPS = 400
SENT = ("ingest.batch", "begin")


@dataclass(frozen=True)
class Receiver:
    """One who may take, or took, the data: on what ground, how, and how much."""

    grant: sharing.GrantInfo
    request: sharing.RequestInfo | None
    name: str
    items: tuple[sharing.ItemInfo, ...]
    channels: tuple[str, ...]
    usage: Usage


@dataclass(frozen=True)
class Trace:
    """The four answers."""

    target: Target
    view: View
    provider: str
    duty: directory.DutyInfo | None
    system: directory.SystemInfo | None
    batches: Sequence[ingest.BatchInfo]
    delivered_by: dict[UUID, str]
    receivers: list[Receiver]
    copies: Sequence[access.CopyInfo]
    lines: list[timeline.Line]
    calls: list[timeline.Line]
    traces: timeline.Traces
    answers: list[Answer]
    notes: list[str] = field(default_factory=list)


def trace(target: Target, view: View) -> Trace:
    """Ask every room below; the number of questions does not grow with the rows."""
    batches = _batches(target)
    granted, requests = _grants(target)
    items = sharing.requested_items([one.id for one in requests.values()])
    steps = _steps(target, batches, granted, requests, items)
    found = timeline.traces_of(target, view)
    leaves = [*found.process, *found.calls]
    named = {target.provider, *(one.consumer for one in granted), *(one.applicant for one in requests.values())}
    named |= {step.party for step in steps if step.party} | timeline.parties_in(leaves)
    names = party_names(named)
    every = timeline.lines(leaves, _known(target, batches, granted, requests, names))
    bases = law.bases({one.basis for one in requests.values()} | {item.basis for item in items if item.basis})
    entry = target.entry
    return Trace(
        target=target,
        view=view,
        provider=names[target.provider],
        duty=directory.duty(entry.duty) if entry.duty else None,
        system=directory.system(entry.system) if entry.system else None,
        batches=batches[:BATCHES],
        delivered_by={step.subject: step.actor_label for step in steps if (step.flow, step.move) == SENT},
        receivers=_receivers(target, granted, requests, items, names),
        copies=access.copies_of(entry.id) if view != "consumer" else (),
        lines=every[: len(found.process)],
        calls=every[len(found.process) :],
        traces=found,
        answers=answers(target, steps, batches, requests, items, bases, names),
        notes=_notes(batches, granted, found),
    )


def _known(
    target: Target,
    batches: Sequence[ingest.BatchInfo],
    granted: Sequence[sharing.GrantInfo],
    requests: dict[UUID, sharing.RequestInfo],
    names: dict[UUID, str],
) -> timeline.Names:
    """Names of what the page has in hand."""
    return {
        "party": names,
        "entry": {target.entry.id: target.entry.name},
        "batch": {one.id: one.number for one in batches},
        "request": {one.id: one.number for one in requests.values()},
        "grant": {one.id: f"{one.number} 授权" for one in granted},
    }


def _batches(target: Target) -> list[ingest.BatchInfo]:
    if target.batch is not None:
        return [target.batch]
    return [one for one in ingest.batches(target.entry.id) if target.whole or one.status == "landed"]


def _grants(target: Target) -> tuple[list[sharing.GrantInfo], dict[UUID, sharing.RequestInfo]]:
    """The grants that belong to the target with their requests; an ownership right has none."""
    if target.request is not None:
        return [target.grant] if target.grant else [], {target.request.id: target.request}
    if not target.whole:
        return [], {}
    granted = list(sharing.grants_on(target.entry.id))[:RECEIVERS]
    requests = {one.id: one for one in sharing.requests_on(target.entry.id)}
    return granted, requests


def _receivers(
    target: Target,
    granted: list[sharing.GrantInfo],
    requests: dict[UUID, sharing.RequestInfo],
    items: Sequence[sharing.ItemInfo],
    names: dict[UUID, str],
) -> list[Receiver]:
    rights = {one.id: one for one in ([target.right] if target.right else access.rights_on(target.entry.id))}
    used = usage_of([one.right for one in granted if one.right])
    return [
        Receiver(
            grant=one,
            request=requests.get(one.request),
            name=names[one.consumer],
            items=tuple(item for item in items if item.request == one.request),
            channels=rights[one.right].channels if one.right in rights else (),
            usage=used.get(one.right, Usage()) if one.right else Usage(),
        )
        for one in granted
    ]


def _steps(
    target: Target,
    batches: Sequence[ingest.BatchInfo],
    granted: Sequence[sharing.GrantInfo],
    requests: dict[UUID, sharing.RequestInfo],
    items: Sequence[sharing.ItemInfo],
) -> list[Step]:
    subjects = [
        target.entry.id,
        *(one.id for one in batches[:BATCHES]),
        *(one.id for one in granted),
        *requests,
        *(item.id for item in items),
    ]
    return list(Step.objects.filter(subject__in=subjects).order_by("-at", "-id")[:STEPS])


def _notes(
    batches: Sequence[ingest.BatchInfo], granted: Sequence[sharing.GrantInfo], found: timeline.Traces
) -> list[str]:
    notes = []
    if len(batches) > BATCHES:
        notes.append(f"共 {len(batches)} 个批次，只列最近 {BATCHES} 个；其余请在汇聚批次台账查看")
    if len(granted) >= RECEIVERS:
        notes.append(f"使用方较多，只列最近 {RECEIVERS} 个授权；请从具体授权追溯")
    if found.total > found.shown:
        notes.append(f"共 {found.total:,} 条留痕，只列最近 {found.shown} 条；请从具体批次、授权或调用追溯")
    return notes
