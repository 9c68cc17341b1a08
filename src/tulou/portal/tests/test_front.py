"""总门户: figures equal the rows they open to, only services that are built, the same truth for a guest."""

import re

import pytest
from django.conf import LazySettings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import resolve
from django.utils import timezone

from tulou.domains.access.models import Meter
from tulou.domains.catalog.models import Entry
from tulou.domains.ingest import public as ingest
from tulou.domains.ingest.models import Batch
from tulou.domains.security.tests.conftest import Line
from tulou.domains.sharing.models import Grant
from tulou.kernel import evidence
from tulou.kernel.identity import GUEST
from tulou.node.sample import reader
from tulou.portal.figures import DEFINITIONS, public_figures
from tulou.portal.offerings import offerings
from tulou.portal.sample import WALK, SampleAccount, register_sample_accounts
from tulou.trust.plans import TableRef

pytestmark = pytest.mark.django_db
MOST_QUERIES = 30
PAGES = ("/", "/overview/", "/login/")


def figures() -> dict[str, int]:
    return {one.code: one.value for one in public_figures(GUEST)}


def test_figures_equal_their_rows(line: Line) -> None:
    used = Entry.objects.filter(version__gt=0).exclude(status="retired")
    place = TableRef(line.batch.zone, line.batch.table)
    with ingest.lake().reading(place.zone) as cursor:
        question = f"SELECT count(*) FROM {ingest.lake().path(place)} WHERE is_current"
        [(current,)] = cursor.execute(question).fetchall()
    month = timezone.localdate().replace(day=1)
    head = evidence.latest_checkpoint()
    assert head is not None
    assert figures() == {
        "entries": used.count(),
        "rows": current,
        "batches": Batch.objects.filter(status="landed", finished_at__date__gte=month).count(),
        "grants": Grant.objects.filter(status="in_use").count(),
        "calls": sum(Meter.objects.filter(day=timezone.localdate()).values_list("calls", flat=True)),
        "leaves": evidence.journal().exclude(seq=None).count(),
    }
    assert figures()["rows"] > 0
    assert figures()["calls"] == 1


def test_a_retired_entry_and_a_suspended_grant_no_longer_count(line: Line) -> None:
    before = figures()
    with connection.cursor() as cursor:
        cursor.execute("UPDATE catalog_entry SET status = 'retired'")
        cursor.execute("UPDATE sharing_grant SET status = 'suspended'")
    after = figures()
    assert (after["entries"], after["rows"], after["grants"]) == (0, 0, 0)
    assert after["batches"] == before["batches"]


@pytest.mark.parametrize("path", PAGES)
def test_public_pages_open_to_a_guest_with_few_queries(line: Line, path: str) -> None:
    with CaptureQueriesContext(connection) as asked:
        page = Client().get(path)
    assert page.status_code == 200
    assert len(asked) <= MOST_QUERIES


def test_every_figure_is_shown_with_its_definition(line: Line) -> None:
    text = Client().get("/overview/").content.decode()
    for title, _unit, definition in DEFINITIONS.values():
        assert title in text
        assert definition in text


@pytest.mark.parametrize("who", [None, "manager", "user", "authority", "auditor", "operator"])
def test_no_entry_of_the_front_page_is_dead(line: Line, who: str | None) -> None:
    browser = line.browser(who) if who else Client(headers={"accept": "text/html"})
    page = browser.get("/").content.decode()
    places = {place for place in re.findall(r'href="(/[^"#?]*)', page) if not place.startswith("/static/")}
    assert len(places) > 5
    for place in places:
        resolve(place)
        assert browser.get(place).status_code in ((200, 302) if who is None else (200,)), place


def test_a_service_that_is_not_built_is_not_shown_and_one_that_is_anothers_names_the_desk(line: Line) -> None:
    shown = {one.title: one for one in offerings(line.actor("user"))}
    assert "数据开放" not in shown
    assert "开发服务" not in shown
    assert shown["运营管理"].url == ""
    assert shown["运营管理"].done_by == "平台运营员"
    assert shown["数据共享"].url


def test_a_guest_sees_only_what_is_to_be_opened(line: Line) -> None:
    assert "县级行政区划" in Client().get("/").content.decode()
    with connection.cursor() as cursor:
        cursor.execute("UPDATE catalog_entry SET open_type = 'refused'")
    assert "县级行政区划" not in Client().get("/").content.decode()
    assert "县级行政区划" in line.browser("user").get("/").content.decode()


ACCOUNT = SampleAccount("line.gat.data-user", "样例账号甲", "申请数据", "sample-sample-sample", "用数申请员")


@pytest.fixture
def samples(monkeypatch: pytest.MonkeyPatch) -> None:
    """One sample account that exists, and one that was never loaded."""
    monkeypatch.setattr("tulou.portal.sample._provider", [])
    absent = SampleAccount("nobody.here", "不存在的账号", "", "x", "用数申请员")
    register_sample_accounts(lambda: [ACCOUNT, absent])


def test_sample_mode_shows_accounts_with_passwords_on_the_sign_in_page(
    line: Line, samples: None, settings: LazySettings
) -> None:
    settings.SAMPLE = True
    text = Client().get("/login/").content.decode()
    assert ACCOUNT.password in text
    assert ACCOUNT.label in text
    assert "不存在的账号" not in text
    assert "<script>" not in text.replace('<script type="application/json">', "")


def test_production_shows_none(line: Line, samples: None, settings: LazySettings) -> None:
    settings.SAMPLE = False
    text = Client().get("/login/").content.decode()
    assert ACCOUNT.password not in text
    assert "样例账号" not in text


def test_the_walk_begins_at_the_duty_and_ends_at_the_proof() -> None:
    logins = {account.login for account in reader.accounts()}
    assert {stop.login for stop in WALK} <= logins
    assert (WALK[0].login, WALK[-1].login) == ("mz-data", "auditor")
