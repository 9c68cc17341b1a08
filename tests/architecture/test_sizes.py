"""Small rooms: no file over 400 lines, no function over 50, everything annotated (the figures of STYLE)."""

import ast
import statistics
from collections.abc import Iterator

from tests.architecture.source import ROOT, Module, modules, product

LONGEST_FILE = 400
LONGEST_FUNCTION = 50
#: The stand-alone verifier is one file by design: an outsider copies it, and it needs nothing else.
ONE_FILE = {"tulou.trust.verifier"}


def _functions(module: Module) -> Iterator[tuple[str, int, ast.FunctionDef | ast.AsyncFunctionDef]]:
    for node in ast.walk(module.tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield f"{module.name}.{node.name}", (node.end_lineno or node.lineno) - node.lineno + 1, node


def _written() -> list[Module]:
    return [module for module in modules() if ".migrations." not in module.name]


def test_no_file_is_too_long() -> None:
    long = {m.name: m.lines for m in _written() if m.lines > LONGEST_FILE and m.name not in ONE_FILE}
    assert long == {}


def test_nine_files_of_ten_are_short() -> None:
    lengths = sorted(m.lines for m in product() if m.lines)
    assert statistics.quantiles(lengths, n=10)[-1] <= 300


def test_no_function_is_too_long() -> None:
    assert {name: n for m in _written() for name, n, _ in _functions(m) if n > LONGEST_FUNCTION} == {}


def test_nine_functions_of_ten_are_short() -> None:
    lengths = [n for m in product() for _, n, _ in _functions(m)]
    assert statistics.quantiles(lengths, n=10)[-1] <= 25


def test_every_function_is_annotated() -> None:
    bare = [
        name
        for module in _written()
        for name, _, node in _functions(module)
        if node.returns is None or any(a.annotation is None for a in _arguments(node))
    ]
    assert bare == []


def _arguments(node: ast.FunctionDef | ast.AsyncFunctionDef) -> list[ast.arg]:
    named = [*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs]
    return [argument for argument in named if argument.arg not in ("self", "cls", "mcs")]


def test_templates_styles_and_scripts_are_short_too() -> None:
    files = [*(ROOT / "src").rglob("*.html"), *(ROOT / "frontend" / "src").rglob("*.*")]
    text = [file for file in files if file.suffix in {".html", ".js", ".mjs", ".css"}]
    long = {
        str(f.relative_to(ROOT)): n for f in text if (n := f.read_text(encoding="utf-8").count("\n")) > LONGEST_FILE
    }
    assert long == {}
