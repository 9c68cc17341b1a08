"""A sample of the receipts campaign: real workers die around the lake's commit and around the hub's."""

import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import LazySettings
from django.db import connection

from tests.chaos.receipts import run
from tulou.domains.ingest import lake as room
from tulou.domains.ingest.tests.ground import Ground, found

SAMPLE = ("ledger_written", "committed", "hub.landed", "hub.writing", "hub.settled")


@pytest.fixture
def ground(scratch_database: str, tmp_path: Path, settings: LazySettings, transactional_db: None) -> Iterator[Ground]:
    """A published entry on an empty lake, with files where the workers will look for them."""
    settings.LAKE_URL, settings.DATA, settings.LAKE_DATA = scratch_database, tmp_path, tmp_path / "lake"
    settings.KEYS, settings.FILES = tmp_path / "keys", tmp_path / "files"
    room.lake.cache_clear()
    yield found()
    room.lake().close()
    room.lake.cache_clear()
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE procrastinate_jobs, procrastinate_workers CASCADE")


@pytest.fixture
def environment(ground: Ground, settings: LazySettings) -> dict[str, str]:
    """The environment in which a worker works on this test's databases and files."""
    db = connection.settings_dict
    url = f"postgresql://{db['USER']}:{db['PASSWORD']}@:{db['PORT'] or 5432}/{db['NAME']}?host={db['HOST']}"
    told = {"DATABASE_URL": url, "TULOU_LAKE_URL": settings.LAKE_URL, "TULOU_DATA": str(settings.DATA)}
    return {**os.environ, **told, "PYTHONPATH": os.pathsep.join(sys.path)}


def test_every_receipt_reconciles_after_its_workers_were_killed(ground: Ground, environment: dict[str, str]) -> None:
    result = run(ground, environment, boundaries=SAMPLE, seed=7)
    assert result["kills"] == dict.fromkeys(SAMPLE, 1)
    assert (result["batches"], result["wrong"]) == (len(SAMPLE), 0)
