"""The hub's side of a landing (回执): written from the lake's own ledger, in one transaction, once.

Whoever comes first writes it: the job that landed the batch, the job that was
started again after a kill, or the reconciler. All read the same ledger row.
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from tulou.domains.access.public import RightSpec, amend, establish, note_copy, right
from tulou.domains.catalog.public import ItemInfo, bind_table, entry, items, note_update
from tulou.domains.ingest.lake import lake
from tulou.domains.ingest.models import Batch
from tulou.domains.ingest.vocabulary import BatchStatus
from tulou.domains.ingest.workflow import BATCH
from tulou.kernel.calendar import now
from tulou.kernel.evidence import record
from tulou.kernel.identity import Actor
from tulou.plane.tables import LandedBatch
from tulou.trust.keys import KeyStore
from tulou.trust.plans import PlanColumn, TableRef
from tulou.trust.signed import sign

RECEIPT: Final = "batch-receipt"
QUARANTINE: Final = "ingest.quarantine"
SYSTEM: Final = Actor.system("数据汇聚")
FOREVER: Final = datetime(2099, 12, 31, tzinfo=UTC)
REJECTED_COLUMNS: Final = (
    PlanColumn("_batch", "批次"),
    PlanColumn("_row", "来源行号"),
    PlanColumn("reasons", "退回原因"),
    PlanColumn("rules", "未通过的规则"),
    PlanColumn("raw", "原始内容"),
    PlanColumn("rejected_at", "退回时间"),
)


def settle(batch_id: UUID, landed: LandedBatch) -> Batch:
    """Complete the receipt of a batch that the lake holds; doing it again changes nothing."""
    rows, snapshot = lake().standing(landed.table, landed.batch_id)
    with transaction.atomic():
        batch = Batch.objects.select_for_update(of=("self",)).get(pk=batch_id)
        if batch.status != BatchStatus.LANDED:
            _settle(batch, landed, rows, snapshot)
    return batch


def _settle(batch: Batch, landed: LandedBatch, rows: int, snapshot: int | None) -> None:
    counts = {
        "sent": landed.sent, "accepted": landed.accepted, "rejected": landed.rejected, "inserted": landed.inserted,
        "changed": landed.changed, "unchanged": landed.unchanged,
    }  # fmt: skip
    told: dict[str, Any] = {
        **counts,
        "sha256": landed.file_hash,
        "position": landed.position,
        "by_rule": dict(landed.by_rule),
        "rules": [rule["id"] for rule in batch.rules],
        "zone": landed.table.zone,
        "table": landed.table.name,
        "snapshot": snapshot,
        "standing": rows,
    }
    subjects = [f"batch:{batch.id}", f"entry:{batch.entry_id}", f"agency:{batch.provider_id}"]
    promise = record("ingest.batch.landed", actor=SYSTEM, subjects=subjects, data={"number": batch.number, **told})
    leaf = promise.leaf_hash.hex()
    finished = landed.landed_at.replace(tzinfo=UTC)
    changes: dict[str, object] = {
        **counts,
        "sha256": landed.file_hash,
        "position": landed.position,
        "by_rule": dict(landed.by_rule),
        "warned": dict(landed.warned),
        "snapshot": snapshot,
        "standing": rows,
        "started_at": landed.started_at.replace(tzinfo=UTC),
        "finished_at": finished,
        "receipt_leaf": leaf,
        "receipt": _signed(batch, told, finished, leaf),
        **dict.fromkeys(("problem_code", "problem", "problem_column", "remedy"), ""),
        "problem_row": None,
    }
    BATCH.advance(batch, "land", actor=SYSTEM, changes=changes, receipt=leaf)
    _tell_others(batch, landed.table, finished)


def _signed(batch: Batch, told: Mapping[str, Any], finished: datetime, leaf: str) -> str:
    """The receipt as a token that anybody with the node's public key can check."""
    payload = {
        "v": 1,
        "node": settings.NODE.id,
        "number": batch.number,
        "batch": str(batch.id),
        "entry": str(batch.entry_id),
        "provider": str(batch.provider_id),
        "source": batch.source_name,
        "kind": batch.kind,
        "resubmits": str(batch.resubmits_id) if batch.resubmits_id else None,
        "landed_at": finished.isoformat(),
        "leaf": leaf,
        **told,
    }
    return sign(RECEIPT, payload, KeyStore(Path(settings.KEYS)).ensure("node"))


def _tell_others(batch: Batch, ref: TableRef, finished: datetime) -> None:
    """Bind the table to its entry, give its provider the right to its own rows, and register the copies."""
    bind_table(batch.entry_id, ref, actor=SYSTEM)
    note_update(batch.entry_id, on=timezone.localdate(finished), rows=batch.standing)
    columns = tuple(_column(item) for item in items(batch.entry_id))
    _own(batch, ref, columns, "核对本机构已入库的数据")
    rejected = TableRef(ref.zone, f"{ref.name}__rejected")
    _own(batch, rejected, REJECTED_COLUMNS, "更正退回的数据")
    if batch.rejected:
        kept = Batch.objects.filter(zone=ref.zone, table=ref.name).values_list("rejected", flat=True)
        note_copy(QUARANTINE, entry=batch.entry_id, place=f"{rejected.zone}.{rejected.name}", rows=sum(kept))


def _own(batch: Batch, ref: TableRef, columns: tuple[PlanColumn, ...], purpose: str) -> None:
    spec = RightSpec(
        kind="ownership", ref=f"entry:{batch.entry_id}", caller=batch.provider_id, entry=batch.entry_id, table=ref,
        columns=columns, rows=(), channels=("preview", "file"), purpose=purpose, valid_from=now(), valid_to=FOREVER,
    )  # fmt: skip
    right_id = establish(spec, actor=SYSTEM)
    standing = right(right_id)
    if standing is not None and standing.columns != columns:
        amend(right_id, columns=columns, actor=SYSTEM)


def _column(item: ItemInfo) -> PlanColumn:
    return PlanColumn(item.name, item.label)


def own_rights(entry_id: UUID) -> tuple[UUID | None, UUID | None]:
    """The provider's rights over its own rows and over the rejected ones, where they stand."""
    from tulou.domains.access.public import rights_on

    known = entry(entry_id)
    if known is None or known.table is None:
        return None, None
    found = {r.table: r.id for r in rights_on(entry_id) if r.kind == "ownership" and r.status == "active"}
    return found.get(known.table.name), found.get(f"{known.table.name}__rejected")
