"""A department's database table as the start of an entry: its structure within limits, its password used once."""

import socket
from collections.abc import Iterator
from dataclasses import replace
from urllib.parse import urlsplit
from uuid import uuid4

import psycopg
import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse

from tulou.domains.catalog import reading
from tulou.domains.catalog.models import Entry
from tulou.domains.catalog.reading import DatabaseSpec
from tulou.domains.catalog.tests.ground import Ground
from tulou.node import postgres

pytestmark = pytest.mark.django_db
MARRIAGE = "CREATE TABLE marriage (id varchar(18) PRIMARY KEY, at date NOT NULL, fee numeric(10,2))"


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DatabaseSpec]:
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
        with psycopg.connect(url) as connection:
            connection.execute(MARRIAGE)
            connection.execute("COMMENT ON COLUMN marriage.id IS '登记证号'")
            connection.execute("INSERT INTO marriage VALUES ('J1', '2024-01-01', 9.00), ('J2', '2024-01-02', NULL)")
        yield DatabaseSpec("127.0.0.1", port, "tulou", "tulou", urlsplit(url).password or "", "marriage")
        server.stop()


def _with_port(port: int) -> object:
    plain = postgres.EmbeddedPostgres.url

    def url(self: postgres.EmbeddedPostgres, database: str, role: str | None = None) -> str:
        return f"{plain(self, database, role)}&port={port}"

    return url


def form_of(source: DatabaseSpec, **over: object) -> dict[str, object]:
    fields = {name: getattr(source, name) for name in ("host", "port", "database", "user", "password", "table")}
    return {"once": str(uuid4()), "name": "婚姻登记", **fields, **over}


def test_a_table_fills_the_form_with_its_declared_types_key_and_comments(ground: Ground, source: DatabaseSpec) -> None:
    client = ground.client("mzt", "data_manager")
    tried = client.post(reverse("catalog:try-database"), form_of(source)).content.decode()
    assert "连接成功：表 marriage 有 3 个字段" in tried
    page = client.post(reverse("catalog:from-database"), form_of(source), follow=True).content.decode()
    entry = Entry.objects.get(name="婚姻登记")
    key, day, fee = entry.items.all()
    assert (key.label, key.length, key.is_key, key.nullable) == ("登记证号", 18, True, False)
    assert (day.type, day.nullable) == ("D", False)
    assert (fee.type, fee.length, fee.precision, fee.nullable) == ("N", 10, 2, True)
    reasons = ["中文名称取自数据库字段注释", "来源数据库中的主键", "类型取自来源：character varying(18)"]
    assert entry.reading.columns["id"] == reasons
    assert source.password not in page
    assert "J1" not in page


def test_what_goes_wrong_is_said_and_the_password_is_not(ground: Ground, source: DatabaseSpec) -> None:
    client = ground.client("mzt", "data_manager")
    wrong = {"table": "none", "password": "falsch-geheim", "database": "nirgends", "host": "no-such-host.invalid"}
    said = {"table": "没有表", "password": "拒绝了用户名或口令", "database": "来源数据库", "host": "找不到主机"}
    for field, value in wrong.items():
        for page in ("try-database", "from-database"):
            answer = client.post(reverse(f"catalog:{page}"), form_of(source, **{field: value})).content.decode()
            assert said[field] in answer, (page, field)
            assert "falsch-geheim" not in answer
    assert not Entry.objects.exists()


def test_a_table_that_is_not_there_is_named(source: DatabaseSpec) -> None:
    with pytest.raises(ValidationError, match=r"没有表“public\.none”"):
        reading.read_table(replace(source, table="none"))


@pytest.mark.parametrize("host", ["/var/run/postgresql", "a b", "a,b", "@", "169.254.169.254"])
def test_a_host_is_never_a_path_or_a_place_inside(ground: Ground, host: str) -> None:
    form = form_of(DatabaseSpec(host, 5432, "d", "u", "p", "t"))
    client = ground.client("mzt", "data_manager")
    for page in ("from-database", "try-database"):
        answer = client.post(reverse(f"catalog:{page}"), form).content.decode()
        assert "地址应是一台主机" in answer or "找不到主机" in answer or "不在允许接入的范围内" in answer, page
