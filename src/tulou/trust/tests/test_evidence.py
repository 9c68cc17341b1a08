"""Leaves, promises and checkpoints: one form, proven signatures, nothing lost on the way."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tulou.trust import evidence, keys, merkle
from tulou.trust.canonical import NotCanonical, canonical
from tulou.trust.evidence import Leaf, LeafActor
from tulou.trust.ids import new_id
from tulou.trust.keys import PublicKeys
from tulou.trust.signed import WrongKind

LEAF = Leaf(
    id=new_id(),
    at=datetime(2026, 3, 1, 8, tzinfo=UTC),
    node="fujian",
    kind="sharing.request.submit",
    actor=LeafActor("party-1", None, "数据管理员"),
    subjects=("request:1", "entry:2"),
    data={"rows": 3},
)


@given(st.datetimes(timezones=st.just(UTC)), st.dictionaries(st.text("abc"), st.integers(0, 9)))
def test_a_leaf_comes_back_from_its_bytes(at: datetime, data: dict[str, Any]) -> None:
    leaf = replace(LEAF, at=at, data=data)
    assert Leaf.from_bytes(leaf.to_bytes()) == leaf


def test_one_moment_has_one_spelling() -> None:
    beijing = replace(LEAF, at=LEAF.at.astimezone(timezone(timedelta(hours=8))))
    assert beijing.to_bytes() == LEAF.to_bytes()
    assert LEAF.to_payload()["at"] == "2026-03-01T08:00:00.000000+00:00"


def test_its_hash_is_that_of_rfc_6962() -> None:
    assert LEAF.hash() == merkle.sha256(b"\0" + LEAF.to_bytes())
    assert LEAF.hash("sm3") == merkle.sm3(b"\0" + LEAF.to_bytes())


@pytest.mark.parametrize(
    "change",
    [{"kind": "submit"}, {"kind": "Sharing.request.submit"}, {"subjects": ("1",)}, {"at": datetime(2026, 1, 1)}],  # noqa: DTZ001
    ids=str,
)
def test_a_leaf_of_unclear_meaning_is_refused(change: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="存证"):
        replace(LEAF, **change)


@pytest.mark.parametrize(
    "change",
    [
        {"extra": 1},
        {"v": 2},
        pytest.param({"id": LEAF.id.hex}, id="id without hyphens"),
        {"at": "2026-03-01T08:00:00Z"},
        {"actor": {}},
        {"subjects": "a:b"},
    ],
    ids=str,
)
def test_another_spelling_of_a_leaf_is_refused(change: dict[str, Any]) -> None:
    with pytest.raises(NotCanonical):
        Leaf.from_bytes(canonical({**LEAF.to_payload(), **change}))


@pytest.mark.parametrize("suite", ["intl-1", "gm-1"])
def test_promise_and_checkpoint_come_back_and_are_not_each_other(suite: str) -> None:
    key = keys.new_key("evidence", suite)
    known = PublicKeys([key.public_entry()])
    given_ = evidence.promise(LEAF.hash(), log="fujian/evidence", at=LEAF.at, key=key)
    sealed = evidence.checkpoint(origin="fujian/evidence", size=1, root=LEAF.hash(), at=LEAF.at, key=key)
    assert evidence.open_promise(given_.token, known) == given_
    assert evidence.open_checkpoint(sealed.token, known) == sealed
    with pytest.raises(WrongKind):
        evidence.open_promise(sealed.token, known)


def test_only_a_key_for_evidence_promises() -> None:
    key = keys.new_key("plans")
    token = evidence.promise(LEAF.hash(), log="l", at=LEAF.at, key=key).token
    with pytest.raises(WrongKind):
        evidence.open_promise(token, PublicKeys([key.public_entry()]))


def test_a_checkpoint_names_a_known_digest() -> None:
    with pytest.raises(ValueError, match="sha-256、sm3"):
        evidence.checkpoint(origin="l", size=0, root=b"", at=LEAF.at, key=keys.new_key("evidence"), digest="md5")
