"""What a plan may read from (读取来源): the current rows of a table, or the rejected rows of its own provider.

Promise: history, other tables and technical columns stay out of reach; the
rejected rows and single rows by their key leave only to whoever owns or
stewards the table.
"""

from dataclasses import dataclass

from tulou.plane.gate.problems import PlanProblem
from tulou.plane.tables import Lake, TableSchema
from tulou.plane.tables.schema import STANDARD_COLUMNS
from tulou.trust.plans import AccessPlan, TableRef

REJECTED = "__rejected"
_OWN = frozenset({"ownership", "stewardship"})
_HIDDEN = frozenset({"_row_key", "_row_hash", "is_current", "valid_to"})
_REJECTED_COLUMNS = {
    "_batch": "VARCHAR", "_row": "BIGINT", "raw": "VARCHAR", "rules": "VARCHAR", "reasons": "VARCHAR",
    "source_org": "VARCHAR", "source_system": "VARCHAR", "rejected_at": "TIMESTAMP",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Field:
    """One readable column: its SQL, its engine type, and how it is sealed, if it is."""

    sql: str
    type: str
    sealed_as: str = ""
    hash_sql: str = ""
    output: bool = True


@dataclass(frozen=True, slots=True)
class Source:
    """A relation with its readable columns, its standing condition and the key that orders its pages."""

    ref: TableRef
    path: str
    fields: dict[str, Field]
    condition: str
    key: str
    key_type: str


def base_ref(table: TableRef) -> TableRef:
    """The table that a plan's table is, or whose rejected rows it is."""
    return TableRef(table.zone, table.name.removesuffix(REJECTED))


def source_of(plan: AccessPlan, schema: TableSchema) -> Source:
    """The source of a plan.

    Raises:
        PlanProblem: rejected rows, under a basis that does not carry them.
    """
    ref = base_ref(plan.table)
    if plan.table.name.endswith(REJECTED):
        if plan.basis.kind not in _OWN:
            raise PlanProblem("plan_basis", "退回的数据只能由提供方或管理方查看", "请使用本部门的数据持有权")
        return _rejected(ref, sealed=bool(schema.sealed))
    return _current(ref, schema, own=plan.basis.kind in _OWN)


def _current(ref: TableRef, schema: TableSchema, *, own: bool) -> Source:
    fields = {
        column.name: Field(
            f'"{column.name}"',
            column.sql_type,
            column.name if column.sealed else "",
            f'"{column.hash_name}"' if column.sealed else "",
        )
        for column in schema.columns
    }
    fields |= {name: Field(f'"{name}"', kind) for name, kind in STANDARD_COLUMNS if name not in _HIDDEN}
    if own:
        fields["_row_key"] = Field('"_row_key"', "UUID")
    return Source(ref, Lake.path(ref), fields, "is_current", '"_row_key"', "UUID")


def _rejected(ref: TableRef, *, sealed: bool) -> Source:
    fields = {name: Field(f'"{name}"', kind) for name, kind in _REJECTED_COLUMNS.items()}
    fields["rules"] = Field("array_to_string(\"rules\", '、')", "VARCHAR")
    if sealed:
        fields["raw"] = Field('"raw"', "VARCHAR", "_raw")
    key = "(_batch || '/' || lpad(CAST(_row AS VARCHAR), 20, '0'))"
    return Source(ref, Lake.rejected_path(ref), fields, "true", key, "VARCHAR")
