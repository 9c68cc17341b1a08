"""流程: every state machine is a readable table of moves, and `Flow` alone writes a status.

Promise: a move is allowed, dated, recorded, proven and told in one transaction, or it did not happen.
"""

from importlib import import_module
from typing import TYPE_CHECKING

from tulou.kernel.workflow.errors import (
    AlreadyDone,
    ExtensionRefused,
    MoveRefused,
    StaleObject,
    StatusGuarded,
    WrongState,
)

if TYPE_CHECKING:
    from tulou.kernel.workflow.clocks import Holder as Holder
    from tulou.kernel.workflow.clocks import escalate as escalate
    from tulou.kernel.workflow.drawing import draw as draw
    from tulou.kernel.workflow.drawing import draw_all as draw_all
    from tulou.kernel.workflow.events import ClockReminder as ClockReminder
    from tulou.kernel.workflow.flow import Flow as Flow
    from tulou.kernel.workflow.flow import Move as Move
    from tulou.kernel.workflow.models import Clock as Clock
    from tulou.kernel.workflow.models import Stateful as Stateful
    from tulou.kernel.workflow.models import StatefulQuerySet as StatefulQuerySet
    from tulou.kernel.workflow.models import Step as Step
    from tulou.kernel.workflow.queries import clocks_for as clocks_for
    from tulou.kernel.workflow.queries import clocks_of as clocks_of
    from tulou.kernel.workflow.queries import due_within as due_within
    from tulou.kernel.workflow.queries import overdue as overdue
    from tulou.kernel.workflow.queries import timeline as timeline
    from tulou.kernel.workflow.registry import all_flows as all_flows
    from tulou.kernel.workflow.registry import flow_of as flow_of
    from tulou.kernel.workflow.reminders import remind as remind
else:
    _DOORS = {
        "Holder": "clocks",
        "escalate": "clocks",
        "draw": "drawing",
        "draw_all": "drawing",
        "Flow": "flow",
        "Move": "flow",
        "Clock": "models",
        "Stateful": "models",
        "StatefulQuerySet": "models",
        "Step": "models",
        "clocks_for": "queries",
        "clocks_of": "queries",
        "due_within": "queries",
        "overdue": "queries",
        "timeline": "queries",
        "all_flows": "registry",
        "flow_of": "registry",
        "ClockReminder": "events",
        "remind": "reminders",
    }

    def __getattr__(name: str) -> object:
        """What needs models is reached late: this package is imported before the app registry is ready."""
        if name not in _DOORS:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        return getattr(import_module(f"{__name__}.{_DOORS[name]}"), name)


__all__ = [
    "AlreadyDone",
    "Clock",
    "ClockReminder",
    "ExtensionRefused",
    "Flow",
    "Holder",
    "Move",
    "MoveRefused",
    "StaleObject",
    "Stateful",
    "StatefulQuerySet",
    "StatusGuarded",
    "Step",
    "WrongState",
    "all_flows",
    "clocks_for",
    "clocks_of",
    "draw",
    "draw_all",
    "due_within",
    "escalate",
    "flow_of",
    "overdue",
    "remind",
    "timeline",
]
