"""The door of the access room: rights, plans, meter, copies."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db.models import Sum

from tulou.domains.access import queries
from tulou.domains.access.models import Meter, Right
from tulou.domains.access.panels import use_panel
from tulou.domains.access.services import (
    IssuedPlan,
    RightSpec,
    amend,
    establish,
    forget_copy,
    issue_key,
    issue_plan,
    note_copy,
    resume,
    revoke,
    suspend,
)
from tulou.domains.access.tracing import CopyInfo, PlanInfo, Use, copies_of, metered, plan, right_ids_by_ref
from tulou.kernel.calendar import today
from tulou.trust.plans import Mask, PlanColumn, Predicate

__all__ = [
    "CopyInfo",
    "DayUse",
    "IssuedPlan",
    "PlanInfo",
    "RightInfo",
    "RightSpec",
    "Use",
    "amend",
    "copies_of",
    "establish",
    "forget_copy",
    "issue_key",
    "issue_plan",
    "meter",
    "metered",
    "note_copy",
    "plan",
    "resume",
    "revoke",
    "right",
    "right_ids_by_ref",
    "rights_of",
    "rights_on",
    "suspend",
    "use_by_day",
    "use_panel",
    "used_today",
]


@dataclass(frozen=True, slots=True)
class RightInfo:
    """A right as it stands."""

    id: UUID
    kind: str
    ref: str
    caller: UUID
    entry: UUID
    zone: str
    table: str
    columns: tuple[PlanColumn, ...]
    rows: tuple[Predicate, ...]
    channels: tuple[str, ...]
    calls_per_day: int
    rows_per_day: int
    purpose: str
    scenario: str
    valid_from: datetime
    valid_to: datetime
    status: str


@dataclass(frozen=True, slots=True)
class DayUse:
    """What was used of a right on one day."""

    day: date
    calls: int
    rows: int
    bytes: int


def _info(row: Right) -> RightInfo:
    return RightInfo(
        id=row.id,
        kind=row.kind,
        ref=row.ref,
        caller=row.caller,
        entry=row.entry,
        zone=row.zone,
        table=row.table,
        columns=tuple(PlanColumn(c["name"], c["label"], Mask(**c["mask"])) for c in row.columns),
        rows=tuple(Predicate(p["column"], p["op"], tuple(p["values"])) for p in row.rows),
        channels=tuple(row.channels),
        calls_per_day=row.calls_per_day,
        rows_per_day=row.rows_per_day,
        purpose=row.purpose,
        scenario=row.scenario,
        valid_from=row.valid_from,
        valid_to=row.valid_to,
        status=row.status,
    )


def right(right_id: UUID) -> RightInfo | None:
    """The right with this id, or None."""
    row = Right.objects.filter(pk=right_id).first()
    return _info(row) if row else None


def rights_of(caller: UUID) -> tuple[RightInfo, ...]:
    """Every right of one caller, newest first."""
    return tuple(_info(row) for row in queries.rights_of(caller))


def rights_on(entry: UUID) -> tuple[RightInfo, ...]:
    """Every right on one entry, newest first."""
    return tuple(_info(row) for row in queries.rights_on(entry))


def meter(right_id: UUID, since: date) -> tuple[DayUse, ...]:
    """Day by day what was used of a right since a day."""
    rows = Meter.objects.filter(right=right_id, day__gte=since).order_by("day")
    return tuple(DayUse(row.day, row.calls, row.rows, row.bytes) for row in rows)


def use_by_day(since: date, *, callers: Collection[UUID] | None = None) -> tuple[DayUse, ...]:
    """What was used of all rights, day by day since a day; `callers` narrows to rights of these."""
    rows = Meter.objects.filter(day__gte=since)
    if callers is not None:
        rows = rows.filter(right__in=Right.objects.filter(caller__in=callers).values("pk"))
    days = rows.order_by("day").values("day").annotate(c=Sum("calls"), r=Sum("rows"), b=Sum("bytes"))
    return tuple(DayUse(row["day"], row["c"], row["r"], row["b"]) for row in days)


def used_today(rights: Collection[UUID]) -> dict[UUID, DayUse]:
    """What was used of each right today, in one query."""
    rows = Meter.objects.filter(right__in=rights, day=today())
    return {row.right: DayUse(row.day, row.calls, row.rows, row.bytes) for row in rows}
