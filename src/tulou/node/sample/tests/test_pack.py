"""The pack: original bytes, complete licences, within its size, the same bytes every time."""

import csv
import gzip
import io
from pathlib import Path

import pytest

from tulou.node.sample import pack
from tulou.node.sample.counties import abolished_codes, counties

NOTICE = pack.ROOM.parents[3] / "NOTICE"


def table(name: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(pack.open_dataset(name).decode("utf-8-sig"), newline="")))


@pytest.fixture(scope="module")
def originals(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of originals, as the packing script expects it."""
    folder = tmp_path_factory.mktemp("originals")
    for info in pack.sources():
        pack.unpack_dataset(info.code, folder)
    villages = folder / "regions_a" / pack.VILLAGES
    (folder / "regions_a" / "villages.csv.gz").write_bytes(gzip.compress(villages.read_bytes()))
    return folder


def test_every_file_opens_with_the_bytes_of_its_manifest_line() -> None:
    for item in pack.manifest():
        assert len(pack.open_dataset(item.path)) == item.bytes


def test_the_pack_holds_what_the_province_needs() -> None:
    assert len(pack.dataset_names("epidemic")) == 70
    rows = {item.path: item.rows for item in pack.manifest()}
    assert rows["regions_a/areas.csv"] == 2_978
    assert rows["regions_a/streets.csv"] == 41_352
    assert rows["regions_a/villages_fujian.csv"] == 17_498
    assert rows["regions_c/ok_data_level4.csv"] == 43_118
    assert rows["air/PRSA_data_2010.1.1-2014.12.31.csv"] == 43_824


def test_the_repository_carries_at_most_ten_megabytes() -> None:
    assert sum(path.stat().st_size for path in pack.ROOM.rglob("*") if path.is_file()) < pack.SIZE_LIMIT


def test_a_byte_order_mark_survives() -> None:
    assert pack.open_dataset("regions_c/ok_data_level4.csv").startswith(b"\xef\xbb\xbfid,pid")


def test_the_originals_pack_to_the_manifest_of_the_repository(originals: Path, tmp_path: Path) -> None:
    assert pack.main(["--source", str(originals), "--target", str(tmp_path)]) == 0

    assert (tmp_path / pack.MANIFEST).read_bytes() == (pack.DATA / pack.MANIFEST).read_bytes()
    assert {path.name for path in tmp_path.glob("*.tar.xz")} == {f"{info.code}.tar.xz" for info in pack.sources()}


def test_packing_the_same_originals_gives_the_same_bytes(
    originals: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    small = tuple(info for info in pack.sources() if info.code in {"epidemic", "maps"})
    monkeypatch.setattr(pack, "sources", lambda: small)
    for folder in ("one", "two"):
        pack.pack(originals, tmp_path / folder)
    for path in (originals / "maps").iterdir():
        path.touch()  # neither the time nor the owner of an original reaches the archive
    pack.pack(originals, tmp_path / "three")

    for info in small:
        name = f"{info.code}.tar.xz"
        assert len({(tmp_path / folder / name).read_bytes() for folder in ("one", "two", "three")}) == 1


def test_a_missing_original_is_named(originals: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert pack.main(["--source", str(tmp_path), "--target", str(tmp_path / "out")]) == 1
    assert "provinces.csv" in capsys.readouterr().err


def test_an_unknown_name_says_where_the_names_are() -> None:
    with pytest.raises(pack.DatasetProblem, match=pack.MANIFEST):
        pack.open_dataset("regions_a/nothing.csv")
    with pytest.raises(pack.DatasetProblem, match="sources"):
        pack.unpack_dataset("nothing", Path("unused"))


def test_a_damaged_archive_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    content = pack.open_dataset("maps/fujian_province.geojson")
    blob = pack._tar_xz([("maps/fujian_province.geojson", content.replace(b"118", b"119", 1))])
    (tmp_path / "maps.tar.xz").write_bytes(blob)
    monkeypatch.setattr(pack, "DATA", tmp_path)
    with pytest.raises(pack.DatasetProblem, match="校验值"):
        pack.open_dataset("maps/fujian_province.geojson")


def test_unpacking_a_source_writes_its_original_files(tmp_path: Path) -> None:
    paths = pack.unpack_dataset("epidemic", tmp_path)
    assert len(paths) == 70
    assert paths[0].read_bytes() == pack.open_dataset("epidemic/2020-01-10.csv")


def test_every_source_and_licence_stands_in_the_notice() -> None:
    text = NOTICE.read_text(encoding="utf-8")
    for info in pack.sources():
        assert info.code in text
        assert info.copyright in text
        assert info.address in text


def test_the_three_compilers_really_disagree_about_fujian() -> None:
    first = {row["code"] for row in table("regions_a/areas.csv") if row["provinceCode"] == "35"}
    second = {row["code"] for row in table("regions_b/area.csv") if row["province"] == "35"}
    third = {
        row["id"] for row in table("regions_c/ok_data_level4.csv") if len(row["id"]) == 6 and row["id"][:2] == "35"
    }

    assert second - first == set(abolished_codes())
    assert first - second == {"350404", "350405", "350604", "350605"} | (first & {"350403"})
    assert first == third


def test_the_county_table_is_the_first_compilers_84_counties() -> None:
    packed = {row["code"]: row["name"] for row in table("regions_a/areas.csv") if row["provinceCode"] == "35"}
    assert {county.code: county.name for county in counties()} == packed
    assert len(packed) == 84
