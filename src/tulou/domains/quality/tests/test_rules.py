"""Rules: compiled before they are kept, refused with their place, versioned, and asked of every batch."""

from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from tulou.domains.catalog import services as catalog
from tulou.domains.catalog.content import working_content
from tulou.domains.ingest.public import rules_for
from tulou.domains.quality import binding, finding, rulebook
from tulou.domains.quality.binding import BindingSpec
from tulou.domains.quality.models import RuleBinding, Ticket
from tulou.domains.quality.public import bind_rules, rules
from tulou.domains.quality.tests.ground import BUILT_IN, ITEMS, SYSTEM, Ground
from tulou.domains.standards.public import CodeSpec, EditionSpec, adopt_code_table
from tulou.kernel import temporal
from tulou.kernel.calendar import today
from tulou.kernel.evidence import find
from tulou.kernel.outbox import deliver_all
from tulou.kernel.permissions import Forbidden
from tulou.kernel.temporal.recording import everything_known
from tulou.plane.rules import Rule

LENGTH = Rule("name.length", "名称长度", "length", ("name",), {"max": 10})


def bind(ground: Ground, rule: Rule, **over: Any) -> RuleBinding:
    return binding.bind_rule(ground.entry.id, BindingSpec(rule, **over), actor=ground.manager)


def test_a_bound_rule_is_kept_with_its_past_and_asked_of_batches(ground: Ground) -> None:
    row = bind(ground, LENGTH)
    binding.change_rule(row, BindingSpec(Rule("name.length", "名称长度", "length", ("name",), {"max": 12})),
                        actor=ground.manager)  # fmt: skip
    assert rulebook.bound_rules(ground.entry.id)[0].params == {"max": 12}
    assert temporal.versions(row).count() == 1
    assert [version.params for version in everything_known(row)] == [{"max": 12}, {"max": 10}]  # type: ignore[attr-defined]
    schema = rulebook.known_columns(ground.entry.id)
    assert schema is not None
    assert "name.length" in {rule.id for rule in rules_for(ground.entry.id, schema, schema.names)}
    assert {entry.leaf.kind for entry in find(f"rule:{row.id}")} == {"quality.rule.bind", "quality.rule.change"}


@pytest.mark.parametrize(
    ("rule", "field", "words"),
    [
        (Rule("x", "x", "length", ("gone",), {"max": 1}), "columns", "列 gone：表中没有这一列"),
        (Rule("x", "x", "length", ("name",), {}), "min", "参数 min、max：至少填写一个长度界限"),
        (Rule("x", "x", "length", ("name",), {"longest": 1}), "longest", "参数 longest：.*没有这个参数"),
        (Rule("x", "x", "pattern", ("name",), {"pattern": "("}), "pattern", "参数 pattern"),
        (Rule("x", "x", "range", ("name",), {"min": 1}), "columns", "列 name：.*不能比较大小"),
        (Rule("x", "x", "compare", ("name", "people"), {"op": "lt"}), "columns", "不能相比"),
        (Rule("x", "x", "compare", ("name",), {"op": "lt"}), "columns", "需要2列，现有1列"),
        (Rule("x", "x", "expression", (), {"expression": "people > "}), "expression", "无法解析：第1行第"),
        (
            Rule("x", "x", "expression", (), {"expression": "gone = 1"}),
            "expression",
            "表达式中的“gone”：表中没有这一列",
        ),
        (Rule("x", "x", "expression", (), {"expression": "read_csv('/etc/passwd')"}), "expression", "不允许使用"),
        (Rule("x", "x", "no_such_kind", ("name",)), "kind", "没有“no_such_kind”这种规则"),
        (Rule("x", "x", "reference", ("code",), {"relation": "other"}), "relation", "尚未入库数据"),
    ],
    ids=lambda value: value.kind if isinstance(value, Rule) else None,
)
def test_a_bad_rule_is_refused_with_its_place(ground: Ground, rule: Rule, field: str, words: str) -> None:
    with pytest.raises(ValidationError, match=words) as refused:
        bind(ground, rule)
    assert list(refused.value.message_dict) == [field]
    assert not RuleBinding.objects.exists()


def test_an_id_is_used_once_and_stays(ground: Ground) -> None:
    row = bind(ground, LENGTH)
    with pytest.raises(ValidationError, match="已有相同编号"):
        bind(ground, LENGTH)
    other = Rule("name.size", "名称长度", "length", ("name",), {"max": 10})
    with pytest.raises(ValidationError, match="编号不能修改"):
        binding.change_rule(row, BindingSpec(other), actor=ground.manager)
    twin = RuleBinding(entry=row.entry, rule=row.rule, name="重复", kind="length", dimension="规范性")
    with pytest.raises(IntegrityError), transaction.atomic():
        twin.save()


def test_only_the_source_defines_its_rules(ground: Ground) -> None:
    row = bind(ground, LENGTH)
    for actor in (ground.officer, ground.user, ground.actor("data_manager", ground.gat)):
        with pytest.raises(Forbidden):
            binding.bind_rule(ground.entry.id, BindingSpec(LENGTH), actor=actor)
        with pytest.raises(Forbidden):
            binding.disable_rule(row, reason="不需要", actor=actor)


