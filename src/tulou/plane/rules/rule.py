"""What a quality rule (质量规则) is, as data, and how a bad one is refused.

A rule is a row of the hub or a line of a rules file; here it is only a frozen
value. Promise: whatever is wrong with a rule is said in Chinese, with the
rule and the place named, before any row is read.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

Severity = Literal["block", "warn"]
Dimension = Literal["规范性", "完整性", "准确性", "一致性", "时效性", "可访问性"]

DIMENSIONS: tuple[Dimension, ...] = ("规范性", "完整性", "准确性", "一致性", "时效性", "可访问性")


@dataclass(frozen=True, slots=True)
class Rule:
    """One quality rule over the rows of a table.

    `block` keeps a row out, `warn` lets it in and remembers. `dimension` is
    one of the six of GB/T 36344. An empty `message` is written by the kind.
    """

    id: str
    name: str
    kind: str
    columns: tuple[str, ...]
    params: Mapping[str, Any] = field(default_factory=dict)
    severity: Severity = "block"
    dimension: Dimension = "规范性"
    message: str = ""
    weight: int = 1


class RuleProblem(ValueError):
    """A rule that cannot be compiled: which rule, at which place, and what to do."""

    def __init__(self, rule: Rule, place: str, reason: str) -> None:
        self.rule = rule.id
        self.place = place
        self.reason = reason
        super().__init__(f"规则“{rule.name or rule.id}”（{place}）：{reason}")


def text_literal(value: str) -> str:
    """A DuckDB string literal. NUL is refused: no literal can carry it."""
    if "\x00" in value:
        raise ValueError("文本中含有空字符（NUL），请删除后再试")
    return "'" + value.replace("'", "''") + "'"


def quoted(name: str) -> str:
    """A DuckDB identifier."""
    return '"' + name.replace('"', '""') + '"'
