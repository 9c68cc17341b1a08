"""PostgreSQL as a source: one table copied out as text, with limits on every wait.

Promise: a source that does not answer, hangs, or refuses the password ends
in a sentence within its time limit, and never holds a worker for ever.
"""

import hashlib
import io
import os
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cached_property
from typing import Final, Self

import numpy
import psycopg
import pyarrow as pa
import pyarrow.csv as pacsv
from psycopg import sql

from tulou.plane.connect.rows import RowLayout
from tulou.plane.connect.source import SourceColumn, SourceIdentity, SourceProblem

_BLOCK: Final = 8 << 20


class PostgresSource:
    """One table or view of a PostgreSQL database."""

    def __init__(
        self, dsn: str, table: str, *, schema: str = "public", connect_timeout: int = 10, timeout: int = 600
    ) -> None:
        self._dsn, self._table, self._schema = dsn, table, schema
        self._connect_timeout, self._timeout = connect_timeout, timeout
        self._digest, self._size, self._position = hashlib.sha256(), 0, ""

    def columns(self) -> list[SourceColumn]:
        """The columns, with their types there."""
        return list(self._described)

    def identity(self) -> SourceIdentity:
        """The table, the position in the log, and the hash of the text that was copied so far."""
        name = f"{self._schema}.{self._table}"
        return SourceIdentity("postgres", name, self._digest.hexdigest(), self._position, self._size)

    def estimate_rows(self) -> int | None:
        """The planner's estimate."""
        query = "SELECT reltuples::bigint FROM pg_class WHERE oid = to_regclass(format('%%I.%%I', %s::text, %s::text))"
        with self._connected() as connection:
            row = connection.execute(query, [self._schema, self._table]).fetchone()
        return int(row[0]) if row and row[0] >= 0 else None

    def batches(self, size: int) -> Iterator[pa.RecordBatch]:
        """The rows of one snapshot; `size` is a hint, blocks of bytes set the pace."""
        self._digest, self._size, done = hashlib.sha256(), 0, 0
        listed = sql.SQL(", ").join(sql.Identifier(column.name) for column in self._described)
        table = sql.Identifier(self._schema, self._table)
        query = sql.SQL("COPY (SELECT {} FROM {}) TO STDOUT (FORMAT csv)").format(listed, table)
        with self._connected() as connection, connection.cursor() as cursor:
            row = connection.execute("SELECT pg_current_wal_lsn()::text").fetchone()
            self._position = str(row[0]) if row else ""
            with cursor.copy(query) as copy:
                for block in self._blocks(_Copied(self, copy)):
                    numbers = pa.array(numpy.arange(done + 1, done + block.num_rows + 1))
                    done += block.num_rows
                    yield self._layout.batch(block.columns, numbers, may_hold_nul=False)

    def took(self, data: bytes) -> None:
        """Count and hash what was copied."""
        self._watch.progress()
        self._digest.update(data)
        self._size += len(data)

    def _blocks(self, stream: "_Copied") -> Iterator[pa.RecordBatch]:
        names = [f"c{place}" for place in range(len(self._described))]
        try:
            yield from pacsv.open_csv(
                pa.PythonFile(io.BufferedReader(stream, _BLOCK)),
                read_options=pacsv.ReadOptions(use_threads=False, block_size=_BLOCK, column_names=names),
                parse_options=pacsv.ParseOptions(newlines_in_values=True, ignore_empty_lines=len(names) > 1),
                convert_options=pacsv.ConvertOptions(
                    strings_can_be_null=True, quoted_strings_can_be_null=False, null_values=[""],
                    column_types=dict.fromkeys(names, pa.string()),
                ),
            )  # fmt: skip
        except pa.ArrowInvalid as error:
            if "Empty CSV" not in str(error):
                raise SourceProblem("unreadable", f"读取的数据无法解析：{error}", "请联系来源系统管理员") from error

    @cached_property
    def _described(self) -> list[SourceColumn]:
        query = (
            "SELECT attname, format_type(atttypid, atttypmod), coalesce(col_description(attrelid, attnum), ''), "
            "EXISTS (SELECT FROM pg_index WHERE indrelid = attrelid AND indisprimary AND attnum = ANY (indkey)), "
            "attnotnull FROM pg_attribute "
            "WHERE attrelid = to_regclass(format('%%I.%%I', %s::text, %s::text)) "
            "AND attnum > 0 AND NOT attisdropped ORDER BY attnum"
        )
        with self._connected() as connection:
            found = connection.execute(query, [self._schema, self._table]).fetchall()
        if not found:
            raise SourceProblem(
                "no_table", f"来源数据库中没有表“{self._schema}.{self._table}”，或无权读取", "请核对表名和授权"
            )
        return [SourceColumn(str(name), str(kind), str(note), key, filled) for name, kind, note, key, filled in found]

    @cached_property
    def _layout(self) -> RowLayout:
        return RowLayout([column.name for column in self._described])

    @contextmanager
    def _connected(self) -> Iterator[psycopg.Connection]:
        """A read-only connection on which no wait is endless."""
        settings = f"-c lock_timeout={self._timeout * 1000} -c timezone=Asia/Shanghai -c datestyle=ISO"
        try:
            connection = psycopg.connect(
                self._dsn, connect_timeout=self._connect_timeout, application_name="tulou-source", options=settings,
                keepalives_idle=15, keepalives_interval=5, keepalives_count=3, client_encoding="utf8",
            )  # fmt: skip
        except psycopg.Error as error:
            raise _refused(error) from error
        with _Watch(connection, self._timeout) as self._watch, connection:
            try:
                connection.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
                yield connection
            except psycopg.Error as error:
                if self._watch.expired or isinstance(error, psycopg.errors.LockNotAvailable):
                    raise _too_slow(self._timeout) from error
                raise SourceProblem("source_failed", f"来源数据库出错：{_first_line(error)}", "请稍后重试") from error


