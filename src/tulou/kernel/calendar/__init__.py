"""日历: today, working days and deadlines. Law is data: notices, days and rules are rows with their citations.

Promise: days are counted by the State Council's yearly notices; what rests on a year without its notice is marked
暂定 and counted again when the notice is imported. The starting day is not counted.
"""

from importlib import import_module
from typing import TYPE_CHECKING

from tulou.kernel.calendar.arithmetic import DayKind, DueDay, WorkCalendar
from tulou.kernel.calendar.clock import now, today

if TYPE_CHECKING:
    from tulou.kernel.calendar.models import Day as Day
    from tulou.kernel.calendar.models import DeadlineRule as DeadlineRule
    from tulou.kernel.calendar.models import Notice as Notice
    from tulou.kernel.calendar.models import Unit as Unit
    from tulou.kernel.calendar.services import import_notice as import_notice
    from tulou.kernel.calendar.services import load_known_notices as load_known_notices
    from tulou.kernel.calendar.services import on_notice_imported as on_notice_imported
    from tulou.kernel.calendar.services import set_rule as set_rule
    from tulou.kernel.calendar.working import NoRule as NoRule
    from tulou.kernel.calendar.working import add_working_days as add_working_days
    from tulou.kernel.calendar.working import deadline as deadline
    from tulou.kernel.calendar.working import due_day as due_day
    from tulou.kernel.calendar.working import is_working_day as is_working_day
    from tulou.kernel.calendar.working import work_calendar as work_calendar
    from tulou.kernel.calendar.working import working_days_between as working_days_between
else:
    _DOORS = {
        "Day": "models",
        "DeadlineRule": "models",
        "Notice": "models",
        "Unit": "models",
        "import_notice": "services",
        "load_known_notices": "services",
        "on_notice_imported": "services",
        "set_rule": "services",
        "NoRule": "working",
        "add_working_days": "working",
        "deadline": "working",
        "due_day": "working",
        "is_working_day": "working",
        "work_calendar": "working",
        "working_days_between": "working",
    }

    def __getattr__(name: str) -> object:
        """What needs models is reached late: this package is imported before the app registry is ready."""
        if name not in _DOORS:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        return getattr(import_module(f"{__name__}.{_DOORS[name]}"), name)


__all__ = [
    "Day",
    "DayKind",
    "DeadlineRule",
    "DueDay",
    "NoRule",
    "Notice",
    "Unit",
    "WorkCalendar",
    "add_working_days",
    "deadline",
    "due_day",
    "import_notice",
    "is_working_day",
    "load_known_notices",
    "now",
    "on_notice_imported",
    "set_rule",
    "today",
    "work_calendar",
    "working_days_between",
]
