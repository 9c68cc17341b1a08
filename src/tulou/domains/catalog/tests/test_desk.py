"""审核台: the queue, the page that shows what changed and what the machine found, return, publish, many at once."""

from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse

from tulou.domains.catalog import services
from tulou.domains.catalog.content import working_content
from tulou.domains.catalog.models import Entry
from tulou.domains.catalog.tests.ground import Ground
from tulou.domains.catalog.todos import returned, to_review, to_submit
from tulou.domains.catalog.vocabulary import EntryStatus
from tulou.kernel.ui.todos import todos

pytestmark = pytest.mark.django_db


def decide(client: Client, entry: Entry, decision: str, **over: Any) -> Any:
    form = {"once": str(uuid4()), "revision": entry.revision, "decision": decision, "note": "", **over}
    return client.post(reverse("catalog:review", args=[entry.pk]), form)


def test_the_queue_shows_the_due_date_and_the_checks(ground: Ground) -> None:
    entry = ground.submitted()
    page = ground.client("sjj", "catalog_reviewer").get(reverse("catalog:desk")).content.decode()
    assert entry.name in page
    assert "齐全" in page
    assert "tu-due" in page


def test_publishing_from_the_desk_gives_code_and_version(ground: Ground) -> None:
    entry = ground.submitted()
    client = ground.client("sjj", "catalog_reviewer")
    assert "首次编目" in client.get(reverse("catalog:review", args=[entry.pk])).content.decode()
    assert decide(client, entry, "publish").status_code == 302
    row = Entry.objects.get(pk=entry.pk)
    assert (row.status, row.version, bool(row.resource_code)) == (EntryStatus.PUBLISHED, 1, True)


def test_returning_needs_remarks_which_its_agency_reads(ground: Ground) -> None:
    entry = ground.submitted()
    client = ground.client("sjj", "catalog_reviewer")
    assert decide(client, entry, "send_back").status_code == 422
    assert decide(client, entry, "send_back", note="请补充摘要").status_code == 302
    assert [row.pk for row in returned(ground.manager)] == [entry.pk]
    assert any("请补充摘要" in todo.why for todo in todos(ground.manager))
    page = ground.client("mzt", "data_manager").get(reverse("catalog:edit", args=[entry.pk])).content.decode()
    assert "请补充摘要" in page


def test_a_change_is_shown_against_the_last_version(ground: Ground) -> None:
    entry = ground.published()
    services.begin_change(entry, reason="补充", actor=ground.manager)
    services.save_content(entry, working_content(entry) | {"retention": "五十年"}, actor=ground.manager)
    services.endorse(entry, actor=ground.actor("mzt", "office_approver"))
    services.submit(entry, actor=ground.manager)
    client = ground.client("sjj", "catalog_reviewer")
    page = client.get(reverse("catalog:review", args=[entry.pk])).content.decode()
    assert "与第1版的差异（1 处）" in page
    assert "五十年" in page
    assert decide(client, entry, "publish").status_code == 302
    compared = client.get(reverse("catalog:compare", args=[entry.pk]), {"from": "1", "to": "2"}).content.decode()
    assert "五十年" in compared
    assert "差异（1 处）" in compared


def test_many_are_published_at_once_and_those_of_the_own_agency_are_not(ground: Ground) -> None:
    first, second = ground.submitted(name="甲", table="a"), ground.submitted("gat", name="乙", table="b")
    own = ground.submitted("sjj", name="丙", table="c")
    client = ground.client("sjj", "catalog_reviewer")
    form = {"bulk": "publish", "selection": [str(e.pk) for e in (first, second, own)], "once": str(uuid4())}
    page = client.post(reverse("catalog:desk"), form, follow=True).content.decode()
    assert "已办理 2 项" in page
    assert "丙" in page
    states = dict(Entry.objects.values_list("name", "status"))
    assert states == {"甲": "published", "乙": "published", "丙": "submitted"}


def test_a_reviewer_does_not_review_the_own_agency(ground: Ground) -> None:
    entry = ground.submitted("sjj")
    reviewer = ground.actor("sjj", "catalog_reviewer")
    assert not to_review(reviewer)
    assert ground.client("sjj", "catalog_reviewer").get(reverse("catalog:review", args=[entry.pk])).status_code == 403


def test_a_second_decision_is_told_what_happened(ground: Ground) -> None:
    entry = ground.submitted()
    client = ground.client("sjj", "catalog_reviewer")
    decide(client, entry, "publish")
    answer = decide(client, entry, "publish")
    assert answer.status_code == 422
    assert "无需重复操作" in answer.content.decode()
    assert "当前不在审核中" in client.get(reverse("catalog:review", args=[entry.pk])).content.decode()


def test_what_waits_is_told_to_whom_it_waits_for(ground: Ground) -> None:
    entry = ground.draft()
    services.offer(entry, actor=ground.manager)
    approver, reviewer = ground.actor("mzt", "office_approver"), ground.actor("sjj", "catalog_reviewer")
    assert [todo.title for todo in todos(approver)] == [entry.name]
    services.endorse(entry, actor=approver)
    assert [row.pk for row in to_submit(ground.manager)] == [entry.pk]
    services.submit(entry, actor=ground.manager)
    waiting = next(todo for todo in todos(reviewer) if todo.title == entry.name)
    assert waiting.due_on is not None
    assert not todos(ground.actor("gat", "data_manager"))
    services.publish(entry, actor=reviewer)
    services.begin_change(entry, reason="升级", actor=ground.manager)
    assert [todo.due_on is not None for todo in todos(ground.manager)] == [True]


def test_searching_finds_two_characters_and_counts_facets(ground: Ground) -> None:
    ground.published()
    ground.published("gat", name="机动车登记信息", table="b", domain="公安", update_cycle="daily")
    client = ground.client("gat", "data_manager")
    url = reverse("catalog:search")
    assert "<mark>区划</mark>" in client.get(url, {"q": "区划"}).content.decode()
    narrowed = client.get(url, {"q": "登记", "domain": "公安", "sort": "title"}).content.decode()
    assert "机动车" in narrowed
    assert "domain=%E5%85%AC%E5%AE%89" in client.get(url, {"q": "登记"}).content.decode()
    for hostile in ("'; DROP TABLE", "<script>", "%_", "\x00", "a" * 5000):
        answer = client.get(url, {"q": hostile, "page": "99999999999999", "sort": "nothing"})
        assert answer.status_code == 200
        assert "<script>" not in answer.content.decode()


def test_the_interface_finds_what_the_page_finds(ground: Ground) -> None:
    entry = ground.published()
    ground.draft("gat", name="公安草稿", table="b")
    client = ground.client("gat", "data_user")
    found = client.get("/api/v1/catalog/entries?q=区划&limit=1000").json()
    assert (found["total"], found["entries"][0]["code"]) == (1, entry.resource_code)
    one = client.get(f"/api/v1/catalog/entries/{entry.pk}").json()
    assert one["items"][0]["label"]
    assert "联系" not in one["attributes"]
