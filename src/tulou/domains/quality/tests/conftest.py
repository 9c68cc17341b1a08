"""The ground, without a lake and with one."""

from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import psycopg
import pytest
from psycopg import sql

from tulou.domains.ingest.public import lake
from tulou.domains.quality.tests.ground import Ground, found
from tulou.node.database import with_database


@pytest.fixture
def ground(db: None) -> Ground:
    """Agencies, people and a published entry."""
    return found()


@pytest.fixture(scope="session")
def lake_url(postgres_url: str) -> Iterator[str]:
    """The address of an empty catalogue database, dropped afterwards."""
    name = f"quality_lake_{uuid4().hex}"
    with psycopg.connect(with_database(postgres_url, "postgres"), autocommit=True) as connection:
        connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        yield with_database(postgres_url, name)
        connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


@pytest.fixture
def wet(lake_url: str, tmp_path: Path, settings: object, transactional_db: None) -> Iterator[Ground]:
    """The same ground beside an empty lake."""
    settings.LAKE_URL, settings.LAKE_DATA = lake_url, tmp_path / "lake"  # type: ignore[attr-defined]
    settings.DATA = tmp_path  # type: ignore[attr-defined]
    settings.KEYS, settings.FILES = tmp_path / "keys", tmp_path / "files"  # type: ignore[attr-defined]
    lake.cache_clear()
    yield found()
    lake().close()
    lake.cache_clear()
    with psycopg.connect(lake_url, autocommit=True) as connection:
        zones = connection.execute("SELECT nspname FROM pg_namespace WHERE nspname ~ '_(plain|sealed)$'").fetchall()
        for (zone,) in zones:
            connection.execute(sql.SQL("DROP SCHEMA {} CASCADE").format(sql.Identifier(zone)))
