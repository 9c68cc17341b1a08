"""脱敏方式: how a mask is said in Chinese, which ones fit an item, and how a form names them.

A mask that does not fit its column would be refused by the gate at delivery, so it is refused at the decision.
"""

import re
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any, cast

from tulou.trust.plans import Mask, MaskKind

_WORDS = {"none": "明文", "hash": "加密摘要", "month": "只到月份", "null": "不提供"}
_DATES = ("date", "timestamp")
_KEEPS = (Mask("keep", 1, 0), Mask("keep", 0, 4), Mask("keep", 3, 4), Mask("keep", 6, 0))
_CODE = re.compile(r"(none|hash|month|null)|keep:([0-9]{1,2}):([0-9]{1,2})")


def of(stored: Mapping[str, Any]) -> Mask:
    """A mask as an item keeps it."""
    return Mask(stored.get("kind", "none"), int(stored.get("head", 0)), int(stored.get("tail", 0)))


def words(mask: Mask) -> str:
    """How an official reads a mask."""
    if mask.kind != "keep":
        return _WORDS[mask.kind]
    kept = "".join(f"{side}{count}位" for side, count in (("前", mask.head), ("后", mask.tail)) if count)
    return f"只显示{kept}" if kept else "全部隐藏"


def code(mask: Mask) -> str:
    """The value of a mask in a form."""
    return f"keep:{mask.head}:{mask.tail}" if mask.kind == "keep" else mask.kind


def decode(text: str) -> Mask | None:
    """The mask behind a form's value, or None."""
    found = _CODE.fullmatch(text)
    if found is None:
        return None
    if found[1]:
        return Mask(cast(MaskKind, found[1]))
    return Mask("keep", int(found[2]), int(found[3]))


def fits(mask: Mask, kind: str) -> bool:
    """Whether a column of this type of the lake can be masked so."""
    if mask.kind == "keep":
        return kind == "text"
    return mask.kind != "month" or kind in _DATES


def choices(kind: str, *first: Mask) -> list[tuple[str, str]]:
    """Masks that fit a type, those named first (as asked, as catalogued) in front."""
    every: Iterable[Mask] = (*first, *_KEEPS, Mask("month"), Mask("hash"), Mask("null"), Mask())
    return list(dict.fromkeys((code(mask), words(mask)) for mask in every if fits(mask, kind)))


def wrong_value(kind: str, label: str, text: str) -> str:
    """Why a text cannot be compared with a column of this type, or nothing."""
    readers: dict[str, Any] = {"integer": int, "date": date.fromisoformat, "timestamp": datetime.fromisoformat}
    try:
        if kind.startswith("decimal"):
            Decimal(text)
        elif kind in readers:
            readers[kind](text)
    except (ValueError, InvalidOperation):
        example = {"date": "2026-01-31", "timestamp": "2026-01-31 08:00:00"}.get(kind, "12")
        return f"“{label}”的取值“{text[:30]}”类型不对，请按“{example}”的形式填写"
    if kind == "boolean" and text not in ("true", "false"):
        return f"“{label}”的取值请填写 true 或 false"
    return ""
