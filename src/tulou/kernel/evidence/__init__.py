"""Evidence (留痕存证): what was acknowledged can be proven to an outsider, and can never be changed unseen.

`record` writes a leaf in the caller's transaction and returns a signed promise;
the clerk puts it into the Merkle tree within a second, the auditor checks that
it did. Models stay inside this room: others use the functions named here.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tulou.kernel.evidence.queries import (
        Entry,
        bundle_for,
        by_actor,
        checkpoints,
        consistency,
        count,
        entry,
        entry_by_hash,
        entry_of,
        find,
        journal,
        latest,
        latest_checkpoint,
        proofs_for,
    )
    from tulou.kernel.evidence.services import PersonalValue, record

__all__ = [
    "Entry",
    "PersonalValue",
    "bundle_for",
    "by_actor",
    "checkpoints",
    "consistency",
    "count",
    "entry",
    "entry_by_hash",
    "entry_of",
    "find",
    "journal",
    "latest",
    "latest_checkpoint",
    "proofs_for",
    "record",
]
_SERVICES = {"PersonalValue", "record"}


def __getattr__(name: str) -> Any:
    """The room's functions need models, which Django loads after this package."""
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    module = "services" if name in _SERVICES else "queries"
    return getattr(import_module(f"{__name__}.{module}"), name)
