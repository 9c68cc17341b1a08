"""Outbox (事件外发箱): what happened is told after it happened, never lost and with effect exactly once.

`publish` writes the event in the caller's transaction. The clerk numbers it in
the node's gapless stream and runs each handler in one transaction with the row
that marks the delivery done.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from tulou.kernel.outbox.registry import event, handles

if TYPE_CHECKING:
    from tulou.kernel.outbox.relay import deliver_all
    from tulou.kernel.outbox.services import dead_letters, publish, retry

__all__ = ["dead_letters", "deliver_all", "event", "handles", "publish", "retry"]


def __getattr__(name: str) -> Any:
    """These functions need models, which Django loads after this package."""
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    module = "relay" if name == "deliver_all" else "services"
    return getattr(import_module(f"{__name__}.{module}"), name)
