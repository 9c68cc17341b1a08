"""Reading specification files into frozen dataclasses (规格文件读取).

Promise: a field that is unknown, missing or of the wrong shape is named with
its file, before anything is written anywhere.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import MISSING, fields
from pathlib import Path
from typing import Any, TypeVar

from tulou.node.sample.pack import ROOM

SPECS = ROOM / "specs"
T = TypeVar("T")


class SpecProblem(Exception):
    """A specification file is wrong; the message names file, entry and field."""


def load_toml(path: Path) -> dict[str, Any]:
    """One TOML file below `specs/`.

    Raises:
        SpecProblem: the file is not TOML.
    """
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except tomllib.TOMLDecodeError as fault:
        raise SpecProblem(f"{path.name} 不是有效的 TOML：{fault}") from None


def build(kind: type[T], raw: Mapping[str, Any], where: str) -> T:
    """A dataclass from a mapping whose keys are its fields.

    Raises:
        SpecProblem: a field is unknown or missing.
    """
    known = {each.name: each for each in fields(kind)}  # type: ignore[arg-type]  # every caller passes a dataclass
    label = f"{where}“{raw.get('code') or raw.get('login') or raw.get('name') or '?'}”"
    if unknown := sorted(set(raw) - set(known)):
        raise SpecProblem(f"{label}有不认识的字段：{'、'.join(unknown)}")
    required = {name for name, each in known.items() if each.default is MISSING and each.default_factory is MISSING}
    if missing := sorted(required - set(raw)):
        raise SpecProblem(f"{label}缺少字段：{'、'.join(missing)}")
    return kind(**{name: tuple(value) if isinstance(value, list) else value for name, value in raw.items()})
