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
from tulou.kernel.jobs.heartbeat import INTERVAL, beat
from tulou.kernel.outbox.relay import relay

logger = logging.getLogger(__name__)

PERIOD: Final = 0.2
AUDIT_EVERY: Final = 10.0
RELAY_SLICE: Final = 0.5
AFTER_FAILURE: Final = 1.0


class _Turn:
    """Something to do every so often; a failure is logged and does not spoil the other turns."""

    def __init__(self, name: str, every: float, work: Callable[[], object]) -> None:
        self._name, self._every, self._work = name, every, work
        self._next = 0.0

    def take(self) -> None:
        if time.monotonic() < self._next:
            return
        self._next = time.monotonic() + self._every
        try:
            self._work()
        except Exception:
            logger.exception("%s failed, trying again", self._name)
            self._next = time.monotonic() + AFTER_FAILURE
            connection.close()


def run(*, stop: threading.Event | None = None) -> None:
    """Work until SIGTERM or SIGINT, or until `stop` is set.

    Sealing has a thread of its own, so that neither a slow handler of an event
    nor an audit delays the promised second.
    """
    stopping = stop or threading.Event()
    if stop is None:
        _listen(stopping)
    sealing = threading.Thread(target=_loop, args=(stopping, [_Turn("sealing", 0, sequence)]), name="sealing")
    auditing = threading.Thread(
        target=_loop, args=(stopping, [_Turn("audit", AUDIT_EVERY, auditor.audit)]), name="audit"
    )
    sealing.start()
    auditing.start()
    _loop(
        stopping,
        [
            _Turn("heartbeat", INTERVAL.total_seconds(), lambda: beat("clerk") if sealing.is_alive() else None),
            _Turn("relay", 0, lambda: _relay(stopping)),
        ],
    )
    sealing.join()
    auditing.join()


def _loop(stopping: threading.Event, turns: list[_Turn]) -> None:
    while not stopping.is_set():
        for turn in turns:
            turn.take()
        stopping.wait(PERIOD)
    connection.close()


def _relay(stopping: threading.Event) -> None:
    """Deliver for at most half a second, so that the heartbeat gets its turn."""
    until = time.monotonic() + RELAY_SLICE
    relay(stop=lambda: stopping.is_set() or time.monotonic() > until)


def _listen(stopping: threading.Event) -> None:
    def ask(number: int, frame: FrameType | None) -> None:
        stopping.set()

    signal.signal(signal.SIGTERM, ask)
    signal.signal(signal.SIGINT, ask)
