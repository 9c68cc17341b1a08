"""Jobs: asked for in a transaction, effect with success, retried with patience, cancelled and retried by people."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from threading import Barrier, Thread
from uuid import uuid4

import pytest
from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.utils import timezone
from procrastinate.contrib.django.models import ProcrastinateJob

from tulou.kernel.evidence import find
from tulou.kernel.files.models import StoredFile
from tulou.kernel.identity import Actor
from tulou.kernel.jobs import JobRun, alive, beat, cancel, enqueue, registry, retry, run_pending, runner
from tulou.kernel.jobs.models import Heartbeat
from tulou.kernel.jobs.registry import JobContext, job
from tulou.kernel.jobs.schedule import Ticker
from tulou.kernel.jobs.tests import kinds
from tulou.trust.ids import new_id

ACTOR = Actor(person=new_id(), party=new_id(), kind="person", label="数据管理员")
State = JobRun.State


def marks() -> list[str]:
    return sorted(StoredFile.objects.values_list("name", flat=True))


def reload(run: JobRun) -> JobRun:
    return JobRun.objects.get(id=run.id)


@pytest.mark.django_db
def test_a_run_leaves_its_effect_its_progress_and_who_asked() -> None:
    key = new_id()
    run = enqueue("test.mark", actor=ACTOR, subjects=[f"batch:{key}"], name="a")
    assert (run.state, run.title, run.party) == (State.QUEUED, "留下记号", ACTOR.party)
    run_pending()
    run = reload(run)
    assert (run.state, run.done, run.total, run.message, run.attempts) == (State.SUCCEEDED, 1, 1, "完成", 1)
    assert marks() == ["a"]
    assert JobRun.objects.filter(subjects__contains=[f"batch:{key}"]).count() == 1
    assert not ProcrastinateJob.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_running_inside_a_transaction_does_not_wait_for_itself() -> None:
    run = enqueue("test.mark", actor=ACTOR, name="a")
    with transaction.atomic():
        run_pending()
    assert (reload(run).state, reload(run).done) == (State.SUCCEEDED, 1)


@pytest.mark.django_db
def test_what_was_rolled_back_never_runs() -> None:
    with transaction.atomic():
        enqueue("test.mark", actor=ACTOR, name="a")
        transaction.set_rollback(True)
    assert run_pending() == 0
    assert not ProcrastinateJob.objects.exists()


@pytest.mark.django_db
def test_a_key_names_one_active_run() -> None:
    first = enqueue("test.mark", actor=ACTOR, key="batch 7", name="a")
    assert enqueue("test.mark", actor=ACTOR, key="batch 7", name="b").id == first.id
    run_pending()
    assert enqueue("test.mark", actor=ACTOR, key="batch 7", name="c").id != first.id
    run_pending()
    assert marks() == ["a", "c"]


@pytest.mark.django_db(transaction=True)
def test_a_double_click_enqueues_once() -> None:
    both = Barrier(2)
    ids = []

    def click() -> None:
        both.wait()
        ids.append(enqueue("test.mark", actor=ACTOR, key="click", name="a").id)
        connection.close()

    threads = [Thread(target=click) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(ids)) == 1
    assert ProcrastinateJob.objects.count() == 1


@pytest.mark.django_db
def test_a_failure_is_tried_again_and_leaves_nothing_behind() -> None:
    run = enqueue("test.fail", actor=ACTOR, name="a")
    run_pending(limit=1)
    waiting = reload(run)
    assert (waiting.state, waiting.attempts) == (State.QUEUED, 1)
    scheduled = ProcrastinateJob.objects.get(id=waiting.queue_id).scheduled_at
    assert scheduled is not None
    assert scheduled > timezone.now()
    run_pending(limit=1)
    run_pending(limit=1)
    ended = reload(run)
    assert (ended.state, ended.attempts) == (State.FAILED, 3)
    assert "网络不通" in ended.error
    assert marks() == []


@pytest.mark.django_db
def test_a_permanent_failure_is_not_repeated_and_tells_its_user_what_to_do() -> None:
    run = enqueue("test.refuse", actor=ACTOR)
    run_pending()
    assert (reload(run).state, reload(run).attempts) == (State.FAILED, 1)
    assert reload(run).error == "源表已删除，请重新选择数据源"


@pytest.mark.django_db
def test_an_unknown_kind_is_refused_when_asked_for_and_named_when_found() -> None:
    with pytest.raises(LookupError):
        enqueue("test.nothing", actor=ACTOR)
    run = enqueue("test.mark", actor=ACTOR, name="a")
    JobRun.objects.update(kind="test.removed")
    run_pending()
    assert "test.removed" in reload(run).error


@pytest.mark.django_db
def test_cancelling_a_waiting_run_ends_it_and_is_recorded() -> None:
    run = enqueue("test.mark", actor=ACTOR, name="a")
    cancel(run.id, actor=ACTOR)
    assert reload(run).state == State.CANCELLED
    assert run_pending() == 0
    assert [found.kind for found in find(f"job:{run.id}")] == ["jobs.run.cancelled"]
    with pytest.raises(ValidationError, match="已经结束"):
        cancel(run.id, actor=ACTOR)


@pytest.mark.django_db
def test_a_cancelled_job_leaves_nothing_behind() -> None:
    run = enqueue("test.quit", actor=ACTOR)
    run_pending()
    assert reload(run).state == State.CANCELLED
    assert marks() == []


@pytest.mark.django_db
def test_only_what_ended_badly_is_retried() -> None:
    run = enqueue("test.refuse", actor=ACTOR, key="k")
    with pytest.raises(ValidationError):
        retry(run.id, actor=ACTOR)
    run_pending()
    other = enqueue("test.refuse", actor=ACTOR, key="k")
    with pytest.raises(ValidationError, match="相同内容"):
        retry(run.id, actor=ACTOR)
    cancel(other.id, actor=ACTOR)
    retry(run.id, actor=ACTOR)
    assert (reload(run).state, reload(run).attempts, reload(run).error) == (State.QUEUED, 0, "")
    with pytest.raises(ValidationError, match="没有这个作业"):
        retry(uuid4(), actor=ACTOR)


@pytest.mark.django_db
def test_a_row_of_the_queue_that_no_longer_speaks_for_the_run_does_nothing() -> None:
    run = enqueue("test.mark", actor=ACTOR, name="a")
    runner.execute(run.id, (run.queue_id or 0) + 1_000)
    assert reload(run).state == State.QUEUED
    assert marks() == []


@pytest.mark.django_db
def test_an_attempt_that_was_thought_dead_cannot_succeed() -> None:
    name = f"test.superseded_{uuid4().hex}"

    @job(name, "被取代")
    def superseded(ctx: JobContext) -> None:
        kinds.leave_mark("late")
        JobRun.objects.filter(id=ctx.run_id).update(attempts=2)

    run = enqueue(name, actor=ACTOR)
    run_pending()
    assert marks() == []
    assert reload(run).state == State.RUNNING, "it stays with the newer attempt"


@pytest.mark.django_db
def test_a_run_that_kills_its_worker_again_and_again_is_given_up() -> None:
    run = enqueue("test.mark", actor=ACTOR, name="a")
    JobRun.objects.update(state=State.RUNNING, attempts=5)
    runner.execute(run.id, run.queue_id or 0)
    assert reload(run).state == State.FAILED
    assert "被中断" in reload(run).error


@pytest.mark.django_db
def test_a_schedule_fires_once_for_each_moment_on_all_workers() -> None:
    start = datetime(2026, 3, 1, 4, 0, 5, tzinfo=UTC)
    mine, other = Ticker(), Ticker()
    for now in (start, start + timedelta(seconds=20)):
        mine.tick(now)
        other.tick(now)
    assert JobRun.objects.filter(kind="test.minutely").count() == 1
    mine.tick(start + timedelta(minutes=1))
    assert JobRun.objects.filter(kind="test.minutely").count() == 1, "the last one still waits: no pile"
    run_pending()
    mine.tick(start + timedelta(minutes=30))
    assert JobRun.objects.filter(kind="test.minutely").count() == 2, "missed moments are made good once"


@pytest.mark.django_db
def test_a_cron_schedule_waits_for_its_hour_in_beijing() -> None:
    ticker = Ticker()
    ticker.tick(datetime(2026, 3, 1, 17, 0, tzinfo=UTC))
    assert not JobRun.objects.filter(kind="test.nightly").exists(), "first seen: nothing was missed"
    ticker.tick(datetime(2026, 3, 1, 18, 29, tzinfo=UTC))
    assert not JobRun.objects.filter(kind="test.nightly").exists()
    ticker.tick(datetime(2026, 3, 1, 18, 31, tzinfo=UTC))
    assert JobRun.objects.get(kind="test.nightly").params == {"name": "night"}


@pytest.mark.django_db
def test_an_idle_ticker_asks_nothing(django_assert_num_queries: Callable[[int], object]) -> None:
    now = datetime(2026, 3, 1, 4, 0, 5, tzinfo=UTC)
    ticker = Ticker()
    ticker.tick(now)
    with django_assert_num_queries(0):  # type: ignore[attr-defined]
        ticker.tick(now + timedelta(seconds=2))


@pytest.mark.parametrize("wrong", [{}, {"seconds": 0}, {"seconds": 5, "cron": "* * * * *"}, {"cron": "every day"}])
def test_a_schedule_that_cannot_be_read_is_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(ValueError):
        registry.every(**wrong)  # type: ignore[arg-type]


@pytest.mark.django_db
def test_heartbeats_go_stale() -> None:
    assert not alive("clerk")
    beat("clerk")
    beat("clerk", "忙")
    assert alive("clerk")
    Heartbeat.objects.update(at=timezone.now() - timedelta(minutes=1))
    assert not alive("clerk")
