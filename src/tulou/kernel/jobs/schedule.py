"""The ticks of schedules (定时计划): each planned moment is enqueued once, however many workers look at the clock.

A moment missed while nothing ran is made good once, not once for each miss.
"""

from datetime import datetime

from django.db import connection, transaction
from django.utils import timezone

from tulou.kernel.identity import Actor
from tulou.kernel.jobs import registry
from tulou.kernel.jobs.services import enqueue

KEY = "schedule"
CLAIM = """
INSERT INTO jobs_schedule_tick (kind, slot) VALUES (%s, %s)
ON CONFLICT (kind) DO UPDATE SET slot = EXCLUDED.slot WHERE jobs_schedule_tick.slot < EXCLUDED.slot
RETURNING (SELECT slot FROM jobs_schedule_tick before WHERE before.kind = jobs_schedule_tick.kind)
"""


class Ticker:
    """Looks at the clock; remembers what it has seen, so that an idle second costs no query."""

    def __init__(self) -> None:
        self._seen: dict[str, datetime] = {}

    def tick(self, now: datetime | None = None) -> int:
        """Enqueue what has become due; how many runs."""
        moment, count = now or timezone.now(), 0
        for schedule in registry.schedules():
            slot = schedule.slot(moment)
            if self._seen.get(schedule.kind) != slot:
                count += _enqueue(schedule, slot)
                self._seen[schedule.kind] = slot
        return count


@transaction.atomic
def _enqueue(schedule: registry.Schedule, slot: datetime) -> int:
    """Claim the moment; a cron schedule seen for the first time waits for its next one."""
    with connection.cursor() as cursor:
        cursor.execute(CLAIM, [schedule.kind, slot])
        row = cursor.fetchone()
    if row is None or (row[0] is None and schedule.cron is not None):
        return 0
    enqueue(schedule.kind, actor=Actor.system("schedule"), key=KEY, **schedule.params)
    return 1
