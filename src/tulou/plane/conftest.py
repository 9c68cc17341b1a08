"""The ground of the data plane's tests: a real lake on a real catalogue."""

from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import psycopg
import pytest
from psycopg import sql

from tulou.node.database import with_database
from tulou.plane.tables import Lake, LakeConfig, SealKeys


@pytest.fixture(scope="session")
def lake_catalogue(postgres_url: str) -> Iterator[str]:
    """The address of an empty catalogue database, dropped afterwards."""
    name = f"lake_{uuid4().hex}"
    with psycopg.connect(with_database(postgres_url, "postgres"), autocommit=True) as connection:
        connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        yield with_database(postgres_url, name)
        connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


@pytest.fixture(scope="session")
def lake(lake_catalogue: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lake]:
    """A lake for the whole session; tests keep apart by the names of their tables."""
    folder: Path = tmp_path_factory.mktemp("lake")
    config = LakeConfig(lake_catalogue, folder / "data", SealKeys(folder / "keys"), folder / "spill", memory="500MB")
    lake = Lake(config)
    yield lake
    lake.close()
