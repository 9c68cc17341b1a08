"""Running a batch (入库): read, check and land it, then write its receipt from the lake's ledger.

Promise: a batch that was killed at any moment is either not in the lake at all,
or in it once; started again, it ends in the same receipt.
"""

import errno
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final
from uuid import UUID

import pyarrow as pa
from django.db import transaction
from django.utils import timezone

from tulou.domains.catalog.public import entry, items, table_schema
from tulou.domains.directory.public import agency, system
from tulou.domains.ingest import reading
from tulou.domains.ingest.checks import rules_for
from tulou.domains.ingest.lake import engine, lake
from tulou.domains.ingest.matching import match
from tulou.domains.ingest.models import Batch
from tulou.domains.ingest.reasons import describe
from tulou.domains.ingest.settling import SYSTEM, settle
from tulou.domains.ingest.vocabulary import BatchStatus
from tulou.domains.ingest.workflow import BATCH
from tulou.kernel.jobs import Cancelled, JobContext, Permanent
from tulou.plane.connect import Source as Reading
from tulou.plane.connect import SourceProblem
from tulou.plane.engine import BatchJob
from tulou.plane.rules import RuleProblem
from tulou.plane.tables import LakeProblem, LandingCancelled, TableRef, TableSchema, Zone

#: Problems of the lake that pass by themselves; the job tries again before the batch is said to have failed.
PASSING: Final = frozenset({"catalogue", "conflict", "busy", "lock_lost"})
TRIES: Final = 3


def run(batch_id: UUID, ctx: JobContext) -> None:
    """One attempt of a batch.

    Raises:
        Permanent: it cannot land as it is; batch and message say what to do.
        Cancelled: somebody cancelled it, and nothing of it was kept.
    """
    batch = Batch.objects.select_related("source").get(pk=batch_id)
    if batch.status == BatchStatus.REGISTERED:
        BATCH.advance(batch, "start", actor=SYSTEM, changes={"started_at": timezone.now()})
    if batch.status != BatchStatus.RUNNING:
        return
    try:
        _land(batch, ctx)
    except LandingCancelled:
        cancelled(batch_id)
        raise Cancelled from None
    except (SourceProblem, LakeProblem, RuleProblem, OSError) as problem:
        passing = getattr(problem, "code", "") in PASSING and ctx.attempt < TRIES
        if passing or not (known := _told(problem)):
            raise
        fail(batch_id, known)
        raise Permanent(f"{known['message']}。{known['remedy']}") from problem
    landed = lake().batch(TableRef(batch.zone, batch.table), str(batch.id))
    if landed is None:
        raise LakeProblem("no_ledger", "数据湖没有记下本批次", "请联系平台运维人员")
    settle(batch_id, landed)


def _land(batch: Batch, ctx: JobContext) -> None:
    known = entry(batch.entry_id)
    if known is None:
        raise SourceProblem("no_entry", "目录已不存在", "请联系平台运维人员")
    lake().ensure_zone(Zone(batch.zone, sealed=batch.zone.endswith("_sealed")))
    ref, schema = TableRef(batch.zone, batch.table), table_schema(batch.entry_id)
    standing = lake().batch(ref, str(batch.id)) if lake().describe(ref) else None
    if standing is not None:
        return
    source = reading.open_reading(batch.source)
    _demand_same_columns(batch, source)
    rules = rules_for(batch.entry_id, schema, batch.mapping)
    brought = TableSchema(tuple(column for column in schema.columns if column.name in batch.mapping))
    Batch.objects.filter(pk=batch.pk).update(rules=describe(rules, brought))
    provider, origin = agency(batch.provider_id), system(known.system) if known.system else None
    job = BatchJob(
        batch_id=str(batch.id), ref=ref, schema=schema, source=_NotEmpty(source), rules=rules, mapping=batch.mapping,
        source_org=provider.code if provider else "", source_system=origin.code if origin else "",
    )  # fmt: skip
    engine().run_batch(job, _progress(ctx), ctx.cancelled)
    ctx.progress(1, 1, "正在写入回执")


class _NotEmpty:
    """A source that says so when it turns out to have no rows: an empty table must not pass for an update."""

    def __init__(self, source: Reading) -> None:
        self.columns, self.identity, self.estimate_rows = source.columns, source.identity, source.estimate_rows
        self._source = source

    def batches(self, size: int) -> Iterator[pa.RecordBatch]:
        empty = True
        for batch in self._source.batches(size):
            empty = empty and not batch.num_rows
            yield batch
        if empty:
            raise reading.no_rows()


def _demand_same_columns(batch: Batch, source: Reading) -> None:
    """The source as it is now against what was settled: drift is named, never guessed away."""
    columns = [column.name for column in source.columns()]
    row = batch.source
    found = match(columns, items(batch.entry_id), known=batch.mapping, left_out=row.left_out, ignored=row.ignored)
    if not found.settled or dict(found.mapping) != dict(batch.mapping):
        message = found.message or "目录的信息项在登记批次之后有变更"
        raise SourceProblem("columns_changed", message, found.remedy)


def _progress(ctx: JobContext) -> Callable[[int, int | None], None]:
    def tell(done: int, about: int | None) -> None:
        total = max(about, done) if about else None
        ctx.progress(done, total, "正在读取和检核" if total is None or done < total else "正在入库")

    return tell


def fail(batch_id: UUID, problem: Mapping[str, Any]) -> None:
    """Enter a problem on a batch that is under way; one that ended otherwise stays as it is."""
    with transaction.atomic():
        batch = Batch.objects.select_for_update(of=("self",)).get(pk=batch_id)
        if batch.is_over:
            return
        changes: dict[str, object] = {
            "problem_code": problem["code"][:40],
            "problem": problem["message"][:1000],
            "problem_row": problem.get("row"),
            "problem_column": (problem.get("column") or "")[:200],
            "remedy": problem["remedy"][:500],
            "finished_at": timezone.now(),
        }
        BATCH.advance(batch, "fail", actor=SYSTEM, changes=changes, code=problem["code"])


def cancelled(batch_id: UUID) -> None:
    """Note that a batch stopped because somebody cancelled its job."""
    with transaction.atomic():
        batch = Batch.objects.select_for_update(of=("self",)).get(pk=batch_id)
        if not batch.is_over:
            BATCH.advance(batch, "cancel", actor=SYSTEM, changes={"finished_at": timezone.now()})


def _told(problem: Exception) -> dict[str, Any]:
    """A problem in words, with its remedy; empty for one that nobody foresaw, which the job tries again."""
    if isinstance(problem, SourceProblem):
        return reading.told(problem)
    if isinstance(problem, LakeProblem):
        return {"code": problem.code, "message": problem.message, "remedy": problem.remedy or "请联系平台运维人员"}
    if isinstance(problem, RuleProblem):
        remedy = "请在数据质量中修改或停用该规则，然后重新汇聚"
        return {"code": "bad_rule", "message": str(problem), "remedy": remedy}
    if isinstance(problem, OSError) and problem.errno in (errno.ENOSPC, errno.EDQUOT):
        return {
            "code": "disk_full",
            "message": "磁盘空间不足，本批次未入库",
            "remedy": "请清理磁盘后重新汇聚，已入库的数据不受影响",
        }
    return {}
