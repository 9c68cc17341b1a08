"""JSON form of event dataclasses: exact, typed both ways, and without floating point.

UUIDs, dates, times and decimals travel as text; the field's own type reads them
back, so that a decoded event equals the one that was published.
"""

from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from types import NoneType, UnionType
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints
from uuid import UUID

PLAIN = (str, int, bool, NoneType)
TEXTUAL: Mapping[type, Any] = {
    UUID: UUID,
    Decimal: Decimal,
    datetime: datetime.fromisoformat,
    date: date.fromisoformat,
}


def check(cls: type) -> None:
    """Refuse, when the event is declared, a field that could not be read back.

    Raises:
        TypeError: naming the field.
    """
    for name, hint in get_type_hints(cls).items():
        if not _supported(hint):
            raise TypeError(f"{cls.__name__}.{name}: an event cannot carry {hint!r}")


def encode(value: Any) -> Any:
    """The JSON material of a value."""
    if is_dataclass(value) and not isinstance(value, type):
        return {f.name: encode(getattr(value, f.name)) for f in fields(value)}
    if isinstance(value, Enum):
        return encode(value.value)
    if isinstance(value, bool | str | int | NoneType):
        return value
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, UUID | Decimal):
        return str(value)
    if isinstance(value, list | tuple):
        return [encode(item) for item in value]
    if isinstance(value, Mapping):
        return {str(key): encode(item) for key, item in value.items()}
    raise TypeError(f"an event cannot carry {type(value).__name__}")


def decode(hint: Any, value: Any) -> Any:
    """The value of the given type.

    Raises:
        KeyError, TypeError, ValueError: the material is not of that type.
    """
    if hint in TEXTUAL:
        return TEXTUAL[hint](value)
    if hint in PLAIN:
        return _plain(hint, value)
    origin = get_origin(hint)
    if origin is Literal:
        return _one_of(hint, value)
    if origin in (Union, UnionType):
        return _optional(hint, value)
    if origin is tuple:
        return _tuple(get_args(hint), value)
    if origin in (dict, Mapping):
        return {key: decode(get_args(hint)[1], item) for key, item in value.items()}
    if isinstance(hint, type) and issubclass(hint, Enum):
        return hint(value)
    hints = get_type_hints(hint)
    return hint(**{f.name: decode(hints[f.name], value[f.name]) for f in fields(hint) if f.name in value})


def _plain(hint: Any, value: Any) -> Any:
    if hint is NoneType:
        hint = type(None)
    if not isinstance(value, hint) or (hint is int and isinstance(value, bool)):
        raise TypeError(f"expected {hint.__name__}, got {type(value).__name__}")
    return value


def _one_of(hint: Any, value: Any) -> Any:
    if value not in get_args(hint):
        raise ValueError(f"{value!r} is not one of {get_args(hint)}")
    return value


def _optional(hint: Any, value: Any) -> Any:
    inner = [arg for arg in get_args(hint) if arg is not NoneType]
    return None if value is None else decode(inner[0], value)


def _tuple(args: tuple[Any, ...], value: Any) -> tuple[Any, ...]:
    if len(args) == 2 and args[1] is Ellipsis:
        return tuple(decode(args[0], item) for item in value)
    return tuple(decode(arg, item) for arg, item in zip(args, value, strict=True))


def _supported(hint: Any) -> bool:
    if hint in TEXTUAL or hint in PLAIN or get_origin(hint) is Literal:
        return True
    origin, args = get_origin(hint), get_args(hint)
    if origin in (Union, UnionType):
        return len(args) == 2 and NoneType in args and all(_supported(arg) for arg in args)
    if origin is tuple:
        return all(arg is Ellipsis or _supported(arg) for arg in args)
    if origin in (dict, Mapping):
        return args[0] is str and _supported(args[1])
    if isinstance(hint, type) and issubclass(hint, Enum):
        return True
    if is_dataclass(hint) and isinstance(hint, type):
        check(hint)
        return True
    return False
