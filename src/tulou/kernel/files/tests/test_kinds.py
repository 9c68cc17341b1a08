"""A file is what its bytes say: renamed files, foreign contents and bursting archives are refused with a reason."""

import io
import zipfile
from pathlib import Path

import openpyxl
import pytest
from django.conf import settings

from tulou.kernel.files import BadFile, StoredFile, kinds, store
from tulou.kernel.identity import Actor

ACTOR = Actor.system("test")


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(settings, "FILES", tmp_path / "files")
    return tmp_path / "files"


def keep(data: bytes, name: str, **options: object) -> StoredFile:
    return store(io.BytesIO(data), name, actor=ACTOR, **options)  # type: ignore[arg-type]


def workbook() -> bytes:
    target = io.BytesIO()
    book = openpyxl.Workbook()
    book.active.append(["姓名", "数量"])  # type: ignore[union-attr]
    book.save(target)
    return target.getvalue()


def archive(members: dict[str, bytes]) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, data in members.items():
            packed.writestr(name, data)
    return target.getvalue()


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("data", "name", "media"),
    [
        (workbook(), "表.xlsx", kinds.SHEET),
        ("名称,数量\n".encode("gb18030"), "表.CSV", "text/csv"),
        (b"\xef\xbb\xbfa,b\n", "a.csv", "text/csv"),
        (b"", "空.csv", "text/csv"),
        (b"PAR1....PAR1", "a.parquet", "application/vnd.apache.parquet"),
        (b'{"a": 1}', "a.json", "application/json"),
        (archive({"a.csv": b"1"}), "a.zip", "application/zip"),
    ],
)
def test_files_that_are_what_they_say_are_kept(data: bytes, name: str, media: str) -> None:
    assert keep(data, name).media_type == media


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("data", "name", "reason"),
    [
        (workbook(), "表.csv", "另存为"),
        (b"a,b\n1,2\n", "表.xlsx", "扩展名"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "旧表.csv", "另存为"),
        (b"MZ\x90\x00", "程序.csv", "另存为"),
        (b"MZ\x90\x00", "程序.exe", "不接受"),
        (b"a,b", "没有扩展名", "不接受"),
        (archive({"word/document.xml": b"x"}), "文.xlsx", "XLSX"),
        (workbook()[:200], "断.xlsx", "损坏"),
        (archive({"../../etc/cron.d/x": b"x"}), "a.zip", "包外"),
        (archive({"/etc/x": b"x"}), "a.zip", "包外"),
        (archive({"C:\\x": b"x"}), "a.zip", "包外"),
    ],
)
def test_files_that_are_not_what_they_say_are_refused(data: bytes, name: str, reason: str, folder: Path) -> None:
    with pytest.raises(BadFile, match=reason):
        keep(data, name)
    assert [path for path in folder.rglob("*") if path.is_file()] == []


@pytest.mark.django_db
def test_an_archive_that_would_burst_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    bomb = archive({"xl/workbook.xml": b"<x/>", "xl/worksheets/sheet1.xml": b"0" * 80_000_000})
    assert len(bomb) < 200_000
    with pytest.raises(BadFile, match="炸弹"):
        keep(bomb, "表.xlsx")
    monkeypatch.setattr(kinds, "MAX_MEMBERS", 5)
    with pytest.raises(BadFile, match="炸弹"):
        keep(archive({f"{n}.csv": b"" for n in range(6)}), "a.zip")


@pytest.mark.django_db
def test_a_place_may_accept_fewer_kinds() -> None:
    with pytest.raises(BadFile, match="只接受 CSV"):
        keep(b"%PDF-1.7", "a.pdf", allowed=["csv"])
