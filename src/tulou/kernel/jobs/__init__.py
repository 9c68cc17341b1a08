"""Jobs (后台作业): long work that survives a killed process, shows its progress, and counts once.

A job is enqueued in the caller's transaction, runs in a worker, and is given to
another worker within seconds when its own dies.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from tulou.kernel.jobs.registry import Cancelled, JobContext, Permanent, every, job

if TYPE_CHECKING:
    from tulou.kernel.jobs.heartbeat import alive, beat
    from tulou.kernel.jobs.models import JobRun
    from tulou.kernel.jobs.services import cancel, enqueue, retry, run_pending

__all__ = [
    "Cancelled",
    "JobContext",
    "JobRun",
    "Permanent",
    "alive",
    "beat",
    "cancel",
    "enqueue",
    "every",
    "job",
    "retry",
    "run_pending",
]
_MODULES = {"alive": "heartbeat", "beat": "heartbeat", "JobRun": "models"}


def __getattr__(name: str) -> Any:
    """These need models, which Django loads after this package."""
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_MODULES.get(name, 'services')}"), name)
