"""The ground that every test stands on: one PostgreSQL, one database per test process.

`DATABASE_URL` names a server to use; without it an embedded server starts in a temporary folder when the first test
asks for a database (at once under xdist, whose workers share it), and nothing is left behind.
"""

import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import hypothesis
import psycopg
import pytest
from psycopg import sql

from tulou.node.database import django_database, with_database
from tulou.node.postgres import HUB, SUPERUSER, EmbeddedPostgres

SHARED = "TULOU_TEST_SERVER"


class ServerOfThisRun:
    """Started by whoever asks first; xdist workers find its address in the environment."""

    def __init__(self) -> None:
        self._server: EmbeddedPostgres | None = None

    def url(self) -> str:
        given = os.environ.get("DATABASE_URL") or os.environ.get(SHARED)
        if given:
            return given
        folder = Path(tempfile.mkdtemp(prefix="tulou-test-"))
        self._server = EmbeddedPostgres(folder, durable=False)
        url = os.environ[SHARED] = self._server.start()
        with psycopg.connect(self._server.url("postgres", SUPERUSER)) as connection:
            connection.execute(sql.SQL("ALTER ROLE {} CREATEDB CREATEROLE").format(sql.Identifier(HUB)))
        return url

    def stop(self) -> None:
        if self._server:
            self._server.stop()
            shutil.rmtree(self._server.home.parent)
            os.environ.pop(SHARED)


SERVER = ServerOfThisRun()


def pytest_configure(config: pytest.Config) -> None:
    """Tests keep their files in a folder of their own, hash passwords quickly, and assert no time."""
    from django.conf import settings

    hypothesis.settings.register_profile("tulou", deadline=None)
    hypothesis.settings.load_profile("tulou")

    if settings.configured:
        settings.DATA = Path(tempfile.mkdtemp(prefix="tulou-files-"))
        settings.KEYS, settings.FILES = settings.DATA / "keys", settings.DATA / "files"
        settings.LAKE_DATA = settings.DATA / "lake"
        settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
        # the live server of a test finds static files where they are written, not by the names of a build
        plain = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
        settings.STORAGES = {**settings.STORAGES, "staticfiles": plain}
    if getattr(config.option, "numprocesses", None) and not hasattr(config, "workerinput"):
        SERVER.url()


def pytest_unconfigure(config: pytest.Config) -> None:
    from django.conf import settings

    SERVER.stop()
    if settings.configured and Path(settings.DATA).name.startswith("tulou-files-"):
        shutil.rmtree(settings.DATA, ignore_errors=True)


@pytest.fixture(scope="session")
def postgres_url() -> str:
    """A server on which databases and roles may be created (the address names a database of it)."""
    return SERVER.url()


@pytest.fixture(scope="session")
def django_db_modify_db_settings(postgres_url: str, django_db_modify_db_settings_parallel_suffix: None) -> None:
    """Point Django at this run's server before pytest-django creates its test database."""
    from django.db import connections

    connections.databases["default"].update(django_database(postgres_url, pool=0))


@pytest.fixture
def scratch_database(postgres_url: str) -> Iterator[str]:
    """The address of an empty database which is dropped afterwards."""
    name = f"scratch_{uuid4().hex}"
    with psycopg.connect(with_database(postgres_url, "postgres"), autocommit=True) as connection:
        connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        yield with_database(postgres_url, name)
        connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))
