"""The clerk (存证进程): seals evidence every 200 ms, relays the outbox, audits, and says that it works.

Each step is its own transaction and can be killed at any moment. A second
clerk waits at the locks of the first and does no harm.
"""

import logging
import signal
import threading
import time
from collections.abc import Callable
from types import FrameType
from typing import Final

from django.db import connection

from tulou.kernel.evidence import auditor
from tulou.kernel.evidence.sequencer import sequence
from tulou.kernel.jobs.heartbeat import INTERVAL, PATIENCE, beat
from tulou.kernel.outbox.relay import relay

logger = logging.getLogger(__name__)

PERIOD: Final = 0.2
AUDIT_EVERY: Final = 10.0
AFTER_FAILURE: Final = 1.0


class _Duty(threading.Thread):
    """One thing done again and again in a thread of its own; a failure is logged and spoils no other duty."""

    def __init__(self, name: str, every: float, work: Callable[[], object], stopping: threading.Event) -> None:
        super().__init__(name=name)
        self._every, self._work, self._stopping = every, work, stopping
        self.succeeded = time.monotonic()

    def run(self) -> None:
        """Take turns until asked to stop."""
        while not self._stopping.is_set():
            pause = self._every
            try:
                self._work()
                self.succeeded = time.monotonic()
            except Exception:
                logger.exception("%s failed, trying again", self.name)
                connection.close()
                pause = max(pause, AFTER_FAILURE)
            self._stopping.wait(pause)
        connection.close()


def run(*, stop: threading.Event | None = None) -> None:
    """Work until SIGTERM or SIGINT, or until `stop` is set.

    Each duty has its thread, so that neither a slow handler of an event nor an
    audit delays the promised second; the heartbeat stops when sealing does.
    """
    stopping = stop or threading.Event()
    if stop is None:
        _listen(stopping)
    sealing = _Duty("sealing", PERIOD, sequence, stopping)
    duties = [
        sealing,
        _Duty("relay", PERIOD, lambda: relay(stop=stopping.is_set), stopping),
        _Duty("audit", AUDIT_EVERY, auditor.audit, stopping),
        _Duty("heartbeat", INTERVAL.total_seconds(), lambda: _beat(sealing), stopping),
    ]
    for duty in duties:
        duty.start()
    stopping.wait()
    for duty in duties:
        duty.join()


def _beat(sealing: _Duty) -> None:
    if time.monotonic() - sealing.succeeded < PATIENCE.total_seconds():
        beat("clerk")


def _listen(stopping: threading.Event) -> None:
    def ask(number: int, frame: FrameType | None) -> None:
        stopping.set()

    signal.signal(signal.SIGTERM, ask)
    signal.signal(signal.SIGINT, ask)
