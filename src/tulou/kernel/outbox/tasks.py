"""Upkeep of the outbox."""

from datetime import timedelta
from typing import Final

from django.utils import timezone

from tulou.kernel.jobs import JobContext, every, job

KEPT: Final = timedelta(days=30)


@every(cron="10 3 * * *")
@job("outbox.forget_done", "清理一个月前已处理的事件投递记录")
def forget_done(ctx: JobContext) -> None:
    """Deliveries are made when an event is numbered, so a forgotten one never comes back."""
    from tulou.kernel.outbox.models import OutboxDelivery

    old = OutboxDelivery.objects.filter(state=OutboxDelivery.State.DONE, finished_at__lt=timezone.now() - KEPT)
    ctx.progress(old.delete()[0])
