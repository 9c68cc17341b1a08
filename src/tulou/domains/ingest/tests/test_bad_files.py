"""Files that cannot land: each gives a failed batch with a remedy, and nothing of it is in the lake."""

import io
import zipfile

import pytest
from django.core.exceptions import ValidationError

from tulou.domains.ingest import lake as room
from tulou.domains.ingest import services
from tulou.domains.ingest.models import Batch
from tulou.domains.ingest.tests.ground import GOOD, Ground
from tulou.plane.tables import LakeProblem, TableRef, Zone

HEADER = "区划代码,名称,人口\n"


def landed_rows(batch: Batch) -> int:
    """How many batches of this table the lake's ledger holds."""
    room.lake().ensure_zone(Zone(batch.zone))
    return len(room.lake().ledger(batch.zone))


@pytest.mark.parametrize(
    ("content", "code", "remedy"),
    [
        (b"", "empty", "请检查是否传错了文件"),
        (b"\xef\xbb\xbf", "empty", "请检查是否传错了文件"),
        (HEADER.encode(), "no_rows", "请检查导出是否完整"),
        (b"\xff\xfe\x00\xd8\n\x01", "encoding", "请用 UTF-8 编码另存后重新上传"),
        ("区划代码,名称,名称\n1,2,3\n".encode(), "duplicate_header", "请修改表头后重新上传"),
        ((HEADER + '1,"没有结束\n2,b,3\n').encode(), "unclosed_quote", "请补上缺少的引号"),
    ],
    ids=["empty", "mark only", "header only", "damaged encoding", "duplicate headers", "unclosed quote"],
)
def test_an_unreadable_file_fails_with_its_remedy(ground: Ground, content: bytes, code: str, remedy: str) -> None:
    batch = ground.send(content)
    assert (batch.status, batch.problem_code) == ("failed", code)
    assert remedy in batch.remedy
    assert (batch.sent, landed_rows(batch)) == (0, 0)


def test_gbk_lands_as_it_was_written(ground: Ground) -> None:
    batch = ground.send(GOOD.encode("gbk"))
    assert (batch.status, batch.accepted) == ("landed", 3)
    assert batch.source.options["encoding"] == "gb18030"


@pytest.mark.parametrize(
    ("row", "rule"),
    [
        ("350105,马尾区\n", "source.ragged"),
        ("350105,马尾\0区,1\n", "source.nul"),
        ("350105,=cmd|' /C calc'!A0,1\n", "source.formula"),
        ("3.50E+17,马尾区,1\n", "always.code.not_scientific"),
    ],
    ids=["ragged", "NUL", "formula", "damaged code"],
)
def test_a_bad_row_is_kept_back_and_the_others_land(ground: Ground, row: str, rule: str) -> None:
    batch = ground.send(GOOD + row)
    assert (batch.status, batch.sent, batch.accepted, batch.rejected) == ("landed", 4, 3, 1)
    assert batch.by_rule == {rule: 1}


@pytest.mark.parametrize("name", ["../../etc/passwd.csv", "..\\区划.csv", "a\0b.csv"])
def test_path_tricks_in_a_name_are_only_a_name(ground: Ground, name: str) -> None:
    source = ground.drop(GOOD, name)
    assert not {"/", "\\", "\0"} & set(source.title)


@pytest.mark.parametrize("name", ["区划.exe", "区划.docx", "区划", "区划.csv.zip"])
def test_other_kinds_of_file_are_refused_at_the_door(ground: Ground, name: str) -> None:
    with pytest.raises(ValidationError, match="文件"):
        ground.drop(b"PK\x03\x04", name)
    assert not Batch.objects.exists()


def test_a_zip_bomb_is_refused_at_the_door(ground: Ground) -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", "<workbook/>")
        archive.writestr("xl/worksheets/sheet1.xml", b"\0" * (80 << 20))
    with pytest.raises(ValidationError, match="压缩"):
        ground.drop(packed.getvalue(), "区划.xlsx")


def test_a_full_disk_is_said_with_its_remedy(ground: Ground, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(ref: TableRef, landing: object) -> None:
        raise LakeProblem("disk_full", "磁盘空间不足，本批次未入库", "请清理磁盘后重新提交，已入库的数据不受影响")

    source = ground.drop(GOOD)
    batch = services.start_batch(source, actor=ground.manager).batch
    monkeypatch.setattr(room.lake(), "land", full)
    ground.work()
    batch.refresh_from_db()
    assert (batch.status, batch.problem_code) == ("failed", "disk_full")
    assert "清理磁盘" in batch.remedy
    monkeypatch.undo()
    services.retry_batch(batch, actor=ground.manager)
    ground.work()
    batch.refresh_from_db()
    assert (batch.status, batch.accepted, batch.problem) == ("landed", 3, "")
