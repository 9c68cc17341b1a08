"""What a trace asks of the access room: plans, rights by what they rest on, use, and copies."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from tulou.domains.access import queries
from tulou.domains.access.models import CopyHolder, Plan, Right

BEGINNING = date(2000, 1, 1)


@dataclass(frozen=True, slots=True)
class PlanInfo:
    """A signed plan as it was issued; its token is kept nowhere."""

    id: UUID
    right: UUID
    channel: str
    person: UUID | None
    system: UUID | None
    issued_at: datetime
    expires: datetime


@dataclass(frozen=True, slots=True)
class Use:
    """What the meter says of a right, all days together."""

    calls: int
    rows: int
    bytes: int


@dataclass(frozen=True, slots=True)
class CopyInfo:
    """A registered copy of an entry's data."""

    holder: str
    place: str
    rows: int
    made_at: datetime
    destroyed_at: datetime | None


def plan(plan_id: UUID) -> PlanInfo | None:
    """The plan with this id, or None."""
    row = Plan.objects.filter(pk=plan_id).first()
    return _plan(row) if row else None


def _plan(row: Plan) -> PlanInfo:
    return PlanInfo(row.id, row.right_id, row.channel, row.person, row.system, row.issued_at, row.expires)


def right_ids_by_ref(ref: str) -> tuple[UUID, ...]:
    """Rights that rest on this reference (`grant:…`)."""
    return tuple(Right.objects.filter(ref=ref).values_list("id", flat=True))


def metered(rights: Collection[UUID], since: date = BEGINNING) -> dict[UUID, Use]:
    """What was used of each right, in one query; rights that were never used are not in it."""
    return {key: Use(row["calls"], row["rows"], row["bytes"]) for key, row in queries.used(rights, since).items()}


def copies_of(entry: UUID, limit: int = 200) -> tuple[CopyInfo, ...]:
    """Registered copies of an entry's data, newest first."""
    rows = CopyHolder.objects.filter(entry=entry)[:limit]
    return tuple(CopyInfo(row.holder, row.place, row.rows, row.made_at, row.destroyed_at) for row in rows)
