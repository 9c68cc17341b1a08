"""The door of quality for other domains: rules in force, scores, open tickets; bind rules, report faults."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from tulou.domains.quality import queries, rulebook
from tulou.domains.quality.binding import bind_rules
from tulou.domains.quality.events import TicketChanged
from tulou.domains.quality.models import Ticket
from tulou.domains.quality.services import Report, report_issue
from tulou.plane.rules import Rule

__all__ = [
    "Report",
    "Score",
    "TicketChanged",
    "TicketInfo",
    "bind_rules",
    "open_tickets",
    "report_issue",
    "rules",
    "score",
    "ticket",
]


@dataclass(frozen=True, slots=True)
class Score:
    """The score of an entry: total and dimensions from 0 to 100, the rows it rests on, when they were checked."""

    total: Decimal
    by_dimension: dict[str, Decimal]
    rows: int
    on: datetime
    basis: str


@dataclass(frozen=True, slots=True)
class TicketInfo:
    """A ticket as it stands."""

    id: UUID
    number: str
    title: str
    entry: UUID
    provider: UUID
    reporter: UUID | None
    rule: str
    status: str
    found: int
    reopened: int
    created_at: datetime


def rules(entry: UUID) -> tuple[Rule, ...]:
    """Every rule in force for an entry: bound ones, and those that follow from its shape."""
    return tuple(one.rule for one in rulebook.standing(entry))


def score(entry: UUID) -> Score | None:
    """The score of the newest check that counts, or None before the first."""
    run = queries.scored(entry)
    if run is None or run.total is None:
        return None
    return Score(run.total, run.dimensions, run.rows, run.at, run.label)


def open_tickets(entry: UUID) -> tuple[TicketInfo, ...]:
    """Tickets of an entry that wait for something, newest first."""
    return tuple(_info(row) for row in queries.open_tickets(entry))


def ticket(ticket_id: UUID) -> TicketInfo | None:
    """The ticket with this id, whoever asks; callers check what their viewer may see."""
    row = Ticket.objects.filter(pk=ticket_id).first()
    return _info(row) if row else None


def _info(row: Ticket) -> TicketInfo:
    return TicketInfo(
        id=row.id,
        number=row.number,
        title=row.title,
        entry=row.entry_id,
        provider=row.provider_id,
        reporter=row.reporter_id,
        rule=row.rule,
        status=row.status,
        found=row.found,
        reopened=row.reopened,
        created_at=row.created_at,
    )
