"""运行状况: what the operator looks at. The node tells how its parts are; the portal draws it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class PartState:
    """One part of the node."""

    title: str
    well: bool
    detail: str


@dataclass(frozen=True)
class Waiting:
    """Work that piled up, and what to do about it."""

    title: str
    late: int
    remedy: str


Parts = Callable[[], Sequence[PartState]]
Backlogs = Callable[[], Sequence[Waiting]]
_parts: list[Parts] = []
_backlogs: list[Backlogs] = []


def register_health(parts: Parts, backlogs: Backlogs) -> None:
    """Name who examines the node's parts and its backlogs; called by the node when it is ready."""
    _parts[:], _backlogs[:] = [parts], [backlogs]


def parts() -> list[PartState]:
    """How every part is now."""
    return [part for told in _parts for part in told()]


def backlogs() -> list[Waiting]:
    """What waits too long."""
    return [one for told in _backlogs for one in told()]
