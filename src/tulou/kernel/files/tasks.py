"""Upkeep of the file store."""

from tulou.kernel.jobs import JobContext, every, job


@every(cron="20 3 * * *")
@job("files.sweep", "清理中断或撤销的上传留下的文件")
def sweep_leftovers(ctx: JobContext) -> None:
    """What a crash or a rolled-back upload left; after a day nobody writes to it any more."""
    from tulou.kernel.files.services import sweep

    ctx.progress(sweep())
