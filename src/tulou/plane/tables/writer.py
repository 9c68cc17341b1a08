"""One writer per table (单写者): an advisory lock, and a fence against a dead predecessor.

Promise: when `writing` yields, no other process writes the table, and no
commit of a killed predecessor is still on its way: its catalogue
connection, known by its application name, has gone.
"""

import hashlib
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import psycopg

from tulou.plane.tables.problems import LakeProblem, LandingCancelled
from tulou.plane.tables.schema import TableRef

_POLL = 0.05


class WriterLock:
    """A held lock; `check` proves before a commit that it is still held."""

    def __init__(self, connection: psycopg.Connection, application: str) -> None:
        self._connection = connection
        self.application = application

    def check(self) -> None:
        """Refuse to go on when the lock's connection was lost."""
        try:
            self._connection.execute("SELECT 1")
        except psycopg.Error as error:
            raise LakeProblem("lock_lost", "写入锁已丢失，本批次未提交", "请稍后重试") from error


@contextmanager
def writing(dsn: str, ref: TableRef, *, patience: float, cancelled: Callable[[], bool]) -> Iterator[WriterLock]:
    """Hold the table's writer lock.

    Raises:
        LakeProblem: `busy` after `patience` seconds, or `catalogue` when the server does not answer.
    """
    application = "tulou-land-" + hashlib.sha256(f"{ref.zone}.{ref.name}".encode()).hexdigest()[:24]
    until = time.monotonic() + patience
    try:
        connection = psycopg.connect(dsn, autocommit=True, connect_timeout=10, application_name="tulou-writer-lock")
    except psycopg.Error as error:
        raise LakeProblem("catalogue", "无法连接湖目录数据库", "请检查数据库服务后重试") from error
    with connection:
        _wait(lambda: _locked(connection, application), until, cancelled)
        _wait(lambda: _alone(connection, application), until, cancelled)
        yield WriterLock(connection, application)


def _locked(connection: psycopg.Connection, application: str) -> bool:
    row = connection.execute("SELECT pg_try_advisory_lock(hashtextextended(%s, 0))", [application]).fetchone()
    return bool(row and row[0])


def _alone(connection: psycopg.Connection, application: str) -> bool:
    row = connection.execute(
        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND application_name = %s",
        [application],
    ).fetchone()
    return bool(row and row[0] == 0)


def _wait(ready: Callable[[], bool], until: float, cancelled: Callable[[], bool]) -> None:
    while not ready():
        if cancelled():
            raise LandingCancelled
        if time.monotonic() > until:
            raise LakeProblem("busy", "该数据表正在被另一批次写入", "请等待其完成后重试")
        time.sleep(_POLL)
