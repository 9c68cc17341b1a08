"""Keys: private halves stay in a closed folder, the newest signs, old ones verify, revoked ones do not."""

import multiprocessing
import os
from pathlib import Path

import pytest

from tulou.trust import keys
from tulou.trust.keys import KeyStore, KeyStoreProblem, PublicKeys, UnknownKey
from tulou.trust.signed import open_signed, sign


@pytest.fixture
def store(tmp_path: Path) -> KeyStore:
    return KeyStore(tmp_path / "keys")


def test_folder_and_files_are_closed_to_others_whatever_the_umask(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        folder = tmp_path / "data" / "keys"
        KeyStore(folder).create("node")
    finally:
        os.umask(before)
    assert folder.stat().st_mode & 0o777 == 0o700
    assert {path.stat().st_mode & 0o777 for path in folder.iterdir()} == {0o600}


@pytest.mark.parametrize("suite", ["intl-1", "gm-1"])
def test_a_key_survives_a_restart(store: KeyStore, tmp_path: Path, suite: str) -> None:
    made = store.create("evidence", suite)
    assert KeyStore(tmp_path / "keys").current("evidence") == made
    assert KeyStore(tmp_path / "keys").get(made.id).private == made.private


def test_rotation_signs_with_the_new_key_and_still_verifies_the_old(store: KeyStore) -> None:
    old = store.create("plans")
    token = sign("access-plan", {"a": 1}, store.current("plans"))
    new = store.create("plans", "gm-1")
    assert store.current("plans") == new
    assert open_signed("access-plan", token, store) == {"a": 1}
    assert [entry["id"] for entry in store.public_list()] == [old.id, new.id]


def test_another_process_sees_a_rotation_and_a_revocation(store: KeyStore, tmp_path: Path) -> None:
    other = KeyStore(tmp_path / "keys")
    first = store.create("plans")
    assert other.current("plans") == first
    second = store.create("plans")
    assert other.current("plans") == second
    store.revoke(second.id)
    assert other.current("plans") == first
    assert other.get(second.id).revoked is not None


def test_purposes_are_apart(store: KeyStore) -> None:
    store.create("plans")
    with pytest.raises(UnknownKey, match="evidence"):
        store.current("evidence")
    with pytest.raises(ValueError, match="用途"):
        store.create("../plans")


def test_what_a_revoked_key_signed_is_refused(store: KeyStore) -> None:
    key = store.create("plans")
    token = sign("access-plan", {"a": 1}, key)
    store.revoke(key.id)
    with pytest.raises(UnknownKey, match="吊销"):
        open_signed("access-plan", token, store)
    with pytest.raises(UnknownKey, match="吊销"):
        open_signed("access-plan", token, PublicKeys(store.public_list()))
    with pytest.raises(UnknownKey):
        store.current("plans")


def test_the_public_list_verifies_and_holds_no_private_half(store: KeyStore) -> None:
    key = store.create("node")
    token = sign("x", {"a": 1}, key)
    listed = store.public_list()
    assert key.private is not None
    assert key.private.hex() not in str(listed)
    assert open_signed("x", token, PublicKeys(listed)) == {"a": 1}
    assert PublicKeys(listed).get(key.id) == key.public_half()


def test_a_private_half_is_never_printed(store: KeyStore) -> None:
    key = store.create("node")
    assert key.private is not None
    assert key.private.hex() not in repr(key)
    assert repr(key.private) not in repr(key)


def test_a_suite_cannot_be_exchanged_behind_an_id(store: KeyStore) -> None:
    store.create("node")
    [entry] = store.public_list()
    with pytest.raises(ValueError, match="编号"):
        PublicKeys([{**entry, "suite": "gm-1"}])
    with pytest.raises(ValueError, match="编号"):
        PublicKeys([{**entry, "public": keys.new_key("node").public.hex()}])


@pytest.mark.parametrize("which", ["folder", "file"])
def test_an_open_folder_or_file_is_refused_with_the_remedy(tmp_path: Path, which: str) -> None:
    folder = tmp_path / "keys"
    KeyStore(folder).create("node")
    target = folder if which == "folder" else next(folder.glob("node.*.json"))
    target.chmod(0o755 if which == "folder" else 0o644)
    with pytest.raises(KeyStoreProblem, match="chmod"):
        KeyStore(folder).current("node")


def test_a_damaged_file_is_named(tmp_path: Path) -> None:
    folder = tmp_path / "keys"
    KeyStore(folder).create("node")
    path = next(folder.glob("node.*.json"))
    path.write_bytes(path.read_bytes()[:-9])
    with pytest.raises(KeyStoreProblem, match=path.name):
        KeyStore(folder).current("node")


def test_a_half_written_draft_is_no_key(store: KeyStore, tmp_path: Path) -> None:
    key = store.create("node")
    (tmp_path / "keys" / ".0123.abcd").write_bytes(b"{")
    assert KeyStore(tmp_path / "keys").current("node") == key


def _ensure(folder: Path) -> str:
    return KeyStore(folder).ensure("evidence").id


def test_processes_that_start_at_once_agree_on_one_key(tmp_path: Path) -> None:
    with multiprocessing.get_context("spawn").Pool(4) as pool:
        made = pool.map(_ensure, [tmp_path / "keys"] * 8)
    assert len(set(made)) == 1
    assert len(KeyStore(tmp_path / "keys").public_list()) == 1


def test_a_folder_at_rest_is_not_read_again_and_a_change_still_shows(store: KeyStore, tmp_path: Path) -> None:
    key = store.create("plans")
    folder = tmp_path / "keys"
    os.utime(folder, (1_700_000_000, 1_700_000_000))
    other = KeyStore(folder)
    assert other.current("plans") is other.current("plans")
    store.revoke(key.id)
    with pytest.raises(UnknownKey):
        other.current("plans")
