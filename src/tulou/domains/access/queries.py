"""Reads of the access room."""

from collections.abc import Collection
from datetime import date
from uuid import UUID

from django.db.models import QuerySet, Sum

from tulou.domains.access.models import Meter, Right


def rights_of(caller: UUID) -> QuerySet[Right]:
    """Every right of one caller, newest first."""
    return Right.objects.filter(caller=caller)


def rights_on(entry: UUID) -> QuerySet[Right]:
    """Every right on one entry, newest first."""
    return Right.objects.filter(entry=entry)


def used(rights: Collection[UUID], since: date) -> dict[UUID, dict[str, int]]:
    """Calls, rows and bytes of each right since a day, in one query."""
    rows = Meter.objects.filter(right__in=rights, day__gte=since).values("right")
    totals = rows.annotate(c=Sum("calls"), r=Sum("rows"), b=Sum("bytes"))
    return {row["right"]: {"calls": row["c"], "rows": row["r"], "bytes": row["b"]} for row in totals}
