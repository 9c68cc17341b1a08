"""时态: two times. When something is true out there (valid), and when we knew it (known).

Promise: any versioned thing can be read as of a day, and as it was known on another; nothing recorded is overwritten.
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tulou.kernel.temporal.history import HistoryRow as HistoryRow
    from tulou.kernel.temporal.history import VersionedModel as VersionedModel
    from tulou.kernel.temporal.history import history_model as history_model
    from tulou.kernel.temporal.periods import no_overlap as no_overlap
    from tulou.kernel.temporal.recording import Change as Change
    from tulou.kernel.temporal.recording import as_of as as_of
    from tulou.kernel.temporal.recording import close as close
    from tulou.kernel.temporal.recording import diff as diff
    from tulou.kernel.temporal.recording import record as record
    from tulou.kernel.temporal.recording import versions as versions
else:
    _DOORS = {
        "HistoryRow": "history",
        "VersionedModel": "history",
        "history_model": "history",
        "no_overlap": "periods",
        "Change": "recording",
        "as_of": "recording",
        "close": "recording",
        "diff": "recording",
        "record": "recording",
        "versions": "recording",
    }

    def __getattr__(name: str) -> object:
        """What needs models is reached late: this package is imported before the app registry is ready."""
        if name not in _DOORS:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        return getattr(import_module(f"{__name__}.{_DOORS[name]}"), name)


__all__ = [
    "Change",
    "HistoryRow",
    "VersionedModel",
    "as_of",
    "close",
    "diff",
    "history_model",
    "no_overlap",
    "record",
    "versions",
]
