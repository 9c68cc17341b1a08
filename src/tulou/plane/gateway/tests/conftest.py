"""The ground of the gateway's tests."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

import psycopg
import pytest
from psycopg import sql

from tulou.node.database import with_database
from tulou.plane.gate.tests.ground import SCHEMA, land
from tulou.plane.gate.tests.test_gate import BAD, ROWS
from tulou.plane.gateway.settings import Settings
from tulou.plane.gateway.tests.ground import HUB, TABLES, Background, Ground, running
from tulou.plane.tables import Lake
from tulou.trust.keys import KeyStore


@contextmanager
def fresh_database(server: str) -> Iterator[str]:
    """The address of an empty database, dropped afterwards."""
    name = f"gateway_{uuid4().hex}"
    with psycopg.connect(with_database(server, "postgres"), autocommit=True) as connection:
        connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        yield with_database(server, name)
        connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


@pytest.fixture(scope="session")
def ground(postgres_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ground]:
    """A gateway with one table of people, a hub database and a lake of its own."""
    folder: Path = tmp_path_factory.mktemp("gateway")
    with fresh_database(postgres_url) as hub, fresh_database(postgres_url) as catalogue:
        with psycopg.connect(hub, autocommit=True) as inside:
            inside.execute(TABLES)
        settings = Settings(folder, hub, catalogue, "fujian", frozenset({HUB}), patience=10)
        keys, background = KeyStore(settings.keys), Background()
        lake = Lake(settings.lake())
        gateway = running(lambda: settings, background)
        yield Ground(settings, lake, keys, gateway, background, land(lake, SCHEMA, [*ROWS, BAD]))
        background.run(gateway.close())
        background.close()
        lake.close()
