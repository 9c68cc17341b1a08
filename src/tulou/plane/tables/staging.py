"""Staging (暂存): one pass over the source, then set operations decide what is new.

Row identity: a keyed table's row is known by its business key, a keyless
one by its content and its occurrence within the batch, so that sending the
same rows again adds nothing. Hashes are SHA-256 cut to 128 bits over the
values that are not null, under their places, so that a column added later
leaves old hashes valid; sealed values enter by their keyed hash only.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING, Final

import duckdb
import pyarrow as pa
from duckdb.func import SPECIAL, PythonUDFType
from duckdb.sqltypes import VARCHAR

from tulou.plane.tables import shape
from tulou.plane.tables.schema import Column, TableRef, TableSchema
from tulou.plane.tables.seal import SealKeys
from tulou.plane.tables.session import text_literal

if TYPE_CHECKING:
    from tulou.plane.tables.landing import Landing

KEY_MISSING: Final = "key.missing"
KEY_REPEATED: Final = "key.repeated"
_KEY_MISSING: Final = "主键为空，无法确定是哪一条记录"
_KEY_REPEATED: Final = "同一批次内主键重复，已保留先出现的一行"
_SEPARATOR: Final = "chr(31)"


@dataclass(frozen=True, slots=True)
class Staged:
    """A batch in temporary tables: `staged` holds its rows, `repeated` the rows that repeat a key."""

    cursor: duckdb.DuckDBPyConnection
    ref: TableRef
    schema: TableSchema
    sent: int
    rejected: int
    by_rule: Mapping[str, int]
    warned: Mapping[str, int]

    def write_rows(self, landing: "Landing", now: datetime) -> tuple[int, int, int]:
        """Close changed rows, add new and changed ones: how many were (inserted, changed, unchanged)."""
        table, execute = shape.path(self.ref), self.cursor.execute
        execute(
            "CREATE OR REPLACE TEMP TABLE standing AS SELECT s._row, s._row_key, t._row_hash = s._row_hash AS same "
            f"FROM staged s JOIN {table} t ON t._row_key = s._row_key "
            "WHERE t.is_current AND s._clean AND s._row NOT IN (SELECT _row FROM repeated)"
        )
        unchanged, changed = _row(execute("SELECT count(*) FILTER (same), count(*) FILTER (NOT same) FROM standing"))
        if changed:
            execute(
                f"UPDATE {table} SET valid_to = ?, is_current = false, updated_at = ? "
                "WHERE is_current AND _row_key IN (SELECT _row_key FROM standing WHERE NOT same)",
                [now, now],
            )
        added = self.sent - self.rejected - unchanged
        if added:
            self._insert(table, landing, now, skip_same=bool(unchanged))
        return added - changed, changed, unchanged

    def _insert(self, table: str, landing: "Landing", now: datetime, *, skip_same: bool) -> None:
        names, values = [], []
        for column in self.schema.columns:
            names.append(f'"{column.name}"')
            values.append(_sealing(column) if column.sealed else f'"{column.name}"')
            if column.sealed:
                names.append(f'"{column.hash_name}"')
                values.append(f'"{column.hash_name}"')
        skipped = "AND _row NOT IN (SELECT _row FROM repeated)"
        skipped += " AND _row NOT IN (SELECT _row FROM standing WHERE same)" if skip_same else ""
        flag = "CASE WHEN len(_warned) > 0 THEN 'warned' ELSE 'passed' END"
        self.cursor.execute(
            f"INSERT INTO {table} ({', '.join(names)}, _row_key, _row_hash, _batch, valid_from, valid_to, is_current, "
            "source_org, source_system, quality_flag, updated_at) "
            f"SELECT {', '.join(values)}, _row_key, _row_hash, ?, ?, NULL, true, ?, ?, {flag}, ? "
            f"FROM staged WHERE _clean {skipped}",
            [landing.batch_id, now, landing.source_org, landing.source_system, now],
        )

    def write_rejected(self, landing: "Landing", now: datetime) -> None:
        """Keep every rejected row as it came, with its reasons."""
        if not self.rejected:
            return
        raw = "seal__raw(raw)" if self.schema.sealed else "raw"
        self.cursor.execute(
            f"INSERT INTO {shape.rejected_path(self.ref)} "
            f"SELECT ?, _row, {raw}, rules, array_to_string(reasons, '；'), ?, ?, ? FROM refused",
            [landing.batch_id, landing.source_org, landing.source_system, now],
        )


def stage(
    cursor: duckdb.DuckDBPyConnection, ref: TableRef, schema: TableSchema, landing: "Landing", keys: SealKeys
) -> Staged:
    """Read the source once into `staged`, and find what cannot land."""
    _teach_sealing(cursor, ref, schema, keys)
    columns = _read(cursor, schema, landing)
    cursor.register("faults", landing.faults())
    _find_repeated(cursor, keyed=bool(schema.keys))
    _collect_refused(cursor, columns)
    sent, rejected = _row(
        cursor.execute("SELECT (SELECT count(*) FROM staged) + (SELECT count(*) FROM faults), count(*) FROM refused")
    )
    by_rule, warned = _counts(cursor, "rules", "refused"), _counts(cursor, "_warned", "staged WHERE _clean")
    return Staged(cursor, ref, TableSchema(columns), sent, rejected, by_rule, warned)


def _read(cursor: duckdb.DuckDBPyConnection, schema: TableSchema, landing: "Landing") -> tuple[Column, ...]:
    """Fill `staged` piece by piece; which of the table's columns the batch brought."""
    columns: tuple[Column, ...] = ()
    for piece in landing.pieces:
        cursor.register("incoming", piece)
        if not columns:
            brought = {name for name, *_ in cursor.execute(f"DESCRIBE {landing.select}").fetchall()}
            columns = tuple(column for column in schema.columns if column.name in brought)
            into, select = "CREATE OR REPLACE TEMP TABLE staged AS", _staging(schema, columns, landing.select)
        cursor.execute(f"{into} {select}")
        into = "INSERT INTO staged"
        cursor.unregister("incoming")
    return columns


