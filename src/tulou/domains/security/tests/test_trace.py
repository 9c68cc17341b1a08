"""追溯: from any batch, request, grant, right, plan or call, one page answers the four questions, within scope."""

from uuid import UUID

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from tulou.domains.security.finding import find
from tulou.domains.security.policies import view_of
from tulou.domains.security.targets import resolve
from tulou.domains.security.tests.conftest import Line, seal
from tulou.domains.security.trace import trace
from tulou.kernel.ui import places
from tulou.trust.ids import new_id

pytestmark = pytest.mark.django_db
MOST_QUERIES = 30


def starts(line: Line) -> dict[str, UUID]:
    """Everything a trace may begin with."""
    return {
        "entry": line.ground.entry.id,
        "batch": line.batch.id,
        "request": line.request.id,
        "grant": line.grant.id,
        "right": UUID(str(line.grant.right)),
        "plan": line.plan,
        "call": line.call,
    }


def test_every_start_leads_to_the_four_answers(line: Line) -> None:
    auditor = line.browser("auditor")
    for noun, key in starts(line).items():
        with CaptureQueriesContext(
            connection,
        ) as asked:
            page = auditor.get(reverse("security:trace-of", args=[noun, key]))
        assert page.status_code == 200, noun
        assert len(asked) <= MOST_QUERIES, (noun, len(asked))
        text = page.content.decode()
        for heading in ("来源", "去向", "留痕", "责任"):
            assert f">{heading}</h2>" in text, (noun, heading)
        assert "县级行政区划" in text
        assert "省民政厅" in text


def test_the_source_names_duty_batch_digest_and_who_delivered(line: Line) -> None:
    target = resolve("batch", line.batch.id)
    assert target is not None
    found = trace(target, "all")
    assert found.duty is not None
    assert found.duty.name == "区划管理"
    [batch] = found.batches
    assert batch.sha256 == line.batch.sha256
    assert len(batch.sha256) == 64
    assert batch.sent == batch.accepted + batch.rejected == 4
    assert found.delivered_by[batch.id] == line.ground.manager.label


def test_the_way_out_names_receiver_items_and_use_from_meter_and_evidence_alike(line: Line) -> None:
    line.call_again(3, 240)
    target = resolve("grant", line.grant.id)
    assert target is not None
    [receiver] = trace(target, "all").receivers
    assert receiver.name == "省公安厅"
    assert {item.name: item.status for item in receiver.items} == {"code": "granted", "people": "refused"}
    metered, proven = receiver.usage.metered, receiver.usage.proven
    assert (metered.calls, metered.rows, metered.bytes) == (2, 5, 420)
    assert proven == metered
    assert receiver.usage.agrees


def test_a_call_that_left_no_evidence_is_seen_on_the_page(line: Line) -> None:
    with connection.cursor() as cursor:
        cursor.execute('UPDATE access_meter SET calls = calls + 1 WHERE "right" = %s', [line.grant.right])
    page = line.browser("auditor").get(reverse("security:trace-of", args=["grant", line.grant.id]))
    assert "不一致" in page.content.decode()


def test_who_answers_is_named_with_the_cited_basis(line: Line) -> None:
    target = resolve("grant", line.grant.id)
    assert target is not None
    parts = {(one.part, one.organisation): one for one in trace(target, "all").answers}
    assert ("数据提供", "省民政厅") in parts
    assert ("受理", "省数据管理局") in parts
    assert ("同意共享", "省民政厅") in parts
    assert parts["不予共享", "省民政厅"].basis == "《样例保密法》"
    assert parts["提出申请", "省公安厅"].basis == "《样例使用条例》"
    assert "使用期满后删除" in parts["接收后使用", "省公安厅"].what


def test_a_call_shows_itself_and_a_grant_not_the_calls_of_others(line: Line) -> None:
    target = resolve("call", line.call)
    assert target is not None
    assert [one.id for one in trace(target, "all").calls] == [line.call]
    other = resolve("request", line.request.id)
    assert other is not None
    kinds = {entry.kind for entry in trace(other, "all").traces.process}
    assert "sharing.item.grant" in kinds
    assert "sharing.item.refuse" in kinds
    assert "ingest.batch.landed" in kinds


