"""Tables of the gate's tests, landed by the real rules into the real lake, and plans over them."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pyarrow as pa

from tulou.plane.rules import compile_rules, rules_of
from tulou.plane.tables import Column, Lake, Landing, Origin, TableRef, TableSchema, Zone
from tulou.trust.plans import AccessPlan, Basis, BasisKind, Mask, PlanColumn, Predicate, Quota

ZONE = Zone("gate_sealed", sealed=True)
SCHEMA = TableSchema((
    Column("code", "text", "编号", key=True),
    Column("id_no", "text", "身份号码", 4),
    Column("name", "text", "姓名", 3),
    Column("region", "text", "区划"),
    Column("amount", "decimal(10,2)", "金额"),
    Column("size", "integer", "数量"),
    Column("paid_on", "date", "缴费日期"),
    Column("seen_at", "timestamp", "时间"),
    Column("active", "boolean", "有效"),
))  # fmt: skip
Texts = dict[str, str | None]


def land(lake: Lake, schema: TableSchema, rows: Sequence[Texts], name: str = "") -> TableRef:
    """Land rows of text, as a source delivers them."""
    lake.ensure_zone(ZONE)
    ref = TableRef(ZONE.name, name or f"t{uuid4().hex[:12]}")
    lake.ensure_table(ref, schema)
    fields = [pa.field("_row", pa.int64()), *(pa.field(name, pa.string()) for name in schema.names)]
    data = [{"_row": n, **dict.fromkeys(schema.names), **row} for n, row in enumerate(rows, 1)]
    batches = pa.Table.from_pylist(data, pa.schema(fields)).to_batches()
    compiled = compile_rules(rules_of(schema), schema)
    lake.land(
        ref,
        Landing(
            batch_id=uuid4().hex,
            pieces=[pa.RecordBatchReader.from_batches(pa.schema(fields), batches)],
            select=compiled.select_sql("incoming", once=True, raw=True),
            source_org="省民政厅",
            source_system="样例系统",
            origin=lambda: Origin("0" * 64),
        ),
    )
    return ref


def plan_for(
    ref: TableRef,
    columns: Sequence[PlanColumn | str],
    rows: Sequence[Predicate] = (),
    *,
    basis: BasisKind = "grant",
    min_group: int = 0,
) -> AccessPlan:
    """A plan in force now, over all channels, without quota."""
    at = datetime.now(UTC)
    given = tuple(PlanColumn(c, c) if isinstance(c, str) else c for c in columns)
    return AccessPlan(
        str(uuid4()), "fujian", Basis(basis, str(uuid4())), "核验", str(uuid4()), str(uuid4()), ref, given, tuple(rows),
        ("preview", "file", "api"), Quota(), at - timedelta(minutes=1), at + timedelta(minutes=10), min_group,
    )  # fmt: skip


def masked(name: str, kind: str, head: int = 0, tail: int = 0) -> PlanColumn:
    return PlanColumn(name, name, Mask(kind, head, tail))  # type: ignore[arg-type]


def over_rejected(ref: TableRef) -> TableRef:
    return replace(ref, name=f"{ref.name}__rejected")