def _staging(schema: TableSchema, columns: tuple[Column, ...], select: str) -> str:
    hashed = "".join(f', hash_in_zone("{c.name}") AS "{c.hash_name}"' for c in columns if c.sealed)
    key = fingerprint(schema, [c for c in columns if c.key]) if schema.keys else "_row_hash"
    return (
        f"SELECT *, {fingerprint(schema, columns)} AS _row_hash, {key} AS _row_key, len(_broken) = 0 AS _clean "
        f"FROM (SELECT *{_refusing_keyless(columns)}{hashed} FROM ({select}))"
    )


def _refusing_keyless(columns: tuple[Column, ...]) -> str:
    """A row without its business key cannot be told from others."""
    keys = " OR ".join(f'"{column.name}" IS NULL' for column in columns if column.key)
    if not keys:
        return ""
    missing = f"len(_broken) = 0 AND ({keys})"
    broken = f"CASE WHEN {missing} THEN list_append(_broken, '{KEY_MISSING}') ELSE _broken END AS _broken"
    reasons = f"CASE WHEN {missing} THEN list_append(_reasons, '{_KEY_MISSING}') ELSE _reasons END AS _reasons"
    return f" REPLACE ({broken}, {reasons})"


def fingerprint(schema: TableSchema, columns: Iterable[Column]) -> str:
    """SQL of the hash of these columns' values; a column is known by its place, which never changes."""
    values = ", ".join(_placed(schema.names.index(column.name), column) for column in columns)
    return f"CAST(substr(sha256(concat_ws({_SEPARATOR}, {values})), 1, 32) AS UUID)"


def _placed(place: int, column: Column) -> str:
    """`place:value`; null stays null and is left out. A doubled separator cannot be one between values."""
    value = f'CAST("{column.name}" AS VARCHAR)'
    if column.sealed:
        value = f'"{column.hash_name}"'
    elif column.type == "text":
        doubled = f'replace("{column.name}", {_SEPARATOR}, {_SEPARATOR} || {_SEPARATOR})'
        value = f'CASE WHEN contains("{column.name}", {_SEPARATOR}) THEN {doubled} ELSE "{column.name}" END'
    return f"'{place}:' || {value}"


