"""How a command reaches the node's database: the running node's, else one started for the command alone."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from tulou.node import environment
from tulou.node.database import lake_of
from tulou.node.lock import FolderLock, noted
from tulou.node.postgres import LAKE, EmbeddedPostgres
from tulou.node.problems import NodeProblem


@dataclass(frozen=True)
class Attachment:
    """Where the hub's and the lake's databases are; `running` when a node runs on the folder."""

    database_url: str
    lake_url: str
    running: bool


@contextmanager
def attached(*, exclusive: bool = False) -> Iterator[Attachment]:
    """Reach the database, with Django set up on it. `exclusive` demands that no node runs meanwhile.

    Raises:
        NodeProblem: there is no data folder yet, or a node runs and must not.
    """
    told = environment.read()
    running = noted(told.data)
    if running and exclusive:
        raise NodeProblem(f"节点正在运行（进程 {running['pid']}）。请先停止它，再执行这条命令。")
    if running:
        yield _settle(str(running["database_url"]), str(running["lake_url"]), running=True)
    elif told.database_url:
        yield _settle(told.database_url, told.lake_url or lake_of(told.database_url), running=False)
    elif not (told.data / "postgres").exists():
        raise NodeProblem(f"{told.data} 里还没有节点的数据。请先运行 ./dev run，或用 TULOU_DATA 指定已有的数据文件夹。")
    else:
        lock, server = FolderLock(told.data), EmbeddedPostgres(told.data)
        lock.take()
        try:
            yield _settle(server.start(), told.lake_url or server.url(LAKE), running=False)
        finally:
            _close_connections()
            server.stop()
            lock.release()


def _settle(hub: str, lake: str, *, running: bool) -> Attachment:
    os.environ.update(DATABASE_URL=hub, TULOU_LAKE_URL=lake, DJANGO_SETTINGS_MODULE="tulou.node.settings")
    import django

    django.setup()
    return Attachment(hub, lake, running)


def _close_connections() -> None:
    from django.apps import apps
    from django.db import connections

    if apps.ready:
        for connection in connections.all(initialized_only=True):
            connection.close()
            connection.close_pool()  # type: ignore[attr-defined]  # the PostgreSQL backend's own
