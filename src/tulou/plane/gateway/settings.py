"""What the gateway is told from outside."""

import os
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from tulou.plane.tables import LakeConfig, SealKeys


@dataclass(frozen=True, slots=True)
class Settings:
    """The environment of one gateway process."""

    data: Path
    database_url: str
    lake_url: str
    node: str
    origins: frozenset[str]
    patience: float = 30.0

    @property
    def keys(self) -> Path:
        """The node's keys."""
        return self.data / "keys"

    @property
    def spool(self) -> Path:
        """Where a workbook is built before it is sent; each is removed at once."""
        return self.data / "spill" / "gateway"

    def lake(self) -> LakeConfig:
        """The lake as this process reads it: little memory, since calls are many and small."""
        seal_keys = SealKeys(self.keys / "seal")
        return LakeConfig(self.lake_url, self.data / "lake", seal_keys, self.data / "spill", memory="384MB")


def read(environ: Mapping[str, str] = os.environ) -> Settings:
    """The settings; a missing address is a `KeyError` that names the variable."""
    port = environ.get("TULOU_PORT", "8000")
    origins = environ.get("TULOU_HUB_ORIGIN") or f"http://localhost:{port},http://127.0.0.1:{port}"
    return Settings(
        data=Path(environ["TULOU_DATA"]),
        database_url=environ["DATABASE_URL"],
        lake_url=environ["TULOU_LAKE_URL"],
        node=_node(environ.get("TULOU_NODE", "fujian")),
        origins=frozenset(origin.strip().rstrip("/") for origin in origins.split(",")),
        patience=float(environ.get("TULOU_GATEWAY_PATIENCE", "30")),
    )


def _node(name: str) -> str:
    """The node's id: its profile's name, or what a profile elsewhere says."""
    if not name.endswith(".toml"):
        return name
    return str(tomllib.loads(Path(name).read_text(encoding="utf-8"))["id"])
