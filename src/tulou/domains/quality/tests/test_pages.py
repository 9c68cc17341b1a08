"""The pages, as each role sees them; what belongs to others is not even said to exist."""

import re
from collections.abc import Callable
from typing import Any
from uuid import uuid4

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from tulou.domains.quality import binding, services, todos
from tulou.domains.quality.binding import BindingSpec
from tulou.domains.quality.models import RuleBinding, Ticket
from tulou.domains.quality.panels import quality_badge, quality_panel, report_button
from tulou.domains.quality.tests.ground import Ground
from tulou.domains.quality.tests.test_tickets import mended, put, report
from tulou.kernel.identity import Actor
from tulou.kernel.permissions import guard_of
from tulou.plane.rules import RULE_KINDS, Rule

MOST_QUERIES = 30
READERS = ("data_manager", "office_approver", "quality_officer", "data_user", "auditor")


def page(client: Client, name: str, *args: Any, status: int = 200, query: str = "") -> str:
    with CaptureQueriesContext(
        connection,
    ) as asked:
        answer = client.get(reverse(f"quality:{name}", args=args) + query, headers={"Accept": "text/html"})
    assert answer.status_code == status, (name, answer.status_code)
    assert len(asked) <= MOST_QUERIES, (name, len(asked))
    return str(answer.content.decode())


def send(client: Client, name: str, /, *args: Any, query: str = "", **fields: Any) -> Any:
    """Fill the form of a page and send it, with the hidden fields that the page carries."""
    shown = page(client, name, *args, query=query)
    hidden = dict(re.findall(r'<input type="hidden" name="(once|revision)" value="([^"]*)"', shown))
    return client.post(reverse(f"quality:{name}", args=args) + query, {**hidden, **fields})


def test_the_quality_of_an_entry_says_how_its_score_is_made(ground: Ground) -> None:
    ground.note(100, {"name.required": 4})
    ground.note(100, {"name.required": 2})
    text = page(ground.browser("data_manager"), "entry", ground.entry.id)
    for words in (
        "99.50",
        "Σ（规则权重 × 合格率）",
        "name.required",
        "新增规则",
        "采用建议规则",
        "时效性：没有规则",
        "质量得分走势",
    ):
        assert words in text, words
    others = page(ground.browser("data_user", ground.gat), "entry", ground.entry.id)
    assert "提出异议" in others
    assert "新增规则" not in others
    assert "另有 1 件" in others


def test_before_the_first_batch_the_page_says_what_to_do(ground: Ground) -> None:
    text = page(ground.browser("data_manager"), "entry", ground.entry.id)
    assert "尚未检核" in text
    assert "全表检核" not in text


def test_registers_show_what_the_viewer_may_see(ground: Ground) -> None:
    ticket = ground.ticket()
    page(ground.browser("operator"), "tickets", status=403)
    for role in READERS:
        assert ticket.number in page(ground.browser(role), "tickets")
        assert ground.entry.name in page(ground.browser(role), "scores")
        overseer = role in {"quality_officer", "auditor"}
        assert (ticket.number in page(ground.browser(role, ground.gat), "tickets")) is overseer, role
        assert (ground.entry.name in page(ground.browser(role, ground.gat), "scores")) is overseer, role


def test_a_ticket_of_others_does_not_exist(ground: Ground) -> None:
    ticket = ground.ticket()
    stranger = ground.browser("data_manager", ground.gat)
    for name in ("ticket", "accept", "start-fixing", "fixed", "close", "reopen", "escalate", "sample"):
        page(stranger, name, ticket.id, status=404)
        page(ground.browser("data_manager"), name if name != "sample" else "ticket", uuid4(), status=404)
    page(stranger, "verify", ticket.id, status=403)


def test_rules_of_others_do_not_exist_and_cannot_be_written(ground: Ground) -> None:
    rule = Rule("name.length", "名称长度", "length", ("name",), {"max": 10})
    row = binding.bind_rule(ground.entry.id, BindingSpec(rule), actor=ground.manager)
    stranger = ground.browser("data_manager", ground.gat)
    for name in ("rule", "disable", "enable"):
        page(stranger, name, row.id, status=404)
        page(ground.browser("quality_officer", ground.sjj), name, row.id, status=403)
    for name, args in (("kinds", ()), ("new-rule", ("length",)), ("proposals", ())):
        page(stranger, name, ground.entry.id, *args, status=403)
        page(ground.browser("data_manager"), name, uuid4(), *args, status=404)
    page(ground.browser("data_manager"), "new-rule", ground.entry.id, "no-such-kind", status=404)


