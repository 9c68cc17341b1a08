"""Merkle trees exactly as RFC 6962 §2.1 has them, and the tiles that keep a log of millions cheap to prove.

A leaf is hashed behind a 0 byte and a node behind a 1, so that neither passes
for the other. `inclusion_proof` and `consistency_proof` work on a list of leaf
hashes; `Tiles` gives the same proofs from a few stored tiles.
"""

import hashlib
from collections.abc import Callable, Sequence
from typing import Final

from cryptography.hazmat.primitives import hashes

Digest = Callable[[bytes], bytes]


def sha256(data: bytes) -> bytes:
    """SHA-256."""
    return hashlib.sha256(data).digest()


def sm3(data: bytes) -> bytes:
    """SM3."""
    state = hashes.Hash(hashes.SM3())
    state.update(data)
    return state.finalize()


DIGESTS: Final[dict[str, Digest]] = {"sha-256": sha256, "sm3": sm3}


def leaf_hash(data: bytes, digest: Digest = sha256) -> bytes:
    """The hash of one leaf's bytes."""
    return digest(b"\x00" + data)


def node_hash(left: bytes, right: bytes, digest: Digest = sha256) -> bytes:
    """The hash of a node over its two children."""
    return digest(b"\x01" + left + right)


def root(leaves: Sequence[bytes], digest: Digest = sha256) -> bytes:
    """The root over these leaf hashes; of none, the digest of nothing."""
    if not leaves:
        return digest(b"")
    # An odd last node rises unchanged, which yields RFC 6962's split at the largest power of two.
    level = list(leaves)
    while len(level) > 1:
        paired = [node_hash(level[i], level[i + 1], digest) for i in range(0, len(level) - 1, 2)]
        level = paired + level[len(level) & ~1 :]
    return level[0]


def split(size: int) -> int:
    """The largest power of two smaller than `size`: where RFC 6962 divides a tree of two leaves or more."""
    return 1 << (size - 1).bit_length() - 1


# The root over the leaves from the first index up to, not including, the second.
RangeRoot = Callable[[int, int], bytes]


def inclusion_path(index: int, size: int, range_root: RangeRoot) -> list[bytes]:
    """RFC 6962 PATH(index, D[size]), nearest sibling first."""
    if not 0 <= index < size:
        raise ValueError(f"记录序号 {index} 不在前 {size} 条之内")
    path = []
    start, end = 0, size
    while end - start > 1:
        middle = start + split(end - start)
        if index < middle:
            path.append(range_root(middle, end))
            end = middle
        else:
            path.append(range_root(start, middle))
            start = middle
    return path[::-1]


def consistency_path(first: int, second: int, range_root: RangeRoot) -> list[bytes]:
    """RFC 6962 PROOF(first, D[second]); empty from 0 and between equal sizes."""
    if not 0 <= first <= second:
        raise ValueError(f"不能证明 {first} 条与 {second} 条之间的一致性")
    if first in (0, second):
        return []
    path = []
    start, end = 0, second
    while first != end:
        middle = start + split(end - start)
        if first <= middle:
            path.append(range_root(middle, end))
            end = middle
        else:
            path.append(range_root(start, middle))
            start = middle
    if start:
        path.append(range_root(start, end))
    return path[::-1]


def inclusion_proof(leaves: Sequence[bytes], index: int, digest: Digest = sha256) -> list[bytes]:
    """The siblings that lead from one of these leaf hashes to their root."""
    return inclusion_path(index, len(leaves), lambda start, end: root(leaves[start:end], digest))


def consistency_proof(leaves: Sequence[bytes], first: int, digest: Digest = sha256) -> list[bytes]:
    """The hashes which show that the tree over all these leaf hashes continues the one over the `first` of them."""
    return consistency_path(first, len(leaves), lambda start, end: root(leaves[start:end], digest))


def verify_inclusion(
    leaf: bytes, index: int, size: int, proof: Sequence[bytes], expected: bytes, digest: Digest = sha256
) -> bool:
    """Whether the proof leads from this leaf hash, at this index, to the root of the tree of this size (RFC 9162)."""
    if not 0 <= index < size:
        return False
    node, last, value = index, size - 1, leaf
    for sibling in proof:
        if last == 0:
            return False
        if node & 1 or node == last:
            value = node_hash(sibling, value, digest)
            while not node & 1 and node:
                node, last = node >> 1, last >> 1
        else:
            value = node_hash(value, sibling, digest)
        node, last = node >> 1, last >> 1
    return last == 0 and value == expected


def verify_consistency(
    first: int, second: int, proof: Sequence[bytes], old: bytes, new: bytes, digest: Digest = sha256
) -> bool:
    """Whether the tree of `second` leaves with root `new` continues the one of `first` leaves with root `old`."""
    if not 0 <= first <= second:
        return False
    if first == second:
        return not proof and old == new
    if first == 0:
        return not proof and old == digest(b"")
    path = list(proof) if first & (first - 1) else [old, *proof]
    if not path:
        return False
    node, last = first - 1, second - 1
    while node & 1:
        node, last = node >> 1, last >> 1
    was = now = path[0]
    for sibling in path[1:]:
        if last == 0:
            return False
        if node & 1 or node == last:
            was, now = node_hash(sibling, was, digest), node_hash(sibling, now, digest)
            while not node & 1 and node:
                node, last = node >> 1, last >> 1
        else:
            now = node_hash(now, sibling, digest)
        node, last = node >> 1, last >> 1
    return last == 0 and was == old and now == new
