"""Each kind of rule: what passes, what breaks, and that an empty value is the business of `required` alone."""

from typing import Any

import duckdb
import pytest

from tulou.plane.rules import RULE_KINDS, Rule, compile_rules
from tulou.plane.rules.tests.passes import breaches, outcomes, reasons, table
from tulou.plane.tables import Column, TableSchema


def rule(kind: str, *columns: str, **params: Any) -> Rule:
    return Rule("r", "某规则", kind, columns or ("v",), params)


CASES: dict[str, tuple[Rule, str, list[str], list[str]]] = {
    "required": (
        rule("required"),
        "text",
        ["a", "福建", "0", " a", "\u00a2", "、"],
        [" ", "\u3000\u3000", "\t", "\u00a0"],
    ),
    "type-integer": (
        rule("type"),
        "integer",
        ["1", "-7", "007", "12.0", " 5 ", "9223372036854775807"],
        ["1.5", "1e3", "0x1F", "1_000", "１２", "一", "9223372036854775808", "1,000"],
    ),
    "type-decimal": (
        rule("type"),
        "decimal(6,2)",
        ["1", "1.5", "1.50", "1.500", "-9999.99"],
        ["1.005", "12345", "1E3", "NaN", "inf", "元", "1.5元"],
    ),
    "type-date": (
        rule("type"),
        "date",
        ["2024-02-29", "2024/2/9", "20240229", "2024年2月9日", "2024-01-05 00:00:00"],
        ["2023-02-29", "20230229", "infinity", "epoch", "0000-01-01", "99999-01-01", "2024-01-05 10:00:00", "今天"],
    ),
    "type-timestamp": (
        rule("type"),
        "timestamp",
        ["2024-01-05 10:00:00", "2024-01-05T10:00:00+08:00", "2024-01-05", "2024/1/5 9:05"],
        ["2024-01-05 25:00:00", "infinity", "2024-01-05T10:00:00Z", "上午"],
    ),
    "type-boolean": (rule("type"), "boolean", ["是", "否", "true", "0", "Y"], ["对", "2"]),
    "length": (rule("length", min=2, max=4), "text", ["ab", "福建", "𠮷𠮷𠮷𠮷"], ["a", "福建省福州"]),
    "length-exact": (rule("length", min=6, max=6), "text", ["350100"], ["35010", "3501000"]),
    "pattern": (rule("pattern", pattern=r"[\p{Han}]{2,4}"), "text", ["福建", "福州市"], ["福", "Fuzhou", "福建1"]),
    "range": (rule("range", min="0", max="100.5"), "decimal(10,2)", ["0", "100.5"], ["-0.01", "100.51"]),
    "range-date": (
        rule("range", min="1949-10-01", max="today"),
        "date",
        ["1949-10-01", "2026-11-23"],
        ["1949-09-30", "2026-11-24"],
    ),
    "in_list": (rule("in_list", values=["男", "女", "o'clock"]), "text", ["男", "o'clock"], ["男性", "x' OR '1'='1"]),
    "id_no": (
        rule("id_no"),
        "text",
        ["11010519491231002X", "440524188001010014"],
        [
            "11010519491231002x",
            "110105194912310021",
            "110105491231002",
            "11010519490231002X",
            "身份号码",
            "01010519491231002X",
            "1101051949123100",
            "１1010519491231002X",
            "1.10105E+17",
            "110105299912310027",
        ],
    ),
    "uscc": (
        rule("uscc"),
        "text",
        ["91350100M000100Y43"],
        [
            "91350100M000100Y44",
            "91350100m000100y43",
            "9135010OM000100Y43",
            "代码",
            "91350100M000100Y4",
            "!!!!!!!!!!!!!!!!!!",
        ],
    ),
    "date": (rule("date"), "text", ["2024-02-29"], ["2024-02-30", "2024-2-9", "20240229", "日期", "0000-01-01"]),
    "date-compact": (
        rule("date", format="YYYYMMDD", not_future=True),
        "text",
        ["20240229"],
        ["20240230", "20991231", "2024-02-29"],
    ),
    "date-month": (rule("date", format="YYYYMM"), "text", ["202402"], ["202413", "2024"]),
    "date-typed": (rule("date", not_future=True), "date", ["2024-02-29"], ["2024-02-30", "2099-01-01"]),
    "expression": (rule("expression", expression="v > 0 AND 100 / v >= 2"), "integer", ["1", "50"], ["-1", "0", "51"]),
    "expression-text": (
        rule("expression", expression="length(trim(v)) BETWEEN 2 AND 3 OR v LIKE '福%'"),
        "text",
        ["ab", "福建省政府"],
        ["a", "江西省政府"],
    ),
    "not_test_data": (
        rule("not_test_data"),
        "text",
        ["鼓楼区东街", "13599990001"],
        ["测试单位", "Test", "11111111", "asdf"],
    ),
    "not_scientific": (rule("not_scientific"), "text", ["350102199001011234", "E楼", "HELLO"], ["3.50E+17", "3.5e17"]),
}


