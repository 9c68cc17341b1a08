"""Workbooks (XLSX): cells as the text a person would read, formulas and damaged codes told apart.

Promise: a workbook cannot exhaust the machine (its true uncompressed size is
measured before it is parsed), and no formula is ever evaluated: a row that
holds one becomes a fault. A number too long for a spreadsheet to keep is
written as 3.50102E+17, so that nobody takes it for a code.
"""

import hashlib
import json
import zipfile
from collections.abc import Iterator, Sequence
from datetime import date, datetime, time
from functools import cached_property
from pathlib import Path
from typing import Any, Final

import openpyxl
import pyarrow as pa
from openpyxl.utils.exceptions import InvalidFileException

from tulou.plane.connect.rows import Fault, RowLayout
from tulou.plane.connect.source import SourceColumn, SourceIdentity, SourceProblem

_LARGEST: Final = 1 << 30
_RATIO: Final = 200
_SMALL: Final = 10 << 20
_EXACT: Final = 10**15


class XlsxSource:
    """One sheet of a workbook: the named one, or the first."""

    def __init__(self, path: Path | str, *, name: str = "", sheet: str = "", largest: int = _LARGEST) -> None:
        self._path = Path(path)
        self._name = name or self._path.name
        self._sheet = sheet
        self._largest = largest

    def columns(self) -> list[SourceColumn]:
        """The columns of the sheet's first row that is not empty."""
        return [SourceColumn(name) for name in self._layout.names]

    def identity(self) -> SourceIdentity:
        """The file, by the hash of its bytes."""
        digest = hashlib.sha256()
        with self._path.open("rb") as file:
            while chunk := file.read(1 << 20):
                digest.update(chunk)
        return SourceIdentity("xlsx", self._name, digest.hexdigest(), size=self._path.stat().st_size)

    def estimate_rows(self) -> int | None:
        """What the workbook says of itself, which may be wrong."""
        return None

    def batches(self, size: int) -> Iterator[pa.RecordBatch]:
        """The rows after the header; wholly empty ones are no rows."""
        width = len(self._layout.names)
        good: list[Sequence[str | None]] = []
        numbers: list[int] = []
        faults: list[Fault] = []
        for number, cells in enumerate(self._rows(skip_header=True), 1):
            code, texts = _read_row(cells, width)
            if code:
                faults.append(Fault(number, code, json.dumps(texts, ensure_ascii=False)))
            else:
                good.append(texts)
                numbers.append(number)
            if len(good) + len(faults) >= size:
                yield from self._hand_over(good, numbers, faults)
                good, numbers, faults = [], [], []
        yield from self._hand_over(good, numbers, faults)

    def _hand_over(
        self, good: list[Sequence[str | None]], numbers: list[int], faults: list[Fault]
    ) -> Iterator[pa.RecordBatch]:
        if good:
            yield self._layout.from_lists(good, numbers)
        if faults:
            yield self._layout.faults(faults)

    @cached_property
    def _layout(self) -> RowLayout:
        for cells in self._rows(skip_header=False):
            names = [_text(cell.value) or "" for cell in cells]
            while names and not names[-1].strip():
                names.pop()
            return RowLayout(names)
        raise SourceProblem("empty", "工作表里没有任何内容", "请检查是否传错了文件或工作表")

    def _rows(self, *, skip_header: bool) -> Iterator[Sequence[Any]]:
        self._guarded()
        try:
            book = openpyxl.load_workbook(self._path, read_only=True, data_only=False, keep_links=False)
        except (InvalidFileException, KeyError, ValueError, zipfile.BadZipFile, OSError) as error:
            raise SourceProblem("unreadable", "不是可以打开的 XLSX 工作簿", "请用 Excel 或 WPS 另存为 XLSX") from error
        try:
            if self._sheet and self._sheet not in book.sheetnames:
                raise SourceProblem(
                    "no_sheet", f"没有名为“{self._sheet}”的工作表", "现有：" + "、".join(book.sheetnames)
                )
            sheet = book[self._sheet] if self._sheet else book.worksheets[0]
            sheet.reset_dimensions()
            filled = (cells for cells in sheet.iter_rows() if any(cell.value is not None for cell in cells))
            if skip_header:
                next(filled, None)
            yield from filled
        finally:
            book.close()

    def _guarded(self) -> None:
        """Measure what the archive unpacks to before anything parses it.

        Raises:
            SourceProblem: it is no archive, or unpacks to too much.
        """
        try:
            with zipfile.ZipFile(self._path) as archive:
                self._measure(archive)
        except (zipfile.BadZipFile, NotImplementedError, RuntimeError) as error:
            raise SourceProblem("unreadable", "不是可以打开的 XLSX 工作簿", "请用 Excel 或 WPS 另存为 XLSX") from error

    def _measure(self, archive: zipfile.ZipFile) -> None:
        allowed = max(self._path.stat().st_size * _RATIO, _SMALL)
        bomb = SourceProblem("zip_bomb", "工作簿解压后的体积异常，可能是压缩炸弹，已拒绝", "请改用 CSV 报送")
        members = archive.infolist()
        if sum(member.file_size for member in members) > min(allowed, self._largest) or len(members) > 10_000:
            raise bomb
        total = 0
        for member in members:
            with archive.open(member) as file:
                head = file.read(1024)
                if b"<!DOCTYPE" in head or b"<!ENTITY" in head:
                    raise SourceProblem("unreadable", "工作簿含有不允许的 XML 声明，已拒绝", "请改用 CSV 报送")
                total += len(head)
                while chunk := file.read(1 << 20):
                    total += len(chunk)
                    if total > min(allowed, self._largest):
                        raise bomb


def _read_row(cells: Sequence[Any], width: int) -> tuple[str, list[str | None]]:
    """The row's fault, if it has one, and its texts."""
    texts = [_text(cell.value) for cell in cells]
    kinds = {getattr(cell, "data_type", "n") for cell in cells}
    if "f" in kinds:
        return "source.formula", texts
    if "e" in kinds:
        return "source.error_cell", texts
    if any(text for text in texts[width:]):
        return "source.ragged", texts
    return "", [*texts, *[None] * (width - len(texts))][:width]


def _text(value: object) -> str | None:
    """What a person would read in the cell."""
    if value is None:
        return None
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, datetime):
        whole_day = value.time() == time()
        return value.date().isoformat() if whole_day else value.isoformat(sep=" ", timespec="seconds")
    if isinstance(value, date | time):
        return value.isoformat()
    if isinstance(value, int | float):
        return _number(value)
    return str(value)


def _number(value: int | float) -> str:
    if abs(value) >= _EXACT:
        return f"{value:.5E}"
    return str(int(value)) if value == int(value) else repr(value)
