"""Failures of the machine: nothing half landed, and a sentence that says what to do."""

import subprocess
import sys
import threading
from pathlib import Path
from uuid import uuid4

import duckdb
import psycopg
import pytest
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from tulou.plane.tables import Column, Lake, LakeProblem, TableRef, TableSchema, Zone
from tulou.plane.tables.session import Attachment, Limits, Session
from tulou.plane.tables.tests.test_landing import EVENTS, landing
from tulou.plane.tables.writer import writing

ZONE = Zone("failures")
FILL_THE_DISK = """
import resource, signal, sys
from pathlib import Path
import pyarrow as pa
from tulou.plane.tables import *
dsn, folder, table = sys.argv[1], Path(sys.argv[2]), sys.argv[3]
lake = Lake(LakeConfig(dsn, folder / "data", SealKeys(folder / "keys"), folder / "spill", memory="500MB"))
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (200_000, 200_000))
rows = pa.table({"n": pa.array(range(300_000), pa.int64())}).to_reader()
select = ("SELECT sha256(n::VARCHAR) AS station, n AS size, n AS _row, []::VARCHAR[] AS _broken, "
          "[]::VARCHAR[] AS _warned, []::VARCHAR[] AS _reasons, NULL::VARCHAR AS _raw FROM incoming")
try:
    lake.land(TableRef("failures", table), Landing("full", [rows], select, "", "", lambda: Origin("")))
except LakeProblem as problem:
    print(problem.code)
"""


@pytest.fixture
def ref(lake: Lake) -> TableRef:
    lake.ensure_zone(ZONE)
    ref = TableRef(ZONE.name, f"t{uuid4().hex[:12]}")
    lake.ensure_table(ref, EVENTS)
    return ref


def test_a_full_disk_leaves_nothing_and_is_said(lake: Lake, ref: TableRef) -> None:
    folder = lake.config.data_path.parent
    command = [sys.executable, "-c", FILL_THE_DISK, lake.config.catalogue_dsn, str(folder), ref.name]
    paths = {"PYTHONPATH": str(Path(__file__).resolve().parents[4])}
    result = subprocess.run(command, capture_output=True, text=True, timeout=120, env=paths, check=False)
    assert result.stdout.strip() == "disk_full", result.stderr
    assert lake.batch(ref, "full") is None
    with lake.reading(ref.zone) as cursor:
        assert cursor.execute(f"SELECT count(*) FROM {lake.path(ref)}").fetchone() == (0,)
    assert lake.land(ref, landing(EVENTS, [{"station": "a"}])).inserted == 1


def test_readers_recover_when_the_catalogue_restarts(lake: Lake, ref: TableRef) -> None:
    assert lake.batch(ref, "none") is None
    with psycopg.connect(lake.config.catalogue_dsn) as connection:
        connection.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'tulou-reader' "
            "AND datname = current_database()"
        )
    assert lake.batch(ref, "none") is None


def test_two_writers_of_one_table_take_turns(lake: Lake, ref: TableRef) -> None:
    outcomes = []

    def write(name: str) -> None:
        outcomes.append(lake.land(ref, landing(EVENTS, [{"station": "same"}], name)))

    threads = [threading.Thread(target=write, args=(f"w{n}",)) for n in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcome.inserted for outcome in outcomes) == [0, 0, 1]


def test_a_table_that_stays_busy_is_said(lake: Lake, ref: TableRef) -> None:
    dsn = lake.config.catalogue_dsn
    with (
        writing(dsn, ref, patience=1, cancelled=lambda: False),
        pytest.raises(LakeProblem, match="正在被另一批次写入"),
        writing(dsn, ref, patience=0.1, cancelled=lambda: False),
    ):
        raise AssertionError("two writers at once")


@pytest.mark.parametrize(
    "statement",
    [
        "SELECT * FROM read_csv('/etc/passwd')",
        "COPY (SELECT 1) TO '/tmp/out.csv'",
        "ATTACH '/tmp/other.db'",
        "INSTALL spatial",
        "SET enable_external_access = true",
    ],
)
def test_a_session_reaches_nothing_but_its_zone(lake: Lake, ref: TableRef, statement: str) -> None:
    with lake.reading(ref.zone) as cursor, pytest.raises(duckdb.Error):
        cursor.execute(statement)


def test_a_reader_cannot_write_and_sees_no_other_zone(lake: Lake, ref: TableRef) -> None:
    with lake.reading(ref.zone) as cursor:
        with pytest.raises(duckdb.Error, match="read-only"):
            cursor.execute(f"DELETE FROM {lake.path(ref)}")
        names = cursor.execute("SELECT database_name FROM duckdb_databases() WHERE NOT internal").fetchall()
    assert set(names) == {("lake",), ("memory",)}


def test_a_password_is_shown_nowhere(lake: Lake, ref: TableRef) -> None:
    secret = str(conninfo_to_dict(lake.config.catalogue_dsn).get("password") or "s3cret-word")
    dsn = make_conninfo(lake.config.catalogue_dsn, password=secret)
    attachment = Attachment(dsn, ref.zone, lake.config.data_path / ref.zone, read_only=True)
    with Session(Limits(lake.config.spill), attachment) as session, session.cursor() as cursor:
        shown = str(cursor.execute("SELECT * FROM duckdb_databases()").fetchall())
        shown += str(cursor.execute("SELECT * FROM duckdb_secrets()").fetchall())
        with pytest.raises(duckdb.Error) as caught:
            cursor.execute("SELECT * FROM lake.main.none")
    assert secret not in shown + str(caught.value)


def test_spilled_data_is_swept_when_its_owner_is_dead(tmp_path: Path) -> None:
    dead = tmp_path / "sdead"
    dead.mkdir()
    (dead / "owner").touch()
    (dead / "duckdb_temp_storage_DEFAULT-0.tmp").write_bytes(b"old")
    with Session(Limits(tmp_path)) as living:
        assert not dead.exists()
        with Session(Limits(tmp_path)), living.cursor() as cursor:
            assert cursor.execute("SELECT 1").fetchone() == (1,)
            assert len(list(tmp_path.iterdir())) == 2
    assert list(tmp_path.iterdir()) == []


def test_spilled_data_is_unreadable(tmp_path: Path) -> None:
    with Session(Limits(tmp_path, memory="100MB")) as session, session.cursor() as cursor:
        cursor.execute(
            "CREATE TEMP TABLE t AS SELECT 'SECRET-MARK-' || (range % 10) AS v, sha256(range::VARCHAR) AS h "
            "FROM range(2000000)"
        )
        files = [path for path in tmp_path.rglob("*.tmp") if path.stat().st_size]
        assert files
        assert not any(b"SECRET-MARK-" in path.read_bytes() for path in files)


def test_a_landing_into_a_table_that_does_not_stand_is_refused(lake: Lake, ref: TableRef) -> None:
    schema = TableSchema((Column("a"),))
    with pytest.raises(LakeProblem, match="尚未建立"):
        lake.land(TableRef(ref.zone, "nowhere"), landing(schema, [{"a": "1"}]))
