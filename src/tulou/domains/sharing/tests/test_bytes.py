"""End to end, with a running gateway: what leaves has the granted columns, masks, rows and quota, and no more."""

import csv
import io
import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import httpx
import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from django.conf import LazySettings
from django.db import connection
from django.test import Client
from django.urls import reverse

from tulou.domains.access import signing
from tulou.domains.access.models import Meter, Right
from tulou.domains.catalog import public as catalog
from tulou.domains.catalog.models import Entry
from tulou.domains.directory.models import Agency
from tulou.domains.sharing import services
from tulou.domains.sharing.models import Grant, Request
from tulou.domains.sharing.services import Decision
from tulou.domains.sharing.tests.conftest import SYSTEM, an_account, browser_of, token_of
from tulou.plane.rules import compile_rules, rules_of
from tulou.plane.tables import Lake, LakeConfig, Landing, Origin, SealKeys, TableRef, Zone
from tulou.trust.plans import Mask

pytestmark = pytest.mark.django_db(transaction=True)

ROWS = [
    {"code": "350102", "name": "鼓楼区", "phone": "05911112222"},
    {"code": "350203", "name": "思明区", "phone": "05923334444"},
    {"code": "110101", "name": "东城区", "phone": "01055556666"},
]
SEEN = [["350102", "059****2222"], ["350203", "059****4444"]]
REF = TableRef("mzt_plain", "region_county")


def land(entry: Entry, lake: Lake) -> None:
    """What aggregation does with a batch, in short."""
    schema = catalog.table_schema(entry.id)
    lake.ensure_zone(Zone(REF.zone))
    lake.ensure_table(REF, schema)
    fields = [pa.field("_row", pa.int64()), *(pa.field(name, pa.string()) for name in schema.names)]
    rows = [{"_row": n, **row} for n, row in enumerate(ROWS, 1)]
    batches = pa.Table.from_pylist(rows, pa.schema(fields)).to_batches()
    incoming = pa.RecordBatchReader.from_batches(pa.schema(fields), batches)
    select = compile_rules(rules_of(schema), schema).select_sql("incoming", once=True, raw=True)
    lake.land(REF, Landing(uuid4().hex, incoming, select, "省民政厅", "样例系统", lambda: Origin("0" * 64)))
    catalog.bind_table(entry.id, REF, actor=SYSTEM)


@dataclass
class Running:
    """A gateway and the grant that its consumer uses."""

    grant: Grant
    right: UUID
    user: Client
    manager: Client
    address: str

    def file(self, form: str) -> httpx.Response:
        """A download as the browser follows it."""
        sent = self.user.post(reverse("access:file", args=[self.right]), {"format": form})
        assert sent.status_code == 303, sent.content
        return httpx.get(sent["Location"], timeout=60)

    def key(self) -> str:
        """A key as the page shows it, once."""
        address = reverse("access:key", args=[self.right])
        page = self.user.get(address)
        facts = {"once": token_of(page), "system": page.context["form"].fields["system"].choices[0][0]}
        shown = self.user.post(address, facts)
        assert shown.status_code == 200
        again = self.user.post(address, facts)
        assert again.status_code == 302
        return str(shown.context["issued"].token)

    def call(self, key: str, query: str = "") -> httpx.Response:
        """One API call."""
        return httpx.get(f"{self.address}/v1/data{query}", headers={"authorization": f"Bearer {key}"}, timeout=60)


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


@pytest.fixture
def hub_origin() -> str:
    """Where a browser would find the hub."""
    return f"http://127.0.0.1:{free_port()}"


@pytest.fixture
def ground(
    settings: LazySettings, tmp_path: Path, scratch_database: str, entry: Entry, provider: Agency, consumer: Agency,
    accepted: Request, system: Any, hub_origin: str,
) -> Iterator[Running]:  # fmt: skip
    """Rows in a lake, a request that was granted, the gateway as a process."""
    port = free_port()
    address = f"http://127.0.0.1:{port}"
    settings.DATA, settings.KEYS = tmp_path, tmp_path / "keys"
    settings.GATEWAY_URL = settings.STREAMS_URL = address
    settings.KEYS.mkdir(mode=0o700)
    signing._store.cache_clear()
    lake = Lake(
        LakeConfig(scratch_database, tmp_path / "lake", SealKeys(tmp_path / "keys" / "seal"), tmp_path / "spill")
    )
    land(entry, lake)
    lake.close()
    Request.objects.filter(pk=accepted.pk).update(
        methods=["preview", "file", "api"], system=system, calls_per_day=0, rows_per_day=0
    )
    with gateway(port, tmp_path, scratch_database, hub_origin) as healthy:
        healthy()
        user, manager = an_account("data_user", consumer), an_account("data_manager", provider)
        grant = granted(accepted)
        assert grant.right is not None
        yield Running(grant, grant.right, browser_of(user), browser_of(manager), address)
    signing._store.cache_clear()


def granted(request: Request) -> Grant:
    """The code in clear, the phone with its middle hidden."""
    request = Request.objects.get(pk=request.pk)
    code, phone = request.items.all()
    decisions = [Decision(code.pk, True, Mask()), Decision(phone.pk, True, Mask("keep", 3, 4))]
    services.decide(request, decisions, actor=SYSTEM)
    return Grant.objects.get(request=request)


