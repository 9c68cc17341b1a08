"""Reminders, regularly."""

from tulou.kernel.jobs import JobContext, every, job


@every(seconds=900)
@job("workflow.remind", "按时限进度发出催办")
def send_reminders(ctx: JobContext) -> None:
    """Every quarter of an hour, because some clocks count hours; what was sent is not sent again."""
    from tulou.kernel.workflow.reminders import remind

    remind()
