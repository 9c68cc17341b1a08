"""The door of the standards room for other domains."""

from dataclasses import dataclass
from datetime import date

from tulou.domains.standards import queries
from tulou.domains.standards.models import CodeTableVersion
from tulou.domains.standards.services import CodeSpec, EditionSpec, adopt_code_table
from tulou.kernel.calendar import today

__all__ = [
    "GRADES",
    "NATIONAL_GRADES",
    "Code",
    "CodeSpec",
    "CodeTableInfo",
    "EditionSpec",
    "adopt_code_table",
    "code_table",
    "code_tables",
    "codes",
    "label",
]

#: GB/T 43697-2024 knows 一般, 重要, 核心; practice splits 一般 into four levels. Two axes, never one.
GRADES: dict[int, str] = {1: "1级 公开", 2: "2级 内部", 3: "3级 敏感", 4: "4级 高敏感"}
NATIONAL_GRADES: dict[str, str] = {"general": "一般数据", "important": "重要数据", "core": "核心数据"}


@dataclass(frozen=True, slots=True)
class CodeTableInfo:
    """An edition of a code table."""

    code: str
    name: str
    version: str
    source: str
    valid_from: date
    valid_to: date | None


@dataclass(frozen=True, slots=True)
class Code:
    """One value with its meaning."""

    value: str
    label: str
    parent: str


def _info(row: CodeTableVersion) -> CodeTableInfo:
    return CodeTableInfo(row.table.code, row.table.name, row.version, row.source, row.valid_from, row.valid_to)


def code_table(code: str, on: date | None = None) -> CodeTableInfo | None:
    """The edition of a table in force on a day, today unless told."""
    row = queries.version_in_force(code, on or today())
    return _info(row) if row else None


def code_tables(on: date | None = None) -> tuple[CodeTableInfo, ...]:
    """Every table that has an edition in force on a day, by code."""
    return tuple(_info(row) for row in queries.versions_in_force(on or today()))


def codes(code: str, on: date | None = None) -> tuple[Code, ...]:
    """All values of the edition in force on a day; empty when there is none."""
    row = queries.version_in_force(code, on or today())
    if row is None:
        return ()
    return tuple(Code(*values) for values in row.codes.values_list("value", "label", "parent"))


def label(code: str, value: str, on: date | None = None) -> str | None:
    """What a value means in the edition in force on a day, or None when it is not in it."""
    return queries.codes_in_force(code, on or today()).filter(value=value).values_list("label", flat=True).first()
