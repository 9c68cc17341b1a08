"""工作台: each role sees what waits for it, what runs out and why; search, jobs and the operator's pages."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from tulou.domains.security.tests.conftest import Line
from tulou.domains.sharing import services as sharing
from tulou.domains.sharing.models import Request
from tulou.domains.sharing.services import RequestSpec, Wish
from tulou.kernel.calendar import today
from tulou.kernel.identity import Account
from tulou.kernel.jobs import JobRun
from tulou.kernel.outbox.models import OutboxDelivery, OutboxEvent
from tulou.kernel.workflow import Clock
from tulou.portal import desk, tokens
from tulou.portal.models import ApiToken

pytestmark = pytest.mark.django_db
MOST_QUERIES = 30
EVERYBODY = ("manager", "user", "office", "authority", "reviewer", "auditor", "operator", "stranger")


def another_request(line: Line) -> Request:
    """A second request, not yet endorsed."""
    known = line.request
    spec = RequestSpec(
        entry=known.entry_id, contact="数据管理岗", scenario="另一场景", purpose="核对", basis=known.basis_id,
        methods=["preview"], frequency="monthly", use_from=today(), use_to=today() + timedelta(days=30),
        disposal="使用期满后删除", wishes=[Wish("code")],
    )  # fmt: skip
    return sharing.draft_request(spec, applicant=line.agencies["user"].id, actor=line.actor("user"))


def waiting(line: Line, who: str, request: Request) -> bool:
    """Whether the workbench of this person shows the request."""
    page = line.browser(who).get("/workbench/")
    shown = [todo for group in page.context["groups"] for todo in group.items]
    return any(str(request.pk) in todo.url for todo in shown)


def test_a_request_waits_for_one_role_after_the_other(line: Line) -> None:
    request = another_request(line)
    assert waiting(line, "office", request)
    assert not waiting(line, "authority", request)
    sharing.endorse(request, actor=line.actor("office"))
    sharing.submit(request, actor=line.actor("user"))
    assert not waiting(line, "office", request)
    assert waiting(line, "authority", request)
    sharing.accept(request, actor=line.actor("authority"))
    assert not waiting(line, "authority", request)
    assert waiting(line, "manager", request)
    assert not waiting(line, "stranger", request)


def test_a_deadline_shows_when_and_why(line: Line) -> None:
    request = another_request(line)
    sharing.endorse(request, actor=line.actor("office"))
    sharing.submit(request, actor=line.actor("user"))
    clock = Clock.objects.get(subject=request.pk, stopped_on=None)
    for due, heading in ((today(), "今日到期"), (today() - timedelta(days=2), "逾期")):
        Clock.objects.filter(pk=clock.pk).update(due_on=due, provisional=True)
        found = desk.deadlines(line.actor("authority"))
        [mine] = [one for one in found[heading] if one.title == clock.subject_label]
        assert mine.provisional
        assert clock.title == mine.clock
        assert "样例" in mine.why
        assert "5个工作日" in mine.why
    assert "暂定" in line.browser("authority").get("/workbench/").content.decode()


@pytest.mark.parametrize("who", EVERYBODY)
def test_the_workbench_opens_to_every_role_with_few_queries(line: Line, who: str) -> None:
    browser = line.browser(who)
    for path in ("/workbench/", "/search/?q=区划", "/jobs/"):
        with CaptureQueriesContext(connection) as asked:
            assert browser.get(path).status_code == 200, path
        assert len(asked) <= MOST_QUERIES, (path, len(asked))


def test_a_guest_is_asked_to_sign_in(line: Line) -> None:
    for path in ("/workbench/", "/search/", "/jobs/", "/cockpit/", "/api/v1/", "/account/tokens/"):
        answer = Client(headers={"accept": "text/html"}).get(path)
        assert answer.status_code == 302, path
        assert answer["Location"].startswith("/login/")


def test_own_figures_are_those_of_the_organisation_acted_for(line: Line) -> None:
    mine = {one.title: one.value for one in desk.own_figures(line.actor("manager"))}
    assert mine["本机构目录"] == 1
    assert mine["本月入库批次"] == 1
    assert mine["对外提供的授权"] == 1
    other = {one.title: one.value for one in desk.own_figures(line.actor("user"))}
    assert other == {"获批使用的授权": 1}


@pytest.mark.parametrize(
    ("who", "status"), [("authority", 200), ("reviewer", 200), ("manager", 403), ("operator", 403)]
)
def test_the_cockpit_is_for_those_who_lead(line: Line, who: str, status: int) -> None:
    browser = line.browser(who)
    with CaptureQueriesContext(connection) as asked:
        page = browser.get("/cockpit/")
    assert page.status_code == status
    assert len(asked) <= MOST_QUERIES
    if status == 200:
        rows = {one.title: one for one in page.context["timeliness"]}
        assert rows["sharing.acceptance"].kept == 1
        assert rows["sharing.acceptance"].rate == 1


def test_search_finds_entries_and_leads_to_other_registers(line: Line) -> None:
    page = line.browser("user").get("/search/", {"q": "区划"})
    assert [hit.url for hit in page.context["hits"]] == [reverse("catalog:entry", args=[line.ground.entry.id])]
    assert {way.title for way in page.context["ways"]} >= {"共享授权", "追溯", "后台作业"}
    line.ground.entry.refresh_from_db()
    code = line.browser("user").get("/search/", {"q": str(line.ground.entry.resource_code)}, follow=True)
    assert "县级行政区划" in code.content.decode()


@pytest.mark.parametrize("text", ["", "%", "' OR 1=1 --", "<b>x</b>", "\x00", "长" * 500])
def test_hostile_words_break_nothing(line: Line, text: str) -> None:
    page = line.browser("user").get("/search/", {"q": text})
    assert page.status_code == 200
    assert "<b>x</b>" not in page.content.decode()


def job_of(line: Line) -> JobRun:
    """The run that landed the batch, as if started by the department's manager."""
    run = JobRun.objects.filter(subjects__contains=[f"batch:{line.batch.id}"]).get()
    me = line.people["manager"].party_id
    JobRun.objects.filter(pk=run.pk).update(person=me, party=line.ground.agency.id, state="failed", error="磁盘已满")
    return run


