"""Reads of the evidence log: entries by subject and actor, proofs, and bundles for outsiders."""

import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db.models import Q, QuerySet
from django.utils import timezone

from tulou.kernel.evidence import log, tree
from tulou.kernel.evidence.models import EvidenceCheckpoint, EvidenceEntry
from tulou.trust import bundle
from tulou.trust.evidence import Checkpoint, Leaf, Promise, open_checkpoint, open_promise

PATIENCE: Final = 2.0


@dataclass(frozen=True, slots=True)
class Entry:
    """A leaf as it stands in the log; `seq` is None for the moment until the clerk has numbered it."""

    id: UUID
    at: datetime
    kind: str
    leaf: Leaf
    leaf_hash: bytes
    seq: int | None
    promise: str


@dataclass(frozen=True, slots=True)
class Proof:
    """One leaf with its number and the siblings that lead from it to the checkpoint's root."""

    entry: Entry
    content: bytes
    path: tuple[bytes, ...]


@dataclass(frozen=True, slots=True)
class Proofs:
    """Inclusion proofs of several leaves, all against one checkpoint."""

    checkpoint: Checkpoint
    items: tuple[Proof, ...]


def entry(leaf_id: UUID) -> Entry | None:
    """One entry, or None."""
    row = EvidenceEntry.objects.filter(id=leaf_id).first()
    return _entry(row) if row else None


def entry_of(promise: Promise) -> Entry | None:
    """The entry that a promise was given for, or None."""
    row = EvidenceEntry.objects.filter(leaf_hash=promise.leaf_hash).first()
    return _entry(row) if row else None


def find(*subjects: str, limit: int = 200, offset: int = 0) -> list[Entry]:
    """Entries about any of these subjects (`type:id`), oldest first."""
    rows = EvidenceEntry.objects.filter(subjects__overlap=list(subjects)).order_by("at", "id")
    return [_entry(row) for row in rows[offset : offset + limit]]


def entry_by_hash(leaf_hash: bytes) -> Entry | None:
    """The entry whose leaf has this hash, or None."""
    row = EvidenceEntry.objects.filter(leaf_hash=leaf_hash).first()
    return _entry(row) if row else None


def latest(*subjects: str, kinds: Sequence[str] = (), limit: int = 200) -> list[Entry]:
    """Entries about any of these subjects, newest first; `kinds` are beginnings of kinds, any of which will do."""
    rows = _about(subjects, kinds).order_by("-at", "-id")
    return [_entry(row) for row in rows[:limit]]


def count(*subjects: str, kinds: Sequence[str] = ()) -> int:
    """How many entries there are about any of these subjects."""
    return _about(subjects, kinds).count()


def journal() -> QuerySet[EvidenceEntry]:
    """The log as rows for a register, newest first. The audit desk alone reads it whole."""
    return EvidenceEntry.objects.order_by("-at", "-id")


def _about(subjects: Sequence[str], kinds: Sequence[str]) -> QuerySet[EvidenceEntry]:
    rows = EvidenceEntry.objects.filter(subjects__overlap=list(subjects))
    wanted = Q()
    for kind in kinds:
        wanted |= Q(kind__startswith=kind)
    return rows.filter(wanted)


def by_actor(
    *,
    party: UUID | None = None,
    person: UUID | None = None,
    since: datetime | None = None,
    until: datetime | None = None,
    limit: int = 200,
    offset: int = 0,
) -> list[Entry]:
    """What a party or a person did, newest first.

    Raises:
        ValueError: neither is named.
    """
    if party is None and person is None:
        raise ValueError("by_actor needs a party or a person")
    rows: QuerySet[EvidenceEntry] = EvidenceEntry.objects.all()
    bounds = {"party": party, "person": person, "at__gte": since, "at__lt": until}
    rows = rows.filter(**{name: value for name, value in bounds.items() if value is not None})
    return [_entry(row) for row in rows.order_by("-at", "-id")[offset : offset + limit]]


