"""Rejected rows are kept, corrected and sent again; cancelling, repeating and reconciling lose nothing."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone

from tulou.domains.ingest import lake as room
from tulou.domains.ingest import queries, running, services
from tulou.domains.ingest.models import Batch
from tulou.domains.ingest.reconciling import reconcile, sweep
from tulou.domains.ingest.tests.ground import GOOD, MIXED, Ground
from tulou.kernel import jobs
from tulou.kernel.jobs import JobRun
from tulou.kernel.permissions import Forbidden
from tulou.plane.tables import LakeProblem

FIXED = "区划代码,名称,人口\n350103,台江区,412000\n350104,仓山区,1140000\n"


def test_corrected_rows_close_what_was_rejected(ground: Ground) -> None:
    first = ground.send(MIXED)
    assert queries.correction_of(first).open == 2
    half = ground.send(FIXED.replace("仓山区", ""), "补正一.csv", resubmits=first)
    assert (half.accepted, queries.correction_of(first).open) == (1, 1)
    rest = ground.send(FIXED.splitlines()[0] + "\n350104,仓山区,1140000\n", "补正二.csv", resubmits=half)
    chain = queries.correction_of(rest)
    assert (chain.root.pk, [row.pk for row in chain.later], chain.open) == (first.pk, [half.pk, rest.pk], 0)


def test_a_whole_corrected_file_closes_them_too(ground: Ground) -> None:
    first = ground.send(MIXED)
    whole = ground.send(MIXED.replace("很多", "412000").replace("350104,,", "350104,仓山区,"), resubmits=first)
    assert (whole.inserted, whole.unchanged, queries.correction_of(first).open) == (2, 2, 0)


def test_only_a_landed_batch_of_the_same_entry_can_be_corrected(ground: Ground) -> None:
    failed = ground.send(b"")
    with pytest.raises(ValidationError, match="已入库的批次"):
        services.start_batch(ground.drop(GOOD), actor=ground.manager, resubmits=failed)


def test_the_database_itself_refuses_a_receipt_that_does_not_reconcile(ground: Ground) -> None:
    batch = ground.send(MIXED)
    with pytest.raises(IntegrityError, match="ingest_receipt_reconciles"), transaction.atomic():
        Batch.objects.filter(pk=batch.pk).update(rejected=1)


def test_a_waiting_batch_is_cancelled_and_can_be_sent_again(ground: Ground) -> None:
    batch = services.start_batch(ground.drop(GOOD), actor=ground.manager).batch
    services.cancel_batch(batch, actor=ground.manager)
    ground.work()
    batch.refresh_from_db()
    assert (batch.status, job_of(batch).state) == ("cancelled", "cancelled")
    services.retry_batch(batch, actor=ground.manager)
    ground.work()
    batch.refresh_from_db()
    assert (batch.status, batch.accepted) == ("landed", 3)


def test_a_running_batch_stops_when_it_is_cancelled(ground: Ground, monkeypatch: pytest.MonkeyPatch) -> None:
    batch = services.start_batch(ground.drop(GOOD), actor=ground.manager).batch
    land = running._land

    def cancelled_meanwhile(row: Batch, ctx: jobs.JobContext) -> None:
        services.cancel_batch(Batch.objects.get(pk=row.pk), actor=ground.manager)
        land(row, ctx)

    monkeypatch.setattr(running, "_land", cancelled_meanwhile)
    ground.work()
    batch.refresh_from_db()
    assert (batch.status, job_of(batch).state) == ("cancelled", "cancelled")
    assert room.lake().ledger(batch.zone) == []


def test_a_batch_that_landed_unseen_is_completed_by_the_reconciler(
    ground: Ground, monkeypatch: pytest.MonkeyPatch
) -> None:
    batch = services.start_batch(ground.drop(MIXED), actor=ground.manager).batch
    monkeypatch.setattr(running, "settle", _dies)
    with pytest.raises(KeyboardInterrupt):
        ground.work()
    batch.refresh_from_db()
    assert (batch.status, batch.sent) == ("running", 0)
    assert reconcile() == 1
    batch.refresh_from_db()
    assert (batch.status, batch.sent, batch.accepted, batch.rejected) == ("landed", 4, 2, 2)
    assert reconcile() == 0


def test_a_batch_that_was_given_up_too_early_is_landed_by_the_sweep(
    ground: Ground, monkeypatch: pytest.MonkeyPatch
) -> None:
    batch = services.start_batch(ground.drop(GOOD), actor=ground.manager).batch
    monkeypatch.setattr(running, "settle", _dies)
    with pytest.raises(KeyboardInterrupt):
        ground.work()
    running.fail(batch.id, {"code": "job_failed", "message": "作业中断", "remedy": "请重新汇聚"})
    Batch.objects.filter(pk=batch.pk).update(finished_at=timezone.now() - timedelta(hours=5))
    assert (reconcile(), sweep()) == (0, (1, 0))
    batch.refresh_from_db()
    assert (batch.status, batch.accepted, batch.problem) == ("landed", 3, "")


def test_a_batch_whose_job_was_given_up_says_so(ground: Ground) -> None:
    batch = services.start_batch(ground.drop(GOOD), actor=ground.manager).batch
    JobRun.objects.filter(kind="ingest.run").update(state="failed")
    assert reconcile() == 1
    batch.refresh_from_db()
    assert (batch.status, batch.remedy) == ("failed", "请稍后重新汇聚；多次失败时请联系平台运维人员")


def test_a_passing_fault_of_the_lake_is_tried_again(ground: Ground, monkeypatch: pytest.MonkeyPatch) -> None:
    calls = []
    land = room.lake().land

    def once(*args: object) -> object:
        calls.append(1)
        if len(calls) == 1:
            raise LakeProblem("catalogue", "湖目录数据库连接中断，本批次未入库", "请稍后重试")
        return land(*args)  # type: ignore[arg-type]

    monkeypatch.setattr(room.lake(), "land", once)
    batch = services.start_batch(ground.drop(GOOD), actor=ground.manager).batch
    ground.work()
    batch.refresh_from_db()
    assert (batch.status, len(calls)) == ("landed", 2)


@pytest.mark.parametrize("role", ["office_approver", "operator", "catalog_reviewer", "quality_officer", "auditor"])
def test_only_the_agency_s_data_manager_loads(ground: Ground, role: str) -> None:
    source = ground.drop(GOOD)
    batch = services.start_batch(source, actor=ground.manager).batch
    for actor in (ground.actor(role), ground.actor("data_manager", ground.other)):
        with pytest.raises(Forbidden):
            ground.drop(GOOD, actor=actor)
        with pytest.raises(Forbidden):
            services.start_batch(source, actor=actor)
        with pytest.raises(Forbidden):
            services.cancel_batch(batch, actor=actor)


def test_metadata_is_scoped_to_who_may_read(ground: Ground) -> None:
    ground.send(GOOD)
    assert queries.visible_batches(ground.manager).count() == 1
    assert queries.visible_batches(ground.actor("operator", ground.other)).count() == 1
    assert queries.visible_batches(ground.actor("data_manager", ground.other)).count() == 0
    assert queries.visible_batches(ground.actor("data_user")).count() == 0


def job_of(batch: Batch) -> JobRun:
    """The job of a batch."""
    assert batch.job is not None
    return JobRun.objects.get(pk=batch.job)


def _dies(*_: object) -> None:
    raise KeyboardInterrupt
