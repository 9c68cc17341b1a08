"""What must never enter the log: it can not be erased, so nothing personal may be written to it.

A cheap last guard, not a classifier: values that look like an ID number or a
mobile phone are refused, whoever wrote them.
"""

import re
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

ID_NUMBER = re.compile(r"(?<![0-9A-Za-z])\d{6}(\d{4})(\d{2})(\d{2})\d{3}[\dXx](?![0-9A-Za-z])")
MOBILE = re.compile(r"(?<![0-9A-Za-z])(?:\+?86[- ]?)?1[3-9]\d{9}(?![0-9A-Za-z])")


class PersonalValue(ValueError):
    """The data holds something that looks like an identifier of a person."""


def refuse_personal(data: Mapping[str, Any]) -> None:
    """Raise `PersonalValue` when any text or number in the data looks like an ID number or a mobile phone."""
    for where, text in _texts(data, ""):
        if MOBILE.search(text) or any(_is_date(*found.groups()) for found in ID_NUMBER.finditer(text)):
            raise PersonalValue(f"留痕内容“{where}”疑似含身份证号或手机号：留痕不可删除，请只记摘要或编号")


def _texts(value: Any, where: str) -> Iterator[tuple[str, str]]:
    if isinstance(value, Mapping):
        for key, item in value.items():
            yield f"{where}.{key}".lstrip("."), str(key)
            yield from _texts(item, f"{where}.{key}".lstrip("."))
    elif isinstance(value, list | tuple):
        for item in value:
            yield from _texts(item, where)
    elif isinstance(value, str) or (isinstance(value, int) and not isinstance(value, bool)):
        yield where, str(value)


def _is_date(year: str, month: str, day: str) -> bool:
    try:
        return 1900 <= date(int(year), int(month), int(day)).year < 2100
    except ValueError:
        return False
