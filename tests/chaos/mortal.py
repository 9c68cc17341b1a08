"""A worker that lands one batch and dies by kill -9 at a named boundary, of the lake's commit or of the hub's.

Children are forked from a clean server process (Django loaded, nothing
opened), so that a kill costs little; each opens its own lake and database.
"""

import os
import signal
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import django

django.setup()

from tulou.domains.ingest import lake as room  # noqa: E402 - Django must be set up first
from tulou.domains.ingest import reconciling, running, settling  # noqa: E402
from tulou.domains.quality import finding  # noqa: E402
from tulou.kernel.jobs import JobRun, runner  # noqa: E402
from tulou.kernel.outbox import deliver_all  # noqa: E402
from tulou.plane.tables.session import Limits, Session  # noqa: E402

with tempfile.TemporaryDirectory(prefix="tulou-chaos-") as _spill:
    Session(Limits(Path(_spill))).close()  # signatures of the extensions are checked once, not in each child

#: Of the hub: (module, function, whether it dies before the call or after it).
HUB: Final[dict[str, tuple[Any, str, bool]]] = {
    "receipt_due": (running, "settle", True),
    "receipt_recorded": (settling, "_signed", True),
    "receipt_written": (settling, "_tell_others", False),
    "receipt_kept": (running, "settle", False),
    "event_taken": (finding, "note_batch", True),
    "event_handled": (finding, "note_batch", False),
}


def work(batch: str, boundary: str = "") -> None:
    """What a worker does with a batch's job: one attempt of the run, then the events that wait."""
    _die_at(boundary)
    job = JobRun.objects.get(kind="ingest.run", key=f"batch:{batch}")
    if job.queue_id is not None:
        runner.execute(job.id, job.queue_id)
    deliver_all()
    os._exit(0)


def reconcile() -> None:
    """What the reconciler does, whoever else works on the batch meanwhile."""
    reconciling.reconcile()
    deliver_all()
    os._exit(0)


def _die_at(boundary: str) -> None:
    if boundary in HUB:
        module, name, before = HUB[boundary]
        setattr(module, name, _deadly(getattr(module, name), before=before))
    elif boundary:
        room.lake()._on_boundary = lambda reached: _die() if reached == boundary else None


def _deadly(function: Callable[..., Any], *, before: bool) -> Callable[..., Any]:
    def dying(*args: Any, **options: Any) -> Any:
        if not before:
            function(*args, **options)
        _die()

    return dying


def _die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)
