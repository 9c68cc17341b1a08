"""Laws of working days, over calendars that hypothesis invents."""

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from tulou.kernel.calendar.arithmetic import DayKind, WorkCalendar

DAYS = st.dates(date(2024, 1, 1), date(2027, 12, 31))
COUNTS = st.integers(0, 120)
CALENDARS = st.builds(
    WorkCalendar,
    st.dictionaries(DAYS, st.sampled_from(DayKind), max_size=60),
    st.frozensets(st.integers(2023, 2029)),
)


@given(CALENDARS, DAYS, COUNTS, COUNTS)
def test_adding_is_additive(calendar: WorkCalendar, start: date, first: int, second: int) -> None:
    stop = calendar.add(start, first)
    whole = calendar.add(start, first + second)
    rest = calendar.add(stop.date, second)
    assert rest.date == whole.date
    assert whole.provisional == (stop.provisional or rest.provisional)


@given(CALENDARS, DAYS, COUNTS, COUNTS)
def test_adding_is_monotone_in_the_count(calendar: WorkCalendar, start: date, count: int, more: int) -> None:
    assert calendar.add(start, count).date <= calendar.add(start, count + more).date
    assert calendar.add(start, count).date < calendar.add(start, count + 1).date


@given(CALENDARS, DAYS, st.integers(0, 40), COUNTS)
def test_adding_is_monotone_in_the_start(calendar: WorkCalendar, start: date, later: int, count: int) -> None:
    assert calendar.add(start, count).date <= calendar.add(start + timedelta(days=later), count).date


@given(CALENDARS, DAYS, COUNTS)
def test_counting_is_the_inverse_of_adding(calendar: WorkCalendar, start: date, count: int) -> None:
    end = calendar.add(start, count).date
    assert calendar.between(start, end) == count
    assert calendar.between(end, start) == -count


@given(CALENDARS, DAYS, st.integers(1, 120))
def test_the_day_reached_is_a_working_day_and_the_starting_day_is_not_counted(
    calendar: WorkCalendar, start: date, count: int
) -> None:
    end = calendar.add(start, count).date
    assert end > start
    assert calendar.is_working(end)


@given(CALENDARS, DAYS, COUNTS)
def test_provisional_exactly_if_a_counted_day_may_still_change(calendar: WorkCalendar, start: date, count: int) -> None:
    due = calendar.add(start, count)
    passed = [start + timedelta(days=n) for n in range(1, (due.date - start).days + 1)]
    assert due.provisional == any(calendar.is_provisional(day) for day in passed)
    assert due.provisional == calendar.rests_on_unknown(start, due.date)


def test_the_last_days_of_december_wait_for_the_next_notice() -> None:
    calendar = WorkCalendar({}, {2026})
    assert not calendar.is_provisional(date(2026, 12, 28))
    assert calendar.is_provisional(date(2026, 12, 29))
    assert calendar.is_provisional(date(2027, 1, 4))
    assert not WorkCalendar({}, {2026, 2027}).is_provisional(date(2026, 12, 31))
