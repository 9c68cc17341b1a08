"""Creating and widening tables (建表与加列): columns are only ever added.

The business schema is kept as the table's comment in the lake itself, so
that labels, grades and keys travel with the data and change in the same
transaction.
"""

import json

import duckdb

from tulou.plane.tables.problems import LakeProblem
from tulou.plane.tables.schema import STANDARD_COLUMNS, Column, TableRef, TableSchema, check_ref
from tulou.plane.tables.session import LAKE

LEDGER = f'{LAKE}.main."_ledger"'
_LEDGER_COLUMNS = (
    "batch_id VARCHAR, table_name VARCHAR, file_hash VARCHAR, source_position VARCHAR, source_org VARCHAR, "
    "source_system VARCHAR, sent BIGINT, accepted BIGINT, rejected BIGINT, inserted BIGINT, changed BIGINT, "
    "unchanged BIGINT, by_rule VARCHAR, warned VARCHAR, started_at TIMESTAMP, landed_at TIMESTAMP"
)
_REJECTED_COLUMNS = (
    "_batch VARCHAR, _row BIGINT, raw VARCHAR, rules VARCHAR[], reasons VARCHAR, source_org VARCHAR, "
    "source_system VARCHAR, rejected_at TIMESTAMP"
)


def path(ref: TableRef) -> str:
    """The table's name in a session's SQL."""
    check_ref(ref)
    return f'{LAKE}.main."{ref.name}"'


def rejected_path(ref: TableRef) -> str:
    """The name of the companion table of rejected rows."""
    check_ref(ref)
    return f'{LAKE}.main."{ref.name}__rejected"'


def physical(column: Column) -> list[tuple[str, str]]:
    """The stored columns of one business column: a sealed one has its keyed hash beside it."""
    stored = [(column.name, column.sql_type)]
    return [*stored, (column.hash_name, "VARCHAR")] if column.sealed else stored


def create_ledger(cursor: duckdb.DuckDBPyConnection) -> None:
    """The zone's ledger: one row for each batch that landed."""
    cursor.execute(f"CREATE TABLE IF NOT EXISTS {LEDGER} ({_LEDGER_COLUMNS})")


def stored_schema(cursor: duckdb.DuckDBPyConnection, ref: TableRef) -> TableSchema | None:
    """The schema of the standing table, or None when there is no such table."""
    check_ref(ref)
    row = cursor.execute(
        "SELECT comment FROM duckdb_tables() WHERE database_name = ? AND schema_name = 'main' AND table_name = ?",
        [LAKE, ref.name],
    ).fetchone()
    if row is None:
        return None
    return TableSchema(tuple(Column(**column) for column in json.loads(row[0])["columns"]))


def create(cursor: duckdb.DuckDBPyConnection, ref: TableRef, schema: TableSchema) -> None:
    """Create the table and its companion, inside the caller's transaction."""
    stored = [pair for column in schema.columns for pair in physical(column)]
    listed = ", ".join(f'"{name}" {kind}' for name, kind in [*stored, *STANDARD_COLUMNS])
    cursor.execute(f"CREATE TABLE {path(ref)} ({listed})")
    cursor.execute(f"CREATE TABLE {rejected_path(ref)} ({_REJECTED_COLUMNS})")
    _write_comment(cursor, ref, schema)


def widen(cursor: duckdb.DuckDBPyConnection, ref: TableRef, old: TableSchema, new: TableSchema) -> TableSchema:
    """Add the columns that are new; columns that are gone stay, empty from now on.

    Raises:
        LakeProblem: a type, the key or a sealing would change.
    """
    merged = merge(old, new)
    for column in merged.columns[len(old.columns) :]:
        for name, kind in physical(column):
            cursor.execute(f'ALTER TABLE {path(ref)} ADD COLUMN "{name}" {kind}')
    if merged != old:
        _write_comment(cursor, ref, merged)
    return merged


def merge(old: TableSchema, new: TableSchema) -> TableSchema:
    """The standing schema widened by the wanted one."""
    kept = []
    for was in old.columns:
        wanted = new.column(was.name) if was.name in new.names else was
        if wanted.type.replace(" ", "") != was.type.replace(" ", ""):
            raise LakeProblem(
                "type_changed",
                f"字段“{was.label or was.name}”的类型由 {was.type} 改为 {wanted.type}，已入库的表不能改类型",
                "请新增一个字段，或新建数据表",
            )
        if wanted.sealed != was.sealed:
            raise LakeProblem("grade_changed", f"字段“{was.label or was.name}”的加密方式不能直接更改", "请新建数据表")
        if wanted.key != was.key:
            raise LakeProblem("key_changed", "主键字段与已入库的表不一致", "请新建数据表，或恢复原主键")
        kept.append(wanted)
    added = [column for column in new.columns if column.name not in old.names]
    if any(column.key for column in added):
        raise LakeProblem("key_changed", "不能给已入库的表新增主键字段", "请新建数据表")
    return TableSchema((*kept, *added))


def _write_comment(cursor: duckdb.DuckDBPyConnection, ref: TableRef, schema: TableSchema) -> None:
    columns = [
        {"name": c.name, "type": c.type, "label": c.label, "grade": c.grade, "key": c.key, "nullable": c.nullable}
        for c in schema.columns
    ]
    written = json.dumps({"columns": columns}, ensure_ascii=False).replace("'", "''")
    cursor.execute(f"COMMENT ON TABLE {path(ref)} IS '{written}'")