def _find_repeated(cursor: duckdb.DuckDBPyConnection, *, keyed: bool) -> None:
    """Rows whose identity came before in this batch: refused in a keyed table, numbered in a keyless one."""
    cursor.execute(
        "CREATE OR REPLACE TEMP TABLE doubles AS SELECT _row, _row_key, "
        "row_number() OVER (PARTITION BY _row_key ORDER BY _row) AS occurrence FROM staged WHERE _clean AND "
        "_row_key IN (SELECT _row_key FROM staged WHERE _clean GROUP BY _row_key HAVING count(*) > 1)"
    )
    if not keyed:
        cursor.execute(
            "UPDATE staged SET _row_key = "
            "CAST(substr(sha256(concat(doubles._row_key, '#', doubles.occurrence)), 1, 32) AS UUID) "
            "FROM doubles WHERE doubles._row = staged._row AND doubles.occurrence > 1"
        )
    wanted = "occurrence > 1" if keyed else "false"
    cursor.execute(f"CREATE OR REPLACE TEMP TABLE repeated AS SELECT _row FROM doubles WHERE {wanted}")


def _collect_refused(cursor: duckdb.DuckDBPyConnection, columns: tuple[Column, ...]) -> None:
    """All rejected rows; one that only repeats a key is clean, so its typed values say all that it held."""
    fields = ", ".join(f'{text_literal(c.label or c.name)}, CAST("{c.name}" AS VARCHAR)' for c in columns)
    typed = f"CAST(json_object({fields}) AS VARCHAR)"
    cursor.execute(
        f"CREATE OR REPLACE TEMP TABLE refused AS SELECT _row, coalesce(_raw, {typed}) AS raw, _broken AS rules, "
        f"_reasons AS reasons FROM staged WHERE NOT _clean UNION ALL SELECT _row, {typed}, ['{KEY_REPEATED}'], "
        f"['{_KEY_REPEATED}'] FROM staged WHERE _row IN (SELECT _row FROM repeated) "
        "UNION ALL SELECT _row, raw, [rule], [reason] FROM faults"
    )


def _counts(cursor: duckdb.DuckDBPyConnection, lists: str, relation: str) -> dict[str, int]:
    query = f"SELECT rule, count(*) FROM (SELECT unnest({lists}) AS rule FROM {relation}) GROUP BY rule ORDER BY rule"
    return dict(cursor.execute(query).fetchall())


def _sealing(column: Column) -> str:
    return f'seal_{column.name}("{column.name}")'


def _teach_sealing(cursor: duckdb.DuckDBPyConnection, ref: TableRef, schema: TableSchema, keys: SealKeys) -> None:
    """Give the session the functions that seal this table's columns, and no others."""
    if not schema.sealed:
        return
    _function(cursor, "hash_in_zone", lambda values: keys.hash_values(ref.zone, values), chance=False)
    for name in [*(column.name for column in schema.sealed), "_raw"]:
        _function(cursor, f"seal_{name}", keys.sealer(ref, name).seal_values, chance=True)


def teach_unsealing(cursor: duckdb.DuckDBPyConnection, ref: TableRef, schema: TableSchema, keys: SealKeys) -> str:
    """Give the session the functions that open this table's columns; its current rows, in clear, as SQL."""
    for column in schema.sealed:
        _function(cursor, f"unseal_{column.name}", partial(_unsealed, keys, ref, column.name), chance=False)
    opened = ", ".join(f'unseal_{c.name}("{c.name}") AS "{c.name}"' for c in schema.sealed)
    replaced = f" REPLACE ({opened})" if opened else ""
    return f"(SELECT *{replaced} FROM {shape.path(ref)} WHERE is_current)"


def _unsealed(keys: SealKeys, ref: TableRef, column: str, values: pa.Array) -> pa.Array:
    tokens = values.to_pylist()
    return pa.array([None if t is None else keys.unseal(ref, column, t) for t in tokens], pa.string())


def _function(
    cursor: duckdb.DuckDBPyConnection, name: str, over: Callable[[pa.Array], pa.Array], *, chance: bool
) -> None:
    cursor.create_function(
        name, over, [VARCHAR], VARCHAR, type=PythonUDFType.ARROW, null_handling=SPECIAL, side_effects=chance
    )


def _row(result: duckdb.DuckDBPyConnection) -> tuple[int, ...]:
    return result.fetchone() or (0, 0)
