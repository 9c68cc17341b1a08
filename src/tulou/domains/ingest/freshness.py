"""新鲜度: whether an entry's data are as young as its update cycle promises.

The cycle runs in calendar days from the last update; then come a few working
days of grace (rule `ingest.grace`, where the province has set one).
"""

import calendar
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final
from uuid import UUID

from tulou.domains.catalog.public import EntryInfo, UpdateCycle, entries
from tulou.kernel.calendar import NoRule, Unit, deadline, due_day, today, work_calendar
from tulou.kernel.permissions.queries import once

GRACE_CLOCK: Final = "ingest.grace"
#: Working days of grace while no rule is on record (not verified by any document).
GRACE: Final = 3
_DAYS: Final = {UpdateCycle.REALTIME: 1, UpdateCycle.DAILY: 1, UpdateCycle.WEEKLY: 7}
_MONTHS: Final = {
    UpdateCycle.MONTHLY: 1,
    UpdateCycle.QUARTERLY: 3,
    UpdateCycle.HALF_YEARLY: 6,
    UpdateCycle.YEARLY: 12,
    UpdateCycle.TWO_YEARLY: 24,
}


@dataclass(frozen=True, slots=True)
class Freshness:
    """When the data were updated last (None: never), until when the next update is due, and whether it is late."""

    on: date | None
    due_on: date | None
    stale: bool
    provisional: bool = False


def freshness_of(known: EntryInfo) -> Freshness:
    """How fresh an entry's data are today."""
    updated = known.data_updated_on
    next_on = _next(updated, known) if updated else None
    if updated is None or next_on is None:
        return Freshness(updated, None, False)
    amount, unit = once("ingest.grace", _grace)
    counted = once("ingest.calendar", work_calendar) if unit == Unit.WORKING else None
    due = counted.add(next_on, amount) if counted else due_day(next_on, amount, unit)
    return Freshness(updated, due.date, due.date < today(), due.provisional)


def freshness_many(ids: Collection[UUID]) -> dict[UUID, Freshness]:
    """The freshness of several entries."""
    return {key: freshness_of(known) for key, known in entries(ids).items()}


def _next(updated: date, known: EntryInfo) -> date | None:
    cycle = UpdateCycle(known.update_cycle) if known.update_cycle else None
    if cycle in _MONTHS:
        return _months_later(updated, _MONTHS[cycle])
    days = known.update_days if cycle == UpdateCycle.CUSTOM else _DAYS.get(cycle) if cycle else None
    return updated + timedelta(days=days) if days else None


def _months_later(day: date, months: int) -> date:
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def _grace() -> tuple[int, str]:
    try:
        rule = deadline(GRACE_CLOCK)
    except NoRule:
        return GRACE, "working"
    return rule.amount, rule.unit
