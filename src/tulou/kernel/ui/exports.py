"""导出: the rows of a register as CSV or XLSX, safe to open in a spreadsheet, with evidence of who took them.

Registers hold the hub's metadata. Rows of business data never leave this way: they take the gate.
"""

import csv
import hashlib
import io
import tempfile
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import IO, Any, Literal
from urllib.parse import quote

import django_tables2 as tables
import xlsxwriter
from django.db.models import QuerySet
from django.http import FileResponse
from django.utils import timezone
from django_tables2.rows import BoundRow

from tulou.kernel import evidence
from tulou.kernel.identity import Actor

Format = Literal["csv", "xlsx"]
MEDIA = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")


def guarded(value: Any) -> Any:
    """Text that a spreadsheet would run as a formula gets an apostrophe; figures stay figures."""
    if isinstance(value, bool) or not isinstance(value, str):
        return value
    return "'" + value if value.startswith(_FORMULA) else value


def rows_of(table: tables.Table, columns: list[str]) -> Iterator[list[Any]]:
    """Heading and rows of a table, read from the database in chunks."""
    yield [str(table.columns[name].header) for name in columns]
    data = table.data.data
    records: Iterable[Any] = data.iterator(chunk_size=2000) if isinstance(data, QuerySet) else data
    for record in records:
        row = BoundRow(record, table)
        yield [row.get_cell_value(name) for name in columns]


def _text(value: Any) -> Any:
    return "" if value is None else value if isinstance(value, (int, float, str)) else str(value)


def _write_csv(target: IO[bytes], rows: Iterable[list[Any]]) -> int:
    """UTF-8 with a byte order mark, without which Excel shows Chinese as rubbish."""
    text = io.TextIOWrapper(target, encoding="utf-8-sig", newline="", write_through=True)
    writer = csv.writer(text)
    count = -1
    for row in rows:
        writer.writerow([guarded(_text(value)) for value in row])
        count += 1
    text.detach()
    return count


def _write_xlsx(target: IO[bytes], rows: Iterable[list[Any]]) -> int:
    """Cells are written as strings or numbers, never as formulas or links."""
    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    book = xlsxwriter.Workbook(target, options)
    sheet = book.add_worksheet("导出")
    heading = book.add_format({"bold": True, "bg_color": "#F1ECE6", "bottom": 1})
    sheet.freeze_panes(1, 0)
    count = -1
    for number, row in enumerate(rows):
        for position, value in enumerate(row):
            sheet.write(number, position, _text(value), heading if number == 0 else None)
        count += 1
    book.close()
    return count


def export(
    table: tables.Table, columns: list[str], form: Format, *, code: str, title: str, actor: Actor, query: str
) -> FileResponse:
    """Write the rows to a temporary file, record who took what, then hand the file over."""
    target = tempfile.TemporaryFile()  # noqa: SIM115 the response closes it
    try:
        write = _write_csv if form == "csv" else _write_xlsx
        count = write(target, rows_of(table, columns))
        target.seek(0)
        digest = hashlib.file_digest(target, "sha256").hexdigest()
        evidence.record(
            "ui.register.exported",
            actor=actor,
            subjects=[f"register:{code}"],
            data={
                "rows": count,
                "columns": columns,
                "format": form,
                "sha256": digest,
                "query_sha256": hashlib.sha256(query.encode()).hexdigest(),
            },
        )
        target.seek(0)
    except BaseException:
        target.close()
        raise
    return _response(target, form, f"{title}_{_stamp(timezone.localtime())}.{form}")


def _stamp(now: datetime) -> str:
    return f"{now:%Y%m%d_%H%M}"


def _response(target: IO[bytes], form: Format, name: str) -> FileResponse:
    response = FileResponse(target, content_type=MEDIA[form])
    response["Content-Disposition"] = f"attachment; filename=\"export.{form}\"; filename*=UTF-8''{quote(name)}"
    response["Cache-Control"] = "no-store"
    return response
