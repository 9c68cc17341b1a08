"""Commands of aggregation: drop a file, name a table, settle its columns, start, cancel and repeat a batch."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, BinaryIO
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from tulou.domains.access.public import note_copy
from tulou.domains.catalog.public import EntryInfo, entry, items, published
from tulou.domains.ingest import reading
from tulou.domains.ingest.matching import Matching, match, may_be_left_out
from tulou.domains.ingest.models import Batch, Source
from tulou.domains.ingest.vocabulary import BY_EXTENSION, BatchStatus, SourceKind
from tulou.domains.ingest.workflow import BATCH
from tulou.kernel import jobs
from tulou.kernel.calendar import now, today
from tulou.kernel.evidence import record
from tulou.kernel.files import BadFile, store
from tulou.kernel.identity import Actor
from tulou.kernel.permissions import require
from tulou.trust.ids import new_id

UPLOADS = "ingest.upload"
STANDING = (BatchStatus.REGISTERED, BatchStatus.RUNNING, BatchStatus.LANDED)


@dataclass(frozen=True, slots=True)
class TableAddress:
    """A table of a PostgreSQL database. The password is sealed at once and never shown or logged."""

    host: str
    database: str
    user: str
    password: str
    table: str
    schema: str = "public"
    port: int = 5432
    sslmode: str = "prefer"
    timeout: int = reading.READ_TIMEOUT

    def __repr__(self) -> str:
        return f"TableAddress({self.host}:{self.port}/{self.database} {self.schema}.{self.table})"


@dataclass(frozen=True, slots=True)
class Started:
    """A batch, and whether this call made it; otherwise it is the one that stands for the same content."""

    batch: Batch
    fresh: bool


@transaction.atomic
def drop_file(entry_id: UUID, stream: BinaryIO, name: str, *, actor: Actor) -> Source:
    """Keep an upload and look at it. What stands in the way of reading it is on the source, not raised.

    Raises:
        ValidationError: the entry cannot take data now, or the file is of no kind that is accepted here.
    """
    known = _receiving(entry_id, actor)
    try:
        stored = store(stream, name, actor=actor, allowed=BY_EXTENSION)
    except BadFile as refused:
        raise ValidationError({"file": str(refused)}) from refused
    kind = BY_EXTENSION[stored.name.rpartition(".")[2].lower()]
    source = Source.objects.filter(
        entry=entry_id, kind=kind, sha256=stored.sha256, title=stored.name, erased_at=None
    ).first()
    if source is None:
        source = Source(entry_id=entry_id, kind=kind, title=stored.name, sha256=stored.sha256, size=stored.size)
    note_copy(UPLOADS, entry=entry_id, place=f"{stored.sha256}/{entry_id}")
    return _register(source, known, actor)


@transaction.atomic
def name_table(entry_id: UUID, address: TableAddress, *, title: str = "", actor: Actor) -> Source:
    """Register a table of a database as a source, once the connection was tried.

    Raises:
        ValidationError: it cannot be reached or read; the message says what to do.
    """
    known = _receiving(entry_id, actor)
    source = Source(entry_id=entry_id, kind=SourceKind.POSTGRES)
    source.title = title.strip() or f"{address.schema}.{address.table}"
    source.options = {
        "host": address.host.strip(), "port": address.port, "database": address.database, "schema": address.schema,
        "table": address.table, "sslmode": address.sslmode, "timeout": address.timeout,
    }  # fmt: skip
    source.credentials = reading.seal_credentials(source.id, address.user, address.password)
    source = _register(source, known, actor)
    if source.problem and source.problem["code"] != "no_rows":
        raise ValidationError(f"{source.problem['message']}。{source.problem['remedy']}")
    return source


@transaction.atomic
def look_again(source: Source, *, actor: Actor) -> Source:
    """Read the columns of a source anew, such as after its system was changed or its password corrected."""
    known = _receiving(source.entry_id, actor)
    return _register(source, known, actor)


@transaction.atomic
def settle_columns(
    source: Source, mapping: Mapping[str, str], *, left_out: Sequence[str] = (), ignored: Sequence[str] = (),
    actor: Actor,
) -> Source:  # fmt: skip
    """Say which column fills which item, which items this source does not bring, and which columns do not land.

    Raises:
        ValidationError: a column is unknown or used twice, or an item that must be there is left out.
    """
    _receiving(source.entry_id, actor)
    row = Source.objects.select_for_update(of=("self",)).get(pk=source.pk)
    known = {item.name: item for item in items(row.entry_id)}
    problems = []
    used = list(mapping.values())
    for name, column in mapping.items():
        if name not in known or column not in row.columns:
            problems.append(f"“{known[name].label if name in known else name}”对应的列“{column}”不存在")
        elif used.count(column) > 1:
            problems.append(f"列“{column}”对应了不止一个信息项，请只保留一个")
    kept = [known[name] for name in left_out if name in known and not may_be_left_out(known[name])]
    problems += [f"信息项“{item.label}”是主键或必填，不能不报送" for item in kept]
    if problems:
        raise ValidationError(list(dict.fromkeys(problems)))
    row.mapping, row.left_out = dict(mapping), sorted(set(left_out) - set(mapping))
    row.ignored = sorted(set(ignored) - set(used))
    row.save(update_fields=["mapping", "left_out", "ignored"])
    record(
        "ingest.source.match",
        actor=actor,
        subjects=[f"source:{row.id}", f"entry:{row.entry_id}"],
        data={"items": sorted(mapping), "left_out": row.left_out, "ignored": len(row.ignored)},
    )
    return row


def matching_of(source: Source) -> Matching:
    """The source beside its entry as both stand now."""
    return match(
        source.columns,
        items(source.entry_id),
        known=source.mapping,
        left_out=source.left_out,
        ignored=source.ignored,
    )


@transaction.atomic
def start_batch(source: Source, *, actor: Actor, resubmits: Batch | None = None) -> Started:
    """Register a batch and enqueue it. The same file with the same columns again gives the standing batch.

    Raises:
        ValidationError: the entry cannot take data, the columns are not settled, or the batch to correct is not one.
    """
    known = _receiving(source.entry_id, actor)
    row = Source.objects.select_for_update(of=("self",)).get(pk=source.pk)
    match_now = matching_of(row)
    if not row.problem and not match_now.settled:
        raise ValidationError(f"{match_now.message}。{match_now.remedy}")
    _demand_correctable(resubmits, row)
    _demand_fitting_zone(known)
    print_ = _fingerprint(row, match_now.mapping)
    standing = _standing(row, print_)
    if standing is not None:
        return Started(standing, fresh=False)
    batch = _new_batch(row, known, match_now.mapping, print_, resubmits, actor)
    try:
        with transaction.atomic():
            BATCH.begin(batch, actor=actor, source=row, resubmits=resubmits)
    except IntegrityError:
        other = _standing(row, print_)
        if other is None:
            raise
        return Started(other, fresh=False)
    _enqueue(batch, actor)
    return Started(batch, fresh=True)


@transaction.atomic
def cancel_batch(batch: Batch, *, actor: Actor, note: str = "", revision: int | None = None) -> Batch:
    """Cancel a batch. One that runs stops at its next step; one that already landed stays landed."""
    require(actor, "ingest.load", organisation=batch.provider_id)
    BATCH.advance(batch, "cancel", actor=actor, note=note, revision=revision, changes={"finished_at": now()})
    if _working(batch) and batch.job is not None:
        jobs.cancel(batch.job, actor=actor)
    return batch


@transaction.atomic
def retry_batch(batch: Batch, *, actor: Actor, note: str = "", revision: int | None = None) -> Batch:
    """Run a batch again under the same number; what the lake already holds of it is not added again.

    Raises:
        ValidationError: a batch of the same content stands already.
    """
    require(actor, "ingest.load", organisation=batch.provider_id)
    standing = _standing(batch.source, batch.fingerprint)
    if standing is not None and standing.pk != batch.pk:
        raise ValidationError(f"相同内容已由批次 {standing.number} 办理，请查看该批次的回执")
    if _working(batch):
        raise ValidationError("上一次作业正在停止，请稍候再重新汇聚")
    cleared: dict[str, object] = dict.fromkeys(("problem_code", "problem", "problem_column", "remedy"), "")
    cleared |= {"problem_row": None, "finished_at": None}
    BATCH.advance(batch, "retry", actor=actor, note=note, revision=revision, changes=cleared)
    _enqueue(batch, actor)
    return batch


def _receiving(entry_id: UUID, actor: Actor) -> EntryInfo:
    """The entry, if the actor may load its data and it is in use."""
    known = entry(entry_id)
    if known is None:
        raise ValidationError("没有这条目录，请从目录列表重新选择")
    require(actor, "ingest.load", organisation=known.provider)
    if not published(entry_id):
        raise ValidationError("目录尚未发布或已停用，不能汇聚数据；请先完成目录的审核发布")
    if not known.table_name:
        raise ValidationError("目录没有登记数据表名称，不能汇聚；请发起目录变更补上数据表")
    return known


def _register(source: Source, known: EntryInfo, actor: Actor) -> Source:
    """Look at the source, propose its mapping from the last one that landed, and keep it."""
    fresh = source._state.adding
    source.provider_id, source.created_by = known.provider, source.created_by or actor.label
    reading.look(source)
    last = Source.objects.filter(entry=source.entry_id, batches__status=BatchStatus.LANDED).first()
    before = last if fresh else source
    if before is not None:
        source.left_out = [n for n in before.left_out if n not in source.columns]
        source.ignored = [n for n in before.ignored if n in source.columns]
    known_mapping = before.mapping if before is not None else {}
    found = match(
        source.columns, items(source.entry_id), known=known_mapping, left_out=source.left_out, ignored=source.ignored
    )
    source.mapping = dict(found.mapping)
    source.save()
    record(
        "ingest.source.register" if fresh else "ingest.source.look",
        actor=actor,
        subjects=[f"source:{source.id}", f"entry:{source.entry_id}", f"agency:{source.provider_id}"],
        data={"kind": source.kind, "sha256": source.sha256, "columns": len(source.columns)},
    )
    return source


def _demand_correctable(batch: Batch | None, source: Source) -> None:
    if batch is None:
        return
    if batch.entry_id != source.entry_id or batch.status != BatchStatus.LANDED:
        raise ValidationError("只能为同一目录已入库的批次补报，请从该批次的页面进入")


def _demand_fitting_zone(known: EntryInfo) -> None:
    """An entry that became sensitive must not go on landing in the clear."""
    if (known.contains_personal or known.grade >= 3) and known.zone.endswith("_plain"):
        raise ValidationError(
            "目录已调整为敏感数据，原数据表在未加密的数据区，不能继续入库；请联系平台运营人员迁移数据表后再汇聚"
        )


def _new_batch(
    source: Source, known: EntryInfo, mapping: Mapping[str, str], print_: str, resubmits: Batch | None, actor: Actor
) -> Batch:
    batch_id = new_id()
    return Batch(
        id=batch_id,
        number=f"HJ{today():%Y%m%d}-{batch_id.hex[-10:].upper()}",
        entry_id=source.entry_id,
        provider_id=known.provider,
        source=source,
        resubmits=resubmits,
        kind=source.kind,
        source_name=source.title,
        fingerprint=print_,
        zone=known.zone,
        table=known.table.name if known.table else known.table_name,
        mapping=dict(mapping),
        registered_by=actor.label,
    )


def _enqueue(batch: Batch, actor: Actor) -> None:
    run = jobs.enqueue(
        "ingest.run",
        actor=actor,
        key=f"batch:{batch.id}",
        title=f"汇聚 {batch.number}",
        subjects=[f"batch:{batch.id}", f"entry:{batch.entry_id}"],
        batch=batch.id,
    )
    Batch.objects.filter(pk=batch.pk).update(job=run.id)
    batch.job = run.id


def _working(batch: Batch) -> bool:
    return batch.job is not None and jobs.JobRun.objects.filter(pk=batch.job, state__in=["queued", "running"]).exists()


def _standing(source: Source, print_: str) -> Batch | None:
    """The batch that stands for this content, or that is under way for this source."""
    active = Batch.objects.filter(source=source, status__in=STANDING[:2]).first()
    if active is not None or not print_:
        return active
    return Batch.objects.filter(entry=source.entry_id, fingerprint=print_, status__in=STANDING).first()


def _fingerprint(source: Source, mapping: Mapping[str, Any]) -> str:
    """What makes two batches of files the same: the bytes, and which columns land where. Tables have none."""
    if not source.is_file:
        return ""
    told = json.dumps([source.sha256, sorted(mapping.items())], ensure_ascii=False)
    return hashlib.sha256(told.encode()).hexdigest()
