"""The compiled SQL against a plain model: whatever the masks, conditions and filters, both give the same rows."""

from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tulou.plane.gate import Filter, ReadRequest, read
from tulou.plane.gate.masks import keep, keyed_hash
from tulou.plane.gate.tests.ground import SCHEMA, Texts, land, plan_for
from tulou.plane.gate.values import as_text
from tulou.plane.tables import Lake, TableRef
from tulou.trust.plans import AccessPlan, Mask, PlanColumn, Predicate

Model = list[dict[str, Any]]
IDS = ["11010519491231002X", "440524188001010014"]


def texts(n: int) -> Texts:
    """The n-th of a few dozen rows with every kind of value and gap."""
    return {
        "code": f"{n:03}",
        "id_no": IDS[n % 2] if n % 5 else None,
        "name": ["林某", "𠮷野家", "a", "Ünïcode", None, 'O\'Neil "x"', "测\t试", "福建省福州市"][n % 8],
        "region": ["350102", "350203", "360100", None][n % 4],
        "amount": ["1.50", "-20", None, "0", "99999999.99"][n % 5],
        "size": [str(n), "-1", None][n % 3],
        "paid_on": ["2024-02-29", "1949-10-01", None][n % 3],
        "seen_at": ["2024-01-05 10:00:00", None, "2024-12-31 23:59:59"][n % 3],
        "active": ["是", "否", None][n % 3],
    }


READ: dict[str, Callable[[str], Any]] = {
    "text": str, "integer": int,
    "decimal(10,2)": lambda t: Decimal(t).quantize(Decimal("0.01")), "date": date.fromisoformat,
    "timestamp": datetime.fromisoformat, "boolean": lambda t: t == "是",
}  # fmt: skip


def typed(row: Texts) -> dict[str, Any]:
    return {c.name: None if row[c.name] is None else READ[c.type](str(row[c.name])) for c in SCHEMA.columns}


MODEL: Model = [typed(texts(n)) for n in range(48)]


@pytest.fixture(scope="module")
def table(lake: Lake) -> TableRef:
    return land(lake, SCHEMA, [texts(n) for n in range(48)])


def masks(type_: str) -> st.SearchStrategy[Mask]:
    kinds = [st.just(Mask()), st.just(Mask("null")), st.just(Mask("hash"))]
    if type_ == "text":
        kinds.append(st.builds(Mask, st.just("keep"), st.integers(0, 7), st.integers(0, 7)))
    if type_ in {"date", "timestamp"}:
        kinds.append(st.just(Mask("month")))
    return st.one_of(kinds)


@st.composite
def columns(draw: st.DrawFn) -> list[PlanColumn]:
    chosen = draw(st.lists(st.sampled_from(SCHEMA.columns), min_size=1, unique_by=lambda c: c.name))
    return [PlanColumn(c.name, c.label, draw(masks(c.type))) for c in chosen]


@st.composite
def predicates(draw: st.DrawFn) -> Predicate:
    column = draw(st.sampled_from(SCHEMA.columns))
    known = sorted({row[column.name] for row in MODEL if row[column.name] is not None})
    ops = ["eq", "in"] if column.sealed else ["eq", "in", "ge", "le"] + (["prefix"] if column.type == "text" else [])
    op = draw(st.sampled_from(ops))
    values = draw(st.lists(st.sampled_from(known).map(as_text), min_size=1, max_size=3 if op == "in" else 1))
    if op == "prefix":
        values = [values[0][: draw(st.integers(0, 3))]]
    return Predicate(column.name, op, tuple(values))  # type: ignore[arg-type]


def holds(predicate: Predicate, row: dict[str, Any]) -> bool:
    value = row[predicate.column]
    if value is None:
        return False
    if predicate.op == "prefix":
        return bool(value.startswith(predicate.values[0]))
    type_ = SCHEMA.column(predicate.column).type
    wanted = [v == "true" if type_ == "boolean" else READ[type_](v) for v in predicate.values]
    if predicate.op in {"eq", "in"}:
        return value in wanted
    return bool(value >= wanted[0] if predicate.op == "ge" else value <= wanted[0])


def shown(lake: Lake, plan: AccessPlan, column: PlanColumn, value: Any) -> Any:
    mask, zone = column.mask, plan.table.zone
    if value is None or mask.kind == "null":
        return None
    if mask.kind == "keep":
        return keep(value, mask)
    if mask.kind == "month":
        return f"{value:%Y-%m}"
    if mask.kind == "hash":
        key = bytes.fromhex(lake.seal_keys.keyed_hash(zone, f"tulou-mask\x1f{plan.basis.kind}\x1f{plan.basis.ref}"))
        sealed = SCHEMA.column(column.name).sealed
        text = lake.seal_keys.keyed_hash(zone, value) if sealed else str(as_text(value)).replace("T", " ")
        return keyed_hash(key, text)
    return value


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(granted=columns(), conditions=st.lists(predicates(), max_size=3), data=st.data())
def test_the_gate_and_the_model_agree(
    lake: Lake, table: TableRef, granted: list[PlanColumn], conditions: list[Predicate], data: st.DataObject
) -> None:
    plan = plan_for(table, granted, conditions)
    clear = [column.name for column in granted if column.mask.kind == "none"]
    filters = tuple(
        Filter(name, as_text(data.draw(st.sampled_from([r[name] for r in MODEL if r[name] is not None]))))
        for name in data.draw(st.lists(st.sampled_from(clear), max_size=2, unique=True) if clear else st.just([]))
    )
    wanted = [*conditions, *(Predicate(f.column, "eq", (f.value,)) for f in filters)]
    rows = [row for row in MODEL if all(holds(predicate, row) for predicate in wanted)]
    expected = [tuple(shown(lake, plan, column, row[column.name]) for column in granted) for row in rows]
    found = [tuple(row.values()) for batch in read(plan, lake, ReadRequest(filters)) for row in batch.to_pylist()]
    assert sorted(found, key=repr) == sorted(expected, key=repr)
