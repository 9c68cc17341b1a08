"""The source as data: every module of the product with its imports and definitions."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from django.conf import settings

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "src" / "tulou"
DOMAINS = tuple(settings.DOMAINS)


@dataclass(frozen=True)
class Module:
    """One file of the product, parsed."""

    name: str
    path: Path
    tree: ast.Module
    lines: int

    @property
    def is_test(self) -> bool:
        """Whether it only runs in tests."""
        return ".tests." in f"{self.name}." or self.path.name == "conftest.py"

    @property
    def room(self) -> str:
        """The domain it belongs to, or an empty string."""
        parts = self.name.split(".")
        return parts[2] if parts[:2] == ["tulou", "domains"] and len(parts) > 2 else ""

    def imports(self) -> Iterator[str]:
        """Every dotted name that the module imports."""
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Import):
                yield from (alias.name for alias in node.names)
            elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
                yield from (f"{node.module}.{alias.name}" for alias in node.names)


@cache
def modules() -> tuple[Module, ...]:
    """All modules of the product, tests and migrations included."""
    found = []
    for path in sorted(PACKAGE.rglob("*.py")):
        text = path.read_text(encoding="utf-8")
        name = ".".join(path.relative_to(PACKAGE.parent).with_suffix("").parts).removesuffix(".__init__")
        found.append(Module(name, path, ast.parse(text), text.count("\n")))
    return tuple(found)


def product() -> list[Module]:
    """Modules that run in production; migrations are generated and left out."""
    return [module for module in modules() if not module.is_test and ".migrations." not in module.name]
