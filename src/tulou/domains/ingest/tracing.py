"""What a trace asks of aggregation: numbers of batches, and batches by the digest of what was sent."""

from collections.abc import Collection
from uuid import UUID

from tulou.domains.ingest.models import Batch


def batch_numbers(ids: Collection[UUID]) -> dict[UUID, str]:
    """Receipt numbers of those batches that exist."""
    return dict(Batch.objects.filter(pk__in=ids).values_list("id", "number"))


def batches_by_digest(sha256: str, limit: int = 20) -> tuple[UUID, ...]:
    """Batches whose content has this digest, newest first."""
    rows = Batch.objects.filter(sha256=sha256).order_by("-registered_at")
    return tuple(rows.values_list("id", flat=True)[:limit])
