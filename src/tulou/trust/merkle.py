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
