"""The line on a real lake: a batch lands, its faults become tickets, a corrected batch verifies them."""

import io
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import reverse

from tulou.domains.ingest import services as ingest
from tulou.domains.ingest.models import Batch
from tulou.domains.quality import binding, services
from tulou.domains.quality.binding import BindingSpec
from tulou.domains.quality.models import CheckRun, Ticket
from tulou.domains.quality.public import score
from tulou.domains.quality.tests.ground import Ground
from tulou.kernel import jobs
from tulou.kernel.evidence import find
from tulou.kernel.outbox import deliver_all
from tulou.kernel.outbox.models import OutboxDelivery
from tulou.kernel.permissions import Forbidden
from tulou.plane.rules import Rule

BAD = "区划代码,名称,人口\n350102,鼓楼区,669000\n350103,,412000\n350104,仓山区,很多\n"
GOOD = "区划代码,名称,人口\n350102,鼓楼区,669000\n350103,台江区,412000\n350104,仓山区,1140000\n"


def send(ground: Ground, text: str, name: str = "区划.csv") -> Batch:
    source = ingest.drop_file(ground.entry.id, io.BytesIO(text.encode()), name, actor=ground.manager)
    started = ingest.start_batch(source, actor=ground.manager)
    jobs.run_pending()
    deliver_all()
    return Batch.objects.get(pk=started.batch.pk)


def by_rule() -> dict[str, tuple[str, int]]:
    return {ticket.rule: (ticket.status, ticket.found) for ticket in Ticket.objects.all()}


def test_from_a_faulty_batch_to_tickets_and_back(wet: Ground) -> None:
    batch = send(wet, BAD)
    assert (batch.sent, batch.accepted, batch.rejected) == (3, 1, 2)
    assert by_rule() == {"name.required": ("routed", 1), "people.type": ("routed", 1)}
    run = CheckRun.objects.get()
    assert (run.batch, run.rows, run.passed) == (batch.id, 3, 1)
    ticket = Ticket.objects.get(rule="name.required")
    assert ticket.message == "名称不能为空，请补填"
    services.accept(ticket, actor=wet.manager)
    services.start_fixing(ticket, actor=wet.manager)
    services.fixed(ticket, resolution="corrected", note="已补录", actor=wet.manager)
    assert send(wet, GOOD).rejected == 0
    assert by_rule() == {"name.required": ("verified", 1), "people.type": ("routed", 1)}
    found = score(wet.entry.id)
    assert found is not None
    assert found.total == 100
    with pytest.raises(Forbidden):
        services.close(Ticket.objects.get(pk=ticket.pk), actor=wet.manager)
    services.close(Ticket.objects.get(pk=ticket.pk), actor=wet.officer)


def test_a_delivery_told_again_changes_nothing(wet: Ground) -> None:
    send(wet, BAD)
    before = by_rule()
    OutboxDelivery.objects.filter(handler__contains="count_batch").update(state="pending")
    deliver_all()
    assert by_rule() == before
    assert CheckRun.objects.count() == 1


def test_bound_rules_are_asked_of_batches_and_of_what_stands(wet: Ground) -> None:
    send(wet, GOOD)
    few = Rule("people.range", "人口不超过百万", "range", ("people",), {"max": "1000000"}, "warn", "准确性")
    binding.bind_rule(wet.entry.id, BindingSpec(few), actor=wet.manager)
    services.start_check(wet.entry.id, actor=wet.officer)
    jobs.run_pending()
    run = CheckRun.objects.get(kind="standing")
    assert {line["id"]: line["failed"] for line in run.asked}["people.range"] == 1
    assert (run.rows, run.passed) == (3, 3)
    assert Ticket.objects.get(rule="people.range").status == "routed"
    found = score(wet.entry.id)
    assert found is not None
    assert found.basis == run.label
    send(wet, GOOD.replace("669000", "669001"), "区划二.csv")
    assert Ticket.objects.get(rule="people.range").found == 2


def test_a_check_is_asked_for_once_and_by_those_who_may(wet: Ground) -> None:
    with pytest.raises(ValidationError, match="尚未入库"):
        services.start_check(wet.entry.id, actor=wet.manager)
    send(wet, GOOD)
    first = services.start_check(wet.entry.id, actor=wet.manager)
    assert services.start_check(wet.entry.id, actor=wet.officer) == first
    for stranger in (wet.user, wet.actor("data_manager", wet.gat), wet.actor("auditor", wet.sjj)):
        with pytest.raises(Forbidden):
            services.start_check(wet.entry.id, actor=stranger)


def test_the_check_is_started_and_watched_on_the_page(wet: Ground) -> None:
    send(wet, GOOD)
    client = wet.browser("data_manager")
    page = reverse("quality:check", args=[wet.entry.id])
    token = once_of(client, page)
    assert client.post(page, {"once": token}).status_code == 302
    assert "排队中" in text_of(client, reverse("quality:entry", args=[wet.entry.id]))
    jobs.run_pending()
    assert "全表检核已完成" in text_of(client, reverse("quality:progress", args=[wet.entry.id]))


def test_a_reference_looks_only_at_tables_of_the_same_zone(wet: Ground) -> None:
    send(wet, GOOD)
    for relation, column, words in (
        ("nothing", "code", "没有数据表"),
        ("region_county", "gone", "没有可引用的列"),
        ("_ledger", "batch_id", "没有数据表"),
    ):
        params = {"relation": relation, "column": column}
        rule = Rule("code.known", "代码存在", "reference", ("code",), params)
        with pytest.raises(ValidationError, match=words):
            binding.bind_rule(wet.entry.id, BindingSpec(rule), actor=wet.manager)
    params = {"relation": "region_county", "column": "code"}
    rule = Rule("code.known", "代码存在", "reference", ("code",), params, "warn", "一致性")
    binding.bind_rule(wet.entry.id, BindingSpec(rule), actor=wet.manager)
    batch = send(wet, GOOD + "350105,马尾区,1\n", "区划三.csv")
    assert batch.warned == {"code.known": 1}


def test_samples_are_seen_by_the_source_alone(wet: Ground) -> None:
    batch = send(wet, BAD)
    ticket = Ticket.objects.get(rule="name.required")
    page = reverse("quality:sample", args=[ticket.id])
    text = text_of(wet.browser("data_manager"), page)
    assert f"eq._batch={batch.id}" in text
    assert "data-gateway" in text
    assert "access.plan.issue" in {entry.leaf.kind for entry in find(f"entry:{wet.entry.id}")}
    assert "查看退回的行" in text_of(wet.browser("data_manager"), reverse("quality:ticket", args=[ticket.id]))
    officer = wet.browser("quality_officer", wet.sjj)
    assert officer.get(page).status_code == 403
    assert "查看退回的行" not in text_of(officer, reverse("quality:ticket", args=[ticket.id]))


def text_of(client: Client, address: str) -> str:
    answer: Any = client.get(address)
    assert answer.status_code == 200
    return str(answer.content.decode())


def once_of(client: Client, address: str) -> str:
    return text_of(client, address).split('name="once" value="')[1].split('"')[0]
