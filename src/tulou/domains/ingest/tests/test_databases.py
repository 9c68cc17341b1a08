"""A table of a department's own database as a source: read within limits, its password never seen again."""

import socket
from collections.abc import Iterator
from urllib.parse import urlsplit

import psycopg
import pytest
from django.core.exceptions import ValidationError
from django.db import connection

from tulou.domains.catalog import guard
from tulou.domains.ingest import services
from tulou.domains.ingest.models import Batch, Source
from tulou.domains.ingest.services import TableAddress
from tulou.domains.ingest.tests.ground import Ground
from tulou.kernel.evidence import find
from tulou.node import postgres
from tulou.plane.connect import SourceProblem


@pytest.fixture(scope="module")
def department(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TableAddress]:
    """A department's PostgreSQL, on a port of this machine."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    settings = postgres.THROWAWAY | {"listen_addresses": "127.0.0.1", "port": str(port)}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(postgres, "THROWAWAY", settings)
        patch.setattr(postgres.EmbeddedPostgres, "url", _with_port(port))
        server = postgres.EmbeddedPostgres(tmp_path_factory.mktemp("department"), durable=False)
        url = server.start()
        with psycopg.connect(url) as hub:
            hub.execute('CREATE TABLE regions ("区划代码" text, "名称" text, "人口" bigint)')
            hub.execute("INSERT INTO regions VALUES ('350102','鼓楼区',669000), ('350103','台江区',412000)")
            hub.execute("CREATE TABLE nothing AS SELECT * FROM regions LIMIT 0")
        yield TableAddress("127.0.0.1", "tulou", "tulou", urlsplit(url).password or "", "regions", port=port)
        server.stop()


def _with_port(port: int) -> object:
    plain = postgres.EmbeddedPostgres.url

    def url(self: postgres.EmbeddedPostgres, database: str, role: str | None = None) -> str:
        return f"{plain(self, database, role)}&port={port}"

    return url


def named(ground: Ground, address: TableAddress, **over: object) -> Source:
    changed = {name: getattr(address, name) for name in TableAddress.__slots__} | over
    return services.name_table(ground.entry.id, TableAddress(**changed), actor=ground.manager)


def test_a_table_lands_and_a_second_run_adds_nothing(ground: Ground, department: TableAddress) -> None:
    source = named(ground, department)
    for inserted, unchanged in ((2, 0), (0, 2)):
        batch = services.start_batch(source, actor=ground.manager).batch
        ground.work()
        batch.refresh_from_db()
        assert (batch.status, batch.inserted, batch.unchanged) == ("landed", inserted, unchanged)
        assert "/" in batch.position
    assert Batch.objects.count() == 2


def test_the_password_is_sealed_and_shown_nowhere(ground: Ground, department: TableAddress) -> None:
    source = named(ground, department)
    secret = department.password
    with connection.cursor() as cursor:
        cursor.execute("SELECT ingest_source::text FROM ingest_source")
        (row,) = cursor.fetchone()
    assert secret not in row
    assert secret.encode().hex() not in row
    assert secret not in repr(department)
    assert all(secret not in str(entry.leaf) for entry in find(f"source:{source.id}"))


def test_a_wrong_password_is_refused_with_its_remedy(ground: Ground, department: TableAddress) -> None:
    with pytest.raises(ValidationError, match=r"用户名或口令.*更新口令") as refused:
        named(ground, department, password="guessed-wrong")
    assert "guessed-wrong" not in str(refused.value)
    assert not Source.objects.exists()


def test_a_table_that_is_not_there_is_named(ground: Ground, department: TableAddress) -> None:
    with pytest.raises(ValidationError, match=r"public\.ghost"):
        named(ground, department, table="ghost")


def test_an_empty_table_does_not_pass_for_an_update(ground: Ground, department: TableAddress) -> None:
    batch = services.start_batch(named(ground, department, table="nothing"), actor=ground.manager).batch
    ground.work()
    batch.refresh_from_db()
    assert (batch.status, batch.problem_code) == ("failed", "no_rows")


def test_a_column_that_vanished_since_fails_the_batch_by_name(ground: Ground, department: TableAddress) -> None:
    source = named(ground, department)
    url = f"postgresql://tulou:{department.password}@127.0.0.1:{department.port}/tulou"
    with psycopg.connect(url) as hub:
        hub.execute('ALTER TABLE regions RENAME "名称" TO "区划名称"')
    batch = services.start_batch(source, actor=ground.manager).batch
    ground.work()
    batch.refresh_from_db()
    with psycopg.connect(url) as hub:
        hub.execute('ALTER TABLE regions RENAME "区划名称" TO "名称"')
    assert (batch.status, batch.problem_code) == ("failed", "columns_changed")
    assert "名称" in batch.problem
    assert "区划名称" in batch.problem
    assert "核对结构" in batch.remedy


def test_the_node_s_own_server_is_refused_behind_another_name(
    ground: Ground, department: TableAddress, settings: object
) -> None:
    url = f"postgresql://tulou:{department.password}@127.0.0.1:{department.port}/tulou"
    settings.LAKE_URL = url.replace("127.0.0.1", "localhost")  # type: ignore[attr-defined]
    with pytest.raises(ValidationError, match="本平台自己的数据库"):
        named(ground, department)
    settings.LAKE_URL = url + "?host=/nowhere"  # type: ignore[attr-defined]  # known by no address
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(guard, "_identifier", lambda dsn, timeout: "7001")
        with pytest.raises(ValidationError, match="本平台自己的数据库"):
            named(ground, department)


@pytest.mark.django_db
@pytest.mark.parametrize("host", ["169.254.169.254", "0.0.0.0", "fe80::1", "224.0.0.1", "::ffff:169.254.1.1"])
def test_addresses_that_lead_inside_are_refused(host: str) -> None:
    with pytest.raises(SourceProblem) as refused:
        guard.checked_address(host, 5432)
    assert refused.value.code == "address_refused"


@pytest.mark.django_db
@pytest.mark.parametrize("host", ["", "/tmp/devpg", "@abstract", "a,b", "no-such-host.invalid"])
def test_what_is_not_a_host_is_refused(host: str) -> None:
    with pytest.raises(SourceProblem):
        guard.checked_address(host, 5432)


@pytest.mark.django_db
def test_a_list_of_hosts_lets_in_those_and_no_others(settings: object) -> None:
    settings.SOURCE_HOSTS = ("10.20.0.0/16", "127.0.0.1")  # type: ignore[attr-defined]
    assert guard.checked_address("10.20.1.15", 5432) == "10.20.1.15"
    assert guard.checked_address("127.0.0.1", 1) == "127.0.0.1"
    with pytest.raises(SourceProblem):
        guard.checked_address("10.21.1.15", 5432)


@pytest.mark.django_db
def test_production_does_not_reach_its_own_machine(settings: object) -> None:
    settings.SAMPLE = False  # type: ignore[attr-defined]
    with pytest.raises(SourceProblem):
        guard.checked_address("127.0.0.1", 5433)


def test_a_lost_seal_says_to_register_again(ground: Ground, department: TableAddress) -> None:
    source = named(ground, department)
    Source.objects.filter(pk=source.pk).update(credentials=b"x" * 60)
    again = services.look_again(Source.objects.get(pk=source.pk), actor=ground.manager)
    assert again.problem is not None
    assert again.problem["code"] == "credentials_lost"
