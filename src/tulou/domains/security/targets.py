"""追溯对象: what a trace is about, and whose it is.

A batch, a request, a grant, a right, a plan or a call leads to the entry whose data it is about; an entry leads to
all of them. Every target names its provider and its consumers, on which the scope of its viewers rests.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from uuid import UUID

from tulou.domains.access import public as access
from tulou.domains.catalog import public as catalog
from tulou.domains.ingest import public as ingest
from tulou.domains.quality import public as quality
from tulou.domains.sharing import public as sharing
from tulou.kernel import evidence
from tulou.kernel.evidence import Entry

CALLS = ("access.call.", "access.delivery.")


@dataclass(frozen=True)
class Target:
    """One thing to be traced. `whole` is an entry's own trace, with every batch and every receiver."""

    noun: str
    id: UUID
    kind: str
    title: str
    entry: catalog.EntryInfo
    consumers: frozenset[UUID] = frozenset()
    batch: ingest.BatchInfo | None = None
    request: sharing.RequestInfo | None = None
    grant: sharing.GrantInfo | None = None
    right: access.RightInfo | None = None
    plan: access.PlanInfo | None = None
    call: Entry | None = None

    @property
    def provider(self) -> UUID:
        """The agency whose data it is."""
        return self.entry.provider

    @property
    def whole(self) -> bool:
        """Whether every receiver belongs to it: an entry, or a batch of its rows."""
        return self.request is None and self.right is None


def resolve(noun: str, key: UUID) -> Target | None:
    """The target behind a reference, or None where there is no such thing or nothing can be traced from it."""
    found = RESOLVERS.get(noun)
    return found(key) if found else None


def of_entry(key: UUID) -> Target | None:
    """An entry."""
    entry = catalog.entry(key)
    return Target("entry", key, "目录", entry.name, entry) if entry else None


def of_batch(key: UUID) -> Target | None:
    """A batch, by the id that every row of it carries."""
    batch = ingest.batch(key)
    target = of_entry(batch.entry) if batch else None
    if batch is None or target is None:
        return None
    return replace(target, noun="batch", id=key, kind="汇聚批次", title=f"{batch.number} {target.title}", batch=batch)


def of_request(key: UUID) -> Target | None:
    """A request, with its grant where there is one."""
    request = sharing.requests([key]).get(key)
    if request is None:
        return None
    grant = next((one for one in sharing.grants_on(request.entry) if one.request == key), None)
    return _requested(request, grant, "request", key, "共享申请", request.number)


def of_item(key: UUID) -> Target | None:
    """An item of a request leads to its request."""
    request = sharing.request_of_item(key)
    return of_request(request) if request else None


def of_grant(key: UUID) -> Target | None:
    """A grant."""
    grant = sharing.grant(key)
    request = sharing.requests([grant.request]).get(grant.request) if grant else None
    if grant is None or request is None:
        return None
    return _requested(request, grant, "grant", key, "共享授权", f"{grant.number} 授权")


def _requested(
    request: sharing.RequestInfo, grant: sharing.GrantInfo | None, noun: str, key: UUID, kind: str, title: str
) -> Target | None:
    target = of_entry(request.entry)
    if target is None:
        return None
    right = access.right(grant.right) if grant and grant.right else None
    return replace(
        target,
        noun=noun,
        id=key,
        kind=kind,
        title=title,
        consumers=frozenset({request.applicant}),
        request=request,
        grant=grant,
        right=right,
    )


def of_right(key: UUID) -> Target | None:
    """A right leads to the grant it rests on; one that rests on holding or duty stands for itself."""
    right = access.right(key)
    if right is None:
        return None
    kind, _, ref = right.ref.partition(":")
    target = of_grant(UUID(ref)) if kind == "grant" and _is_uuid(ref) else of_entry(right.entry)
    if target is None:
        return None
    consumers = target.consumers | {right.caller}
    return replace(
        target,
        noun="right",
        id=key,
        kind="访问权利",
        title=f"{target.title} 的访问权利",
        right=right,
        consumers=consumers,
    )


def of_plan(key: UUID) -> Target | None:
    """A signed plan leads to its right."""
    plan = access.plan(key)
    target = of_right(plan.right) if plan else None
    return replace(target, noun="plan", id=key, kind="访问计划", plan=plan) if target else None


def of_call(key: UUID) -> Target | None:
    """A call or a delivery, by the evidence id that was answered with it."""
    call = evidence.entry(key)
    if call is None or not call.kind.startswith(CALLS):
        return None
    for subject in call.leaf.subjects:
        noun, _, ref = subject.partition(":")
        if noun == "plan" and _is_uuid(ref) and (target := of_plan(UUID(ref))):
            return replace(target, noun="call", id=key, kind="调用", title=f"{target.title} 的一次调用", call=call)
    return None


def of_ticket(key: UUID) -> Target | None:
    """A rectification ticket leads to its entry."""
    ticket = quality.ticket(key)
    return of_entry(ticket.entry) if ticket else None


def _is_uuid(text: str) -> bool:
    try:
        UUID(text)
    except ValueError:
        return False
    return True


RESOLVERS: dict[str, Callable[[UUID], Target | None]] = {
    "batch": of_batch,
    "grant": of_grant,
    "request": of_request,
    "entry": of_entry,
    "right": of_right,
    "plan": of_plan,
    "call": of_call,
    "requesteditem": of_item,
    "ticket": of_ticket,
}
