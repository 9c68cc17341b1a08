"""存证: one leaf of the log as it was hashed, and its inclusion proof, worked out anew each time the page is opened."""

import json
from dataclasses import dataclass

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from tulou.domains.security import services
from tulou.domains.security.policies import may_see_leaf
from tulou.domains.security.timeline import lines
from tulou.domains.security.views.downloads import bundle_response
from tulou.kernel.evidence import Entry, entry_by_hash, proofs_for
from tulou.kernel.evidence.queries import opened_promise
from tulou.kernel.identity import actor_of
from tulou.kernel.permissions import signed_in
from tulou.kernel.ui.pages import Fact
from tulou.trust.keys import UnknownKey
from tulou.trust.merkle import DIGESTS, leaf_hash, verify_inclusion
from tulou.trust.signed import Forged, WrongKind


@dataclass(frozen=True)
class Check:
    """One check of the proof: what was checked, and whether it holds."""

    title: str
    holds: bool
    detail: str


@dataclass(frozen=True)
class Proven:
    """The proof of a leaf against the latest checkpoint; `why` says why there is none."""

    checks: list[Check]
    path: list[str]
    size: int = 0
    root: str = ""
    why: str = ""

    @property
    def holds(self) -> bool:
        """Whether every check holds."""
        return bool(self.checks) and all(check.holds for check in self.checks)


@signed_in
def leaf_page(request: HttpRequest, leaf_hash: str) -> HttpResponse:
    """The leaf, its number, its hash, its promise and its proof."""
    entry = _visible(request, leaf_hash)
    context = {
        "entry": entry,
        "line": lines([entry])[0],
        "facts": _facts(entry),
        "content": json.dumps(entry.leaf.to_payload(), ensure_ascii=False, indent=2),
        "proof": prove(entry),
    }
    return render(request, "security/leaf.html", context)


@signed_in
@require_POST
def leaf_bundle(request: HttpRequest, leaf_hash: str) -> HttpResponse:
    """This one leaf as a bundle."""
    entry = _visible(request, leaf_hash)
    try:
        content = services.export([entry.id], f"存证 {entry.id}", list(entry.leaf.subjects), actor=actor_of(request))
    except ValidationError as refusal:
        messages.error(request, refusal.messages[0])
        return redirect("security:leaf", leaf_hash=leaf_hash)
    return bundle_response(content, f"存证{entry.seq}")


def prove(entry: Entry) -> Proven:
    """Hash the leaf, walk the path to the root, and check the signatures of promise and checkpoint."""
    try:
        proofs = proofs_for([entry.id])
    except ValidationError as problem:
        return Proven([], [], why=problem.messages[0])
    item, head = proofs.items[0], proofs.checkpoint
    digest = DIGESTS[head.digest]
    hashed = leaf_hash(item.content, digest)
    index = int(item.entry.seq or 0)
    included = verify_inclusion(hashed, index, head.size, item.path, head.root, digest)
    checks = [
        Check("留痕内容的摘要与登记一致", hashed == entry.leaf_hash, f"按 RFC 6962 对内容重算：{hashed.hex()}"),
        _promise(entry),
        Check(
            "包含证明通向检查点的树根",
            included,
            f"第 {index} 条，经 {len(item.path)} 个兄弟摘要算到 {head.size} 条的树根",
        ),
        Check("检查点由本节点签名", True, f"日志 {head.origin}，{head.at:%Y-%m-%d %H:%M:%S} UTC"),
    ]
    return Proven(checks, [step.hex() for step in item.path], head.size, head.root.hex())


def _promise(entry: Entry) -> Check:
    title = "入链承诺由本节点签名，且是为它签发"
    try:
        given = opened_promise(entry)
    except (Forged, WrongKind, UnknownKey) as problem:
        return Check(title, False, str(problem))
    return Check(title, given.leaf_hash == entry.leaf_hash, f"日志 {given.log}，{given.at:%Y-%m-%d %H:%M:%S} UTC 承诺")


def _facts(entry: Entry) -> list[Fact]:
    return [
        Fact("序号", entry.seq if entry.seq is not None else "尚未入链", help="在日志中的位置，从 0 起"),
        Fact("类型代码", entry.kind),
        Fact("存证编号", str(entry.id)),
        Fact("留痕摘要", entry.leaf_hash.hex(), help="内容的 RFC 6962 叶摘要（SHA-256）"),
    ]


def _visible(request: HttpRequest, leaf_hash: str) -> Entry:
    entry = entry_by_hash(bytes.fromhex(leaf_hash))
    if entry is None or not may_see_leaf(actor_of(request), entry):
        raise Http404
    return entry
