"""退回原因: what each rule id of a receipt means to the people who must correct the rows."""

from collections.abc import Mapping, Sequence
from typing import Any

from tulou.plane.connect import FAULTS
from tulou.plane.engine.embedded import always
from tulou.plane.rules import Rule, compile_rules
from tulou.plane.tables import TableSchema

_OF_THE_LAKE = {
    "key.missing": ("主键完整", "主键为空，无法确定是哪一条记录"),
    "key.repeated": ("主键不重复", "同一批次内主键重复，已保留先出现的一行"),
}


def describe(rules: Sequence[Rule], schema: TableSchema) -> list[dict[str, str]]:
    """The rules of a batch as its receipt keeps them: id, name, reason and severity."""
    asked = always(rules, schema)
    compiled = compile_rules(asked, schema)
    return [
        {"id": rule.id, "name": rule.name, "reason": compiled.message(rule.id), "severity": rule.severity}
        for rule in asked
    ]


def explained(counts: Mapping[str, int], rules: Sequence[Mapping[str, Any]]) -> list[tuple[str, str, int]]:
    """Name, reason and number of rows for each rule of a receipt, the most frequent first."""
    known = {rule["id"]: (rule["name"], rule["reason"]) for rule in rules}
    known |= _OF_THE_LAKE | {code: ("数据来源可读", reason) for code, reason in FAULTS.items()}
    lines = [(*known.get(rule, (rule, "见退回清单中的原因")), count) for rule, count in counts.items()]
    return sorted(lines, key=lambda line: (-line[2], line[0]))
