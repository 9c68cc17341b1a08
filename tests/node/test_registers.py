"""Registers travel as JSON lines: an export is taken back whole, twice changes nothing, a bad line is named."""

import json
from typing import Any

import pytest

from tulou.domains.directory.models import Agency
from tulou.kernel.identity import Actor
from tulou.node import registers

pytestmark = pytest.mark.django_db
ACTOR = Actor.system("test")

NODES: list[dict[str, Any]] = [
    {"code": "fujian", "name": "省级平台", "kind": "province", "region": "350000", "parent": None},
    {"code": "fuzhou", "name": "福州市平台", "kind": "city", "region": "350100", "parent": "fujian"},
]
AGENCIES: list[dict[str, Any]] = [
    {"code": "FJ-001", "name": "福建省民政厅", "short_name": "省民政厅", "kind": "department", "region": "350000",
     "node": "fujian", "parent": None, "uscc": ""},
]  # fmt: skip
DUTIES = [
    {"code": "FJ-001-01", "name": "行政区划管理", "citation": "《行政区划管理条例》", "core_business": "区划地名",
     "is_sample": True, "agency": "FJ-001"},
]  # fmt: skip
CODES = [
    {"table": "T-SEX", "name": "性别代码", "version": "2003", "source": "GB/T 2261.1", "valid_from": "2003-12-01",
     "standard": "GB/T 2261.1-2003", "codes": [{"value": "1", "label": "男性", "parent": ""}]},
]  # fmt: skip
LAWS = [
    {"code": "L-1", "title": "数据安全法", "kind": "law", "supports": ["duty"],
     "valid_from": "2021-09-01", "valid_to": None, "number": "", "article": "第三十八条", "text": "", "url": "",
     "verified": False},
]  # fmt: skip
GIVEN: dict[str, list[dict[str, Any]]] = {
    "nodes": NODES,
    "agencies": AGENCIES,
    "duties": DUTIES,
    "codes": CODES,
    "laws": LAWS,
}


def taken(name: str, lines: list[dict[str, Any]]) -> tuple[int, list[registers.Refusal]]:
    return registers.take(name, map(json.dumps, lines), actor=ACTOR)


def test_what_was_imported_is_exported_and_taken_again_without_a_change() -> None:
    for name, lines in GIVEN.items():
        assert taken(name, lines) == (len(lines), []), name
    for name, lines in GIVEN.items():
        exported = list(registers.export(name))
        assert [json.loads(line) for line in exported if json.loads(line) in lines] == lines, name
        assert registers.take(name, exported, actor=ACTOR) == (len(exported), []), name
        assert list(registers.export(name)) == exported


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("{not json", "不是一行 JSON"),
        ('{"code": "X"}', "字段不符"),
        ('{"code": "D", "name": "n", "citation": "c", "core_business": "b", "agency": "NOBODY"}', "NOBODY 未登记"),
    ],
)
def test_a_line_that_cannot_be_taken_is_named_and_the_others_are_kept(line: str, reason: str) -> None:
    taken("nodes", NODES)
    taken("agencies", AGENCIES)
    count, refused = registers.take("duties", [line, json.dumps(DUTIES[0])], actor=ACTOR)
    assert (count, [refusal.number for refusal in refused]) == (1, [1])
    assert reason in refused[0].reason


def test_a_domain_s_own_refusal_is_told_in_its_words() -> None:
    taken("nodes", NODES)
    count, refused = taken("agencies", [{**AGENCIES[0], "node": "nowhere"}])
    assert (count, len(refused)) == (0, 1)
    assert "nowhere" in refused[0].reason
    assert not Agency.objects.filter(code="FJ-001").exists()
