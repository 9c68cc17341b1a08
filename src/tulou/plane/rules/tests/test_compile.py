"""Bad rules are refused with the rule and the place; good ones run in one pass with counts and reasons."""

import json
from typing import Any

import duckdb
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tulou.plane.rules import Rule, RuleProblem, compile_rules, rules_of
from tulou.plane.rules.patterns import pattern_fault
from tulou.plane.rules.tests.passes import TODAY, outcomes, table
from tulou.plane.tables import Column, TableSchema

SCHEMA = TableSchema((
    Column("id_no", "text", "身份号码", 4, key=True),
    Column("name", "text", "姓名", 3, nullable=False),
    Column("amount", "decimal(10,2)", "金额"),
    Column("paid_on", "date", "缴费日期"),
))  # fmt: skip


@pytest.mark.parametrize(("kind", "columns", "params", "place", "words"), [
    ("range", ("nothing",), {"min": 1}, "列 nothing", "没有这一列"),
    ("range", ("name",), {"min": 1}, "列 name", "不能比较大小"),
    ("range", ("amount",), {"min": "很多"}, "参数 min", "不是有效的"),
    ("range", ("amount",), {"min": "1; DROP TABLE x"}, "参数 min", "不是有效的"),
    ("range", ("paid_on",), {"max": "2024-02-30"}, "参数 max", "不是有效的日期"),
    ("range", ("amount",), {}, "参数 min、max", "至少填写"),
    ("length", ("name",), {"min": 5, "max": 2}, "参数 min、max", "大于"),
    ("length", ("name",), {"max": "5"}, "参数 max", "整数"),
    ("pattern", ("name",), {"pattern": "(a+)+"}, "参数 pattern", "重复套着重复"),
    ("pattern", ("name",), {"pattern": "[未完"}, "参数 pattern", "无法解析"),
    ("pattern", ("name",), {"pattern": r"(?=x)"}, "参数 pattern", "无法解析"),
    ("in_list", ("name",), {}, "参数 values", "取值"),
    ("in_list", ("name",), {"values": ["a\x00b"]}, "参数 values", "空字符"),
    ("reference", ("name",), {"relation": "x; DROP TABLE y"}, "参数 relation", "有效的表名"),
    ("date", ("name",), {"format": "%d"}, "参数 format", "只支持"),
    ("compare", ("name", "amount"), {"op": "lt"}, "列 name、amount", "不能相比"),
    ("compare", ("amount", "amount"), {"op": "<"}, "参数 op", "只支持"),
    ("compare", ("amount",), {"op": "lt"}, "列", "需要2列"),
    ("id_no", ("id_no",), {"sex": "gender"}, "参数 sex", "没有列"),
    ("no_such", ("name",), {}, "种类", "没有"),
    ("required", ("name",), {"typo": 1}, "参数 typo", "没有这个参数"),
    ("expression", (), {"expression": ""}, "参数 expression", "请填写"),
    ("expression", (), {"expression": "amount >"}, "参数 expression", "无法解析"),
    ("expression", (), {"expression": "amount > 0; SELECT 1"}, "参数 expression", "一个表达式"),
    ("expression", (), {"expression": "price > 0"}, "表达式中的“price”", "没有这一列"),
    ("expression", (), {"expression": "amount / 0 > 1"}, "表达式中的“amount / 0”", "除数为零"),
    ("expression", (), {"expression": "amount + 1"}, "参数 expression", "真或假"),
    ("expression", (), {"expression": "amount > name AND paid_on > 3"}, "参数 expression", "类型不合"),
    ("expression", (), {"expression": "read_text('/etc/passwd') = ''"}, "read_text", "不允许"),
    ("expression", (), {"expression": "getenv('HOME') = ''"}, "getenv", "不允许"),
    ("expression", (), {"expression": "amount IN (SELECT 1)"}, "表达式中的", "不"),
    ("expression", (), {"expression": "(SELECT true)"}, "表达式中的", "不允许"),
    ("expression", (), {"expression": "regexp_matches(name, '(a+)+')"}, "表达式中的", "不允许"),
    ("expression", (), {"expression": "other.name = ''"}, "表达式中的", "没有这一列"),
])  # fmt: skip
def test_a_bad_rule_is_refused_with_its_place(
    kind: str, columns: tuple[str, ...], params: dict[str, Any], place: str, words: str
) -> None:
    with pytest.raises(RuleProblem) as refusal:
        compile_rules([Rule("r7", "某规则", kind, columns, params)], SCHEMA)
    assert refusal.value.rule == "r7"
    assert place in refusal.value.place
    assert words in refusal.value.reason
    assert "某规则" in str(refusal.value)


def test_two_rules_may_not_share_an_id() -> None:
    one = Rule("r", "", "required", ("name",))
    with pytest.raises(RuleProblem, match="重复"):
        compile_rules([one, one], SCHEMA)


@pytest.mark.parametrize("pattern", ["(a+)+", "(a*)*", "((ab)+c)+", "(?:a+b?)*", "([a-z]+)*x", "(a{2,})+", "(a+){3,}"])
def test_nested_open_repeats_are_refused(pattern: str) -> None:
    assert "重复套着重复" in (pattern_fault(pattern) or "")


@pytest.mark.parametrize(
    "pattern", ["a+b+", "(ab)+", "(a{2,3})+", r"\(a+\)+", "[(a+)]+", "a+?b", "(a+)?", "(?:35|36)\\d{4,}"]
)
def test_sound_patterns_are_accepted(pattern: str) -> None:
    assert pattern_fault(pattern) is None


def test_built_in_rules_follow_from_the_schema() -> None:
    kinds = {(rule.kind, rule.columns) for rule in rules_of(SCHEMA)}
    assert kinds == {
        ("required", ("id_no",)), ("id_no", ("id_no",)), ("required", ("name",)), ("type", ("amount",)),
        ("type", ("paid_on",)),
    }  # fmt: skip


