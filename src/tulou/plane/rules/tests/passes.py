"""Run rules over a few rows written in the test, as text, in the order of the schema's columns."""

from collections.abc import Sequence
from datetime import date

import duckdb

from tulou.plane.rules import Rule, compile_rules
from tulou.plane.tables import Column, TableSchema

TODAY = date(2026, 11, 23)


def table(db: duckdb.DuckDBPyConnection, schema: TableSchema, rows: Sequence[Sequence[str | None]]) -> str:
    """A relation of text columns with `_row`, as a source delivers it."""
    columns = ", ".join(f'"{name}" VARCHAR' for name in schema.names)
    db.execute(f"CREATE OR REPLACE TABLE batch (_row BIGINT, {columns})")
    marks = ", ".join("?" for _ in range(len(schema.names) + 1))
    if rows:
        db.executemany(f"INSERT INTO batch VALUES ({marks})", [[n, *row] for n, row in enumerate(rows, 1)])
    return "batch"


def outcomes(
    schema: TableSchema, rules: Sequence[Rule], rows: Sequence[Sequence[str | None]]
) -> list[tuple[list[str], list[str], list[str]]]:
    """For each row: broken rules, warned rules, reasons."""
    db = duckdb.connect()
    source = table(db, schema, rows)
    sql = compile_rules(rules, schema, today=TODAY).select_sql(source)
    return db.execute(f"SELECT _broken, _warned, _reasons FROM ({sql}) ORDER BY _row").fetchall()


def breaches(rule: Rule, values: Sequence[str | None], type_: str = "text") -> list[bool]:
    """Whether each value of a single column `v` breaks the rule."""
    schema = TableSchema((Column("v", type_, "某列"),))
    return [bool(broken) for broken, _, _ in outcomes(schema, [rule], [[value] for value in values])]


def reasons(rule: Rule, value: str, type_: str = "text") -> list[str]:
    """The Chinese reasons that one value is given."""
    return outcomes(TableSchema((Column("v", type_, "某列"),)), [rule], [[value]])[0][2]
