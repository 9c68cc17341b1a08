"""The shape of a table (表结构): names, types and grades, and where a table lives.

A name that passes here is safe to quote into SQL; nothing else is accepted,
so that no other room needs to think about quoting names.
"""

import re
from dataclasses import dataclass
from typing import Final

from tulou.plane.tables.problems import LakeProblem
from tulou.trust.plans import TableRef

__all__ = ["SEALED_GRADE", "STANDARD_COLUMNS", "Column", "TableRef", "TableSchema", "Zone", "check_ref"]

SEALED_GRADE: Final = 4
_NAME = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*")
_DECIMAL = re.compile(r"decimal\(([1-9][0-9]?),\s?([0-9]{1,2})\)")
_SIMPLE: Final = {
    "text": "VARCHAR",
    "integer": "BIGINT",
    "date": "DATE",
    "timestamp": "TIMESTAMP",
    "boolean": "BOOLEAN",
}
STANDARD_COLUMNS: Final[tuple[tuple[str, str], ...]] = (
    ("_row_key", "UUID"),
    ("_row_hash", "UUID"),
    ("_batch", "VARCHAR"),
    ("valid_from", "TIMESTAMP"),
    ("valid_to", "TIMESTAMP"),
    ("is_current", "BOOLEAN"),
    ("source_org", "VARCHAR"),
    ("source_system", "VARCHAR"),
    ("quality_flag", "VARCHAR"),
    ("updated_at", "TIMESTAMP"),
)
_RESERVED: Final = frozenset(name for name, _ in STANDARD_COLUMNS)


def _checked(name: str, what: str, longest: int) -> str:
    if len(name) > longest or not _NAME.fullmatch(name):
        raise LakeProblem(
            "bad_name",
            f"{what}“{name}”不合规：须以小写字母开头，只含小写字母、数字和单个下划线，不超过 {longest} 个字符",
        )
    return name


def check_ref(ref: TableRef) -> TableRef:
    """The same reference, once its zone and its name are known to be safe."""
    _checked(ref.zone, "数据区名称", 40)
    _checked(ref.name, "数据表名称", 48)
    return ref


@dataclass(frozen=True, slots=True)
class Zone:
    """A zone (数据区): one DuckLake catalogue of its own; a sealed one has encrypted files."""

    name: str
    sealed: bool = False

    def __post_init__(self) -> None:
        _checked(self.name, "数据区名称", 40)
        if self.name.startswith("pg_"):
            raise LakeProblem("bad_name", f"数据区名称“{self.name}”不合规：不能以 pg_ 开头")


@dataclass(frozen=True, slots=True)
class Column:
    """One business column; `grade` is the security level 1 to 4, `key` marks the business key."""

    name: str
    type: str = "text"
    label: str = ""
    grade: int = 1
    key: bool = False
    nullable: bool = True

    def __post_init__(self) -> None:
        _checked(self.name, "字段名称", 48)
        if self.name in _RESERVED or self.name.endswith("__hash"):
            raise LakeProblem("bad_name", f"字段名称“{self.name}”是系统保留名称，请换一个")
        if self.type not in _SIMPLE and not self._decimal_fits():
            raise LakeProblem("bad_type", f"字段“{self.name}”的类型“{self.type}”不受支持")
        if not 1 <= self.grade <= SEALED_GRADE:
            raise LakeProblem("bad_grade", f"字段“{self.name}”的安全等级应为 1 至 4")
        if self.grade == SEALED_GRADE and self.type != "text":
            raise LakeProblem("bad_grade", f"4 级字段“{self.name}”须为文本类型，才能加密后入库")

    def _decimal_fits(self) -> bool:
        found = _DECIMAL.fullmatch(self.type)
        return bool(found) and int(found[2]) <= int(found[1]) <= 38 if found else False

    @property
    def sql_type(self) -> str:
        """The engine's name of the type."""
        return _SIMPLE.get(self.type) or self.type.upper()

    @property
    def sealed(self) -> bool:
        """Whether the column is stored as ciphertext."""
        return self.grade == SEALED_GRADE

    @property
    def hash_name(self) -> str:
        """The companion column that holds the keyed hash."""
        return f"{self.name}__hash"


@dataclass(frozen=True, slots=True)
class TableSchema:
    """The business columns of a table, in order."""

    columns: tuple[Column, ...]

    def __post_init__(self) -> None:
        names = [column.name for column in self.columns]
        if not names:
            raise LakeProblem("bad_schema", "数据表至少要有一个字段")
        twice = sorted({name for name in names if names.count(name) > 1})
        if twice:
            raise LakeProblem("bad_schema", f"字段名称重复：{'、'.join(twice)}")

    def column(self, name: str) -> Column:
        """The column of this name.

        Raises:
            KeyError: there is none.
        """
        for column in self.columns:
            if column.name == name:
                return column
        raise KeyError(name)

    @property
    def names(self) -> tuple[str, ...]:
        """The names of all columns."""
        return tuple(column.name for column in self.columns)

    @property
    def keys(self) -> tuple[Column, ...]:
        """The columns of the business key; none for a table of events."""
        return tuple(column for column in self.columns if column.key)

    @property
    def sealed(self) -> tuple[Column, ...]:
        """The columns that are stored as ciphertext."""
        return tuple(column for column in self.columns if column.sealed)
