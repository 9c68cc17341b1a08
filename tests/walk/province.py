"""The sample province in a database and a lake of its own: loaded once by its own loader, thrown away afterwards.

It is the loader's real work with fewer rows: every body, account, entry and rule, the county register, three days of
epidemic reports and a few hundred synthetic persons.
"""

import io
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from uuid import uuid4

import psycopg
from django.db import connection
from django.test import override_settings
from psycopg import sql

from tests.walk.ground import add_unfinished_work
from tulou.domains.ingest import lake as ingest_lake
from tulou.domains.ingest import services as ingest
from tulou.kernel.evidence.sequencer import sequence
from tulou.kernel.jobs import run_pending
from tulou.kernel.outbox import deliver_all
from tulou.node.database import with_database
from tulou.node.sample import holdings, persons, reader
from tulou.node.sample.load import steps
from tulou.node.sample.people import acting, holder

PERSONS = 300
DAYS = 3


@contextmanager
def province(server: str, folder: Path) -> Iterator[None]:
    """Point this process at a loaded province; afterwards everything is as before."""
    hub, lake, before = f"walk_{uuid4().hex}", f"walk_lake_{uuid4().hex}", connection.settings_dict["NAME"]
    connection.close()
    with psycopg.connect(with_database(server, "postgres"), autocommit=True) as admin:
        admin.execute(sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(sql.Identifier(hub), sql.Identifier(before)))
        admin.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(lake)))
    places = override_settings(
        DATA=folder, KEYS=folder / "keys", FILES=folder / "files", LAKE_DATA=folder / "lake",
        LAKE_URL=with_database(server, lake),
    )  # fmt: skip
    places.enable()
    connection.settings_dict["NAME"] = hub
    _forget()
    try:
        _load()
        yield
    finally:
        ingest_lake.lake().close()
        connection.close()
        _forget()
        connection.settings_dict["NAME"] = before
        places.disable()
        with psycopg.connect(with_database(server, "postgres"), autocommit=True) as admin:
            for name in (hub, lake):
                admin.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


def _forget() -> None:
    """What this process remembers of the database it worked on."""
    ingest_lake.lake.cache_clear()
    acting.cache_clear()


def _load() -> None:
    for step in steps():
        kind, _, code = step.code.partition("-")
        if kind != "aggregate":
            step.take()
        elif spec := _reduced(code):
            holdings.aggregate(spec)
        elif code == "ga-person":
            _persons(code)
        deliver_all()
    run_pending()
    deliver_all()
    add_unfinished_work()
    sequence()


def _reduced(code: str) -> reader.EntrySpec | None:
    spec = next(spec for spec in reader.entries() if spec.code == code)
    kept = {"mz-region-county": 1, "wjw-epidemic": DAYS}.get(code)
    return replace(spec, files=spec.datasets[:kept]) if kept else None


def _persons(code: str) -> None:
    """The register of persons as its data manager drops it, with fewer rows."""
    spec = next(spec for spec in reader.entries() if spec.code == code)
    entry, manager = holdings.entry_of(spec), holder("data_manager", spec.provider)
    if entry is None:
        raise LookupError(code)
    content = io.BytesIO(persons.generate_persons(PERSONS).csv)
    ingest.start_batch(ingest.drop_file(entry.id, content, "人口样例（合成）.csv", actor=manager), actor=manager)
    run_pending()
