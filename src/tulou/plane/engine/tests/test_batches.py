"""A batch from its source to the lake: counted, checked, kept once; and the check of a standing table."""

from collections.abc import Callable
from pathlib import Path
from uuid import uuid4

import openpyxl
import pyarrow as pa
import pytest

from tulou.plane.connect import SourceProblem, open_source
from tulou.plane.engine import BatchJob, BatchOutcome, EmbeddedEngine
from tulou.plane.rules import Rule, rules_of
from tulou.plane.tables import Column, Lake, LandingCancelled, TableRef, TableSchema, Zone

ZONE = Zone("batches", sealed=True)
SCHEMA = TableSchema(
    (
        Column("code", key=True, label="编号"),
        Column("name", label="名称"),
        Column("founded", "date", label="成立日期"),
        Column("capital", "decimal(12,2)", label="注册资本"),
    )
)
MAPPING = {"code": "编号", "name": "名称", "founded": "成立日期", "capital": "注册资本"}
HEADER = "编号,名称,成立日期,注册资本\n"
Send = Callable[..., BatchOutcome]


@pytest.fixture
def ref(lake: Lake) -> TableRef:
    lake.ensure_zone(ZONE)
    return TableRef(ZONE.name, f"t{uuid4().hex[:12]}")


@pytest.fixture
def send(lake: Lake, ref: TableRef, tmp_path: Path) -> Send:
    """Send a text as a CSV file."""

    def run(
        text: str, *, batch: str = "", rules: tuple[Rule, ...] = rules_of(SCHEMA), encoding: str = "utf-8"
    ) -> BatchOutcome:
        path = tmp_path / f"{uuid4().hex}.csv"
        path.write_bytes(text.encode(encoding))
        job = BatchJob(
            batch or uuid4().hex, ref, SCHEMA, open_source("csv", path), rules, MAPPING, "市监局", "登记系统"
        )
        return EmbeddedEngine(lake).run_batch(job)

    return run


def rejected(lake: Lake, ref: TableRef) -> dict[int, str]:
    with lake.reading(ref.zone) as cursor:
        return dict(cursor.execute(f"SELECT _row, reasons FROM {lake.rejected_path(ref)}").fetchall())


def test_a_batch_reconciles_and_rejected_rows_say_why(lake: Lake, ref: TableRef, send: Send) -> None:
    outcome = send(
        HEADER + "1,甲,2020-01-02,1.50\n2,乙,20250230,2\n3,丙\n,丁,,\n5,=cmd|' /C calc'!A0,,\n"
        "3.50E+17,戊,,\n7,己,,1.234\n1,庚,,\n"
    )
    assert (outcome.sent, outcome.accepted, outcome.inserted, outcome.rejected) == (8, 1, 1, 7)
    reasons = rejected(lake, ref)
    assert sorted(reasons) == [2, 3, 4, 5, 6, 7, 8]
    assert "成立日期" in reasons[2]
    assert "列数与表头不一致" in reasons[3]
    assert "编号" in reasons[4]
    assert "公式" in reasons[5]
    assert "科学计数法" in reasons[6]
    assert "注册资本" in reasons[7]
    assert "重复" in reasons[8]
    assert sum(outcome.by_rule.values()) == 7


def test_a_rerun_adds_nothing_and_a_repeated_id_answers_from_the_ledger(send: Send) -> None:
    text = HEADER + "1,甲,2020-01-02,1.50\n2,乙,,\n"
    first, rerun = send(text, batch="b1"), send(text, batch="b2")
    again = send(HEADER + "9,壬,,\n", batch="b1")
    assert (first.inserted, rerun.inserted, rerun.unchanged) == (2, 0, 2)
    assert again.repeated
    assert (again.sha256, again.inserted) == (first.sha256, 2)


def test_gbk_and_utf8_give_the_same_rows(send: Send) -> None:
    text = HEADER + "1,福建省数据管理局,2020-01-02,1.50\n"
    assert send(text).inserted == 1
    assert send(text, encoding="gb18030").unchanged == 1


def test_a_header_alone_lands_an_empty_batch(lake: Lake, ref: TableRef, send: Send) -> None:
    outcome = send(HEADER, batch="empty")
    assert (outcome.sent, outcome.rejected) == (0, 0)
    assert lake.batch(ref, "empty") is not None


def test_a_vanished_column_is_refused_and_the_new_one_named(lake: Lake, ref: TableRef, send: Send) -> None:
    send(HEADER + "1,甲,,\n")
    with pytest.raises(SourceProblem, match="找不到列：名称（来源中新出现的列：企业名称）"):
        send("编号,企业名称,成立日期,注册资本\n2,乙,,\n")
    assert len(lake.ledger(ref.zone)) >= 1


