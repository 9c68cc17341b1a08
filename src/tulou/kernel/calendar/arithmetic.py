"""Working-day arithmetic over a plain mapping of exceptional days; knows no database.

Laws (tested): adding is monotone and additive, counting is its inverse, the result of adding one or more is a
working day, and a count is provisional exactly if it passed a day whose notice is unknown.
"""

from collections.abc import Mapping, Set
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

LAST_DAYS_OF_DECEMBER = 29
"""From this day of December on the notice of the next year may rule (元旦: 2007-12-29 and 2011-12-31 were worked)."""

_DAY = timedelta(days=1)


class DayKind(StrEnum):
    """What a notice says of a day."""

    WORKDAY = "workday"
    HOLIDAY = "holiday"


@dataclass(frozen=True)
class DueDay:
    """A day that was counted out. `provisional` (暂定): it rests on a year whose notice is not known yet."""

    date: date
    provisional: bool


@dataclass(frozen=True)
class WorkCalendar:
    """Exceptional days, and the years whose notice is known."""

    exceptions: Mapping[date, DayKind]
    years: Set[int]

    def is_working(self, day: date) -> bool:
        """By the notice, else by the day of the week."""
        kind = self.exceptions.get(day)
        if kind is not None:
            return kind is DayKind.WORKDAY
        return day.weekday() < 5

    def is_provisional(self, day: date) -> bool:
        """Whether a notice that may still come could change this day."""
        if day.year not in self.years:
            return True
        return day.month == 12 and day.day >= LAST_DAYS_OF_DECEMBER and day.year + 1 not in self.years

    def add(self, start: date, count: int) -> DueDay:
        """The `count`-th working day after `start`; `start` itself for 0."""
        if count < 0:
            raise ValueError("工作日数不得为负，请填写 0 或正整数")
        day, left, provisional = start, count, False
        while left:
            day += _DAY
            provisional = provisional or self.is_provisional(day)
            left -= self.is_working(day)
        return DueDay(day, provisional)

    def between(self, start: date, end: date) -> int:
        """Working days after `start` up to and including `end`; negative when `end` is earlier."""
        if end < start:
            return -self.between(end, start)
        days = (end - start).days
        return sum(self.is_working(start + timedelta(days=n)) for n in range(1, days + 1))

    def rests_on_unknown(self, start: date, end: date) -> bool:
        """Whether any day after `start` up to `end` may still change."""
        days = (end - start).days
        return any(self.is_provisional(start + timedelta(days=n)) for n in range(1, days + 1))