def test_jobs_are_ones_own_and_the_operators(line: Line) -> None:
    run = job_of(line)
    for who, status in (("manager", 200), ("operator", 200), ("user", 404), ("auditor", 404)):
        browser = line.browser(who)
        assert browser.get(reverse("portal:job", args=[run.pk])).status_code == status, who
        assert browser.get(reverse("portal:job-progress", args=[run.pk])).status_code == status, who
        if status == 404:
            assert browser.post(reverse("portal:job-retry", args=[run.pk])).status_code == 404, who
            assert browser.post(reverse("portal:job-cancel", args=[run.pk])).status_code == 404, who


def test_a_failed_job_is_retried_and_a_waiting_one_cancelled(line: Line) -> None:
    run, browser = job_of(line), line.browser("manager")
    assert "磁盘已满" in browser.get(reverse("portal:job", args=[run.pk])).content.decode()
    browser.post(reverse("portal:job-retry", args=[run.pk]))
    run.refresh_from_db()
    assert run.state == "queued"
    browser.post(reverse("portal:job-cancel", args=[run.pk]))
    run.refresh_from_db()
    assert run.state == "cancelled"


def test_only_the_operator_sees_health_and_dead_letters(line: Line) -> None:
    for path in ("/operations/health/", "/operations/dead-letters/"):
        for who in EVERYBODY:
            assert line.browser(who).get(path).status_code == (200 if who == "operator" else 403), (path, who)


def test_a_dead_letter_is_seen_with_its_error_and_tried_again(line: Line) -> None:
    event = OutboxEvent.objects.create(at=timezone.now(), name="demo.happened", version=1, payload={}, position=10**9)
    dead = OutboxDelivery.objects.create(
        event=event, position=10**9, handler="demo.handler", state="dead", due_at=timezone.now(), error="对方没有应答"
    )
    operator = line.browser("operator")
    assert "对方没有应答" in operator.get("/operations/dead-letters/").content.decode()
    address = reverse("portal:letter-retry", args=[dead.pk])
    assert line.browser("manager").post(address).status_code == 403
    operator.post(address)
    dead.refresh_from_db()
    assert dead.state == "pending"


# -- the API


def issued(line: Line, who: str = "user") -> str:
    """A token of this person."""
    until = today() + timedelta(days=30)
    return tokens.issue(line.people[who], name="样例系统", expires_on=until, actor=line.actor(who))


def call(text: str, path: str = "/api/v1/catalog/entries", method: str = "get") -> int:
    """The status of a call with a token."""
    client = Client(headers={"authorization": f"Bearer {text}"}, enforce_csrf_checks=True)
    return int(getattr(client, method)(path).status_code)


def test_the_api_answers_a_session_or_a_token_and_nobody_else(line: Line) -> None:
    path = "/api/v1/catalog/entries"
    guest = Client().get(path)
    assert guest.status_code == 401
    assert "访问令牌" in guest.json()["message"]
    assert line.browser("user").get(path).status_code == 200
    assert call(issued(line)) == 200
    assert call("tlu_wrong") == 401
    assert call(issued(line)[:-1]) == 401


def test_a_token_ends_when_revoked_run_out_or_when_its_account_stops(line: Line) -> None:
    text = issued(line)
    row = ApiToken.objects.get()
    assert text not in str(row.__dict__)
    ApiToken.objects.filter(pk=row.pk).update(expires_on=today() - timedelta(days=1))
    assert call(text) == 401
    ApiToken.objects.filter(pk=row.pk).update(expires_on=today())
    Account.objects.filter(pk=row.account_id).update(is_active=False)
    assert call(text) == 401
    Account.objects.filter(pk=row.account_id).update(is_active=True)
    assert call(text) == 200
    stranger = line.browser("stranger").post(reverse("portal:token-revoke", args=[row.pk]))
    assert stranger.status_code == 302
    assert call(text) == 200
    line.browser("user").post(reverse("portal:token-revoke", args=[row.pk]))
    assert call(text) == 401


def test_a_token_is_shown_once_and_refused_for_too_long(line: Line) -> None:
    browser = line.browser("user")
    page = browser.post("/account/tokens/", {"name": "样例系统", "expires_on": str(today() + timedelta(days=30))})
    text = page.context["issued"]
    assert text in page.content.decode()
    assert text not in browser.get("/account/tokens/").content.decode()
    late = browser.post("/account/tokens/", {"name": "太久", "expires_on": str(today() + timedelta(days=800))})
    assert late.status_code == 422
    assert "一年" in late.content.decode()


def test_the_reference_is_a_page_without_scripts_of_its_own(line: Line) -> None:
    page = line.browser("user").get("/api/v1/")
    text = page.content.decode()
    assert "/api/v1/catalog/entries" in text
    assert "script-src 'self'" in page["Content-Security-Policy"]
    assert "<script>" not in text
    document = line.browser("user").get("/openapi.json").json()
    assert any(path.startswith("/api/v1/catalog/") for path in document["paths"])
