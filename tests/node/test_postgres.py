"""The embedded PostgreSQL: starts anywhere, keeps what was committed, opens nothing, leaves nothing running."""

import os
import signal
import stat
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import psycopg
import pytest

from tulou.node.postgres import HUB, LAKE, SUPERUSER, EmbeddedPostgres
from tulou.node.problems import NodeProblem
from tulou.node.process import alive


@pytest.fixture
def folder() -> Iterator[Path]:
    """Below a 0700 home, as a data folder of root usually is."""
    with TemporaryDirectory(prefix="tulou-closed-") as home:
        yield Path(home) / "var"


def postmaster(folder: Path) -> int:
    return int((folder / "postgres/cluster/postmaster.pid").read_text().split("\n", 1)[0])


def test_it_starts_below_a_closed_home_and_changes_no_permission_there(folder: Path) -> None:
    server = EmbeddedPostgres(folder, durable=False)
    try:
        with psycopg.connect(server.start()) as connection:
            told = connection.execute("SELECT current_setting('data_checksums'), current_setting('lc_messages')")
            assert told.fetchone() == ("on", "C")
            assert connection.execute("SHOW listen_addresses").fetchone() == ("",)
    finally:
        server.stop()
    assert stat.S_IMODE(folder.parent.stat().st_mode) == 0o700
    for kept_close in ("postgres", "secrets", "logs"):
        assert stat.S_IMODE((folder / kept_close).stat().st_mode) == 0o700
    assert stat.S_IMODE((folder / "secrets/postgres.json").stat().st_mode) == 0o600


def test_hub_and_lake_have_a_database_each_and_no_superuser(folder: Path) -> None:
    server = EmbeddedPostgres(folder, durable=False)
    try:
        server.start()
        for name in (HUB, LAKE):
            with psycopg.connect(server.url(name)) as connection:
                row = connection.execute("SELECT current_user::text, rolsuper FROM pg_roles WHERE rolname=current_user")
                assert row.fetchone() == (name, False)
        with pytest.raises(psycopg.OperationalError, match="permission denied"):
            psycopg.connect(server.url(HUB, role=LAKE))
    finally:
        server.stop()


def test_a_wrong_password_is_refused(folder: Path) -> None:
    server = EmbeddedPostgres(folder, durable=False)
    try:
        url = server.start()
        with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
            psycopg.connect(url.replace(":", ":x", 2).replace("postgresql:x//", "postgresql://"))
    finally:
        server.stop()


def test_what_was_committed_survives_a_killed_server(folder: Path) -> None:
    server = EmbeddedPostgres(folder)
    try:
        with psycopg.connect(server.start()) as connection:
            connection.execute("CREATE TABLE kept (n int)")
            connection.execute("INSERT INTO kept VALUES (7)")
        os.kill(postmaster(folder), signal.SIGKILL)
        server.stop()
        with psycopg.connect(server.start()) as connection:
            assert connection.execute("SELECT n FROM kept").fetchone() == (7,)
    finally:
        server.stop()


def test_the_server_ends_with_the_process_that_started_it(folder: Path) -> None:
    script = (
        "import sys,time;from pathlib import Path;from tulou.node.postgres import EmbeddedPostgres;"
        "EmbeddedPostgres(Path(sys.argv[1]),durable=False).start();print('up',flush=True);time.sleep(600)"
    )
    starter = subprocess.Popen([sys.executable, "-c", script, str(folder)], stdout=subprocess.PIPE)
    assert starter.stdout is not None
    assert starter.stdout.readline() == b"up\n"
    pid = postmaster(folder)
    starter.kill()
    starter.wait()
    starter.stdout.close()
    for _ in range(200):
        if not alive(pid):
            break
        time.sleep(0.05)
    assert not alive(pid)


def test_a_pid_file_naming_a_stranger_does_not_prevent_a_start(folder: Path) -> None:
    server = EmbeddedPostgres(folder, durable=False)
    server.start()
    pid_file = folder / "postgres/cluster/postmaster.pid"
    remembered = pid_file.read_text()
    server.stop()
    pid_file.write_text(remembered.replace(remembered.split("\n", 1)[0], str(os.getpid()), 1))
    os.chown(pid_file, (folder / "postgres").stat().st_uid, -1)
    try:
        assert psycopg.connect(server.start()).info.dbname == HUB
    finally:
        server.stop()


def test_a_second_server_on_the_same_folder_is_refused_with_a_sentence(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tulou.node.postgres.PATIENCE", 0.3)
    server = EmbeddedPostgres(folder, durable=False)
    try:
        server.start()
        with pytest.raises(NodeProblem, match="正被另一个 Tulou 使用"):
            EmbeddedPostgres(folder, durable=False).start()
        assert psycopg.connect(server.url("postgres", SUPERUSER)).info.status == psycopg.pq.ConnStatus.OK
    finally:
        server.stop()


def test_an_unusable_folder_is_named(tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.touch()
    with pytest.raises(NodeProblem, match="TULOU_DATA"):
        EmbeddedPostgres(blocked).start()
