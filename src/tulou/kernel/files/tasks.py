"""Upkeep of the file store."""

from tulou.kernel.jobs import JobContext, every, job


@every(cron="20 3 * * *")
@job("files.sweep", "清理中断上传留下的临时文件")
def sweep_drafts(ctx: JobContext) -> None:
    """A crash in the middle of an upload leaves a temporary file; after a day nobody writes to it any more."""
    from tulou.kernel.files.services import sweep

    ctx.progress(sweep())
