"""What procrastinate runs, and the upkeep of the job tables."""

from datetime import timedelta
from typing import Final
from uuid import UUID

from django.utils import timezone
from procrastinate import JobContext as QueueContext
from procrastinate.contrib.django import app

from tulou.kernel.jobs.queue import TASK
from tulou.kernel.jobs.registry import JobContext, every, job

KEPT: Final = timedelta(days=30)


@app.task(name=TASK, pass_context=True)
def run_job(context: QueueContext, run_id: str) -> None:
    """One attempt of a run; how it ended stands in its own table, so for the queue it always ends well."""
    from tulou.kernel.jobs.runner import execute

    if context.job.id is not None:
        execute(UUID(run_id), context.job.id)


@every(cron="40 3 * * *")
@job("jobs.forget_old", "清理一个月前由系统发起且已完成的作业记录")
def forget_old(ctx: JobContext) -> None:
    """Scheduled runs that went well are of no interest after a month; those of people are kept."""
    from tulou.kernel.jobs.models import JobRun

    old = JobRun.objects.filter(
        state=JobRun.State.SUCCEEDED, actor_kind="system", finished_at__lt=timezone.now() - KEPT
    )
    ctx.progress(old.delete()[0])
