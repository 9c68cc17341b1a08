"""Run one attempt of one job: claim it, do it, and settle how it ended.

Each attempt has a number, and only the newest may settle the run: a worker
that was thought dead and wakes up finds its work rolled back, not doubled.
"""

import logging
import threading
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from datetime import timedelta
from typing import Any, Final
from uuid import UUID

from django.db import DEFAULT_DB_ALIAS, connection, connections, transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.utils import timezone

from tulou.kernel.jobs import queue, registry
from tulou.kernel.jobs.models import JobRun
from tulou.kernel.jobs.registry import Cancelled, Permanent

logger = logging.getLogger(__name__)

THROTTLE: Final = 0.5
BACK_OFF: Final = tuple(timedelta(seconds=s) for s in (2, 10, 60, 300))

stopping = threading.Event()
"""Set when this worker is asked to stop: running jobs give their work back at their next step."""


class Interrupted(Exception):
    """The worker stops; the run goes back to the queue and the attempt does not count."""


class Superseded(Exception):
    """A newer attempt owns the run: this worker was thought dead. Its work is rolled back."""


class Context:
    """`JobContext` over a connection of its own, so that progress is seen while the job's transaction is open."""

    def __init__(self, run_id: UUID, attempt: int) -> None:
        self._run_id, self._attempt = run_id, attempt
        # Inside somebody's transaction (tests, samples) a second connection would wait for the first: share it.
        self._shared = connection.in_atomic_block
        self._aside: BaseDatabaseWrapper = connections[DEFAULT_DB_ALIAS] if self._shared else connection.copy()
        self._aside.inc_thread_sharing()  # an engine reports from threads of its own
        self._one_at_a_time = threading.Lock()
        self._wrote = self._asked = 0.0
        self._cancelled = False
        self.last: dict[str, Any] = {}

    @property
    def run_id(self) -> UUID:
        """The run's id."""
        return self._run_id

    @property
    def attempt(self) -> int:
        """1 for the first attempt."""
        return self._attempt

    def progress(self, done: int, total: int | None = None, message: str = "") -> None:
        """Show how far the work is; written at most twice a second."""
        self._interrupt()
        self.last = {"done": done, "total": total, "message": message[:500]}
        now = time.monotonic()
        if now - self._wrote < THROTTLE:
            return
        self._wrote = now
        sql = (
            "UPDATE jobs_run SET done = %s, total = %s, message = %s, progress_at = %s"
            " WHERE id = %s AND attempts = %s AND state = 'running'"
        )
        self._query(sql, [done, total, message[:500], timezone.now(), self._run_id, self._attempt])

    def cancelled(self) -> bool:
        """Whether somebody asked to cancel; asks the database at most twice a second."""
        self._interrupt()
        now = time.monotonic()
        if not self._cancelled and now - self._asked >= THROTTLE:
            self._asked = now
            sql = "SELECT cancel_requested FROM jobs_run WHERE id = %s"
            self._cancelled = any(row[0] for row in self._query(sql, [self._run_id]))
        return self._cancelled

    def stop_if_cancelled(self) -> None:
        """Raise `Cancelled` when somebody asked to cancel."""
        if self.cancelled():
            raise Cancelled

    def close(self) -> None:
        """Give the side connection back."""
        self._aside.dec_thread_sharing()
        if not self._shared:
            self._aside.close()

    def _interrupt(self) -> None:
        if stopping.is_set():
            raise Interrupted

    def _query(self, sql: str, params: list[Any]) -> list[tuple[Any, ...]]:
        with self._one_at_a_time, self._aside.cursor() as cursor:
            cursor.execute(sql, params)
            return cursor.fetchall() if cursor.description else []


def execute(run_id: UUID, queue_id: int) -> None:
    """One attempt of a run that the queue handed out under this row."""
    run = _claim(run_id, queue_id)
    if run is None:
        return
    kind = registry.kind(run.kind)
    try:
        if kind is None:
            raise Permanent(f"本版本没有作业“{run.kind}”，请联系平台运营员")
        with _context(run) as ctx, _transaction(kind.atomic):
            kind.run(ctx, **run.params)
            _settle(run, JobRun.State.SUCCEEDED, **ctx.last)
    except Superseded:
        logger.warning("run %s attempt %s was superseded", run.id, run.attempts)
    except Interrupted:
        _requeue(run, timedelta(0), attempts=run.attempts - 1)
    except Cancelled:
        _end(run, JobRun.State.CANCELLED)
    except Permanent as problem:
        _end(run, JobRun.State.FAILED, error=str(problem)[:2000])
    except Exception as problem:
        logger.exception("job %s, run %s, attempt %s", run.kind, run.id, run.attempts)
        _try_again(run, kind, problem)


@transaction.atomic
def _claim(run_id: UUID, queue_id: int) -> JobRun | None:
    """Take the run for a new attempt; None when this row of the queue no longer speaks for it, or it must end."""
    run = JobRun.objects.select_for_update().filter(id=run_id, queue_id=queue_id).first()
    if run is None or run.state not in (JobRun.State.QUEUED, JobRun.State.RUNNING):
        return None
    kind = registry.kind(run.kind)
    if run.cancel_requested:
        _end(run, JobRun.State.CANCELLED)
        return None
    if kind is not None and run.attempts >= kind.attempts:
        _end(run, JobRun.State.FAILED, error=f"已尝试 {run.attempts} 次，每次都被中断；请检查运行环境后手动重试")
        return None
    run.state, run.attempts, run.started_at, run.error = JobRun.State.RUNNING, run.attempts + 1, timezone.now(), ""
    run.save(update_fields=["state", "attempts", "started_at", "error"])
    return run


def _try_again(run: JobRun, kind: registry.JobKind | None, problem: Exception) -> None:
    error = f"{type(problem).__name__}: {problem}"[:2000]
    if kind is None or run.attempts >= kind.attempts:
        _end(run, JobRun.State.FAILED, error=error)
    else:
        _requeue(run, BACK_OFF[min(run.attempts, len(BACK_OFF)) - 1], attempts=run.attempts, error=error)


@transaction.atomic
def _requeue(run: JobRun, delay: timedelta, *, attempts: int, error: str = "") -> None:
    """Put the run back under a new row of the queue, unless a newer attempt owns it."""
    row = queue.put(run.id, run.queue, timezone.now() + delay)
    changes = {"state": JobRun.State.QUEUED, "queue_id": row, "attempts": attempts, "error": error}
    if not _mine(run).update(**changes):
        queue.take_out(row)


def _end(run: JobRun, state: JobRun.State, **facts: Any) -> None:
    try:
        _settle(run, state, **facts)
    except Superseded:
        logger.warning("run %s attempt %s was superseded", run.id, run.attempts)


def _settle(run: JobRun, state: JobRun.State, **facts: Any) -> None:
    if not _mine(run).update(state=state, finished_at=timezone.now(), queue_id=None, **facts):
        raise Superseded


def _mine(run: JobRun) -> Any:
    """The run while this attempt still owns it."""
    active = (JobRun.State.QUEUED, JobRun.State.RUNNING)
    return JobRun.objects.filter(id=run.id, attempts=run.attempts, queue_id=run.queue_id, state__in=active)


@contextmanager
def _context(run: JobRun) -> Iterator[Context]:
    ctx = Context(run.id, run.attempts)
    try:
        yield ctx
    finally:
        ctx.close()


def _transaction(atomic: bool) -> AbstractContextManager[Any]:
    return transaction.atomic() if atomic else nullcontext()
