"""RFC 6962 by its known vectors, by another implementation, and by law; tiles give the same and read little."""

from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pymerkle import InmemoryTree

from tulou.trust import merkle, verifier
from tulou.trust.tiles import MissingTile, Tiles

# Certificate Transparency's reference tree
INPUTS = [
    bytes.fromhex(text)
    for text in (
        "",
        "00",
        "10",
        "2021",
        "3031",
        "40414243",
        "5051525354555657",
        "606162636465666768696a6b6c6d6e6f",
    )
]
ROOTS = [
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]
LEAVES = [merkle.leaf_hash(data) for data in INPUTS]
DIGESTS = st.sampled_from(sorted(merkle.DIGESTS))


def hashes(size: int, digest: merkle.Digest = merkle.sha256) -> list[bytes]:
    return [merkle.leaf_hash(str(number).encode(), digest) for number in range(size)]


def test_the_reference_roots() -> None:
    assert merkle.root([]).hex() == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    assert [merkle.root(LEAVES[:size]).hex() for size in range(1, 9)] == ROOTS


def test_the_reference_proofs() -> None:
    assert [value.hex() for value in merkle.inclusion_proof(LEAVES, 0)] == [
        "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
    ]
    assert [value.hex() for value in merkle.consistency_proof(LEAVES, 6)] == [
        "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
        "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    ]


@pytest.mark.parametrize("size", [1, 2, 3, 7, 8, 13, 64, 100])
def test_another_implementation_gives_the_same_roots_and_accepts_the_same_history(size: int) -> None:
    tree = InmemoryTree(algorithm="sha256")
    for number in range(size):
        tree.append_entry(str(number).encode())
    ours = hashes(size)
    assert tree.get_root() == merkle.root(ours)
    for index in range(size):
        # its path begins with the leaf itself and ours does not
        theirs = tree.prove_inclusion(index + 1, size)
        assert theirs.serialize()["path"][1:] == [value.hex() for value in merkle.inclusion_proof(ours, index)]
    for first in range(1, size + 1):
        assert tree.get_root(first) == merkle.root(ours[:first])
        assert tree.prove_consistency(first, size).verify(merkle.root(ours[:first]), merkle.root(ours)) is None


@settings(max_examples=60, deadline=None)
@given(st.integers(1, 200), DIGESTS, st.data())
def test_a_proof_proves_its_leaf_at_its_place_and_nothing_else(size: int, name: str, data: st.DataObject) -> None:
    digest = merkle.DIGESTS[name]
    leaves = hashes(size, digest)
    index = data.draw(st.integers(0, size - 1))
    root, proof = merkle.root(leaves, digest), merkle.inclusion_proof(leaves, index, digest)
    assert merkle.verify_inclusion(leaves[index], index, size, proof, root, digest)
    assert verifier.included(leaves[index], index, size, proof, digest) == root
    other = data.draw(st.integers(0, size + 3))
    if other != index:
        assert not merkle.verify_inclusion(leaves[index], other, size, proof, root, digest)
    assert not merkle.verify_inclusion(digest(b"other"), index, size, proof, root, digest)
    assert not merkle.verify_inclusion(leaves[index], index, size, [*proof, root], root, digest)
    if proof:
        assert not merkle.verify_inclusion(leaves[index], index, size, proof[:-1], root, digest)
        broken = list(proof)
        broken[data.draw(st.integers(0, len(proof) - 1))] = digest(b"other")
        assert not merkle.verify_inclusion(leaves[index], index, size, broken, root, digest)


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 200), st.integers(0, 200), st.data())
def test_consistency_holds_for_every_prefix_and_for_no_other_tree(one: int, two: int, data: st.DataObject) -> None:
    first, second = sorted((one, two))
    leaves = hashes(second)
    old, new, proof = merkle.root(leaves[:first]), merkle.root(leaves), merkle.consistency_proof(leaves, first)
    assert merkle.verify_consistency(first, second, proof, old, new)
    if 0 < first < second:
        assert verifier.continued(first, second, proof, old, merkle.sha256) == (old, new)
        rewritten = list(leaves)
        rewritten[data.draw(st.integers(0, first - 1))] = merkle.sha256(b"other")
        false = merkle.root(rewritten)
        forged = merkle.consistency_proof(rewritten, first)
        assert not merkle.verify_consistency(first, second, forged, old, false)
        assert not merkle.verify_consistency(first, second, proof, old, false)
        assert not merkle.verify_consistency(first, second, proof[:-1], old, new)
        assert not merkle.verify_consistency(first, second, [*proof, new], old, new)


