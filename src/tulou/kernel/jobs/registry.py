"""Which jobs exist and when they are due: data filled by decorators in each app's `tasks` module."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Protocol
from uuid import UUID
from zoneinfo import ZoneInfo

from croniter import croniter  # type: ignore[import-untyped]

LOCAL = ZoneInfo("Asia/Shanghai")
QUEUES = ("default", "heavy")


class Permanent(Exception):
    """A job raises this when trying again cannot help; the message is shown to its user."""


class Cancelled(Exception):
    """A job raises this (or `ctx.stop_if_cancelled()` does) to end because somebody cancelled it."""


class JobContext(Protocol):
    """What a running job is given."""

    @property
    def run_id(self) -> UUID:
        """The run's id."""

    @property
    def attempt(self) -> int:
        """1 for the first attempt."""

    def progress(self, done: int, total: int | None = None, message: str = "") -> None:
        """Show how far the work is, at once and outside the job's transaction; cheap to call for every chunk."""

    def cancelled(self) -> bool:
        """Whether somebody asked to cancel; asks the database at most twice a second."""

    def stop_if_cancelled(self) -> None:
        """Raise `Cancelled` when somebody asked to cancel."""


@dataclass(frozen=True, slots=True)
class JobKind:
    """A kind of job. `atomic` jobs commit their work and their success together; others must be idempotent."""

    name: str
    title: str
    run: Callable[..., None]
    queue: str
    attempts: int
    atomic: bool


@dataclass(frozen=True, slots=True)
class Schedule:
    """A job that is due again and again: every so many seconds, or by a cron line in Beijing time."""

    kind: str
    seconds: int | None
    cron: str | None
    params: Mapping[str, Any]

    def slot(self, now: datetime) -> datetime:
        """The latest planned moment that is not in the future."""
        if self.seconds is not None:
            whole = int(now.timestamp()) // self.seconds * self.seconds
            return datetime.fromtimestamp(whole, UTC)
        moment: datetime = croniter(self.cron, now.astimezone(LOCAL).replace(tzinfo=None)).get_prev(datetime)
        return moment.replace(tzinfo=LOCAL)


_kinds: dict[str, JobKind] = {}
_schedules: dict[str, Schedule] = {}


def job(
    name: str, title: str, *, queue: str = "default", attempts: int = 5, atomic: bool = True
) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Declare a function `(ctx, **params)` as a job.

    Raises:
        ValueError: another function has that name, or the queue is unknown.
    """

    def declare(function: Callable[..., None]) -> Callable[..., None]:
        known = _kinds.get(name)
        if known is not None and known.run.__qualname__ != function.__qualname__:
            raise ValueError(f"job {name} is declared twice")
        if queue not in QUEUES:
            raise ValueError(f"job {name}: no queue {queue!r}, only {QUEUES}")
        _kinds[name] = JobKind(name, title, function, queue, attempts, atomic)
        return function

    return declare


def every(
    *, seconds: int | None = None, cron: str | None = None, **params: Any
) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Make a declared job due every so many seconds, or by a cron line in Beijing time. Stands above `@job`.

    Raises:
        ValueError: not exactly one of the two, or the cron line cannot be read.
    """
    if (seconds is None) == (cron is None) or (seconds is not None and seconds < 1):
        raise ValueError("every() needs either seconds (at least 1) or a cron line")
    if cron is not None and not croniter.is_valid(cron):
        raise ValueError(f"cannot read cron line {cron!r}")

    def declare(function: Callable[..., None]) -> Callable[..., None]:
        kind = next(k for k in _kinds.values() if k.run is function)
        _schedules[kind.name] = Schedule(kind.name, seconds, cron, params)
        return function

    return declare


def kind(name: str) -> JobKind | None:
    """The declaration under a name."""
    return _kinds.get(name)


def all_kinds() -> list[JobKind]:
    """Every kind of job, for the handbook and its test."""
    return sorted(_kinds.values(), key=lambda k: k.name)


def schedules() -> list[Schedule]:
    """Every schedule."""
    return sorted(_schedules.values(), key=lambda s: s.kind)
