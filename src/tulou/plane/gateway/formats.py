"""Whole tables as files (文件格式): CSV, Parquet, XLSX and JSON, written batch by batch.

Promise: memory does not grow with the table, and a cell can never run as a
formula on the reader's desk.
"""

import io
import json
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pa_csv
import pyarrow.parquet as pq
import xlsxwriter

XLSX_ROWS = 1_048_575
_CHUNK = 1 << 18
_ROW_GROUP = 120_000
_FORMULA = r"^[=+\-@\t\r＝＋－＠]"


class TooManyRows(Exception):
    """The table does not fit the format."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """What is written: batches, the column names for programs, the labels for people, and a folder for drafts."""

    batches: Iterator[pa.RecordBatch]
    names: tuple[str, ...]
    labels: tuple[str, ...]
    spool: Path


@dataclass(frozen=True, slots=True)
class Format:
    """A file format: its media type and its writer."""

    media_type: str
    write: Callable[[Sheet], Iterator[bytes]]


def plain(value: Any) -> Any:
    """A value as JSON holds it; exact numbers as text."""
    if isinstance(value, datetime):
        return value.isoformat(sep=" ")
    if isinstance(value, date):
        return value.isoformat()
    return str(value) if isinstance(value, Decimal) else value


def harmless(text: str) -> str:
    """A text that no spreadsheet takes for a formula."""
    return f"'{text}" if text[:1] in set("=+-@\t\r＝＋－＠") else text


def write_csv(sheet: Sheet) -> Iterator[bytes]:
    """UTF-8 with a byte order mark, so that a spreadsheet shows Chinese; headers are labels."""
    header = io.StringIO()
    header.write("\ufeff" + ",".join('"' + harmless(label).replace('"', '""') + '"' for label in sheet.labels) + "\r\n")
    yield header.getvalue().encode()
    options = pa_csv.WriteOptions(include_header=False, quoting_style="needed")
    for batch in sheet.batches:
        sink = pa.BufferOutputStream()
        pa_csv.write_csv(_guarded(batch), sink, options)
        if batch.num_rows:
            yield sink.getvalue().to_pybytes()


def _guarded(batch: pa.RecordBatch) -> pa.RecordBatch:
    """Texts that look like formulas get an apostrophe."""
    for index, field in enumerate(batch.schema):
        column = batch.column(index)
        if pa.types.is_string(field.type) or pa.types.is_large_string(field.type):
            risky = pc.fill_null(pc.match_substring_regex(column, _FORMULA), False)
            if pc.any(risky).as_py():
                marked = pc.binary_join_element_wise(pa.scalar("'", field.type), column, pa.scalar("", field.type))
                batch = batch.set_column(index, field, pc.if_else(risky, marked, column))
    return batch


def write_parquet(sheet: Sheet) -> Iterator[bytes]:
    """Columns under their names; a row group for each batch of about 120,000 rows."""
    drain, writer, held, rows = _Drain(), None, list[pa.RecordBatch](), 0
    for batch in sheet.batches:
        writer = writer or pq.ParquetWriter(pa.PythonFile(drain, mode="w"), batch.schema, compression="zstd")
        held.append(batch)
        rows += batch.num_rows
        if rows >= _ROW_GROUP:
            writer.write_table(pa.Table.from_batches(held))
            held, rows = [], 0
            yield drain.take()
    if writer is not None:
        if held:
            writer.write_table(pa.Table.from_batches(held))
        writer.close()
    yield drain.take()


class _Drain(io.RawIOBase):
    """A sink that forgets what was taken from it but remembers its position."""

    def __init__(self) -> None:
        self._parts: list[bytes] = []
        self._position = 0

    def writable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._position

    def write(self, data: Any) -> int:
        part = bytes(data)
        self._parts.append(part)
        self._position += len(part)
        return len(part)

    def take(self) -> bytes:
        taken, self._parts = b"".join(self._parts), []
        return taken


def write_json(sheet: Sheet) -> Iterator[bytes]:
    """One array of objects, a row a line."""
    opening = "[\n"
    for batch in sheet.batches:
        lines = [json.dumps({k: plain(v) for k, v in row.items()}, ensure_ascii=False) for row in batch.to_pylist()]
        if lines:
            yield (opening + ",\n".join(lines)).encode()
            opening = ",\n"
    yield b"[]\n" if opening == "[\n" else b"\n]\n"


def write_xlsx(sheet: Sheet) -> Iterator[bytes]:
    """A workbook of one sheet, built on disk in a private folder, every text a text.

    Raises:
        TooManyRows: a sheet ends at 1,048,576 rows.
    """
    sheet.spool.mkdir(parents=True, exist_ok=True, mode=0o700)
    with tempfile.TemporaryDirectory(dir=sheet.spool) as folder:
        path = Path(folder) / "sheet.xlsx"
        options = {"constant_memory": True, "tmpdir": folder, "strings_to_formulas": False, "strings_to_urls": False,
                   "strings_to_numbers": False, "default_date_format": "yyyy-mm-dd"}  # fmt: skip
        with xlsxwriter.Workbook(str(path), options) as book:
            page = book.add_worksheet("数据")
            page.write_row(0, 0, list(sheet.labels))
            _fill(page, sheet.batches)
        with path.open("rb") as file:
            while chunk := file.read(_CHUNK):
                yield chunk


def _fill(page: Any, batches: Iterator[pa.RecordBatch]) -> None:
    line = 0
    for batch in batches:
        if line + batch.num_rows > XLSX_ROWS:
            raise TooManyRows
        for row in zip(*(column.to_pylist() for column in batch.columns), strict=True):
            line += 1
            for index, value in enumerate(row):
                if isinstance(value, str):
                    page.write_string(line, index, value)
                elif isinstance(value, int) and not isinstance(value, bool) and abs(value) >= 10**15:
                    page.write_string(line, index, str(value))  # a cell keeps 15 digits
                elif value is not None:
                    page.write(line, index, value)


FORMATS: dict[str, Format] = {
    "csv": Format("text/csv; charset=utf-8", write_csv),
    "parquet": Format("application/vnd.apache.parquet", write_parquet),
    "xlsx": Format("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", write_xlsx),
    "json": Format("application/json; charset=utf-8", write_json),
}
