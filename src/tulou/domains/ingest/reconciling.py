"""The reconciler (对账): brings the hub's batches to what the lake's ledgers say.

A worker may die after the lake's commit and before the hub's; then the ledger
holds a batch that the hub believes to be running. It is completed here,
idempotently, from the same ledger row.
"""

import logging
from datetime import UTC, timedelta
from typing import Final

from django.db.models import Q
from django.utils import timezone

from tulou.domains.ingest.lake import lake
from tulou.domains.ingest.models import Batch
from tulou.domains.ingest.running import cancelled, fail
from tulou.domains.ingest.settling import settle
from tulou.domains.ingest.vocabulary import BatchStatus
from tulou.kernel.jobs import JobRun
from tulou.plane.tables import LakeProblem, LandedBatch, TableRef

logger = logging.getLogger(__name__)

#: How long a batch that ended without landing is looked up again: a worker thought dead may still have committed.
LATE: Final = timedelta(minutes=10)
WINDOW: Final = timedelta(days=3)


def reconcile(late: timedelta = LATE) -> int:
    """Complete what landed and give up what died; how many batches were changed."""
    open_or_fresh = Q(finished_at=None) | Q(finished_at__gte=timezone.now() - late)
    rows = Batch.objects.exclude(status=BatchStatus.LANDED).filter(open_or_fresh)
    return sum(_reconcile(batch) for batch in rows)


def sweep() -> tuple[int, int]:
    """Read the ledgers of the last days whole: how many batches were completed, and how many the hub never heard of."""
    since, settled, unknown = timezone.now() - WINDOW, 0, 0
    for zone in Batch.objects.filter(registered_at__gte=since).values_list("zone", flat=True).distinct().order_by():
        try:
            ledger = lake().ledger(zone, since.astimezone(UTC).replace(tzinfo=None))
        except LakeProblem:
            continue  # the zone was never made: nothing landed in it
        known = dict(Batch.objects.filter(zone=zone, registered_at__gte=since - WINDOW).values_list("id", "status"))
        by_id = {str(key): (key, status) for key, status in known.items()}
        for landed in ledger:
            key, status = by_id.get(landed.batch_id, (None, ""))
            if key is None:
                unknown += 1
                logger.error("the ledger of %s holds batch %s, which the hub does not know", zone, landed.batch_id)
            elif status != BatchStatus.LANDED:
                settle(key, landed)
                settled += 1
    return settled, unknown


def _reconcile(batch: Batch) -> int:
    landed = _landed(batch)
    if landed is not None:
        settle(batch.id, landed)
        return 1
    if batch.is_over or batch.job is None:
        return 0
    state = JobRun.objects.filter(pk=batch.job).values_list("state", flat=True).first()
    if state not in (JobRun.State.FAILED, JobRun.State.CANCELLED):
        return 0
    if state == JobRun.State.CANCELLED:
        cancelled(batch.id)
    else:
        remedy = "请稍后重新汇聚；多次失败时请联系平台运维人员"
        fail(batch.id, {"code": "job_failed", "message": "汇聚作业多次中断，本批次未入库", "remedy": remedy})
    return 1


def _landed(batch: Batch) -> LandedBatch | None:
    """The ledger's row, or None; a zone that cannot be opened says nothing, and the next round asks again."""
    if batch.started_at is None:
        return None
    ref = TableRef(batch.zone, batch.table)
    try:
        return lake().batch(ref, str(batch.id)) if lake().describe(ref) else None
    except LakeProblem:
        return None
