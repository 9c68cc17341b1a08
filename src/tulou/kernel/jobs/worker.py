"""The worker process (作业进程): runs jobs, keeps schedules, and takes over what a dead worker held.

Asked to stop, it lets running jobs give their work back at their next step;
one that does not listen is cut off, and another worker repeats it.
"""

import asyncio
import logging
import os
import signal
import threading
import time
from typing import Final

from django.db import close_old_connections, connection
from procrastinate.contrib.django import DjangoApp, app
from procrastinate.contrib.django.django_connector import DjangoConnector

from tulou.kernel.jobs import queue, runner
from tulou.kernel.jobs.heartbeat import INTERVAL, beat
from tulou.kernel.jobs.schedule import Ticker

logger = logging.getLogger(__name__)

CONCURRENCY: Final = 2
GRACE: Final = 8.0
REAP_EVERY: Final = 2.0


def run(name: str = "worker", *, concurrency: int = CONCURRENCY) -> None:
    """Work until SIGTERM or SIGINT."""
    asyncio.run(_run(name, concurrency))


async def _run(name: str, concurrency: int) -> None:
    shared = app.connector
    assert isinstance(shared, DjangoConnector)
    # An app of its own: the shared one must keep enqueuing on Django's connection, inside the jobs' transactions.
    queue_app = DjangoApp(connector=shared.get_worker_connector())
    queue_app.tasks = app.tasks
    async with queue_app.open_async():
        working = asyncio.create_task(
            queue_app.run_worker_async(
                name=name,
                concurrency=concurrency,
                install_signal_handlers=False,
                shutdown_graceful_timeout=GRACE,
                update_heartbeat_interval=queue.BEAT,
                stalled_worker_timeout=queue.STALE,
                fetch_job_polling_interval=1.0,
                delete_jobs="always",
            )
        )
        upkeep = asyncio.create_task(_upkeep(name))
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, _stop, working)
        try:
            await working
        except asyncio.CancelledError:
            logger.info("worker %s stopped", name)
        finally:
            upkeep.cancel()


def _stop(working: "asyncio.Task[None]") -> None:
    runner.stopping.set()
    working.cancel()
    last_resort = threading.Timer(GRACE + 1, os._exit, [1])
    last_resort.daemon = True
    last_resort.start()


async def _upkeep(name: str) -> None:
    """Beat, reap and tick once a second, apart from the jobs' threads."""
    ticker, reaped, said = Ticker(), 0.0, 0.0
    while True:
        now = time.monotonic()
        due_reap, due_beat = now - reaped >= REAP_EVERY, now - said >= INTERVAL.total_seconds()
        if await asyncio.to_thread(_one_round, name, ticker, due_reap, due_beat):
            reaped, said = (now if due_reap else reaped), (now if due_beat else said)
        await asyncio.sleep(1)


def _one_round(name: str, ticker: Ticker, due_reap: bool, due_beat: bool) -> bool:
    """One round of upkeep; False when it failed (the database did not answer), to be tried again in a second."""
    try:
        close_old_connections()
        if due_beat:
            beat(name)
        if due_reap and (count := queue.reap()):
            logger.warning("gave %s runs of dead workers back to the queue", count)
        ticker.tick()
    except Exception:
        logger.exception("upkeep of worker %s", name)
        return False
    finally:
        connection.close()
    return True
