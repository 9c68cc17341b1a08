"""Sources and machines that go wrong while a batch reads: it fails with a remedy, and nothing of it is in the lake."""

import resource
import secrets
import socket
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
import pytest
from django.core.exceptions import ValidationError

from tulou.domains.ingest import lake as room
from tulou.domains.ingest import reading, services
from tulou.domains.ingest.models import Batch
from tulou.domains.ingest.services import TableAddress
from tulou.domains.ingest.tests.conftest import clean_lake, ground, lake_url  # noqa: F401 - the ground of a batch
from tulou.domains.ingest.tests.ground import Ground
from tulou.domains.ingest.tests.test_databases import department, named  # noqa: F401 - a department's own server
from tulou.plane.tables import Zone

HEADER = "区划代码,名称,人口\n"


@contextmanager
def small_disk(size: int) -> Iterator[None]:
    """No file of this process may grow beyond `size`, as on a full disk."""
    usual = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, usual[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, usual)


def landed_batches(batch: Batch) -> int:
    room.lake().ensure_zone(Zone(batch.zone))
    return len(room.lake().ledger(batch.zone))


def test_a_server_that_never_answers_is_named_with_what_to_check(
    ground: Ground,  # noqa: F811 - the fixture
    department: TableAddress,  # noqa: F811
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(reading, "CONNECT_TIMEOUT", 2)
    with (
        socket.create_server(("127.0.0.1", 0)) as silent,
        pytest.raises(ValidationError, match=r"没有应答。请检查地址、端口和网络"),
    ):
        named(ground, department, port=silent.getsockname()[1])


def test_a_table_that_hangs_while_it_is_read_fails_the_batch_in_time(
    ground: Ground,  # noqa: F811
    department: TableAddress,  # noqa: F811
) -> None:
    source = named(ground, department, timeout=1)
    batch = services.start_batch(source, actor=ground.manager).batch
    url = f"postgresql://tulou:{department.password}@127.0.0.1:{department.port}/tulou"
    with psycopg.connect(url) as holder:
        holder.execute("LOCK TABLE regions IN ACCESS EXCLUSIVE MODE")
        ground.work()
    batch.refresh_from_db()
    assert (batch.status, batch.problem_code) == ("failed", "timeout")
    assert "1 秒" in batch.problem
    assert "请稍后重试" in batch.remedy
    assert landed_batches(batch) == 0


def test_a_disk_that_is_full_fails_the_batch_and_a_retry_lands_it(ground: Ground) -> None:  # noqa: F811
    rows = "".join(f"{code:06},乡{secrets.token_hex(14)},1\n" for code in range(30_000))
    batch = services.start_batch(ground.drop(HEADER + rows), actor=ground.manager).batch
    with small_disk(200_000):
        ground.work()
    batch.refresh_from_db()
    assert (batch.status, batch.problem_code) == ("failed", "disk_full")
    assert "清理磁盘" in batch.remedy
    assert landed_batches(batch) == 0
    services.retry_batch(batch, actor=ground.manager)
    ground.work()
    batch.refresh_from_db()
    assert (batch.status, batch.sent, batch.accepted) == ("landed", 30_000, 30_000)


def test_a_record_that_is_too_long_is_refused_with_its_limit(ground: Ground) -> None:  # noqa: F811
    long = "很长，\n" * 400_000
    batch = ground.send(f'{HEADER}350102,鼓楼区,1\n350103,"{long}",2\n')
    assert (batch.status, batch.problem_code) == ("failed", "record_too_long")
    assert "1 MB" in batch.problem
    assert "引号是否成对" in batch.remedy
    assert landed_batches(batch) == 0
