"""The lake as this process uses it: opened once, at the place the node's settings name."""

from functools import lru_cache
from pathlib import Path

from django.conf import settings

from tulou.plane.engine import EmbeddedEngine, Engine
from tulou.plane.tables import Lake, LakeConfig, SealKeys


@lru_cache(maxsize=1)
def lake() -> Lake:
    """The node's lake."""
    return Lake(
        LakeConfig(
            settings.LAKE_URL,
            Path(settings.LAKE_DATA),
            SealKeys(Path(settings.KEYS) / "seal"),
            Path(settings.DATA) / "spill",
        )
    )


def engine() -> Engine:
    """What moves batches into the lake."""
    return EmbeddedEngine(lake())
