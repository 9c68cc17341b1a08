"""去向的用量: what the meter says of a right, and what the evidence of its calls says; the two must agree.

The evidence is added up from the leaves themselves, the newest first and no more than `COUNTED`, so that the page
stays quick; when there are more, the page says so.
"""

from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.db.models import BigIntegerField, Count, F, Func, JSONField, Sum, TextField, Value
from django.db.models.fields.json import KT
from django.db.models.functions import Cast, Coalesce

from tulou.domains.access import public as access
from tulou.kernel import evidence

CALL, STARTED, FINISHED = "access.call.made", "access.delivery.started", "access.delivery.finished"
COUNTED = 20_000


@dataclass(frozen=True)
class Used:
    """One side's count."""

    calls: int = 0
    rows: int = 0
    bytes: int = 0


@dataclass(frozen=True)
class Usage:
    """Both sides of one right. `open` deliveries began and have not ended yet."""

    metered: Used = field(default_factory=Used)
    proven: Used = field(default_factory=Used)
    open: int = 0

    @property
    def agrees(self) -> bool:
        """Whether meter and evidence say the same; deliveries under way are not settled yet."""
        return self.metered == self.proven


def usage_of(rights: Collection[UUID]) -> dict[UUID, Usage]:
    """The use of these rights, in two queries."""
    if not rights:
        return {}
    metered = access.metered(rights)
    proven = _proven(rights)
    return {right: _joined(metered.get(right), proven.get(str(right), {})) for right in rights}


def _joined(meter: access.Use | None, told: dict[str, Used]) -> Usage:
    made, started, finished = (told.get(kind, Used()) for kind in (CALL, STARTED, FINISHED))
    proven = Used(made.calls + started.calls, made.rows + finished.rows, made.bytes + finished.bytes)
    counted = Used(meter.calls, meter.rows, meter.bytes) if meter else Used()
    return Usage(counted, proven, started.calls - finished.calls)


def _proven(rights: Collection[UUID]) -> dict[str, dict[str, Used]]:
    """By right and kind, from the leaves."""
    newest = evidence.journal().filter(
        subjects__overlap=[f"right:{right}" for right in rights], kind__in=(CALL, STARTED, FINISHED)
    )
    content = Cast(
        Func(F("leaf"), Value("UTF8"), function="convert_from", output_field=TextField()), output_field=JSONField()
    )
    rows = (
        evidence.journal()
        .filter(pk__in=newest.values("pk")[:COUNTED])
        .order_by()
        .annotate(content=content)
        .annotate(right=KT("content__data__basis__ref"))
        .values("right", "kind")
        .annotate(n=Count("id"), r=_sum("rows"), b=_sum("bytes"))
    )
    found: dict[str, dict[str, Used]] = {}
    for row in rows:
        found.setdefault(str(row["right"]), {})[row["kind"]] = Used(row["n"], row["r"], row["b"])
    return found


def _sum(name: str) -> Any:
    return Coalesce(Sum(Cast(KT(f"content__data__{name}"), BigIntegerField())), 0, output_field=BigIntegerField())
