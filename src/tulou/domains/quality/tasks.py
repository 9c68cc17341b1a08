"""Jobs of quality: check a standing table, and escalate what waits too long."""

from uuid import UUID

from django.utils import timezone

from tulou.domains.catalog.public import entry as entry_info
from tulou.domains.catalog.public import table_schema
from tulou.domains.ingest.public import engine, lake, rules_for
from tulou.domains.quality import finding, services
from tulou.kernel.jobs import JobContext, Permanent, every, job
from tulou.plane.engine import CheckOutcome
from tulou.plane.rules import RuleProblem
from tulou.plane.tables import LakeProblem


@job("quality.check", "全表检核", queue="heavy", atomic=False)
def check_table(ctx: JobContext, entry: str) -> None:
    """Run the rules in force over the current rows of an entry's table, in one pass; counted once by its run."""
    entry_id, began = UUID(entry), timezone.now()
    ctx.progress(0, 2, "正在检核现行数据")
    try:
        outcome = _outcome(entry_id)
    except (LakeProblem, RuleProblem) as problem:
        raise Permanent(str(problem)) from problem
    ctx.stop_if_cancelled()
    ctx.progress(1, 2, "正在记录结果")
    finding.note_check(entry_id, outcome, job=ctx.run_id, began=began)
    ctx.progress(2, 2, "检核完成")


def _outcome(entry_id: UUID) -> CheckOutcome:
    known = entry_info(entry_id)
    if known is None or known.table is None:
        raise LakeProblem("no_table", "该目录尚未入库数据", "请先完成数据汇聚")
    stored = lake().describe(known.table)
    schema = table_schema(entry_id)
    rules = rules_for(entry_id, schema, stored.names if stored else ())
    return engine().check_table(known.table, rules, samples=0)


@every(cron="10 6 * * *")
@job("quality.escalate", "整改单逾期督办")
def escalate_overdue(ctx: JobContext) -> None:
    """Once a day, before work begins."""
    services.escalate_overdue()
