"""The Merkle tree in PostgreSQL: tiles as rows, the latest checkpoint as its size."""

from django.db import connection

from tulou.kernel.evidence import log
from tulou.kernel.evidence.models import EvidenceCheckpoint
from tulou.trust.merkle import DIGESTS
from tulou.trust.tiles import Tiles

WRITE_TILE = """
INSERT INTO evidence_tile (level, index, data) VALUES (%s, %s, %s)
ON CONFLICT (level, index) DO UPDATE SET data = EXCLUDED.data
"""


class DatabaseTiles:
    """`tulou.trust.tiles.TileStorage` over the table of tiles, in the caller's transaction."""

    def read(self, level: int, index: int) -> bytes | None:
        """The tile's hashes end to end, or None."""
        with connection.cursor() as cursor:
            cursor.execute("SELECT data FROM evidence_tile WHERE level = %s AND index = %s", [level, index])
            row = cursor.fetchone()
        return bytes(row[0]) if row else None

    def write(self, level: int, index: int, hashes: bytes) -> None:
        """Keep a tile, replacing a shorter one."""
        with connection.cursor() as cursor:
            cursor.execute(WRITE_TILE, [level, index, hashes])


def tiles_at(size: int) -> Tiles:
    """The tree of the first `size` leaves."""
    return Tiles(DatabaseTiles(), size, DIGESTS[log.DIGEST])


def head() -> EvidenceCheckpoint | None:
    """The latest checkpoint, or None before the first leaf."""
    return EvidenceCheckpoint.objects.order_by("-size").first()
