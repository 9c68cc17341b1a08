"""A lake of its own for each test session, in the place where the room looks for it."""

from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import psycopg
import pytest
from psycopg import sql

from tulou.domains.ingest import lake as room
from tulou.domains.ingest.tests.ground import Ground, found
from tulou.node.database import with_database


@pytest.fixture(scope="session")
def lake_url(postgres_url: str) -> Iterator[str]:
    """The address of an empty catalogue database, dropped afterwards."""
    name = f"ingest_lake_{uuid4().hex}"
    with psycopg.connect(with_database(postgres_url, "postgres"), autocommit=True) as connection:
        connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        yield with_database(postgres_url, name)
        connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


@pytest.fixture
def clean_lake(lake_url: str, tmp_path: Path, settings: object) -> Iterator[None]:
    """The node's lake: an empty one, forgotten after the test."""
    with psycopg.connect(lake_url, autocommit=True) as connection:
        zones = connection.execute("SELECT nspname FROM pg_namespace WHERE nspname ~ '_(plain|sealed)$'").fetchall()
        for (zone,) in zones:
            connection.execute(sql.SQL("DROP SCHEMA {} CASCADE").format(sql.Identifier(zone)))
    settings.LAKE_URL, settings.LAKE_DATA = lake_url, tmp_path / "lake"  # type: ignore[attr-defined]
    settings.DATA = tmp_path  # type: ignore[attr-defined]
    settings.KEYS, settings.FILES = tmp_path / "keys", tmp_path / "files"  # type: ignore[attr-defined]
    room.lake.cache_clear()
    yield
    room.lake().close()
    room.lake.cache_clear()


@pytest.fixture
def ground(clean_lake: None, db: None) -> Ground:
    """An agency with a published entry, on an empty lake."""
    return found()
