"""Delimited text (CSV、TSV): separator and encoding found, rows streamed, ragged rows kept as faults."""

import csv
import io
from collections import deque
from collections.abc import Iterator
from functools import cached_property
from pathlib import Path
from typing import Final

import numpy
import pyarrow as pa
import pyarrow.csv as pacsv

from tulou.plane.connect.encoding import TextScan, open_utf8, scan_text
from tulou.plane.connect.rows import Fault, RowLayout
from tulou.plane.connect.source import SourceColumn, SourceIdentity, SourceProblem

_HEAD: Final = 1 << 18
_BLOCK: Final = 1 << 20
_SEPARATORS: Final = (",", "\t", ";", "|")


class DelimitedSource:
    """A file of rows separated by commas, tabs, semicolons or bars."""

    def __init__(self, path: Path | str, *, name: str = "", separator: str = "") -> None:
        self._path = Path(path)
        self._name = name or self._path.name
        self._given = separator
        self._faults: list[Fault] = []
        self._skips: deque[int] = deque()
        self._unclosed: SourceProblem | None = None

    def columns(self) -> list[SourceColumn]:
        """The columns of the header."""
        return [SourceColumn(name) for name in self._layout.names]

    def identity(self) -> SourceIdentity:
        """The file, by the hash of its bytes."""
        return SourceIdentity("csv", self._name, self._scan.sha256, size=self._scan.size)

    def estimate_rows(self) -> int | None:
        """File size over the mean length of the first rows."""
        lines = self._head.count("\n")
        return round(self._scan.size * lines / max(len(self._head.encode()), 1))

    @property
    def encoding(self) -> str:
        """The proven encoding."""
        return self._scan.encoding

    @cached_property
    def separator(self) -> str:
        """The separator: the one that cuts the first rows into the most equal rows."""
        return self._given or max(_SEPARATORS, key=lambda mark: _regularity(self._head, mark))

    def batches(self, size: int) -> Iterator[pa.RecordBatch]:
        """The rows; `size` is a hint, blocks of bytes set the pace."""
        self._faults, self._unclosed, row = [], None, 1
        self._skips.clear()
        with open_utf8(self._path, self._scan) as stream:
            stream.read(self._header[1])
            for block in self._blocks(stream):
                numbers, row = self._numbers(row, block.num_rows)
                yield self._layout.batch(block.columns, numbers, may_hold_nul=self._scan.has_nul)
                if len(self._faults) >= size:
                    yield self._take_faults()
        if self._faults:
            yield self._take_faults()

    @cached_property
    def _scan(self) -> TextScan:
        return scan_text(self._path)

    @cached_property
    def _head(self) -> str:
        with open_utf8(self._path, self._scan) as stream:
            return stream.read(_HEAD).decode(errors="ignore")

    @cached_property
    def _header(self) -> tuple[list[str], int]:
        """The header's names, and how many bytes it and what stands before it take."""
        lines: list[str] = []
        try:
            for record in csv.reader(_remembering(self._head, lines), delimiter=self.separator):
                if any(cell.strip() for cell in record):
                    return record, len("".join(lines).encode())
        except csv.Error as error:
            raise SourceProblem("unreadable", "表头无法解析", "请检查引号是否成对") from error
        raise SourceProblem("empty", "文件里没有表头，也没有数据", "请检查是否传错了文件")

    @cached_property
    def _layout(self) -> RowLayout:
        return RowLayout([name.replace("\0", "") for name in self._header[0]])

    def _blocks(self, stream: io.BufferedReader) -> Iterator[pa.RecordBatch]:
        names = [f"c{place}" for place in range(len(self._layout.names))]
        quoted = self._scan.has_quote
        try:
            reader = pacsv.open_csv(
                pa.PythonFile(stream),
                read_options=pacsv.ReadOptions(
                    use_threads=False, block_size=_BLOCK, column_names=names
                ),
                parse_options=pacsv.ParseOptions(
                    delimiter=self.separator, newlines_in_values=quoted, invalid_row_handler=self._keep,
                    quote_char='"' if quoted else False,
                ),
                convert_options=pacsv.ConvertOptions(
                    check_utf8=False, strings_can_be_null=False, null_values=[],
                    column_types=dict.fromkeys(names, pa.string()),
                ),
            )  # fmt: skip
            yield from reader
        except pa.ArrowInvalid as error:
            if "Empty CSV" in str(error):
                return
            if "straddling" in str(error):  # a record that does not end within two blocks
                raise SourceProblem(
                    "record_too_long",
                    "有一条记录超过 1 MB，无法分行",
                    "请检查引号是否成对；确有大段文本时，请改为附件另行报送",
                ) from error
            raise SourceProblem("unreadable", f"文件无法解析：{error}", "请检查引号是否成对、行是否过长") from error
        if self._unclosed is not None:
            raise self._unclosed

    def _keep(self, row: pacsv.InvalidRow) -> str:
        if row.text.count('"') % 2 and self._scan.has_quote and "\n" in row.text:
            self._unclosed = self._unclosed or SourceProblem(
                "unclosed_quote", "引号没有成对，其后的内容无法分行", "请补上缺少的引号后重新上传", row=row.number
            )
        self._faults.append(Fault(row.number, "source.ragged", row.text))
        self._skips.append(row.number)
        return "skip"

    def _numbers(self, row: int, count: int) -> tuple[pa.Array, int]:
        """The numbers of the next `count` good rows: those of faulty ones are left out."""
        if not self._skips or self._skips[0] >= row + count:
            return pa.array(numpy.arange(row, row + count)), row + count
        numbers: list[int] = []
        while len(numbers) < count:
            if self._skips and self._skips[0] == row:
                self._skips.popleft()
            else:
                numbers.append(row)
            row += 1
        return pa.array(numbers, pa.int64()), row

    def _take_faults(self) -> pa.RecordBatch:
        faults, self._faults = self._faults, []
        return self._layout.faults(faults)


def _remembering(text: str, lines: list[str]) -> Iterator[str]:
    for line in io.StringIO(text, newline=""):
        lines.append(line)
        yield line.replace("\0", "")


def _regularity(head: str, mark: str) -> tuple[float, int]:
    """How many of the first rows have as many cells as the header, and how many cells that is."""
    lines = [line.replace("\0", "") for line in io.StringIO(head, newline="")][:60]
    try:
        records = [record for record in csv.reader(lines, delimiter=mark) if record]
    except csv.Error:
        return (0.0, 0)
    if not records or len(records[0]) < 2:
        return (0.0, 0)
    wide = len(records[0])
    return (sum(len(record) == wide for record in records) / len(records), wide)
