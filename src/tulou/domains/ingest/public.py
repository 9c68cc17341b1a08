"""The door of aggregation for other domains."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from tulou.domains.catalog.public import entry as entry_info
from tulou.domains.ingest.checks import Provider, register_checks, rules_for
from tulou.domains.ingest.events import BatchFailed, BatchLanded
from tulou.domains.ingest.freshness import Freshness, freshness_many, freshness_of
from tulou.domains.ingest.lake import engine, lake
from tulou.domains.ingest.models import Batch
from tulou.domains.ingest.queries import DayLanded, landed_by_day
from tulou.domains.ingest.settling import own_rights
from tulou.domains.ingest.tracing import batch_numbers, batches_by_digest
from tulou.domains.ingest.vocabulary import BatchStatus

__all__ = [
    "BatchFailed",
    "BatchInfo",
    "BatchLanded",
    "DayLanded",
    "Freshness",
    "Provider",
    "batch",
    "batch_by_number",
    "batch_numbers",
    "batches",
    "batches_by_digest",
    "engine",
    "freshness",
    "freshness_many",
    "lake",
    "landed_by_day",
    "latest",
    "own_rights",
    "register_checks",
    "rules_for",
]


@dataclass(frozen=True, slots=True)
class BatchInfo:
    """A batch and, once it landed, its receipt: sent = accepted + rejected."""

    id: UUID
    number: str
    entry: UUID
    provider: UUID
    status: str
    kind: str
    source_name: str
    zone: str
    table: str
    sha256: str
    position: str
    sent: int
    accepted: int
    rejected: int
    inserted: int
    changed: int
    unchanged: int
    by_rule: dict[str, int]
    warned: dict[str, int]
    rules: tuple[dict[str, str], ...]
    standing: int
    snapshot: int | None
    registered_at: datetime
    started_at: datetime | None
    finished_at: datetime | None
    resubmits: UUID | None
    receipt_leaf: str
    problem: str
    remedy: str


def _info(row: Batch) -> BatchInfo:
    return BatchInfo(
        id=row.id,
        number=row.number,
        entry=row.entry_id,
        provider=row.provider_id,
        status=row.status,
        kind=row.kind,
        source_name=row.source_name,
        zone=row.zone,
        table=row.table,
        sha256=row.sha256,
        position=row.position,
        sent=row.sent,
        accepted=row.accepted,
        rejected=row.rejected,
        inserted=row.inserted,
        changed=row.changed,
        unchanged=row.unchanged,
        by_rule=dict(row.by_rule),
        warned=dict(row.warned),
        rules=tuple(row.rules),
        standing=row.standing,
        snapshot=row.snapshot,
        registered_at=row.registered_at,
        started_at=row.started_at,
        finished_at=row.finished_at,
        resubmits=row.resubmits_id,
        receipt_leaf=row.receipt_leaf,
        problem=row.problem,
        remedy=row.remedy,
    )


def batch(batch_id: UUID) -> BatchInfo | None:
    """The batch with this id, whoever asks; callers check what their viewer may see."""
    row = Batch.objects.filter(pk=batch_id).first()
    return _info(row) if row else None


def batches(entry: UUID) -> tuple[BatchInfo, ...]:
    """All batches of an entry, newest first."""
    return tuple(_info(row) for row in Batch.objects.filter(entry=entry))


def latest(entry: UUID) -> BatchInfo | None:
    """The batch that landed last for an entry."""
    row = Batch.objects.filter(entry=entry, status=BatchStatus.LANDED).order_by("-finished_at").first()
    return _info(row) if row else None


def freshness(entry: UUID) -> Freshness:
    """How fresh the data of an entry are."""
    known = entry_info(entry)
    return freshness_of(known) if known else Freshness(None, None, False)


def batch_by_number(number: str) -> BatchInfo | None:
    """The batch with this receipt number, whoever asks."""
    row = Batch.objects.filter(number=number).first()
    return _info(row) if row else None