def latest_checkpoint() -> Checkpoint | None:
    """The newest signed head of the tree, verified; None before the first leaf."""
    row = tree.head()
    return open_checkpoint(row.token, log.keys()) if row else None


def proofs_for(leaf_ids: Iterable[UUID]) -> Proofs:
    """Inclusion proofs of these leaves against the latest checkpoint, in the order asked.

    Raises:
        ValidationError: a leaf is unknown, or has not been sealed in two seconds.
    """
    asked = list(dict.fromkeys(leaf_ids))
    rows = _sealed(asked)
    head = latest_checkpoint()
    if head is None:
        raise ValidationError("存证日志还是空的，暂无可以证明的留痕")
    tiles = tree.tiles_at(head.size)
    items = [Proof(_entry(row), bytes(row.leaf), tuple(tiles.inclusion_proof(int(row.seq or 0)))) for row in rows]
    return Proofs(head, tuple(items))


def consistency(first: int, second: int) -> list[bytes]:
    """The proof that the tree of `second` leaves only adds to the one of `first`.

    Raises:
        ValueError: the tree has not that many leaves, or first is the larger.
    """
    head = tree.head()
    return tree.tiles_at(head.size if head else 0).consistency_proof(first, second)


def bundle_for(leaf_ids: Iterable[UUID], title: str, *, known: Sequence[int] = ()) -> bytes:
    """A signed bundle of these leaves that an outsider checks offline.

    `known` are sizes of earlier checkpoints that the reader holds; the bundle
    then proves that the log only added to each.

    Raises:
        ValidationError: a leaf is unknown, or has not been sealed in two seconds.
    """
    proofs = proofs_for(leaf_ids)
    records = [
        bundle.Record(item.entry.leaf, opened_promise(item.entry), int(item.entry.seq or 0), item.path)
        for item in proofs.items
    ]
    size = proofs.checkpoint.size
    links = [bundle.Consistency(first, size, consistency(first, size)) for first in known]
    return bundle.build(
        title=title,
        records=records,
        checkpoint=proofs.checkpoint,
        key=log.keys().ensure(bundle.PURPOSE),
        created=timezone.now(),
        consistency=links,
    )


def checkpoints(limit: int = 20) -> list[Checkpoint]:
    """The newest signed heads, verified, newest first."""
    rows = EvidenceCheckpoint.objects.order_by("-size")[:limit]
    return [open_checkpoint(row.token, log.keys()) for row in rows]


def checkpoint_at(size: int) -> Checkpoint | None:
    """The signed head of exactly this size, if there was one."""
    row = EvidenceCheckpoint.objects.filter(size=size).first()
    return open_checkpoint(row.token, log.keys()) if row else None


def _sealed(asked: Sequence[UUID]) -> list[EvidenceEntry]:
    """The rows once the clerk has numbered them all; a leaf of this very moment needs a blink."""
    deadline = time.monotonic() + PATIENCE
    while True:
        found = {row.id: row for row in EvidenceEntry.objects.filter(id__in=asked)}
        unknown = [key for key in asked if key not in found]
        if unknown:
            raise ValidationError(f"没有编号为 {unknown[0]} 的留痕，请核对后重试")
        if all(row.seq is not None for row in found.values()):
            return [found[key] for key in asked]
        if time.monotonic() > deadline:
            raise ValidationError("留痕尚未入链，请稍候再试；若持续如此，请联系平台运营员检查存证进程")
        time.sleep(0.1)


def _entry(row: EvidenceEntry) -> Entry:
    leaf = Leaf.from_bytes(bytes(row.leaf))
    return Entry(row.id, row.at, row.kind, leaf, bytes(row.leaf_hash), row.seq, row.promise)


def opened_promise(item: Entry) -> Promise:
    """The entry's promise, verified."""
    return open_promise(item.promise, log.keys())
