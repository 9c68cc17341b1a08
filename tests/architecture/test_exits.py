"""One gate for every exit: no road from a lake table to the outside but `plane.gate`."""

import ast

from tests.architecture.source import Module, product

#: Who may open the lake's tables at all: the lake itself, the engine that lands and checks, the gate that reads out.
OPENERS = ("tulou.plane.tables", "tulou.plane.engine", "tulou.plane.gate", "tulou.plane.gateway")
#: Who may hold a handle of the lake to land, count and reconcile; it never asks it for rows.
HOLDERS = ("tulou.domains.ingest", "tulou.node")
#: What a holder may ask of a lake.
METADATA = {
    "ensure_zone", "ensure_table", "describe", "batch", "batches", "ledger", "land", "erase", "destroy_keys",
    "count", "standing", "rejected_table", "close", "zones",
}  # fmt: skip
#: Only these speak to DuckDB or to the gate's reader.
READERS = ("tulou.plane.gate", "tulou.plane.gateway")


def _starts(module: Module, rooms: tuple[str, ...]) -> bool:
    return any(module.name == room or module.name.startswith(f"{room}.") for room in rooms)


def test_only_the_plane_speaks_to_the_engine() -> None:
    plane = ("tulou.plane",)
    faults = [
        m.name
        for m in product()
        if not _starts(m, plane) and any(name == "duckdb" or name.startswith("duckdb.") for name in m.imports())
    ]
    assert faults == []


def test_only_the_gateway_reads_through_the_gate() -> None:
    faults = [
        m.name
        for m in product()
        if not _starts(m, READERS) and any(name.startswith("tulou.plane.gate.") for name in m.imports())
    ]
    assert faults == []


def test_a_lake_is_opened_by_few_and_asked_for_metadata_only() -> None:
    faults = []
    for module in product():
        if not _starts(module, (*OPENERS, *HOLDERS)):
            faults += [f"{module.name}:{line} opens a lake" for line in _opened(module)]
        if not _starts(module, OPENERS):
            faults += [f"{module.name}:{line} asks the lake to {name}" for name, line in _asked_of_lake(module)]
    assert faults == []


def _opened(module: Module) -> list[int]:
    """Where a lake is constructed; naming a table by `Lake.path` opens nothing."""
    calls = [node for node in ast.walk(module.tree) if isinstance(node, ast.Call)]
    return [call.lineno for call in calls if isinstance(call.func, ast.Name) and call.func.id == "Lake"]


def _asked_of_lake(module: Module) -> list[tuple[str, int]]:
    """Methods other than metadata called on `lake()`, or on a name that was given to it."""
    names = {
        target.id
        for node in ast.walk(module.tree)
        if isinstance(node, ast.Assign) and _is_lake(node.value, frozenset())
        for target in node.targets
        if isinstance(target, ast.Name)
    }
    arguments = [node for node in ast.walk(module.tree) if isinstance(node, ast.arg)]
    names |= {arg.arg for arg in arguments if isinstance(arg.annotation, ast.Name) and arg.annotation.id == "Lake"}
    return [
        (node.attr, node.lineno)
        for node in ast.walk(module.tree)
        if isinstance(node, ast.Attribute) and _is_lake(node.value, frozenset(names)) and node.attr not in METADATA
    ]


def _is_lake(node: ast.expr, names: frozenset[str]) -> bool:
    """Whether an expression is a lake: `lake()`, `Lake(…)`, or one of these names."""
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
        return node.func.id in ("lake", "Lake")
    return isinstance(node, ast.Name) and node.id in names


def test_django_never_streams_bulk_bytes() -> None:
    """Pages of domains may send exports of metadata by the register alone; rows of the lake leave by the gateway."""
    faults = []
    for module in product():
        if not module.name.startswith(("tulou.domains", "tulou.portal")):
            continue
        names = {name.rsplit(".", 1)[-1] for name in module.imports()}
        if names & {"StreamingHttpResponse", "FileResponse"}:
            faults.append(module.name)
    assert faults == []


def test_unsealing_happens_only_behind_the_gate() -> None:
    faults = []
    for module in product():
        if _starts(module, ("tulou.plane.tables", *READERS, "tulou.plane.engine")):
            continue
        attributes = [node for node in ast.walk(module.tree) if isinstance(node, ast.Attribute)]
        faults += [f"{module.name}:{node.lineno}" for node in attributes if node.attr.startswith("unseal")]
    assert faults == []
