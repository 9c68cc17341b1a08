"""The auditor (承诺审计): was every promise kept, and does the log still say what was promised?

Each round checks what is new and a random sample of what is old; `full` checks
everything. What it finds stands in `EvidenceFault` and is shown by `tulou check`.
"""

import random
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from django.db.models import QuerySet
from django.utils import timezone

from tulou.kernel.evidence import log, tree
from tulou.kernel.evidence.models import EvidenceAudit, EvidenceCheckpoint, EvidenceEntry, EvidenceFault
from tulou.trust.canonical import NotCanonical
from tulou.trust.evidence import Leaf, open_checkpoint, open_promise
from tulou.trust.keys import UnknownKey
from tulou.trust.merkle import DIGESTS, leaf_hash, root, verify_consistency, verify_inclusion
from tulou.trust.signed import Forged, WrongKind
from tulou.trust.tiles import HASH_SIZE, WIDTH, MissingTile, Tiles

SAMPLE: Final = 32
CHUNK: Final = WIDTH

UNKEPT = "unkept"
ALTERED = "altered"
MISSING = "missing"
BROKEN_TREE = "broken_tree"
BAD_HEAD = "bad_head"
BAD_PROMISE = "bad_promise"


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is wrong, with the leaf concerned where there is one."""

    code: str
    entry: UUID | None
    detail: str


@dataclass(frozen=True, slots=True)
class AuditReport:
    """How many leaves were checked, how large the log is, and what was found."""

    checked: int
    size: int
    faults: tuple[Fault, ...]


def audit(*, full: bool = False, sample: int = SAMPLE) -> AuditReport:
    """Check the log and keep what is found; nothing new and nothing wrong: nothing written."""
    faults = _unkept()
    head = tree.head()
    checked = 0
    if head is not None:
        seen = EvidenceAudit.objects.order_by("-size").first()
        start = 0 if full or seen is None else min(seen.size, head.size)
        found = [*_head(head, seen), *_leaves(start, head.size), *_sample(head, sample)]
        found += _whole(head) if full else ()
        checked = head.size - start
        if not found and (seen is None or seen.size < head.size):
            EvidenceAudit.objects.get_or_create(size=head.size, defaults={"root": head.root, "at": timezone.now()})
        faults += found
    unique = tuple(dict.fromkeys(faults))
    _keep(unique)
    return AuditReport(checked, head.size if head else 0, unique)


@dataclass(frozen=True, slots=True)
class Audited:
    """How far the log was found sound, and when."""

    size: int
    at: datetime


def last_sound() -> Audited | None:
    """The newest audit that found nothing wrong; it is written when the log has grown."""
    row = EvidenceAudit.objects.order_by("-size").first()
    return Audited(row.size, row.at) if row else None


def standing_faults() -> list[Fault]:
    """Faults that were found and are not settled, for `tulou check` and the audit desk."""
    rows = EvidenceFault.objects.filter(settled_at=None).order_by("found_at")
    return [Fault(row.code, row.entry, row.detail) for row in rows]


def _unkept() -> list[Fault]:
    """Promises seen waiting now and still waiting after the promised delay.

    Looking twice keeps a long transaction, whose leaf is old when it becomes
    visible, from being taken for a broken promise.
    """
    due = EvidenceEntry.objects.filter(seq=None, at__lt=timezone.now() - log.MERGE_DELAY)
    waiting = list(due.values_list("id", flat=True)[:10_000])
    if not waiting:
        return []
    time.sleep(log.MERGE_DELAY.total_seconds())
    still = EvidenceEntry.objects.filter(seq=None, id__in=waiting).values_list("id", flat=True)
    return [Fault(UNKEPT, key, "承诺一秒内入链，至今未入链；请检查存证进程是否在运行") for key in still]


def _head(head: EvidenceCheckpoint, seen: EvidenceAudit | None) -> Iterator[Fault]:
    """The head is signed by this node, is the root of the tiles, and only adds to the head of the last audit."""
    try:
        signed = open_checkpoint(head.token, log.keys())
        if (signed.size, signed.root, signed.origin) != (head.size, bytes(head.root), log.name()):
            yield Fault(BAD_HEAD, None, f"检查点 {head.size} 的签名内容与登记不符")
    except (Forged, WrongKind, UnknownKey) as problem:
        yield Fault(BAD_HEAD, None, f"检查点 {head.size}：{problem}")
    tiles, digest = tree.tiles_at(head.size), DIGESTS[log.DIGEST]
    try:
        if tiles.root() != bytes(head.root):
            yield Fault(BROKEN_TREE, None, f"树块的根与检查点 {head.size} 不符，树块被改动")
        if seen is None:
            return
        if seen.size > head.size:
            yield Fault(BROKEN_TREE, None, f"日志从 {seen.size} 条退到 {head.size} 条，请从备份恢复存证库")
            return
        proof = tiles.consistency_proof(seen.size)
        if not verify_consistency(seen.size, head.size, proof, bytes(seen.root), bytes(head.root), digest):
            yield Fault(BROKEN_TREE, None, f"检查点 {head.size} 不是上次审计（{seen.size} 条）的延续，历史被改写")
    except MissingTile as problem:
        yield Fault(BROKEN_TREE, None, str(problem))


def _leaves(start: int, size: int) -> Iterator[Fault]:
    """Each leaf from `start` on is there, unaltered, promised, and at its place in the tree."""
    storage = tree.DatabaseTiles()
    for first in range(start - start % CHUNK, size, CHUNK):
        tile = storage.read(0, first // CHUNK) or b""
        last = min(first + CHUNK, size)
        rows = {row.seq: row for row in EvidenceEntry.objects.filter(seq__gte=first, seq__lt=last)}
        for seq in range(max(first, start), last):
            row = rows.get(seq)
            if row is None:
                yield Fault(MISSING, None, f"第 {seq} 条留痕不见了，请从备份恢复存证库")
                continue
            at = (seq - first) * HASH_SIZE
            yield from _leaf(row, tile[at : at + HASH_SIZE])


def _leaf(row: EvidenceEntry, in_tree: bytes) -> Iterator[Fault]:
    content, stored = bytes(row.leaf), bytes(row.leaf_hash)
    if leaf_hash(content, DIGESTS[log.DIGEST]) != stored or stored != in_tree or not _columns_agree(row, content):
        yield Fault(ALTERED, row.id, f"第 {row.seq} 条留痕的内容与入链时不符，记录被改动")
    try:
        given = open_promise(row.promise, log.keys())
        if given.leaf_hash != stored or given.log != log.name():
            yield Fault(BAD_PROMISE, row.id, f"第 {row.seq} 条留痕的承诺不是为它签发的")
    except (Forged, WrongKind, UnknownKey) as problem:
        yield Fault(BAD_PROMISE, row.id, f"第 {row.seq} 条留痕的承诺：{problem}")


def _columns_agree(row: EvidenceEntry, content: bytes) -> bool:
    """The columns that queries use say what the leaf says."""
    try:
        leaf = Leaf.from_bytes(content)
    except NotCanonical:
        return False
    columns = (row.id, row.at, row.kind, tuple(row.subjects), _text(row.party), _text(row.person))
    return columns == (leaf.id, leaf.at, leaf.kind, leaf.subjects, leaf.actor.party, leaf.actor.person)


def _sample(head: EvidenceCheckpoint, count: int) -> Iterator[Fault]:
    """Random old leaves: unaltered, and proven to be in the tree as an outsider would prove it."""
    tiles = tree.tiles_at(head.size)
    picked = random.sample(range(head.size), min(count, head.size))
    rows: QuerySet[EvidenceEntry] = EvidenceEntry.objects.filter(seq__in=picked)
    for row in rows:
        try:
            yield from _included(row, head, tiles)
        except MissingTile as problem:
            yield Fault(BROKEN_TREE, None, str(problem))


def _included(row: EvidenceEntry, head: EvidenceCheckpoint, tiles: Tiles) -> Iterator[Fault]:
    seq, digest = int(row.seq or 0), DIGESTS[log.DIGEST]
    actual = leaf_hash(bytes(row.leaf), digest)
    yield from _leaf(row, tiles.leaf(seq))
    if actual != tiles.leaf(seq):
        return
    if not verify_inclusion(actual, seq, head.size, tiles.inclusion_proof(seq), bytes(head.root), digest):
        yield Fault(BROKEN_TREE, row.id, f"第 {seq} 条留痕不能证明在检查点 {head.size} 之内")


def _whole(head: EvidenceCheckpoint) -> Iterator[Fault]:
    """The root recomputed from every leaf's content."""
    digest = DIGESTS[log.DIGEST]
    contents = EvidenceEntry.objects.filter(seq__lt=head.size).order_by("seq").values_list("leaf", flat=True)
    if root([leaf_hash(bytes(content), digest) for content in contents.iterator()], digest) != bytes(head.root):
        yield Fault(BROKEN_TREE, None, f"由全部留痕重算的根与检查点 {head.size} 不符")


def _keep(faults: tuple[Fault, ...]) -> None:
    """Record new faults once; a promise kept late is marked so and stays on record."""
    now = timezone.now()
    for fault in faults:
        EvidenceFault.objects.get_or_create(
            code=fault.code, entry=fault.entry, settled_at=None, defaults={"found_at": now, "detail": fault.detail}
        )
    late = EvidenceFault.objects.filter(code=UNKEPT, settled_at=None)
    if late.exists():
        kept = EvidenceEntry.objects.filter(id__in=late.values("entry"), seq__isnull=False).values("id")
        late.filter(entry__in=kept).update(settled_at=now)


def _text(value: UUID | None) -> str | None:
    return str(value) if value else None
