"""What aggregation tells others."""

from dataclasses import dataclass
from uuid import UUID

from tulou.domains.ingest.models import Batch
from tulou.kernel.outbox import event
from tulou.kernel.workflow import Step


@event("ingest.batch_landed", version=1, ordered_by="entry")
@dataclass(frozen=True)
class BatchLanded:
    """A batch landed: sent = accepted + rejected; `by_rule` counts rejected rows by rule id."""

    batch: UUID
    entry: UUID
    provider: UUID
    sent: int
    accepted: int
    rejected: int
    by_rule: dict[str, int]


@event("ingest.batch_failed", version=1, ordered_by="entry")
@dataclass(frozen=True)
class BatchFailed:
    """A batch did not land, and nothing of it was kept."""

    batch: UUID
    entry: UUID
    provider: UUID
    code: str


def landed_event(batch: Batch, step: Step) -> BatchLanded:
    """The event of a landing."""
    return BatchLanded(
        batch.id, batch.entry_id, batch.provider_id, batch.sent, batch.accepted, batch.rejected, dict(batch.by_rule)
    )


def failed_event(batch: Batch, step: Step) -> BatchFailed:
    """The event of a failure."""
    return BatchFailed(batch.id, batch.entry_id, batch.provider_id, batch.problem_code)