def test_a_problem_in_the_middle_leaves_nothing(lake: Lake, ref: TableRef, send: Send) -> None:
    good = "".join(f"{n},甲,,\n" for n in range(300_000))
    with pytest.raises(SourceProblem, match="引号没有成对"):
        send(HEADER + good + '"x,1,,\ny,2,,\n', batch="broken")
    assert lake.batch(ref, "broken") is None
    with lake.reading(ref.zone) as cursor:
        assert cursor.execute(f"SELECT count(*) FROM {lake.path(ref)}").fetchone() == (0,)


def test_a_file_that_was_cut_wrongly_is_refused_as_a_whole(send: Send) -> None:
    with pytest.raises(SourceProblem, match="无法读取的行过多"):
        send(HEADER + "1;2;3\n" * 250_000)


def test_formula_cells_of_a_workbook_are_rejected_rows(lake: Lake, ref: TableRef, tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for line in (
        list(MAPPING.values()),
        ["1", "甲", "2020-01-02", 1.5],
        ["2", "=1+1", None, None],
        [35010219900307123, "乙"],
    ):
        sheet.append(line)
    book.save(tmp_path / "a.xlsx")
    job = BatchJob("x", ref, SCHEMA, open_source("xlsx", tmp_path / "a.xlsx"), (), MAPPING, "", "")
    outcome = EmbeddedEngine(lake).run_batch(job)
    assert (outcome.sent, outcome.inserted, outcome.rejected) == (3, 1, 2)
    assert set(rejected(lake, ref)) == {2, 3}


def test_progress_is_told_and_a_cancelled_batch_leaves_nothing(lake: Lake, ref: TableRef, tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text(HEADER + "".join(f"{n},{'甲' * 20},,\n" for n in range(200_000)))
    told: list[tuple[int, int | None]] = []
    engine = EmbeddedEngine(lake)
    job = BatchJob("c", ref, SCHEMA, open_source("csv", path), (), MAPPING, "", "")
    with pytest.raises(LandingCancelled):
        engine.run_batch(job, lambda done, total: told.append((done, total)), lambda: len(told) >= 1)
    assert lake.batch(ref, "c") is None
    outcome = engine.run_batch(job, lambda done, total: told.append((done, total)))
    assert told[-1][0] == outcome.sent == 200_000
    assert told[-1][1] == pytest.approx(200_000, rel=0.2)


def test_what_was_read_is_let_go_while_a_long_source_is_read(
    lake: Lake, ref: TableRef, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tulou.plane.engine.embedded._PIECE", 20_000)
    path = tmp_path / "a.csv"
    path.write_text(HEADER + "".join(f"{n},{'x' * 400},,\n" for n in range(200_000)))
    held: list[int] = []
    job = BatchJob("m", ref, SCHEMA, open_source("csv", path), (), MAPPING, "", "")
    before = pa.total_allocated_bytes()
    outcome = EmbeddedEngine(lake).run_batch(job, lambda *_: held.append(pa.total_allocated_bytes() - before))
    assert outcome.inserted == 200_000
    assert path.stat().st_size > 80_000_000
    assert max(held) < 40_000_000


def test_a_standing_table_is_checked_in_one_pass(lake: Lake, ref: TableRef, send: Send) -> None:
    send(HEADER + "1,甲,2020-01-02,1.50\n2,乙,,99\n3,丙,,\n")
    rules = (
        Rule("r1", "资本不大", "range", ("capital",), {"max": 50}),
        Rule("r2", "日期必填", "required", ("founded",), severity="warn"),
    )
    found = EmbeddedEngine(lake).check_table(ref, rules)
    assert (found.rows, found.passed) == (3, 2)
    assert found.by_rule == {"r1": 1, "r2": 2}
    assert {row.rules for row in found.samples} == {("r1", "r2"), ("r2",)}


def test_sealed_columns_are_checked_in_clear_by_the_engine_alone(lake: Lake, ref: TableRef, tmp_path: Path) -> None:
    schema = TableSchema((Column("id_no", label="身份号码", grade=4, key=True),))
    path = tmp_path / "a.csv"
    path.write_text("身份号码\n11010519491231002X\n123\n")
    engine = EmbeddedEngine(lake)
    job = BatchJob("s", ref, schema, open_source("csv", path), (), {"id_no": "身份号码"}, "", "")
    assert engine.run_batch(job).inserted == 2
    found = engine.check_table(ref, [Rule("r", "有效", "id_no", ("id_no",))])
    assert (found.rows, found.passed) == (2, 1)


def test_the_engine_says_what_it_can_do(lake: Lake) -> None:
    can = EmbeddedEngine(lake).capabilities
    assert can.sealed_zones
    assert not can.distributed
    assert {"csv", "xlsx", "json", "parquet", "postgres"} <= set(can.source_kinds)
