"""The engine embedded in the node: DuckDB over the lake's own session."""

from collections.abc import Iterable, Sequence
from typing import Final

from tulou.plane.connect import source_kinds
from tulou.plane.engine.feed import Feed
from tulou.plane.engine.protocol import (
    BatchJob,
    BatchOutcome,
    Cancelled,
    Capabilities,
    CheckOutcome,
    FailingRow,
    Progress,
)
from tulou.plane.rules import Rule, compile_rules
from tulou.plane.tables import Lake, LakeProblem, LandedBatch, Landing, Origin, TableRef, TableSchema

FORMULA: Final = "source.formula"
_PIECE: Final = 500_000


class EmbeddedEngine:
    """Runs batches and checks in this process."""

    def __init__(self, lake: Lake) -> None:
        self._lake = lake

    @property
    def capabilities(self) -> Capabilities:
        """What this engine can do."""
        return Capabilities("embedded", True, True, False, tuple(sorted(source_kinds())))

    def run_batch(
        self, job: BatchJob, progress: Progress | None = None, cancelled: Cancelled | None = None
    ) -> BatchOutcome:
        """Read, type, check and land a batch, exactly once by its id.

        Raises:
            SourceProblem, LakeProblem, RuleProblem: nothing was kept; the message says what to do.
            LandingCancelled: nothing was kept.
        """
        stop = cancelled or _never
        known = self._lake.batch(job.ref, job.batch_id) if self._lake.describe(job.ref) else None
        if known is not None:
            return _outcome(known)
        schema = TableSchema(tuple(column for column in job.schema.columns if column.name in job.mapping))
        rules = always(job.rules, schema)
        select = compile_rules(rules, schema).select_sql("incoming", once=True, raw=True)
        piece = None if any(rule.kind == "unique" for rule in rules) else _PIECE
        feed = Feed(job.source, {name: job.mapping[name] for name in schema.names}, progress, stop)
        self._lake.ensure_table(job.ref, job.schema)
        landing = Landing(
            batch_id=job.batch_id, pieces=feed.pieces(piece), select=select, source_org=job.source_org,
            source_system=job.source_system, origin=lambda: _origin(job), faults=feed.faults, cancelled=stop,
        )  # fmt: skip
        try:
            return _outcome(self._lake.land(job.ref, landing))
        except LakeProblem:
            if feed.problem is not None:
                raise feed.problem from None
            raise

    def check_table(self, ref: TableRef, rules: Sequence[Rule], samples: int = 100) -> CheckOutcome:
        """Run rules over the current rows of a table, in one pass."""
        schema = self._lake.describe(ref)
        if schema is None:
            raise LakeProblem("no_table", f"数据表“{ref.name}”尚未建立", "请先发布目录并建表")
        compiled = compile_rules(rules, schema)
        with self._lake.checking(ref) as (cursor, relation):
            failing = compiled.failing_sql(relation, typed=True, row="_row_key")
            cursor.execute(f"CREATE TEMP TABLE failing AS SELECT _row, _broken, _warned, _reasons FROM ({failing})")
            (rows,) = cursor.execute(f"SELECT count(*) FROM {relation}").fetchone() or (0,)
            (blocked,) = cursor.execute("SELECT count(*) FROM failing WHERE len(_broken) > 0").fetchone() or (0,)
            counts = dict(cursor.execute(compiled.counts_sql("failing")).fetchall())
            first = (
                "SELECT CAST(_row AS VARCHAR), list_concat(_broken, _warned), _reasons FROM failing ORDER BY 1 LIMIT ?"
            )
            found = cursor.execute(first, [samples]).fetchall()
        by_rule = {rule.id: counts.get(rule.id, 0) for rule in rules}
        shown = tuple(FailingRow(key, tuple(broken), tuple(reasons)) for key, broken, reasons in found)
        return CheckOutcome(ref, rows, rows - blocked, by_rule, shown)


def always(rules: Iterable[Rule], schema: TableSchema) -> list[Rule]:
    """The rules, and those without which a value would be lost or lie: types, damaged codes, formulas."""
    wanted = list(rules)
    covered = {(rule.kind, rule.columns) for rule in wanted if rule.severity == "block"}
    taken = {rule.id for rule in wanted}
    for column in schema.columns:
        kind = "not_scientific" if column.type == "text" else "type"
        if (kind, (column.name,)) not in covered:
            wanted.append(Rule(f"always.{column.name}.{kind}", f"{column.label}未失真", kind, (column.name,)))
    texts = [column.name for column in schema.columns if column.type == "text"]
    if texts and FORMULA not in taken:
        safe = " AND ".join(f"\"{name}\" NOT LIKE '=%'" for name in texts)
        wanted.append(
            Rule(
                FORMULA,
                "不含公式",
                "expression",
                (),
                {"expression": safe},
                message="单元格以等号开头，是公式而不是值，请改为文本后重新报送",
            )
        )
    return wanted


def _never() -> bool:
    return False


def _origin(job: BatchJob) -> Origin:
    identity = job.source.identity()
    return Origin(identity.sha256, identity.position)


def _outcome(batch: LandedBatch) -> BatchOutcome:
    return BatchOutcome(
        batch.batch_id, batch.table, batch.sent, batch.accepted, batch.rejected, batch.inserted, batch.changed,
        batch.unchanged, batch.by_rule, batch.warned, batch.file_hash, batch.position, batch.started_at,
        batch.landed_at, batch.repeated,
    )  # fmt: skip
