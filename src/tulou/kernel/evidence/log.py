"""This node's log: its name, its keys, its hash, and how long a promise may wait."""

from datetime import timedelta
from functools import lru_cache
from pathlib import Path
from typing import Final

from django.conf import settings

from tulou.trust.evidence import PURPOSE
from tulou.trust.keys import Key, KeyStore, UnknownKey

DIGEST: Final = "sha-256"
MERGE_DELAY: Final = timedelta(seconds=1)


def name() -> str:
    """The log's origin, as every promise and checkpoint names it."""
    return str(settings.NODE.id)


def keys() -> KeyStore:
    """The node's keys."""
    return _store(Path(settings.KEYS))


def signing_key() -> Key:
    """The key that signs promises and checkpoints; made when the node has none yet."""
    try:
        return keys().current(PURPOSE)
    except UnknownKey:
        return keys().ensure(PURPOSE)


@lru_cache(maxsize=4)
def _store(folder: Path) -> KeyStore:
    return KeyStore(folder)