class gateway:
    """The gateway as the supervisor starts it."""

    def __init__(self, port: int, data: Path, lake: str, hub: str) -> None:
        db = connection.settings_dict
        url = f"postgresql://{db['USER']}:{db['PASSWORD']}@:{db['PORT'] or 5432}/{db['NAME']}?host={db['HOST']}"
        self.port = port
        self.environment = {
            **os.environ, "TULOU_DATA": str(data), "DATABASE_URL": url, "TULOU_LAKE_URL": lake,
            "TULOU_PORT": str(port - 1), "TULOU_MODE": "sample", "PYTHONPATH": os.pathsep.join(sys.path),
            "TULOU_HUB_ORIGIN": f"http://testserver,{hub}",
        }  # fmt: skip

    def __enter__(self) -> Callable[[], None]:
        command = [sys.executable, "-m", "tulou.node.entries", "gateway"]
        self.process = subprocess.Popen(command, env=self.environment, stderr=subprocess.DEVNULL)
        return self.wait

    def wait(self) -> None:
        """Until it answers."""
        until = time.monotonic() + 60
        while time.monotonic() < until:
            try:
                if httpx.get(f"http://127.0.0.1:{self.port}/healthz", timeout=5).status_code == 200:
                    return
            except httpx.HTTPError:
                time.sleep(0.1)
        raise AssertionError("the gateway did not come up")

    def __exit__(self, *_: object) -> None:
        self.process.kill()
        self.process.wait()


def test_the_bytes_are_what_was_granted_and_never_pass_through_the_hub(ground: Running) -> None:
    sent = ground.user.post(reverse("access:file", args=[ground.right]), {"format": "csv"})
    assert (sent.status_code, sent.content) == (303, b"")
    assert sent["Location"].startswith(ground.address)
    assert ground.user.post(reverse("access:file", args=[ground.right]), {"format": "exe"}).status_code == 400

    table = list(csv.reader(io.StringIO(ground.file("csv").content.decode("utf-8-sig"))))
    assert table[0] == ["代码", "电话"]
    assert sorted(table[1:]) == SEEN

    parquet = pq.read_table(io.BytesIO(ground.file("parquet").content))
    assert parquet.column_names == ["code", "phone"]
    assert sorted([row["code"], row["phone"]] for row in parquet.to_pylist()) == SEEN

    sheet = openpyxl.load_workbook(io.BytesIO(ground.file("xlsx").content)).active
    assert sheet is not None
    assert sorted([str(cell) for cell in row] for row in list(sheet.values)[1:]) == SEEN

    rows = json.loads(ground.file("json").content)
    assert sorted([row["code"], row["phone"]] for row in rows) == SEEN

    named = ground.file("csv").headers["content-disposition"]
    assert "%E8%A1%8C%E6%94%BF%E5%8C%BA%E5%88%92%E4%BB%A3%E7%A0%81" in named


def test_the_preview_page_gives_a_plan_that_the_gateway_honours_for_this_page_alone(ground: Running) -> None:
    page = ground.user.get(reverse("access:preview", args=[ground.right]))
    headers = {"authorization": f"Bearer {page.context['token']}", "origin": "http://testserver", "accept": "text/html"}
    answer = httpx.get(page.context["url"], headers=headers, timeout=60)
    assert answer.headers["access-control-allow-origin"] == "http://testserver"
    assert "059****2222" in answer.text
    assert "鼓楼区" not in answer.text
    assert "东城" not in answer.text
    assert "05911112222" not in page.content.decode() + answer.text
    assert httpx.get(page.context["plain_url"], timeout=60).status_code == 200
    elsewhere = httpx.get(f"{ground.address}/v1/data", headers=headers, timeout=60)
    assert elsewhere.status_code == 403
    policy = page.headers["Content-Security-Policy"]
    assert "connect-src 'self' http" in policy
    assert "form-action 'self' http" in policy


def test_a_key_works_until_it_is_replaced_or_the_grant_is_stopped(ground: Running) -> None:
    key = ground.key()
    rows = ground.call(key).json()["rows"]
    assert sorted([row["code"], row["phone"]] for row in rows) == SEEN
    assert ground.call(key, "?eq.phone=05911112222").status_code == 400
    assert ground.call(key, "?eq.name=x").status_code == 400
    newer = ground.key()
    assert ground.call(key).status_code == 403
    assert ground.call(newer).status_code == 200
    services.suspend_grant(ground.grant, reason="核查", actor=SYSTEM)
    assert ground.call(newer).status_code == 403
    services.resume_grant(ground.grant, reason="无误", actor=SYSTEM)
    assert ground.call(newer).status_code == 200
    services.revoke_grant(ground.grant, reason="终止", actor=SYSTEM)
    assert ground.call(newer).status_code == 403
    forged = newer[:-6] + ("AAAAAA" if newer[-6:] != "AAAAAA" else "BBBBBB")
    assert ground.call(forged).status_code == 401


def test_the_meter_that_the_page_shows_is_what_left_and_a_spent_quota_gives_nothing_more(ground: Running) -> None:
    ground.file("csv")
    ground.call(ground.key())
    meter = Meter.objects.get(right=ground.right)
    assert (meter.calls, meter.rows) == (2, 4)
    for client in (ground.user, ground.manager):
        page = client.get(reverse("sharing:grant", args=[ground.grant.pk])).content.decode()
        assert "近30天调用次数" in page
    assert "2 次 / 4 行" in ground.manager.get(reverse("sharing:grants")).content.decode()

    # a spent quota gives nothing more
    Right.objects.filter(pk=ground.right).update(rows_per_day=7)
    assert ground.file("csv").status_code == 200
    assert ground.file("csv").status_code == 429
    assert Meter.objects.get(right=ground.right).rows == 6