def test_the_whole_line_through_its_pages(ground: Ground) -> None:
    ticket = ground.ticket()
    source, officer = ground.browser("data_manager"), ground.browser("quality_officer", ground.sjj)
    assert "受理" in page(source, "ticket", ticket.id)
    assert send(source, "accept", ticket.id, note="").status_code == 302
    assert send(source, "start-fixing", ticket.id, note="").status_code == 302
    assert "请说明整改情况" in send(source, "fixed", ticket.id, resolution="corrected", note="").content.decode()
    assert send(source, "fixed", ticket.id, resolution="corrected", note="已补录").status_code == 302
    page(source, "verify", ticket.id, status=403)
    assert "请写明核验方式" in send(officer, "verify", ticket.id, note="").content.decode()
    assert send(officer, "verify", ticket.id, note="已抽查").status_code == 302
    page(source, "close", ticket.id, status=403)
    assert send(officer, "close", ticket.id, note="").status_code == 302
    text = page(source, "ticket", ticket.id)
    assert "已办结" in text
    assert text.index("办结") < text.index("核验通过") < text.rindex("建立")


def test_a_form_that_is_sent_twice_moves_once(ground: Ground) -> None:
    ticket, client = ground.ticket(), ground.browser("data_manager")
    shown = page(client, "accept", ticket.id)
    hidden = dict(re.findall(r'<input type="hidden" name="(once|revision)" value="([^"]*)"', shown))
    for _ in range(2):
        assert client.post(reverse("quality:accept", args=[ticket.id]), hidden).status_code == 302
    assert Ticket.objects.get().revision == 1


def test_a_stale_page_is_noticed(ground: Ground) -> None:
    ticket, client = ground.ticket(), ground.browser("quality_officer", ground.sjj)
    shown = page(client, "escalate", ticket.id)
    hidden = dict(re.findall(r'<input type="hidden" name="(once|revision)" value="([^"]*)"', shown))
    services.accept(ticket, actor=ground.manager)
    answer = client.post(reverse("quality:escalate", args=[ticket.id]), {**hidden, "note": "催办"})
    assert answer.status_code == 422
    assert "请刷新页面" in answer.content.decode()


def test_every_kind_of_rule_has_a_form_with_help(ground: Ground) -> None:
    client = ground.browser("data_manager")
    for code, kind in RULE_KINDS.items():
        text = page(client, "new-rule", ground.entry.id, code)
        assert kind.title in text
        for parameter in kind.params:
            if (code, parameter) not in {("in_list", "relation"), ("in_list", "column")}:
                assert f'name="{parameter}"' in text, (code, parameter)
        fields = re.findall(r'<div class="tu-field">.*?</div>', text, re.DOTALL)
        assert fields
        assert all("tu-hint" in field for field in fields)


BASICS = {"name": "名称不过长", "severity": "block", "dimension": "规范性", "weight": "1", "ticket_above": "100"}


def test_a_rule_is_written_changed_and_set_aside(ground: Ground) -> None:
    client = ground.browser("data_manager")
    assert "长度" in page(client, "kinds", ground.entry.id)
    answer = send(client, "new-rule", ground.entry.id, "length", **BASICS, columns="name", max="10")
    assert answer.status_code == 302
    row = RuleBinding.objects.get()
    assert (row.rule, row.columns, row.params) == ("name.length", ["name"], {"max": 10})
    answer = send(client, "rule", row.id, **{**BASICS, "severity": "warn"}, columns="name", max="12")
    assert answer.status_code == 302
    assert "变更记录" in page(client, "rule", row.id)
    assert send(client, "disable", row.id, note="暂不检核").status_code == 302
    assert "已停用的规则 1 条" in page(client, "entry", ground.entry.id)
    assert send(client, "enable", row.id, note="恢复").status_code == 302
    row.refresh_from_db()
    assert (row.enabled, row.severity, row.params) == (True, "warn", {"max": 12})


BAD_FORMS: tuple[tuple[str, dict[str, str], str], ...] = (
    ("length", {"columns": "name"}, "id_min_error"),
    ("pattern", {"columns": "name", "pattern": "(("}, "id_pattern_error"),
    ("range", {"columns": "name", "min": "1"}, "id_columns_error"),
    ("in_list", {"columns": "name"}, "id_values_error"),
    ("in_list", {"columns": "name", "code_table": "none"}, "id_code_table_error"),
    ("expression", {"expression": "gone > 1"}, "id_expression_error"),
    ("compare", {"columns": "name", "second": "people", "op": "lt"}, "id_columns_error"),
)


