"""What quality tells others."""

from dataclasses import dataclass
from uuid import UUID

from tulou.domains.quality.models import Ticket
from tulou.kernel.outbox import event
from tulou.kernel.workflow import Step


@event("quality.ticket_changed", version=1, ordered_by="ticket")
@dataclass(frozen=True)
class TicketChanged:
    """A ticket was opened, or moved; `rule` is empty when somebody reported the fault."""

    ticket: UUID
    entry: UUID
    provider: UUID
    rule: str
    status: str


def ticket_event(ticket: Ticket, step: Step) -> TicketChanged:
    """The event of a step."""
    return TicketChanged(ticket.id, ticket.entry_id, ticket.provider_id, ticket.rule, ticket.status)
