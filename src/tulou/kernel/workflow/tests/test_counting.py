"""The arithmetic of clocks against an oracle that only counts the days as they pass."""

from datetime import date, timedelta

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from tulou.kernel.calendar import DayKind, WorkCalendar
from tulou.kernel.workflow import counting
from tulou.kernel.workflow.models import Clock

MONDAY = date(2026, 3, 2)
EXCEPTIONS = st.dictionaries(st.dates(MONDAY, MONDAY + timedelta(days=90)), st.sampled_from(DayKind), max_size=12)


class Passing(RuleBasedStateMachine):
    """Days pass, the clock is paused, resumed and extended in any order."""

    @initialize(allowance=st.integers(1, 15), exceptions=EXCEPTIONS)
    def start(self, allowance: int, exceptions: dict[date, DayKind]) -> None:
        self.calendar = WorkCalendar(exceptions, frozenset({2026, 2027}))
        self.today = MONDAY
        self.clock = Clock(unit="working", allowance=allowance, running_since=MONDAY, spans=[])
        self.counted: list[date] = []

    @rule(days=st.integers(1, 6))
    def days_pass(self, days: int) -> None:
        for _ in range(days):
            self.today += timedelta(days=1)
            if self.clock.paused_on is None and self.calendar.is_working(self.today):
                self.counted.append(self.today)

    @precondition(lambda self: self.clock.paused_on is None)
    @rule()
    def pause(self) -> None:
        counting.pause(self.clock, self.today)

    @precondition(lambda self: self.clock.paused_on is not None)
    @rule()
    def resume(self) -> None:
        counting.resume(self.clock, self.today)

    @rule(days=st.integers(1, 5))
    def extend(self, days: int) -> None:
        self.clock.allowance += days

    @invariant()
    def used_days_are_those_that_passed_while_running(self) -> None:
        assert counting.used(self.clock, self.calendar, self.today) == len(self.counted)

    @precondition(lambda self: self.clock.paused_on is None)
    @invariant()
    def the_due_day_leaves_exactly_what_is_left(self) -> None:
        left = self.clock.allowance - len(self.counted)
        due = counting.due(self.clock, self.calendar).date
        if left > 0:
            assert due == self.calendar.add(self.today, left).date
        elif left == 0:
            assert self.counted[-1] <= due <= self.today
        else:
            assert due < self.counted[self.clock.allowance]


TestPassing = Passing.TestCase
TestPassing.settings = settings(max_examples=60, stateful_step_count=25, deadline=None)