def test_a_bad_rule_comes_back_with_the_place_marked(ground: Ground) -> None:
    client = ground.browser("data_manager")
    for kind, fields, place in BAD_FORMS:
        answer = send(client, "new-rule", ground.entry.id, kind, **BASICS, **fields)
        assert answer.status_code == 422, kind
        assert place in answer.content.decode(), kind
    assert not RuleBinding.objects.exists()


def test_values_are_written_one_a_line(ground: Ground) -> None:
    client = ground.browser("data_manager")
    send(client, "new-rule", ground.entry.id, "in_list", **BASICS, columns="code", values="350102\r\n 350103 \r\n\r\n")
    row = RuleBinding.objects.get()
    assert row.params == {"values": ["350102", "350103"]}
    assert "350102\n350103" in page(client, "rule", row.id)


def test_a_built_in_rule_opens_as_a_form_of_its_own(ground: Ground) -> None:
    client = ground.browser("data_manager")
    query = "?from=name.required"
    assert f"{reverse('quality:new-rule', args=[ground.entry.id, 'required'])}{query}" in page(
        client, "entry", ground.entry.id
    )
    assert 'value="name.required"' in page(client, "new-rule", ground.entry.id, "required", query=query)


def test_suggestions_are_taken_by_a_form(ground: Ground) -> None:
    client = ground.browser("data_manager")
    assert "名称不超过30个字符" in page(client, "proposals", ground.entry.id)
    assert send(client, "proposals", ground.entry.id, rules=["name.length"]).status_code == 302
    assert send(client, "proposals", ground.entry.id).status_code == 422
    assert [row.rule for row in RuleBinding.objects.all()] == ["name.length"]


def test_an_objection_is_raised_by_a_form(ground: Ground) -> None:
    client = ground.browser("data_user", ground.gat)
    facts = {"item": "name", "error_type": "outdated", "description": "区划已调整"}
    answer = send(client, "report", ground.entry.id, **facts)
    ticket = Ticket.objects.get()
    assert answer["Location"] == reverse("quality:ticket", args=[ticket.id])
    assert "区划已调整" in page(client, "ticket", ticket.id)
    assert "区划已调整" in page(ground.browser("data_manager"), "ticket", ticket.id)
    bad = send(client, "report", ground.entry.id, **{**facts, "description": "13800138000"})
    assert "id_description_error" in bad.content.decode()
    page(ground.browser("auditor"), "report", ground.entry.id, status=403)


def test_the_entry_page_shows_badge_panel_and_the_way_to_object(
    ground: Ground, rf: Any, django_assert_max_num_queries: Callable[[int], Any]
) -> None:
    ground.note(100, {"name.required": 4})

    def drawn(actor: Actor) -> tuple[str, str, str]:
        request = rf.get("/")
        request.actor = actor
        with django_assert_max_num_queries(20):
            parts = [draw(request, ground.entry) for draw in (quality_badge, quality_panel, report_button)]
        return tuple(str(part or "") for part in parts)  # type: ignore[return-value]

    badge, panel, button = drawn(ground.user)
    assert "99.0" in badge
    assert "name.required" in panel
    assert reverse("quality:report", args=[ground.entry.id]) in button
    badge, panel, button = drawn(ground.manager)
    assert "县级行政区划：名称必填未通过" in panel
    assert button == ""


def test_the_workbench_shows_each_what_waits(ground: Ground) -> None:
    ticket = ground.ticket()
    reported = services.report_issue(report(ground), actor=ground.user)
    assert todos.count(ground.manager) == 2
    first = todos.listed(ground.manager, 10)[0]
    assert (first.due_on is not None, first.url.startswith("/quality/tickets/")) == (True, True)
    assert todos.count(ground.officer) == todos.count(ground.user) == 0
    mended(ground, ticket)
    put(reported, "verified")
    assert {todo.why for todo in todos.listed(ground.officer, 10)} == {"请核验整改结果", "核验已通过，请办结"}
    assert (todos.count(ground.user), todos.count(ground.manager)) == (1, 0)


def test_every_page_is_guarded() -> None:
    from tulou.domains.quality.urls import urlpatterns

    assert [pattern.name for pattern in urlpatterns if guard_of(pattern.callback) is None] == []


def test_a_guest_is_led_to_the_login(ground: Ground) -> None:
    answer = Client().get(reverse("quality:tickets"), headers={"Accept": "text/html"})
    assert answer.status_code == 302
    assert "login" in answer["Location"]
