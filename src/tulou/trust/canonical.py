"""Canonical JSON (规范编码): one value, one sequence of bytes, so that a hash or a signature means one thing only.

Text, whole numbers of 64 bits, true, false, null, lists and objects; keys
sorted by code point, UTF-8, no spaces, no floats. Text is kept as it is (no
Unicode normalisation): whoever signs decides its form. `parse` refuses every
other spelling of the same value, repeated keys included.
"""

import json
from typing import Any, NoReturn

MAX_DEPTH = 64
MAX_INTEGER = 2**63 - 1


class NotCanonical(ValueError):
    """The value has no canonical form, or the bytes are not the canonical form of a value."""


def canonical(value: Any) -> bytes:
    """The canonical bytes of a value.

    Raises:
        NotCanonical: the value holds something other than text, whole numbers, booleans, null, lists or objects.
    """
    _check(value, MAX_DEPTH)
    return _encode(value)


def parse(data: bytes) -> Any:
    """Read canonical bytes back.

    Raises:
        NotCanonical: the bytes are not exactly what `canonical` would write.
    """
    try:
        value = json.loads(
            data.decode("utf-8"),
            object_pairs_hook=_object,
            parse_float=_no_float,
            parse_constant=_no_float,
            parse_int=_integer,
        )
    except NotCanonical:
        raise
    except (ValueError, RecursionError) as problem:
        raise NotCanonical("不是规范编码的 JSON，请核对文件是否被改动或截断") from problem
    _check(value, MAX_DEPTH)
    if _encode(value) != data:
        raise NotCanonical("JSON 的写法不规范（空格、键序或转义不同），请使用原始文件")
    return value


def _encode(value: Any) -> bytes:
    try:
        return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode("utf-8")
    except UnicodeEncodeError as problem:
        raise NotCanonical("文本含有无法编码的字符（孤立的代理码位），请先清理") from problem


def _check(value: Any, depth: int) -> None:
    if value is None or isinstance(value, str | bool):
        return
    if isinstance(value, int):
        if not -MAX_INTEGER <= value <= MAX_INTEGER:
            raise NotCanonical("整数超出 64 位范围，请改用文本表示")
        return
    if depth == 0:
        raise NotCanonical(f"数据嵌套超过 {MAX_DEPTH} 层，请减少层次")
    if isinstance(value, list):
        for item in value:
            _check(item, depth - 1)
    elif isinstance(value, dict):
        for key, item in value.items():
            if not isinstance(key, str):
                raise NotCanonical(f"对象的键必须是文本，实为 {type(key).__name__}")
            _check(item, depth - 1)
    else:
        raise NotCanonical(f"不能编码 {type(value).__name__} 类型，请先转换为文本或整数")


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    value = dict(pairs)
    if len(value) != len(pairs):
        raise NotCanonical("JSON 对象中有重复的键，请使用原始文件")
    return value


def _integer(text: str) -> int:
    if len(text) > 20:
        raise NotCanonical("整数超出 64 位范围，请改用文本表示")
    return int(text)


def _no_float(text: str) -> NoReturn:
    raise NotCanonical(f"JSON 中不允许小数或特殊数值（{text[:20]}），请改用文本表示")