class _Copied(io.RawIOBase):
    """The bytes of a COPY as a stream."""

    def __init__(self, source: PostgresSource, copy: psycopg.Copy) -> None:
        self._source, self._copy, self._ready = source, copy, memoryview(b"")

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: "bytearray | memoryview") -> int:  # type: ignore[override]
        filled = 0
        while filled < len(buffer):
            if not self._ready:
                data = bytes(self._copy.read())
                if not data:
                    break
                self._source.took(data)
                self._ready = memoryview(data)
            taken = min(len(buffer) - filled, len(self._ready))
            buffer[filled : filled + taken] = self._ready[:taken]
            self._ready, filled = self._ready[taken:], filled + taken
        return filled


class _Watch:
    """Breaks a connection that has been silent for too long: a dead server keeps no promise of its own."""

    def __init__(self, connection: psycopg.Connection, seconds: float) -> None:
        self._connection, self._seconds = connection, seconds
        self._socket = socket.socket(fileno=os.dup(connection.fileno()))
        self._done = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)
        self._until = time.monotonic() + seconds
        self.expired = False

    def progress(self) -> None:
        """Something came: wait anew."""
        self._until = time.monotonic() + self._seconds

    def _watch(self) -> None:
        while not self._done.wait(max(self._until - time.monotonic(), 0)):
            if time.monotonic() >= self._until:
                self.expired = True
                self._break()
                return

    def _break(self) -> None:
        """Ask the server to stop, and cut the line whatever it says."""
        try:
            self._connection.cancel_safe(timeout=3)
        except psycopg.Error:
            self.expired = True
        self._socket.shutdown(socket.SHUT_RDWR)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._done.set()
        self._thread.join()
        self._socket.close()


def _refused(error: psycopg.Error) -> SourceProblem:
    text = str(error)
    if "password" in text or "authentication" in text:
        return SourceProblem("wrong_password", "来源数据库拒绝了用户名或口令", "请在来源系统中更新口令")
    if "timeout" in text:
        return SourceProblem("timeout", "来源数据库没有应答", "请检查地址、端口和网络")
    return SourceProblem("unreachable", f"无法连接来源数据库：{_first_line(error)}", "请检查地址、端口和网络")


def _too_slow(seconds: int) -> SourceProblem:
    return SourceProblem("timeout", f"来源数据库超过 {seconds} 秒没有完成读取", "请稍后重试，或分批读取")


def _first_line(error: psycopg.Error) -> str:
    return (str(error).splitlines() or [""])[0]