@pytest.mark.parametrize(("index", "size"), [(-1, 3), (3, 3), (0, 0)])
def test_no_proof_beyond_the_tree(index: int, size: int) -> None:
    with pytest.raises(ValueError, match="不在前"):
        merkle.inclusion_proof(hashes(size), index)
    assert not merkle.verify_inclusion(merkle.sha256(b""), index, size, [], merkle.sha256(b""))


class Shelf:
    """Tiles in memory, every read counted, full tiles never rewritten."""

    def __init__(self) -> None:
        self.tiles: dict[tuple[int, int], bytes] = {}
        self.reads: list[tuple[int, int]] = []
        self.writes = 0

    def read(self, level: int, index: int) -> bytes | None:
        self.reads.append((level, index))
        return self.tiles.get((level, index))

    def write(self, level: int, index: int, hashes: bytes) -> None:
        before = self.tiles.get((level, index), b"")
        assert len(before) < 256 * 32, "a full tile was written again"
        assert hashes.startswith(before)
        self.tiles[level, index] = hashes
        self.writes += 1


def grown(leaves: Sequence[bytes], steps: Sequence[int], digest: merkle.Digest = merkle.sha256) -> tuple[Shelf, Tiles]:
    shelf = Shelf()
    at = 0
    for step in [*steps, len(leaves)]:
        Tiles(shelf, at, digest).append(leaves[at : at + step])
        at = min(at + step, len(leaves))
    return shelf, Tiles(shelf, at, digest)


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 1500), st.lists(st.integers(0, 400), max_size=6), DIGESTS, st.data())
def test_tiles_give_what_the_list_gives_for_every_size_they_passed(
    size: int, steps: list[int], name: str, data: st.DataObject
) -> None:
    digest = merkle.DIGESTS[name]
    leaves = hashes(size, digest)
    _, tiles = grown(leaves, steps, digest)
    assert tiles.size == size
    then = data.draw(st.integers(0, size))
    assert tiles.root(then) == merkle.root(leaves[:then], digest)
    first = data.draw(st.integers(0, then))
    assert tiles.consistency_proof(first, then) == merkle.consistency_proof(leaves[:then], first, digest)
    if then:
        index = data.draw(st.integers(0, then - 1))
        assert tiles.inclusion_proof(index, then) == merkle.inclusion_proof(leaves[:then], index, digest)
        assert tiles.leaf(index) == leaves[index]


def test_a_log_of_a_million_is_proven_from_a_handful_of_tiles() -> None:
    size = 1_000_003
    leaves = [number.to_bytes(32, "big") for number in range(size)]
    shelf, tiles = grown(leaves, [])
    expected = merkle.root(leaves)
    for index in (0, 1, 255, 256, 65_535, 65_536, 524_287, 999_999, size - 1):
        shelf.reads.clear()
        proof = tiles.inclusion_proof(index)
        assert len(shelf.reads) <= 6
        assert merkle.verify_inclusion(leaves[index], index, size, proof, expected)
    shelf.reads.clear()
    proof = tiles.consistency_proof(777_777)
    assert len(shelf.reads) <= 9
    assert merkle.verify_consistency(777_777, size, proof, tiles.root(777_777), expected)
    shelf.reads.clear()
    shelf.writes = 0
    tiles.append(leaves[:3])
    assert len(shelf.reads) <= 4
    assert shelf.writes <= 4


def test_a_lost_or_short_tile_is_named() -> None:
    leaves = hashes(600)
    shelf, tiles = grown(leaves, [])
    shelf.tiles[0, 1] = shelf.tiles[0, 1][:-1]
    with pytest.raises(MissingTile, match="0/1"):
        tiles.inclusion_proof(300)
    del shelf.tiles[0, 2]
    with pytest.raises(MissingTile, match="0/2"):
        tiles.root()


def test_no_proof_of_a_future_size() -> None:
    _, tiles = grown(hashes(5), [])
    with pytest.raises(ValueError, match="现有 5 条"):
        tiles.root(6)
