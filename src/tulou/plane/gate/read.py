"""Reading through the gate (出口): the only road from a lake table to the outside.

Promise: what comes out is what the plan grants, masked; memory holds a few
batches, however long the table.
"""

from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass

import duckdb
import pyarrow as pa

from tulou.plane.gate.compile import ROW_KEY, SORTED_BY, CompiledRead, compile_plan
from tulou.plane.gate.cursors import seal_cursor
from tulou.plane.gate.masks import keep
from tulou.plane.gate.problems import PlanProblem
from tulou.plane.gate.request import ReadRequest
from tulou.plane.gate.source import base_ref
from tulou.plane.gate.values import as_text
from tulou.plane.tables import Lake
from tulou.trust.plans import AccessPlan

BATCH = 8192


@dataclass(frozen=True, slots=True)
class Page:
    """Rows of one page, and the cursor of the next; empty when this is the last."""

    rows: pa.Table
    cursor: str


def prepare(plan: AccessPlan, lake: Lake) -> CompiledRead:
    """The plan compiled for its table as it stands now.

    Raises:
        PlanProblem: the table is gone, or the plan does not fit it.
    """
    schema = lake.describe(base_ref(plan.table))
    if schema is None:
        raise PlanProblem("no_table", "授权的数据表不存在", "数据可能已下架，请联系提供方")
    return compile_plan(plan, schema, lake.seal_keys)


def read(plan: AccessPlan, lake: Lake, request: ReadRequest) -> Iterator[pa.RecordBatch]:
    """All rows of a plan, in batches, as they are read; at least one batch, which carries the columns.

    Raises:
        PlanProblem, RequestProblem: before the first batch.
    """
    compiled = prepare(plan, lake)
    statement = compiled.statement(request)
    with lake.reading(plan.table.zone) as cursor:
        reader = cursor.execute(statement.text, list(statement.values)).to_arrow_reader(BATCH)
        with closing(reader):
            empty = True
            for batch in reader:
                empty = False
                yield _finish(compiled, batch)
            if empty:
                yield _finish(compiled, pa.RecordBatch.from_pylist([], schema=reader.schema))


def read_page(plan: AccessPlan, lake: Lake, request: ReadRequest) -> Page:
    """One page of a plan.

    Raises:
        PlanProblem, RequestProblem: nothing was read.
    """
    compiled = prepare(plan, lake)
    statement = compiled.statement(request)
    with lake.reading(plan.table.zone) as cursor:
        rows = cursor.execute(statement.text, list(statement.values)).to_arrow_table()
    if request.limit is None or ROW_KEY not in rows.column_names:
        return Page(_finish_table(compiled, rows), "")
    return _cut(compiled, rows, request, request.limit)


def count(plan: AccessPlan, lake: Lake, request: ReadRequest) -> int:
    """How many rows `read` would yield."""
    statement = prepare(plan, lake).count(request)
    with lake.reading(plan.table.zone) as cursor:
        return _only(cursor.execute(statement.text, list(statement.values)))


def _only(result: duckdb.DuckDBPyConnection) -> int:
    row = result.fetchone()
    return int(row[0]) if row else 0


def _cut(compiled: CompiledRead, rows: pa.Table, request: ReadRequest, limit: int) -> Page:
    """The statement reads one row too many, to know whether a next page exists."""
    cursor = ""
    if rows.num_rows > limit:
        last = rows.slice(limit - 1, 1).select([ROW_KEY, SORTED_BY]).to_pylist()[0]
        sorted_by = None if last[SORTED_BY] is None else as_text(last[SORTED_BY])
        cursor = seal_cursor(compiled.cursor_key, request, last[ROW_KEY], sorted_by)
    return Page(_finish_table(compiled, rows.slice(0, limit).drop_columns([ROW_KEY, SORTED_BY])), cursor)


def _finish_table(compiled: CompiledRead, rows: pa.Table) -> pa.Table:
    batches = [_finish(compiled, batch) for batch in rows.to_batches()]
    if batches:
        return pa.Table.from_batches(batches)
    return pa.Table.from_batches([_finish(compiled, pa.RecordBatch.from_pylist([], schema=rows.schema))])


def _finish(compiled: CompiledRead, batch: pa.RecordBatch) -> pa.RecordBatch:
    """Decrypt and mask what could not be masked in SQL."""
    for output in compiled.outputs:
        if output.sealed_as and output.column.name in batch.schema.names:
            index = batch.schema.get_field_index(output.column.name)
            clear = compiled.keys.unseal_values(compiled.source.ref, output.sealed_as, batch.column(index))
            if output.mask.kind == "keep":
                clear = pa.array([keep(text, output.mask) for text in clear.to_pylist()], pa.string())
            batch = batch.set_column(index, output.column.name, clear)
    return batch
