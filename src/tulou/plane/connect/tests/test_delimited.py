"""Bad text files: each is read exactly, or refused with a sentence that helps."""

import hashlib
from pathlib import Path

import pyarrow as pa
import pytest

from tulou.plane.connect import Source, SourceProblem, open_source
from tulou.plane.connect.delimited import DelimitedSource

RARE = "𠮷㐂\U00020087"  # four bytes each in GB18030
LONG = "福建省福州市鼓楼区的居民委员会，" * 3


def written(folder: Path, data: bytes | str, name: str = "data.csv") -> Path:
    path = folder / name
    path.write_bytes(data.encode() if isinstance(data, str) else data)
    return path


def rows(source: Source, size: int = 1000) -> list[tuple[object, ...]]:
    """Row number, then the values; a fault gives its code and its text instead."""
    found: list[tuple[object, ...]] = []
    for batch in source.batches(size):
        names = [name for name in batch.schema.names if not name.startswith("_")]
        for row in batch.to_pylist():
            values = [row[name] for name in names] if row["_fault"] is None else [row["_fault"], row["_line"]]
            found.append((row["_row"], *values))
    return sorted(found, key=lambda row: int(str(row[0])))


@pytest.mark.parametrize("mark", [",", "\t", ";", "|"])
def test_the_separator_is_found(tmp_path: Path, mark: str) -> None:
    text = f"编号{mark}名称{mark}备注\n1{mark}甲，乙{mark}a b\n2{mark}丙{mark}\n"
    source = DelimitedSource(written(tmp_path, text))
    assert source.separator == mark
    assert rows(source) == [(1, "1", "甲，乙", "a b"), (2, "2", "丙", "")]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gbk", "gb18030", "utf-16"])
def test_every_encoding_of_the_trade_gives_the_same_text(tmp_path: Path, encoding: str) -> None:
    name = LONG if encoding == "gbk" else LONG + RARE
    source = DelimitedSource(written(tmp_path, f"编号,名称\n1,{name}\n2,b|c\n".encode(encoding)))
    assert [column.name for column in source.columns()] == ["编号", "名称"]
    assert rows(source) == [(1, "1", name), (2, "2", "b|c")]


def test_an_encoding_is_confirmed_far_behind_the_head(tmp_path: Path) -> None:
    head = "id,name\n" + "".join(f"{n},plain\n" for n in range(600_000))
    source = DelimitedSource(written(tmp_path, head.encode() + f"x,{LONG}{RARE}\n".encode("gb18030")))
    assert source.encoding == "gb18030"
    assert rows(source, 100_000)[-1] == (600_001, "x", LONG + RARE)


def test_damaged_utf8_is_refused_with_its_row_and_not_read_as_gbk(tmp_path: Path) -> None:
    data = ("编号,名称\n1,福建省\n2,福".encode() + "州".encode()[:2] + b"," + "\n3,厦门市思明区\n".encode()) * 3
    with pytest.raises(SourceProblem, match="第 3 行") as caught:
        DelimitedSource(written(tmp_path, data)).columns()
    assert caught.value.code == "encoding"


def test_multibyte_characters_on_chunk_boundaries_are_whole(tmp_path: Path) -> None:
    for shift in range(4):
        text = "x,y\n" + "a" * shift + "," + "福" * 1_500_000 + "\n"
        assert DelimitedSource(written(tmp_path, text)).encoding == "utf-8"


def test_an_empty_file_is_refused(tmp_path: Path) -> None:
    for data in (b"", b"\xef\xbb\xbf", b"\n\n  \n"):
        with pytest.raises(SourceProblem) as caught:
            DelimitedSource(written(tmp_path, data)).columns()
        assert caught.value.code == "empty"


def test_a_header_alone_has_no_rows(tmp_path: Path) -> None:
    for text in ("a,b,c", "a,b,c\r\n", "a,b,c\n\n\n"):
        assert rows(DelimitedSource(written(tmp_path, text))) == []


def test_ragged_rows_are_kept_with_their_number_and_text(tmp_path: Path) -> None:
    text = 'a,b,c\n1,2,3\n4,5\n\n"x\ny",8,9\n7,8,9,10\nlast,"q""q",\n'
    assert rows(DelimitedSource(written(tmp_path, text))) == [
        (1, "1", "2", "3"),
        (2, "source.ragged", "4,5"),
        (3, "x\ny", "8", "9"),
        (4, "source.ragged", "7,8,9,10"),
        (5, "last", 'q"q', ""),
    ]


def test_numbers_stay_right_over_many_blocks(tmp_path: Path) -> None:
    lines = [f"{n}" if n % 997 == 0 else f"{n},{'x' * 40}" for n in range(1, 300_001)]
    found = rows(DelimitedSource(written(tmp_path, "n,v\n" + "\n".join(lines))), 100)
    assert len(found) == 300_000
    assert all(str(row[2 if row[1] == "source.ragged" else 1]) == str(row[0]) for row in found)


def test_an_unclosed_quote_is_refused_rather_than_swallowing_the_rest(tmp_path: Path) -> None:
    with pytest.raises(SourceProblem, match="引号没有成对") as caught:
        rows(DelimitedSource(written(tmp_path, 'a,b\n1,2\n"3,4\n5,6\n7,8\n')))
    assert caught.value.row == 2


def test_duplicate_headers_are_refused_and_blank_ones_named(tmp_path: Path) -> None:
    with pytest.raises(SourceProblem, match="第 3 列与第 1 列同名"):
        DelimitedSource(written(tmp_path, "a,b, a\n1,2,3\n")).columns()
    assert [c.name for c in DelimitedSource(written(tmp_path, "a,,c\n1,2,3\n")).columns()] == ["a", "第2列", "c"]


def test_nul_bytes_make_their_row_a_fault(tmp_path: Path) -> None:
    found = rows(DelimitedSource(written(tmp_path, b"a,b\n1,x\0y\n2,z\n3\0\n")))
    assert [(row[0], row[1]) for row in found] == [(1, "source.nul"), (2, "2"), (3, "source.ragged")]
    assert "\0" not in str(found)
    assert "x\u2400y" in str(found[0][2])


def test_the_identity_is_the_hash_of_the_bytes(tmp_path: Path) -> None:
    path = written(tmp_path, "a\n1\n")
    assert DelimitedSource(path).identity().sha256 == hashlib.sha256(b"a\n1\n").hexdigest()


def test_values_are_never_changed(tmp_path: Path) -> None:
    values = ["007", " x ", "1.50", "NULL", "nan", "true", "=cmd|' /C calc'!A0", "3.50E+17", "１２"]
    path = written(tmp_path, "a,b\n" + "\n".join(f"{value},." for value in values))
    assert [row[1] for row in rows(DelimitedSource(path))] == values


def test_an_unknown_kind_is_refused() -> None:
    with pytest.raises(SourceProblem, match="csv"):
        open_source("dbf", "x")


def test_batches_have_the_agreed_layout(tmp_path: Path) -> None:
    [batch] = DelimitedSource(written(tmp_path, "a\n1\n")).batches(10)
    assert batch.schema.field("_row").type == pa.int64()
    assert batch.schema.names == ["a", "_row", "_fault", "_line"]