@pytest.mark.parametrize("name", CASES)
def test_a_kind_passes_the_good_breaks_the_bad_and_leaves_the_empty(name: str) -> None:
    one, type_, good, bad = CASES[name]
    assert breaches(one, good, type_) == [False] * len(good)
    assert breaches(one, bad, type_) == [True] * len(bad)
    assert breaches(one, [None, ""], type_) == [one.kind == "required"] * 2


def test_every_kind_has_a_case_here() -> None:
    covered = {one.kind for one, *_ in CASES.values()} | {"unique", "compare", "reference"}
    assert covered == set(RULE_KINDS)


@pytest.mark.parametrize(
    ("value", "words"),
    [
        ("110105491231002", "15位"),
        ("11010519491231002x", "小写x"),
        ("１1010519491231002X", "全角"),
        ("1.10105E+17", "科学计数法"),
        ("1101051949123100", "18位"),
        ("11010519490231002X", "出生日期"),
        ("110105194912310021", "校验码"),
    ],
)
def test_an_id_number_is_told_what_is_wrong_with_it(value: str, words: str) -> None:
    assert words in reasons(rule("id_no"), value)[0]


def test_sex_and_id_number_must_agree_where_sex_is_given() -> None:
    schema = TableSchema((Column("v", "text", "号码"), Column("sex", "text", "性别")))
    rows: list[list[str | None]] = [["11010519491231002X", sex] for sex in ("女", "2", "男", None, "未知")]
    found = outcomes(schema, [rule("id_no", sex="sex")], rows)
    assert [bool(broken) for broken, _, _ in found] == [False, False, True, False, False]
    assert found[2][2] == ["号码与性别不一致"]


def test_the_first_of_two_equal_keys_stays_unless_none_may() -> None:
    schema = TableSchema((Column("a", "text"), Column("b", "integer")))
    rows: list[list[str | None]] = [["甲", "1"], ["甲", "01"], ["甲", "2"], [None, "1"], [None, "1"]]
    kept = outcomes(schema, [Rule("u", "", "unique", ("a", "b"))], rows)
    assert [broken for broken, _, _ in kept] == [[], ["u"], [], [], []]
    none = outcomes(schema, [Rule("u", "", "unique", ("a", "b"), {"keep": "none"})], rows)
    assert [broken for broken, _, _ in none] == [["u"], ["u"], [], [], []]


def test_two_columns_are_compared_only_where_both_are_filled() -> None:
    schema = TableSchema((Column("a", "date", "开始"), Column("b", "date", "结束")))
    rows: list[list[str | None]] = [["2024-01-01", "2024-01-02"], ["2024-01-02", "2024-01-01"], ["2024-01-02", None]]
    found = outcomes(schema, [Rule("c", "", "compare", ("a", "b"), {"op": "le"})], rows)
    assert [broken for broken, _, _ in found] == [[], ["c"], []]


@pytest.mark.parametrize("kind", ["reference", "in_list"])
def test_a_value_must_exist_in_the_registered_relation(kind: str) -> None:
    schema = TableSchema((Column("v", "text", "区划"),))
    db = duckdb.connect()
    db.execute("CREATE TABLE regions AS SELECT unnest(['350100', NULL, '福州']) AS code")
    source = table(db, schema, [["350100"], ["福州"], ["999999"], [None]])
    compiled = compile_rules([rule(kind, relation="regions")], schema)
    broken = db.execute(f"SELECT _broken FROM ({compiled.select_sql(source)}) ORDER BY _row").fetchall()
    assert [row[0] for row in broken] == [[], [], ["r"], []]


def test_a_value_that_overflows_an_expression_breaks_its_row_and_not_the_pass() -> None:
    one = rule("expression", expression="v * 9223372036854775807 <> v + 1")
    assert breaches(one, ["1", "2"], "integer") == [False, True]
