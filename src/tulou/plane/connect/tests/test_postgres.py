"""A database as a source: its rows exactly, its failures in time and in words."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
import pytest

from tulou.plane.connect import SourceProblem
from tulou.plane.connect.postgres import PostgresSource
from tulou.plane.connect.tests.test_delimited import rows


@pytest.fixture
def source_database(scratch_database: str) -> str:
    with psycopg.connect(scratch_database) as connection:
        connection.execute('CREATE TABLE "区 划" (code text, "名称" text, size numeric(10,2), at timestamptz, ok bool)')
        connection.execute(
            """INSERT INTO "区 划" VALUES ('350100', E'福州\n"市",', 1.10, '2024-01-01 08:00+08', true),
            ('', NULL, NULL, NULL, false)"""
        )
        connection.execute("CREATE VIEW slow AS SELECT 1 AS a, pg_sleep(30)::text AS b")
    return scratch_database


def test_a_table_is_copied_as_exact_text(source_database: str) -> None:
    source = PostgresSource(source_database, "区 划")
    assert [(c.name, c.declared) for c in source.columns()][1:3] == [("名称", "text"), ("size", "numeric(10,2)")]
    assert rows(source) == [
        (1, "350100", '福州\n"市",', "1.10", "2024-01-01 08:00:00+08", "t"),
        (2, "", None, None, None, "f"),
    ]
    identity = source.identity()
    assert (identity.kind, len(identity.sha256)) == ("postgres", 64)
    assert "/" in identity.position


def test_a_table_tells_its_key_its_comments_and_what_must_be_filled(source_database: str) -> None:
    with psycopg.connect(source_database) as connection:
        connection.execute("CREATE TABLE school (code varchar(10) PRIMARY KEY, name text NOT NULL, note text)")
        connection.execute("COMMENT ON COLUMN school.name IS '学校名称'")
    code, name, note = PostgresSource(source_database, "school").columns()
    assert (code.key, code.required, code.declared) == (True, True, "character varying(10)")
    assert (name.key, name.required, name.comment) == (False, True, "学校名称")
    assert (note.required, note.comment) == (False, "")


def test_a_table_that_is_not_there_is_named(source_database: str) -> None:
    with pytest.raises(SourceProblem, match=r"public\.none"):
        PostgresSource(source_database, "none").columns()


def test_a_source_that_hangs_is_given_up(source_database: str) -> None:
    source = PostgresSource(source_database, "slow", timeout=1)
    with pytest.raises(SourceProblem) as caught:
        rows(source)
    assert caught.value.code == "timeout"


def test_a_server_that_never_answers_is_given_up() -> None:
    with silent_server() as port, pytest.raises(SourceProblem) as caught:
        PostgresSource(f"postgresql://x:y@127.0.0.1:{port}/z", "t", connect_timeout=2).columns()
    assert caught.value.code == "timeout"


def test_a_wrong_password_is_said_without_showing_it() -> None:
    with refusing_server() as port, pytest.raises(SourceProblem) as caught:
        PostgresSource(f"postgresql://x:s3cret@127.0.0.1:{port}/z", "t").columns()
    assert caught.value.code == "wrong_password"
    assert "s3cret" not in str(caught.value)


@contextmanager
def silent_server() -> Iterator[int]:
    """Accepts and says nothing."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()[1]


@contextmanager
def refusing_server() -> Iterator[int]:
    """Speaks the protocol as far as refusing the password, as PostgreSQL words it."""
    text = b'SFATAL\0C28P01\0Mpassword authentication failed for user "x"\0\0'
    reply = b"E" + (len(text) + 4).to_bytes(4, "big") + text

    def serve(server: socket.socket) -> None:
        while True:
            try:
                connection, _ = server.accept()
            except OSError:
                return
            with connection:
                while connection.recv(4096)[4:8] in {b"\x04\xd2\x16\x2f", b"\x04\xd2\x16\x30"}:
                    connection.sendall(b"N")
                connection.sendall(reply)

    with socket.create_server(("127.0.0.1", 0)) as server:
        thread = threading.Thread(target=serve, args=(server,), daemon=True)
        thread.start()
        yield server.getsockname()[1]
        server.shutdown(socket.SHUT_RDWR)
        thread.join()
