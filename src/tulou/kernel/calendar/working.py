"""Working days by the notices on record, and the deadline rules in force."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Q
from django.utils import timezone

from tulou.kernel.calendar.arithmetic import DayKind, DueDay, WorkCalendar
from tulou.kernel.calendar.clock import today
from tulou.kernel.calendar.models import Day, DeadlineRule, Notice, Unit


class NoRule(LookupError):
    """No deadline rule is in force for this clock on that day."""

    def __init__(self, clock: str, on: date) -> None:
        super().__init__(f"{on} 没有“{clock}”的现行时限规则，请先在“时限规则”中录入并注明依据")


@dataclass
class _Cache:
    """The calendar as of the last import; an import in any process changes the stamp."""

    stamp: tuple[tuple[int, str], ...] | None = None
    calendar: WorkCalendar | None = None


_cache = _Cache()


def work_calendar() -> WorkCalendar:
    """All notices on record as plain data; one small query when nothing changed."""
    stamp = tuple(Notice.objects.order_by("year").values_list("year", "digest"))
    if _cache.calendar is None or _cache.stamp != stamp:
        exceptions = {day: DayKind(kind) for day, kind in Day.objects.values_list("date", "kind")}
        _cache.calendar = WorkCalendar(exceptions, frozenset(year for year, _ in stamp))
        _cache.stamp = stamp
    return _cache.calendar


def is_working_day(day: date) -> bool:
    """Whether offices work on that day."""
    return work_calendar().is_working(day)


def add_working_days(start: date, n: int) -> DueDay:
    """The n-th working day after `start`, the starting day not counted."""
    return work_calendar().add(start, n)


def working_days_between(start: date, end: date) -> int:
    """Working days after `start` up to and including `end`; negative when `end` is earlier."""
    return work_calendar().between(start, end)


def deadline(clock: str, on: date | None = None) -> DeadlineRule:
    """The rule in force for a clock on a day (today).

    Raises:
        NoRule: nothing is in force; says where to enter one.
    """
    day = on or today()
    in_force = DeadlineRule.objects.filter(Q(valid_to=None) | Q(valid_to__gt=day), clock=clock, valid_from__lte=day)
    rule = in_force.first()
    if rule is None:
        raise NoRule(clock, day)
    return rule


def due_day(start: date, amount: int, unit: str) -> DueDay:
    """When an amount of working or calendar days runs out; hours are a moment, see `due_moment`."""
    if unit == Unit.WORKING:
        return add_working_days(start, amount)
    return DueDay(start + timedelta(days=amount), provisional=False)


def due_moment(start: datetime, hours: int) -> datetime:
    """When hours run out: wall time, day and night."""
    return start + timedelta(hours=hours)


def local_day(moment: datetime) -> date:
    """The day of a moment in the province."""
    return timezone.localtime(moment).date()
