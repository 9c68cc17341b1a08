"""Jobs of aggregation."""

from uuid import UUID

from tulou.kernel.jobs import JobContext, every, job


@job("ingest.run", "数据汇聚", queue="heavy", atomic=False)
def run_batch(ctx: JobContext, batch: str) -> None:
    """Read, check and land one batch; its receipt is written from the lake's ledger."""
    from tulou.domains.ingest.running import run

    run(UUID(batch), ctx)


@every(seconds=10)
@job("ingest.reconcile", "汇聚批次与数据湖对账", atomic=False)
def reconcile_batches(ctx: JobContext) -> None:
    """Complete the receipts of batches whose worker died after the lake's commit."""
    from tulou.domains.ingest.reconciling import reconcile

    ctx.progress(reconcile())


@every(cron="17 * * * *")
@job("ingest.sweep", "汇聚台账全面核对", atomic=False)
def sweep_ledgers(ctx: JobContext) -> None:
    """Compare the ledgers of the last days with the hub's batches, row by row."""
    from tulou.domains.ingest.reconciling import sweep

    settled, unknown = sweep()
    ctx.progress(settled, None, f"补记回执 {settled} 个" + (f"，未登记的批次 {unknown} 个" if unknown else ""))


@every(cron="10 4 * * *")
@job("ingest.forget_uploads", "销毁已完成汇聚满一个月的上传文件", atomic=False)
def forget_old_uploads(ctx: JobContext) -> None:
    """Destroy uploads that have done their work."""
    from tulou.domains.ingest.retention import forget_uploads

    ctx.progress(forget_uploads())
