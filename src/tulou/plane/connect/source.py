"""What a source is (数据来源): rows of text with their numbers, whatever the format.

Promise: every row that a source held is either handed over exactly as it
came, or handed over as a fault with its number and its raw text; what makes
the whole source unreadable is a `SourceProblem` that says what to do.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from importlib import import_module
from importlib.metadata import entry_points
from typing import Any, Final, Protocol

import pyarrow as pa

GROUP: Final = "tulou.sources"
_BUILT_IN: Final = {
    "csv": "tulou.plane.connect.delimited:DelimitedSource",
    "xlsx": "tulou.plane.connect.xlsx:XlsxSource",
    "json": "tulou.plane.connect.jsons:JsonSource",
    "parquet": "tulou.plane.connect.parquet:ParquetSource",
    "postgres": "tulou.plane.connect.postgres:PostgresSource",
}
FAULTS: Final = {
    "source.ragged": "列数与表头不一致，请检查分隔符和引号",
    "source.nul": "含有空字符（NUL），请清理后重新报送",
    "source.formula": "单元格是公式而不是值，请粘贴为数值后重新报送",
    "source.error_cell": "单元格是错误值（如 #REF!），请更正后重新报送",
    "source.bad_json": "不是合法的 JSON 对象，请更正后重新报送",
}


class SourceProblem(Exception):
    """A source that cannot be read; where, and what its keeper should do."""

    def __init__(
        self, code: str, message: str, remedy: str = "", *, row: int | None = None, column: str | None = None
    ) -> None:
        place = f"第 {row} 行，" if row else ""
        place += f"“{column}”列，" if column else ""
        super().__init__(f"{place}{message}。{remedy}" if remedy else f"{place}{message}")
        self.code = code
        self.message = message
        self.row = row
        self.column = column
        self.remedy = remedy


@dataclass(frozen=True, slots=True)
class SourceColumn:
    """A column as the source names it; `declared` is its type there and `comment` its description, when it has one."""

    name: str
    declared: str = ""
    comment: str = ""
    key: bool = False
    required: bool = False


@dataclass(frozen=True, slots=True)
class SourceIdentity:
    """Which data this is: a file by its content's hash, a database by what was read and from which position."""

    kind: str
    name: str
    sha256: str
    position: str = ""
    size: int = 0


class Source(Protocol):
    """A source of rows. `identity` is exact once the batches were read to their end."""

    def columns(self) -> list[SourceColumn]:
        """The columns, in order."""
        ...

    def identity(self) -> SourceIdentity:
        """Which data this is."""
        ...

    def estimate_rows(self) -> int | None:
        """About how many rows there are, for a progress bar."""
        ...

    def batches(self, size: int) -> Iterator[pa.RecordBatch]:
        """The rows: each column as text, `_row`, and for faulty rows `_fault` and `_line`."""
        ...


def source_kinds() -> dict[str, str]:
    """Every kind of source that is installed, and where it is found."""
    return _BUILT_IN | {point.name: point.value for point in entry_points(group=GROUP)}


def open_source(kind: str, *args: Any, **options: Any) -> Source:
    """Open a source of a kind; the arguments are that kind's own.

    Raises:
        SourceProblem: no such kind, or the source cannot be read.
    """
    place = source_kinds().get(kind)
    if place is None:
        raise SourceProblem("unknown_kind", f"不支持的数据来源类型“{kind}”", "可用：" + "、".join(source_kinds()))
    module, _, name = place.partition(":")
    source: Source = getattr(import_module(module), name)(*args, **options)
    return source
