"""Our side of procrastinate's queue: put a run in, take it out, give back what a dead worker held.

All of it goes through Django's own connection, so that it commits or vanishes
with the caller's transaction.
"""

from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from asgiref.sync import async_to_sync
from django.db import connection, transaction
from django.utils import timezone
from procrastinate.contrib.django import app

TASK: Final = "tulou.run_job"
BEAT: Final = 1.5
STALE: Final = 7.0
REAPER_LOCK: Final = 0x74756C6F75_03


def put(run_id: UUID, queue: str, at: datetime | None = None) -> int:
    """Queue a run, not before `at`; the number of its row in the queue."""
    # The bundled stubs leave `schedule_at` and the result untyped.
    task: Any = app.configure_task(TASK, queue=queue, schedule_at=at)
    return int(task.defer(run_id=str(run_id)))


def take_out(queue_id: int) -> bool:
    """Remove a waiting row; False when a worker has it, or nobody knows it."""
    return app.job_manager.cancel_job_by_id(queue_id, delete_job=True)


@transaction.atomic
def reap() -> int:
    """Give rows of workers without a heartbeat back to the queue; how many.

    One reaper at a time, or a row given back and already taken again could be
    given away twice.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [REAPER_LOCK])
        if not cursor.fetchone()[0]:
            return 0
    stalled = list(async_to_sync(app.job_manager.get_stalled_jobs)(seconds_since_heartbeat=STALE))
    for row in stalled:
        if row.id is not None:
            app.job_manager.retry_job_by_id(row.id, retry_at=timezone.now() - timedelta(seconds=1))
    return len(stalled)
