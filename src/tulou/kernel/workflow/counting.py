"""The arithmetic of a clock: pure, over its spans and a calendar.

Law (tested): the days used while running and the days left add up to the allowance, whatever pauses came between;
time while paused is not counted, and what was used before a pause stays used.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Protocol

from tulou.kernel.calendar import DueDay, WorkCalendar
from tulou.kernel.calendar.models import Unit
from tulou.kernel.workflow.models import Clock


class DayCount(Protocol):
    """How days are counted: by work, or all of them."""

    def add(self, start: date, count: int) -> DueDay: ...
    def between(self, start: date, end: date) -> int: ...
    def rests_on_unknown(self, start: date, end: date) -> bool: ...


@dataclass(frozen=True)
class AllDays:
    """Calendar days; no notice can change them."""

    def add(self, start: date, count: int) -> DueDay:
        return DueDay(start + timedelta(days=count), provisional=False)

    def between(self, start: date, end: date) -> int:
        return (end - start).days

    def rests_on_unknown(self, start: date, end: date) -> bool:
        return False


def day_count(clock: Clock, calendar: WorkCalendar) -> DayCount:
    """How this clock counts."""
    return calendar if clock.unit == Unit.WORKING else AllDays()


def finished_spans(clock: Clock) -> list[tuple[date, date]]:
    """The stretches that ended with a pause."""
    return [(date.fromisoformat(start), date.fromisoformat(end)) for start, end in clock.spans]


def pause(clock: Clock, on: date) -> None:
    """End the running stretch."""
    clock.spans = [*clock.spans, [clock.running_since.isoformat(), on.isoformat()]]
    clock.paused_on = on


def resume(clock: Clock, on: date) -> None:
    """Begin a new stretch; the day it begins is not counted."""
    clock.running_since, clock.paused_on = on, None


def used(clock: Clock, calendar: WorkCalendar, on: date) -> int:
    """Days used up to and including `on`."""
    days = day_count(clock, calendar)
    before = sum(days.between(start, end) for start, end in finished_spans(clock))
    if clock.paused_on is not None:
        return before
    return before + max(0, days.between(clock.running_since, on))


def due(clock: Clock, calendar: WorkCalendar) -> DueDay:
    """The day on which the allowance is used up, if the clock goes on running."""
    days = day_count(clock, calendar)
    left, unknown = clock.allowance, False
    for start, end in finished_spans(clock):
        spent = days.between(start, end)
        if spent > left:
            ran_out = days.add(start, left)
            return DueDay(ran_out.date, unknown or ran_out.provisional)
        left -= spent
        unknown = unknown or days.rests_on_unknown(start, end)
    last = days.add(clock.running_since, left)
    return DueDay(last.date, unknown or last.provisional)