def test_a_disabled_rule_is_not_asked_until_it_is_enabled(ground: Ground) -> None:
    row = bind(ground, LENGTH)
    with pytest.raises(ValidationError, match="请写明停用原因"):
        binding.disable_rule(row, reason=" ", actor=ground.manager)
    binding.disable_rule(row, reason="名称确有超长", actor=ground.manager)
    assert rulebook.bound_rules(ground.entry.id) == ()
    binding.enable_rule(RuleBinding.objects.get(), actor=ground.manager)
    assert [rule.id for rule in rulebook.bound_rules(ground.entry.id)] == ["name.length"]


def test_a_bound_rule_stands_in_the_place_of_a_built_in_one(ground: Ground) -> None:
    assert tuple(rule.id for rule in rules(ground.entry.id)) == BUILT_IN
    bind(ground, Rule("name.required", "名称必填", "required", ("name",), {}, "warn", "完整性", weight=5))
    bind(ground, Rule("rk", "人口为整数", "type", ("people",), {}))
    found = {rule.id: (rule.severity, rule.weight) for rule in rules(ground.entry.id)}
    assert found == {"name.required": ("warn", 5), "rk": ("block", 1), "code.required": ("block", 1)}


def test_a_warning_makes_a_ticket_only_above_its_share(ground: Ground) -> None:
    bind(ground, Rule("name.length", "名称长度", "length", ("name",), {"max": 2}, "warn"), ticket_above=500)
    ground.note(100, {}, warned={"name.length": 5})
    assert not Ticket.objects.exists()
    run = ground.note(100, {}, warned={"name.length": 6})
    assert Ticket.objects.get().severity == "warn"
    assert run.passed == 100


def test_a_file_of_rules_is_imported_once(ground: Ground) -> None:
    wanted = [LENGTH, Rule("code.pattern", "代码六位", "pattern", ("code",), {"pattern": "\\d{6}"})]
    assert len(bind_rules(ground.entry.id, wanted, actor=SYSTEM)) == 2
    bind_rules(ground.entry.id, wanted, actor=SYSTEM)
    rows = RuleBinding.objects.all()
    assert [len(find(f"rule:{row.id}")) for row in rows] == [1, 1]
    bad = Rule("bad", "坏", "length", ("gone",), {"max": 1})
    with pytest.raises(ValidationError):
        bind_rules(ground.entry.id, [Rule("ok", "好", "not_test_data", ("name",)), bad], actor=SYSTEM)
    assert RuleBinding.objects.count() == 2


def test_suggestions_come_from_the_form_and_are_taken_once(ground: Ground) -> None:
    offered = [rule.id for rule in rulebook.proposals(ground.entry.id)]
    assert offered == ["code.length", "name.length", "name.not_test_data"]
    binding.adopt_proposals(ground.entry.id, ["name.length"], actor=ground.manager)
    assert [rule.id for rule in rulebook.proposals(ground.entry.id)] == ["code.length", "name.not_test_data"]
    with pytest.raises(ValidationError, match="刷新页面后重选"):
        binding.adopt_proposals(ground.entry.id, ["name.length"], actor=ground.manager)
    with pytest.raises(ValidationError, match="至少勾选"):
        binding.adopt_proposals(ground.entry.id, [], actor=ground.manager)


def test_a_code_table_gives_its_values_of_today(ground: Ground) -> None:
    edition = EditionSpec("region", "行政区划", "2024", "样例", today())
    adopt_code_table(edition, [CodeSpec("350102", "鼓楼区")], actor=SYSTEM)
    rule = Rule("code.in_list", "代码在表内", "in_list", ("code",), {})
    row = bind(ground, rule, code_table="region")
    assert row.params == {}
    assert rulebook.bound_rules(ground.entry.id)[0].params == {"values": ["350102"]}
    with pytest.raises(ValidationError, match="没有现行版本"):
        binding.change_rule(row, BindingSpec(rule, "nothing"), actor=ground.manager)


def test_a_change_of_the_entry_sets_aside_what_lost_its_column(ground: Ground) -> None:
    bind(ground, LENGTH)
    kept = bind(ground, Rule("code.pattern", "代码六位", "pattern", ("code",), {"pattern": "\\d{6}"}))
    catalog.begin_change(ground.entry, reason="字段调整", actor=SYSTEM)
    content = {**working_content(ground.entry), "items": [item for item in ITEMS if item["name"] != "name"]}
    catalog.save_content(ground.entry, content, actor=SYSTEM)
    for step in (catalog.endorse, catalog.submit, catalog.publish):
        step(ground.entry, actor=SYSTEM)
    deliver_all()
    assert [row.rule for row in RuleBinding.objects.filter(enabled=True)] == [kept.rule]
    gone = RuleBinding.objects.get(enabled=False)
    assert "列 name：表中没有这一列" in gone.note
    with pytest.raises(ValidationError, match="表中没有这一列"):
        binding.enable_rule(gone, actor=ground.manager)


def test_an_event_told_twice_counts_once(ground: Ground) -> None:
    landed = ground.landed(10, {"name.required": 1})
    finding.note_batch(landed)
    finding.note_batch(landed)
    assert Ticket.objects.get().found == 1
