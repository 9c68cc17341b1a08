"""Periods that must not overlap, kept apart by the database itself, without any extension.

The built-in GiST index compares ranges but not keys, so that a key becomes ranges of one number each: the two halves
of a uuid (exact), or the 64-bit hash of a code (two codes would have to collide to be refused wrongly).
"""

from typing import Any

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import BigIntegerRangeField, DateRangeField, DateTimeRangeField, RangeOperators
from django.db.models import F, Func, Q, Value


class UuidFirstHalf(Func):
    """The first 64 bits of a uuid as a range of one number."""

    arity = 1
    template = "int8range({0}, {0}, '[]')".format(
        "('x' || substr(replace((%(expressions)s)::text, '-', ''), 1, 16))::bit(64)::bigint"
    )
    output_field = BigIntegerRangeField()


class UuidSecondHalf(Func):
    """The last 64 bits of a uuid as a range of one number."""

    arity = 1
    template = "int8range({0}, {0}, '[]')".format(
        "('x' || substr(replace((%(expressions)s)::text, '-', ''), 17, 16))::bit(64)::bigint"
    )
    output_field = BigIntegerRangeField()


class CodeHash(Func):
    """The hash of a short text as a range of one number."""

    arity = 1
    template = "int8range(hashtextextended(%(expressions)s, 0), hashtextextended(%(expressions)s, 0), '[]')"
    output_field = BigIntegerRangeField()


def no_overlap(
    name: str,
    key: str,
    *,
    days: tuple[str, str] | None = None,
    moments: tuple[str, str] | None = None,
    key_type: str = "uuid",
    condition: Q | None = None,
    message: str = "同一对象的有效期间不得重叠，请调整起止日期",
) -> ExclusionConstraint:
    """For one key, no two rows share a day (`days`) and a moment (`moments`); ends are excluded, null is open."""
    points: dict[str, list[type[Func]]] = {"uuid": [UuidFirstHalf, UuidSecondHalf], "text": [CodeHash]}
    expressions: list[tuple[Any, str]] = [(point(F(key)), RangeOperators.OVERLAPS) for point in points[key_type]]
    if days is not None:
        expressions.append((_span(days, "daterange", DateRangeField()), RangeOperators.OVERLAPS))
    if moments is not None:
        expressions.append((_span(moments, "tstzrange", DateTimeRangeField()), RangeOperators.OVERLAPS))
    return ExclusionConstraint(name=name, expressions=expressions, condition=condition, violation_error_message=message)


def _span(ends: tuple[str, str], function: str, field: DateRangeField | DateTimeRangeField) -> Func:
    return Func(F(ends[0]), F(ends[1]), Value("[)"), function=function, output_field=field)
