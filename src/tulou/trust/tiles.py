"""Tiles (树块): a Merkle log kept as blocks of 256 hashes, so that a proof over millions reads a handful of them.

Tile `index` of level 0 holds the leaf hashes from 256·index on; each full tile
has its root as one hash on the level above. A full tile never changes; the
last one of a level is rewritten longer as the log grows, and since it only
ever gains hashes, proofs for an older size still come out of it.
"""

from collections.abc import Sequence
from typing import Final, Protocol

from tulou.trust import merkle
from tulou.trust.merkle import Digest

WIDTH: Final = 256
HEIGHT: Final = 8
HASH_SIZE: Final = 32


class MissingTile(LookupError):
    """A tile that the log's size demands is absent or too short: the storage is damaged."""


class TileStorage(Protocol):
    """Where tiles lie; the caller makes the writes of one `append` atomic."""

    def read(self, level: int, index: int) -> bytes | None:
        """The tile's hashes end to end, or None."""
        ...

    def write(self, level: int, index: int, hashes: bytes) -> None:
        """Keep a tile, replacing a shorter one."""
        ...


class Tiles:
    """A growing log over a tile storage; `size` is the caller's to keep, in its last checkpoint."""

    def __init__(self, storage: TileStorage, size: int = 0, digest: Digest = merkle.sha256) -> None:
        self._storage = storage
        self._digest = digest
        self.size = size

    def append(self, leaves: Sequence[bytes]) -> None:
        """Add leaf hashes; each tile that changes is written once."""
        level, count, incoming = 0, self.size, list(leaves)
        while incoming:
            index, filled = divmod(count, WIDTH)
            hashes = [*self._load(level, index, filled), *incoming]
            incoming = []
            for start in range(0, len(hashes), WIDTH):
                tile = hashes[start : start + WIDTH]
                self._storage.write(level, index + start // WIDTH, b"".join(tile))
                if len(tile) == WIDTH:
                    incoming.append(merkle.root(tile, self._digest))
            level, count = level + 1, count >> HEIGHT
        self.size += len(leaves)

    def root(self, size: int | None = None) -> bytes:
        """The root over the first `size` leaves (all of them by default)."""
        return _Reader(self, self._known(size)).root()

    def inclusion_proof(self, index: int, size: int | None = None) -> list[bytes]:
        """The proof that leaf `index` is in the tree of `size` leaves."""
        known = self._known(size)
        return merkle.inclusion_path(index, known, _Reader(self, known).range_root)

    def consistency_proof(self, first: int, second: int | None = None) -> list[bytes]:
        """The proof that the tree of `second` leaves continues the one of `first`."""
        known = self._known(second)
        return merkle.consistency_path(first, known, _Reader(self, known).range_root)

    def leaf(self, index: int) -> bytes:
        """The leaf hash at this index."""
        self._known(index + 1)
        return self._load(0, index // WIDTH, index % WIDTH + 1)[-1]

    def _known(self, size: int | None) -> int:
        if size is None:
            return self.size
        if not 0 <= size <= self.size:
            raise ValueError(f"日志现有 {self.size} 条记录，不能给出 {size} 条时的证明")
        return size

    def _load(self, level: int, index: int, filled: int) -> list[bytes]:
        if filled == 0:
            return []
        tile = self._storage.read(level, index) or b""
        if len(tile) < filled * HASH_SIZE:
            raise MissingTile(f"存证树块 {level}/{index} 缺失或不完整，请从备份恢复存证库")
        return [tile[i * HASH_SIZE : (i + 1) * HASH_SIZE] for i in range(filled)]


class _Reader:
    """Roots of ranges within one tree size; reads each tile at most once."""

    def __init__(self, tiles: Tiles, size: int) -> None:
        self._tiles = tiles
        self._size = size
        self._read: dict[tuple[int, int], list[bytes]] = {}

    def root(self) -> bytes:
        return self.range_root(0, self._size) if self._size else self._tiles._digest(b"")

    def range_root(self, start: int, end: int) -> bytes:
        count = end - start
        if count & (count - 1) == 0:
            return self._node(count.bit_length() - 1, start // count)
        middle = start + merkle.split(count)
        left, right = self.range_root(start, middle), self.range_root(middle, end)
        return merkle.node_hash(left, right, self._tiles._digest)

    def _node(self, level: int, index: int) -> bytes:
        tile_level, rest = divmod(level, HEIGHT)
        first = index << rest
        offset = first % WIDTH
        hashes = self._tile(tile_level, first // WIDTH)
        return merkle.root(hashes[offset : offset + (1 << rest)], self._tiles._digest)

    def _tile(self, level: int, index: int) -> list[bytes]:
        if (level, index) not in self._read:
            held = (self._size >> HEIGHT * level) - WIDTH * index
            self._read[level, index] = self._tiles._load(level, index, min(WIDTH, held))
        return self._read[level, index]
