"""The file store: same content one blob, nothing half-written, nothing by a crooked name, gone when destroyed."""

import hashlib
import io
import stat
from pathlib import Path

import pytest
from django.conf import settings
from django.db import transaction
from hypothesis import HealthCheck, given
from hypothesis import settings as effort
from hypothesis import strategies as st

from tulou.kernel.files import BadFile, StoredFile, destroy, open_file, path_of, store, verify
from tulou.kernel.files.services import safe_name, sweep
from tulou.kernel.identity import Actor
from tulou.trust.ids import new_id

ACTOR = Actor(person=new_id(), party=new_id(), kind="person", label="数据管理员")


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(settings, "FILES", tmp_path / "files")
    return tmp_path / "files"


def files_in(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


class Dripping(io.RawIOBase):
    """A stream that gives a few bytes at a time, and may break."""

    def __init__(self, data: bytes, *, breaks: bool = False) -> None:
        self._data, self._breaks = io.BytesIO(data), breaks

    def read(self, size: int = -1) -> bytes:
        part = self._data.read(min(size, 3) if size >= 0 else 3)
        if not part and self._breaks:
            raise ConnectionResetError("断开")
        return part


@pytest.mark.django_db
@effort(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.text(min_size=1, max_size=300))
def test_what_was_stored_is_read_back(text: str) -> None:
    data = b"a," + text.encode("utf-8", "ignore")
    kept = store(Dripping(data), "表.csv", actor=ACTOR)  # type: ignore[arg-type]
    assert kept.sha256 == hashlib.sha256(data).hexdigest()
    assert kept.size == len(data)
    with open_file(kept.sha256) as file:
        assert file.read() == data
    assert verify(kept.sha256)


@pytest.mark.django_db
def test_equal_contents_share_one_blob(folder: Path) -> None:
    one = store(io.BytesIO(b"a,b\n1,2\n"), "甲.csv", actor=ACTOR)
    two = store(io.BytesIO(b"a,b\n1,2\n"), "乙.csv", actor=ACTOR)
    assert one.sha256 == two.sha256
    assert one.id != two.id
    assert files_in(folder) == [path_of(one.sha256)]


@pytest.mark.django_db
def test_nobody_else_can_read_a_stored_file() -> None:
    kept = store(io.BytesIO(b"a\n"), "a.csv", actor=ACTOR)
    place = path_of(kept.sha256)
    assert stat.S_IMODE(place.stat().st_mode) == 0o400
    assert all(stat.S_IMODE(parent.stat().st_mode) == 0o700 for parent in list(place.parents)[:3])


@pytest.mark.django_db
def test_a_broken_upload_leaves_nothing(folder: Path) -> None:
    with pytest.raises(ConnectionResetError):
        store(Dripping(b"a,b,c,d", breaks=True), "a.csv", actor=ACTOR)  # type: ignore[arg-type]
    assert files_in(folder) == []
    assert not StoredFile.objects.exists()


@pytest.mark.django_db
def test_too_large_a_file_is_refused_before_it_fills_the_disk(folder: Path) -> None:
    with pytest.raises(BadFile, match="拆分"):
        store(io.BytesIO(b"x" * 3_000_000), "a.csv", actor=ACTOR, limit=1_000_000)
    assert files_in(folder) == []


@pytest.mark.django_db
def test_destroying_a_hash_destroys_every_upload_of_it(folder: Path) -> None:
    kept = store(io.BytesIO(b"secret\n"), "名单.csv", actor=ACTOR)
    store(io.BytesIO(b"secret\n"), "又一份.csv", actor=ACTOR)
    other = store(io.BytesIO(b"other\n"), "其他.csv", actor=ACTOR)
    assert destroy(kept.sha256) == 2
    with pytest.raises(FileNotFoundError, match="已销毁"):
        open_file(kept.sha256)
    assert files_in(folder) == [path_of(other.sha256)]
    assert set(StoredFile.objects.filter(sha256=kept.sha256).values_list("name", flat=True)) == {""}
    assert destroy(kept.sha256) == 0


@pytest.mark.django_db
def test_destruction_zeroes_the_bytes_on_disk(folder: Path, tmp_path: Path) -> None:
    kept = store(io.BytesIO(b"secret\n"), "名单.csv", actor=ACTOR)
    other_link = tmp_path / "same-inode"
    other_link.hardlink_to(path_of(kept.sha256))
    destroy(kept.sha256)
    assert other_link.read_bytes() == b"\0" * 7


@pytest.mark.django_db
def test_a_changed_blob_is_noticed_and_healed_by_storing_again() -> None:
    kept = store(io.BytesIO(b"a\n"), "a.csv", actor=ACTOR)
    place = path_of(kept.sha256)
    place.chmod(0o600)
    place.write_bytes(b"b\n")
    assert not verify(kept.sha256)
    store(io.BytesIO(b"a\n"), "a.csv", actor=ACTOR)
    assert verify(kept.sha256)


@pytest.mark.django_db
def test_a_rolled_back_upload_leaves_no_row() -> None:
    with transaction.atomic():
        store(io.BytesIO(b"a\n"), "a.csv", actor=ACTOR)
        transaction.set_rollback(True)
    assert not StoredFile.objects.exists()


@pytest.mark.django_db
def test_bytes_of_a_rolled_back_upload_are_swept_and_others_stay(folder: Path) -> None:
    with transaction.atomic():
        store(io.BytesIO(b"undone\n"), "a.csv", actor=ACTOR)
        transaction.set_rollback(True)
    kept = store(io.BytesIO(b"kept\n"), "a.csv", actor=ACTOR)
    assert sweep() == 0, "the upload may still be committed"
    assert sweep(older_than=-1) == 1
    assert files_in(folder) == [path_of(kept.sha256)]


@pytest.mark.django_db
def test_drafts_of_a_crash_are_swept(folder: Path) -> None:
    store(io.BytesIO(b"a\n"), "a.csv", actor=ACTOR)
    (folder / "drafts" / "left").write_bytes(b"half")
    assert sweep() == 0, "it may still be written"
    assert sweep(older_than=-1) == 1


@pytest.mark.parametrize("crooked", ["", "..", "../../etc/passwd", "a" * 63, "A" * 64, "0" * 63 + "/", "0" * 64 + "\n"])
def test_only_a_hash_names_a_file(crooked: str) -> None:
    with pytest.raises(ValueError):
        path_of(crooked)


@pytest.mark.parametrize(
    ("given_name", "kept"),
    [
        ("../../etc/passwd.csv", "passwd.csv"),
        ("C:\\用户\\表.csv", "表.csv"),
        ("/abs/表.csv", "表.csv"),
        ("表\u202exslx.csv", "表xslx.csv"),
        ("a\x00b\n.csv", "ab.csv"),
        ("  .hidden.csv  ", "hidden.csv"),
        ("长" * 300 + ".xlsx", "长" * 120 + ".xlsx"),
        ('<img src="x">.csv', "img src=x.csv"),
    ],
)
def test_names_are_made_safe(given_name: str, kept: str) -> None:
    assert safe_name(given_name) == kept


@pytest.mark.parametrize("nothing", ["", "..", "a/", "\x00", " . "])
def test_a_name_of_nothing_is_refused(nothing: str) -> None:
    with pytest.raises(BadFile, match="文件名"):
        safe_name(nothing)


@given(st.text(max_size=400))
def test_a_safe_name_never_leads_anywhere(name: str) -> None:
    try:
        safe = safe_name(name)
    except BadFile:
        return
    assert Path("/x", safe).parent == Path("/x")
    assert Path("/x", safe).name not in ("", ".", "..")
    assert safe_name(safe) == safe