VIEWS = {
    "auditor": dict.fromkeys(("entry", "batch", "request", "grant", "right", "plan", "call"), "all"),
    "authority": dict.fromkeys(("entry", "batch", "request", "grant", "right", "plan", "call"), "all"),
    "reviewer": dict.fromkeys(("entry", "batch", "request", "grant", "right", "plan", "call"), "all"),
    "manager": dict.fromkeys(("entry", "batch", "request", "grant", "right", "plan", "call"), "provider"),
    "user": dict.fromkeys(("request", "grant", "right", "plan", "call"), "consumer"),
    "office": dict.fromkeys(("request", "grant", "right", "plan", "call"), "consumer"),
    "stranger": {},
    "stranger_user": {},
    "operator": {},
}


@pytest.mark.parametrize("who", sorted(VIEWS))
def test_each_role_traces_what_is_its_own_and_nothing_else(line: Line, who: str) -> None:
    browser, actor = line.browser(who), line.actor(who)
    for noun, key in starts(line).items():
        target = resolve(noun, key)
        expected = VIEWS[who].get(noun)
        assert target is not None
        assert view_of(actor, target) == expected, noun
        status = browser.get(reverse("security:trace-of", args=[noun, key])).status_code
        seal()
        taken = browser.post(reverse("security:bundle", args=[noun, key])).status_code
        refused = 403 if who == "operator" else 404
        assert (status, taken) == ((200, 200) if expected else (refused, refused)), noun
        assert bool(places.trace_url(actor, noun, key)) == bool(expected)


def test_a_request_that_did_not_leave_its_office_is_hidden_from_the_provider(line: Line) -> None:
    with connection.cursor() as cursor:
        cursor.execute("UPDATE sharing_request SET status = 'draft' WHERE id = %s", [line.request.id])
    target = resolve("request", line.request.id)
    assert target is not None
    assert view_of(line.actor("manager"), target) is None
    assert view_of(line.actor("user"), target) == "consumer"


@pytest.mark.parametrize("noun", ["entry", "batch", "call", "session", "__class__"])
def test_what_does_not_exist_is_not_found(line: Line, noun: str) -> None:
    assert line.browser("auditor").get(f"/security/trace/{noun}/{new_id()}/").status_code == 404


def test_the_box_finds_by_number_id_code_digest_and_name(line: Line) -> None:
    auditor = line.actor("auditor")
    entry = line.ground.entry
    entry.refresh_from_db()
    wanted = {
        line.batch.number: ("batch", line.batch.id),
        line.batch.number.lower(): ("batch", line.batch.id),
        str(line.batch.id): ("batch", line.batch.id),
        line.batch.sha256: ("batch", line.batch.id),
        line.request.number: ("request", line.request.id),
        str(line.call): ("call", line.call),
        str(entry.resource_code): ("entry", entry.id),
        "区划": ("entry", entry.id),
    }
    for text, expected in wanted.items():
        assert [(one.noun, one.id) for one in find(text, auditor)] == [expected], text


@pytest.mark.parametrize("text", ["", "' OR 1=1 --", "<script>", "%", "0" * 64, "HJ", "\u0000", "🙂" * 200])
def test_hostile_words_find_nothing_and_break_nothing(line: Line, text: str) -> None:
    page = line.browser("auditor").get(reverse("security:trace"), {"q": text})
    assert page.status_code == 200
    assert "<script>alert" not in page.content.decode()


def test_one_hit_opens_at_once_and_a_stranger_finds_nothing(line: Line) -> None:
    address = reverse("security:trace")
    hit = line.browser("manager").get(address, {"q": line.batch.number})
    assert hit["Location"] == reverse("security:trace-of", args=["batch", line.batch.id])
    assert "没有找到可以追溯的对象" in line.browser("stranger").get(address, {"q": line.batch.number}).content.decode()


def test_the_page_of_an_entry_leads_to_its_trace_for_those_who_may(line: Line) -> None:
    address = reverse("catalog:entry", args=[line.ground.entry.id])
    place = reverse("security:trace-of", args=["entry", line.ground.entry.id])
    assert place in line.browser("manager").get(address).content.decode()
    assert place not in line.browser("stranger").get(address).content.decode()
