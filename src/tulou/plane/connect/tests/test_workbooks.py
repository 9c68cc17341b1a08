"""Workbooks, JSON and Parquet: what a person would read, and nothing that a machine should run."""

import datetime as dt
import json
import zipfile
from decimal import Decimal
from pathlib import Path

import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tulou.plane.connect import SourceProblem
from tulou.plane.connect.jsons import JsonSource
from tulou.plane.connect.parquet import ParquetSource
from tulou.plane.connect.tests.test_delimited import rows
from tulou.plane.connect.xlsx import XlsxSource


def workbook(folder: Path, *lines: list[object]) -> Path:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for line in lines:
        sheet.append(line)
    path = folder / "book.xlsx"
    book.save(path)
    return path


def test_cells_are_read_as_a_person_reads_them(tmp_path: Path) -> None:
    day, moment = dt.date(2024, 2, 29), dt.datetime(2024, 2, 29, 8, 30)  # noqa: DTZ001 - cells have no zone
    path = workbook(
        tmp_path, ["编号", "日", "时", "数", "是"], ["007", day, moment, 1.5, True], [8, None, None, 3.0, False]
    )
    assert rows(XlsxSource(path)) == [
        (1, "007", "2024-02-29", "2024-02-29 08:30:00", "1.5", "true"),
        (2, "8", None, None, "3", "false"),
    ]


def test_formulas_are_faults_and_never_run(tmp_path: Path) -> None:
    path = workbook(tmp_path, ["a", "b"], ["=cmd|' /C calc'!A0", 1], ["ok", 2])
    found = rows(XlsxSource(path))
    assert found[0][:2] == (1, "source.formula")
    assert "=cmd|" in str(found[0][2])
    assert found[1] == (2, "ok", "2")


def test_codes_that_a_spreadsheet_damaged_are_visible_as_such(tmp_path: Path) -> None:
    path = workbook(tmp_path, ["id"], [350102199003071234], ["3.50E+17"])
    assert rows(XlsxSource(path)) == [(1, "3.50102E+17"), (2, "3.50E+17")]


def test_a_zip_bomb_is_refused_before_it_is_parsed(tmp_path: Path) -> None:
    path = workbook(tmp_path, ["a"], [1])
    with zipfile.ZipFile(path, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/media/bomb.bin", b"\0" * (64 << 20))
    with pytest.raises(SourceProblem) as caught:
        XlsxSource(path).columns()
    assert caught.value.code == "zip_bomb"


def test_a_bomb_that_lies_about_its_size_is_refused(tmp_path: Path) -> None:
    path = workbook(tmp_path, ["a"], [1])
    with zipfile.ZipFile(path, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/media/bomb.bin", b"\0" * (64 << 20))
    data = path.read_bytes().replace((64 << 20).to_bytes(4, "little"), (64).to_bytes(4, "little"))
    path.write_bytes(data)
    with pytest.raises(SourceProblem):
        list(XlsxSource(path).batches(10))


def test_entities_in_a_workbook_are_refused(tmp_path: Path) -> None:
    path = workbook(tmp_path, ["a"], [1])
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr("xl/evil.xml", '<!DOCTYPE x [<!ENTITY a "b">]><x>&a;</x>')
    with pytest.raises(SourceProblem, match="XML"):
        XlsxSource(path).columns()


def test_what_is_no_workbook_or_has_nothing_in_it_is_refused(tmp_path: Path) -> None:
    other = tmp_path / "a.xlsx"
    other.write_text("a,b\n1,2\n")
    with pytest.raises(SourceProblem, match="XLSX"):
        XlsxSource(other).columns()
    with pytest.raises(SourceProblem, match="没有任何内容"):
        XlsxSource(workbook(tmp_path)).columns()
    with pytest.raises(SourceProblem, match="没有名为“无”的工作表"):
        XlsxSource(workbook(tmp_path, ["a"]), sheet="无").columns()


@pytest.mark.parametrize("form", ["array", "lines"])
def test_json_keeps_every_digit(tmp_path: Path, form: str) -> None:
    objects = ['{"id": 350102199003071234, "v": 1.10, "t": "甲"}', '{"id": 2, "v": null, "t": {"a": [1]}}', '{"id": 3}']
    path = tmp_path / "a.json"
    path.write_text("[" + ",\n".join(objects) + "]" if form == "array" else "\n".join(objects) + "\n")
    assert rows(JsonSource(path)) == [
        (1, "350102199003071234", "1.10", "甲"),
        (2, "2", None, '{"a": ["1"]}'),
        (3, "3", None, None),
    ]


def test_json_arrays_are_streamed_whatever_the_chunks_cut(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    path.write_text(json.dumps([{"n": n, "s": "福" * 50} for n in range(30_000)], ensure_ascii=False))
    found = rows(JsonSource(path), 1000)
    assert [row[1] for row in found] == [str(n) for n in range(30_000)]


def test_bad_json_lines_are_faults_and_a_broken_array_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    path.write_text('{"a": 1}\nnot json\n[1]\n{"a": "\\u0000"}\n')
    assert [row[1] for row in rows(JsonSource(path))] == ["1", "source.bad_json", "source.bad_json", "source.nul"]
    path.write_text('[{"a": 1}, {"a": ')
    with pytest.raises(SourceProblem, match="不完整"):
        rows(JsonSource(path))


def test_parquet_is_read_as_exact_text(tmp_path: Path) -> None:
    table = pa.table({
        "d": [dt.date(2024, 2, 29), None],
        "n": pa.array([Decimal("1.10"), Decimal("-2.00")], pa.decimal128(10, 2)),
        "t": pa.array([dt.datetime(2024, 1, 1, 8), None], pa.timestamp("us")),  # noqa: DTZ001
        "s": pa.array(["甲", "a\0b"]),
    })  # fmt: skip
    pq.write_table(table, tmp_path / "a.parquet")
    found = rows(ParquetSource(tmp_path / "a.parquet"))
    assert found[0] == (1, "2024-02-29", "1.10", "2024-01-01 08:00:00", "甲")
    assert found[1][1] == "source.nul"
    (tmp_path / "b.parquet").write_bytes(b"PAR1 no")
    with pytest.raises(SourceProblem, match="Parquet"):
        ParquetSource(tmp_path / "b.parquet").columns()
