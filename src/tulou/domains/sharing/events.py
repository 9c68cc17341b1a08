"""What the sharing room tells others."""

from dataclasses import dataclass
from uuid import UUID

from tulou.domains.sharing.models import Grant, Request
from tulou.kernel.outbox import event
from tulou.kernel.workflow import Step


@event("sharing.request_decided", version=1, ordered_by="request")
@dataclass(frozen=True)
class RequestDecided:
    """All items of a request were decided."""

    request: UUID
    entry: UUID
    applicant: UUID


@event("sharing.grant_changed", version=1, ordered_by="grant")
@dataclass(frozen=True)
class GrantChanged:
    """A grant began, was suspended, resumed, revoked, or ran out."""

    grant: UUID
    entry: UUID
    consumer: UUID
    status: str


def decided_event(request: Request, step: Step) -> RequestDecided:
    """The event of a conclusion."""
    return RequestDecided(request.id, request.entry_id, request.applicant_id)


def grant_event(grant: Grant, step: Step) -> GrantChanged:
    """The event of a change of a grant."""
    return GrantChanged(grant.id, grant.entry_id, grant.consumer_id, grant.status)
