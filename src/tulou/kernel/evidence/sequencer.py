"""The sequencer (定序): numbers, tiles and a signed checkpoint for what was recorded, in one transaction.

Killed at any moment it leaves either everything of a round or nothing of it,
so that numbers have no gaps and every checkpoint has its tiles. Only one
sequencer works at a time, whoever starts a second.
"""

from typing import Final

from django.db import connection, transaction
from django.utils import timezone

from tulou.kernel.evidence import log, tree
from tulou.kernel.evidence.models import EvidenceCheckpoint, EvidenceEntry
from tulou.trust.evidence import checkpoint

LOCK: Final = 0x74756C6F75_01
ROUND: Final = 5_000

NUMBER = """
UPDATE evidence_entry e SET seq = n.seq FROM unnest(%s::uuid[], %s::bigint[]) AS n(id, seq) WHERE e.id = n.id
"""


def sequence(limit: int = ROUND) -> int:
    """Take up to `limit` waiting entries into the tree; how many there were. Nothing waiting: nothing written."""
    if not EvidenceEntry.objects.filter(seq=None).exists():
        return 0
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])
        waiting = EvidenceEntry.objects.filter(seq=None).order_by("at", "id").values_list("id", "leaf_hash")[:limit]
        entries = [(key, bytes(value)) for key, value in waiting]
        if entries:
            _seal([key for key, _ in entries], [value for _, value in entries])
    return len(entries)


def _seal(ids: list[object], hashes: list[bytes]) -> None:
    head = tree.head()
    first = head.size if head else 0
    with connection.cursor() as cursor:
        cursor.execute(NUMBER, [ids, list(range(first, first + len(ids)))])
    tiles = tree.tiles_at(first)
    tiles.append(hashes)
    sealed = checkpoint(
        origin=log.name(),
        size=tiles.size,
        root=tiles.root(),
        at=timezone.now(),
        key=log.signing_key(),
        digest=log.DIGEST,
    )
    EvidenceCheckpoint.objects.create(size=sealed.size, root=sealed.root, at=sealed.at, token=sealed.token)
