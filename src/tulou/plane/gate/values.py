"""Texts of plans and requests as typed parameters (条件取值)."""

from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from uuid import UUID

MAX_TEXT = 1000


def typed_value(text: str, sql_type: str) -> object:
    """The parameter that a text stands for in a column of this engine type.

    Raises:
        ValueError: it is no value of that type.
    """
    if "\x00" in text or len(text) > MAX_TEXT:
        raise ValueError("too long, or not a text")
    if sql_type == "VARCHAR":
        return text
    if sql_type == "BIGINT":
        return _whole(text)
    if sql_type == "DATE":
        return date.fromisoformat(text)
    if sql_type == "TIMESTAMP":
        return _moment(text)
    if sql_type == "BOOLEAN":
        return _truth(text)
    if sql_type == "UUID":
        return str(UUID(text))
    return _number(text)


def _whole(text: str) -> int:
    number = int(text)
    if not text.isascii() or not -(2**63) <= number < 2**63:
        raise ValueError("out of range")
    return number


def _moment(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is not None:
        raise ValueError("the lake's times have no zone")
    return moment


def _truth(text: str) -> bool:
    known = {"true": True, "false": False, "1": True, "0": False, "是": True, "否": False}
    if text.lower() not in known:
        raise ValueError("neither true nor false")
    return known[text.lower()]


def _number(text: str) -> Decimal:
    try:
        number = Decimal(text)
    except InvalidOperation:
        raise ValueError("not a number") from None
    if not text.isascii() or not number.is_finite() or len(text) > 40 or abs(number.adjusted()) > 37:
        raise ValueError("out of range")
    return number


def as_text(value: object) -> str:
    """A value in the spelling that `typed_value` reads back."""
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Decimal):
        return f"{value:f}"
    return str(value)
