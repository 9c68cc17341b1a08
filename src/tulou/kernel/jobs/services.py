"""Commands of background jobs: enqueue, cancel, retry; and `run_pending` for tests and samples."""

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone

from tulou.kernel.evidence import record
from tulou.kernel.jobs import queue, registry, runner
from tulou.kernel.jobs.models import JobRun
from tulou.kernel.outbox import codec

if TYPE_CHECKING:
    from tulou.kernel.identity import Actor

ACTIVE = (JobRun.State.QUEUED, JobRun.State.RUNNING)


@transaction.atomic
def enqueue(
    kind: str,
    *,
    actor: "Actor",
    key: str | None = None,
    title: str | None = None,
    subjects: Sequence[str] = (),
    at: datetime | None = None,
    **params: Any,
) -> JobRun:
    """Ask for a run in the caller's transaction. With a key, a waiting or running run of that key is returned instead.

    Ids, dates and decimals in `params` reach the job as text.

    Raises:
        LookupError: no such kind of job.
    """
    declared = _declared(kind)
    run = JobRun(
        kind=kind,
        title=title or declared.title,
        queue=declared.queue,
        key=key,
        params=codec.encode(params),
        subjects=list(subjects),
        party=actor.party,
        person=actor.person,
        actor_kind=actor.kind,
        actor_label=actor.label,
        created_at=timezone.now(),
    )
    if (existing := _insert(run)) is not None:
        return existing
    run.queue_id = queue.put(run.id, run.queue, at)
    run.save(update_fields=["queue_id"])
    return run


@transaction.atomic
def cancel(run_id: UUID, *, actor: "Actor") -> JobRun:
    """Cancel a waiting run at once; ask a running one to stop at its next step.

    Raises:
        ValidationError: it has already ended.
    """
    run = _locked(run_id)
    if run.state not in ACTIVE:
        raise ValidationError("作业已经结束，不能取消")
    run.cancel_requested = True
    if run.state == JobRun.State.QUEUED and (run.queue_id is None or queue.take_out(run.queue_id)):
        run.state, run.finished_at, run.queue_id = JobRun.State.CANCELLED, timezone.now(), None
    run.save(update_fields=["cancel_requested", "state", "finished_at", "queue_id"])
    record("jobs.run.cancelled", actor=actor, subjects=[f"job:{run.id}", *run.subjects], data={"kind": run.kind})
    return run


@transaction.atomic
def retry(run_id: UUID, *, actor: "Actor") -> JobRun:
    """Run a failed or cancelled run again, with a full count of attempts.

    Raises:
        ValidationError: it has not ended badly, or another run with its key is active.
    """
    run = _locked(run_id)
    if run.state not in (JobRun.State.FAILED, JobRun.State.CANCELLED):
        raise ValidationError("只有失败或已取消的作业可以重试")
    run.state, run.attempts, run.cancel_requested, run.error = JobRun.State.QUEUED, 0, False, ""
    run.done, run.total, run.message, run.finished_at = 0, None, "", None
    run.queue_id = queue.put(run.id, run.queue)
    try:
        with transaction.atomic():
            run.save()
    except IntegrityError as taken:
        raise ValidationError("相同内容的作业已在排队或运行，请等它结束后再试") from taken
    record("jobs.run.retried", actor=actor, subjects=[f"job:{run.id}", *run.subjects], data={"kind": run.kind})
    return run


def run_pending(*, limit: int = 1_000) -> int:
    """Run what waits, here and now, in the order of asking; how many runs were attempted. For tests and samples."""
    count = 0
    waiting = JobRun.objects.filter(state=JobRun.State.QUEUED).exclude(queue_id=None).order_by("created_at", "id")
    while count < limit:
        run = waiting.first()
        if run is None or run.queue_id is None:
            break
        if queue.take_out(run.queue_id):
            runner.execute(run.id, run.queue_id)
            count += 1
    return count


def _insert(run: JobRun) -> JobRun | None:
    """Insert the run, or return the active one that has its key. The other may end between the two: try again."""
    while True:
        try:
            with transaction.atomic():
                run.save(force_insert=True)
            return None
        except IntegrityError:
            existing = JobRun.objects.filter(kind=run.kind, key=run.key, state__in=ACTIVE).first()
            if existing is not None:
                return existing


def _declared(kind: str) -> registry.JobKind:
    declared = registry.kind(kind)
    if declared is None:
        raise LookupError(f"no job named {kind!r} is declared")
    return declared


def _locked(run_id: UUID) -> JobRun:
    run = JobRun.objects.select_for_update().filter(id=run_id).first()
    if run is None:
        raise ValidationError("没有这个作业，请刷新页面后再看")
    return run