ROWS: list[list[str | None]] = [
    ["11010519491231002X", "甲", "1.5", "2024-01-05"],
    ["11010519491231002X", "", "1.567", "2024-02-30"],
    [None, "丙", None, None],
]


def test_blocking_and_warning_are_told_apart_and_reasons_follow_the_rules() -> None:
    rules = [*rules_of(SCHEMA), Rule("w", "", "not_test_data", ("name",), severity="warn", message="像是试填")]
    rows: list[list[str | None]] = [*ROWS, ["44052418800101001X", "测试", "1", "20240105"]]
    found = outcomes(SCHEMA, rules, rows)
    assert found[0] == ([], [], [])
    assert found[1][0] == ["name.required", "amount.type", "paid_on.type"]
    assert len(found[1][2]) == 3
    assert found[2][0] == ["id_no.required"]
    assert found[3][1] == ["w"]
    assert found[3][2][-1] == "像是试填"


def test_values_come_out_typed_and_what_is_not_exact_is_null() -> None:
    db = duckdb.connect()
    source = table(db, SCHEMA, ROWS)
    sql = compile_rules(rules_of(SCHEMA), SCHEMA).select_sql(source)
    rows = db.execute(f"SELECT amount::VARCHAR, paid_on::VARCHAR, typeof(amount) FROM ({sql}) ORDER BY _row").fetchall()
    assert rows == [
        ("1.50", "2024-01-05", "DECIMAL(10,2)"),
        (None, None, "DECIMAL(10,2)"),
        (None, None, "DECIMAL(10,2)"),
    ]


def test_counts_failing_rows_and_outcomes_agree() -> None:
    db = duckdb.connect()
    source = table(db, SCHEMA, ROWS)
    rules = rules_of(SCHEMA)
    compiled = compile_rules(rules, SCHEMA, today=TODAY)
    everything = db.execute(compiled.select_sql(source)).fetchall()
    failing = db.execute(compiled.failing_sql(source)).fetchall()
    assert sorted(failing) == sorted(row for row in everything if row[-3] or row[-2])
    total, passed, by_rule = db.execute(compiled.tally_sql(source)).fetchall()[0]
    assert (total, passed) == (3, 1)
    listed = dict(db.execute(compiled.counts_sql(f"({compiled.failing_sql(source)})")).fetchall())
    assert {rule.id: n for rule, n in zip(rules, by_rule, strict=True) if n} == listed


def test_a_standing_table_is_checked_by_the_same_rules_on_its_typed_columns() -> None:
    db = duckdb.connect()
    db.execute("CREATE TABLE standing (k BIGINT, id_no VARCHAR, name VARCHAR, amount DECIMAL(10,2), paid_on DATE)")
    db.execute("INSERT INTO standing VALUES (5, '11010519491231002X', '甲', -1, '2024-01-05'), (6, 'x', NULL, 2, NULL)")
    rules = [*rules_of(SCHEMA), Rule("p", "金额为正", "range", ("amount",), {"min": 0})]
    sql = compile_rules(rules, SCHEMA).select_sql("standing", typed=True, row="k")
    found = db.execute(f"SELECT _row, _broken FROM ({sql}) ORDER BY _row").fetchall()
    assert found == [(5, ["p"]), (6, ["id_no.id_no", "name.required"])]


@settings(max_examples=30, deadline=None)
@given(st.integers(1, 130), st.data())
def test_any_number_of_rules_keeps_its_bits_apart(count: int, data: st.DataObject) -> None:
    broken = data.draw(st.sets(st.integers(0, count - 1)))
    rules = [
        Rule(
            f"r{n}",
            "",
            "in_list",
            ("v",),
            {"values": ["别的" if n in broken else "甲"]},
            severity=("warn", "block")[n % 2],
        )
        for n in range(count)
    ]
    [(blocks, warns, reasons)] = outcomes(TableSchema((Column("v"),)), rules, [["甲"]])
    assert blocks == [f"r{n}" for n in sorted(broken) if n % 2]
    assert warns == [f"r{n}" for n in sorted(broken) if n % 2 == 0]
    assert len(reasons) == len(broken)


def test_hostile_texts_in_rules_stay_text() -> None:
    words = "'); DROP TABLE batch; --"
    rules = [Rule(words, words, "in_list", ("v",), {"values": [words]}, message=words)]
    [(blocks, _, reasons)] = outcomes(TableSchema((Column("v"),)), rules, [["甲"]])
    assert blocks == reasons == [words]


@pytest.mark.parametrize("once", [False, True])
def test_a_stream_that_can_be_read_only_once_gives_the_same_outcomes(once: bool) -> None:
    db = duckdb.connect()
    source = table(db, SCHEMA, [*ROWS, ["11010519491231002X", "乙", "2", None]])
    rules = [*rules_of(SCHEMA), Rule("u", "", "unique", ("id_no",)), Rule("p", "", "range", ("amount",), {"max": 1.9})]
    if once:
        stream = db.execute(f"SELECT * FROM {source}").to_arrow_table()
        source = "stream"
        db.register(source, pa.RecordBatchReader.from_batches(stream.schema, stream.to_batches()))
    sql = compile_rules(rules, SCHEMA).select_sql(source, once=once, raw=True)
    rows = db.execute(f"SELECT _broken, _raw FROM ({sql}) ORDER BY _row").fetchall()
    assert [broken for broken, _ in rows] == [
        [], ["name.required", "amount.type", "paid_on.type", "u"], ["id_no.required"], ["u", "p"],
    ]  # fmt: skip
    assert rows[0][1] is None
    assert json.loads(rows[1][1])["金额"] == "1.567"
