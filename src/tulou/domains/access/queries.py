"""Reads of the access room: rights are the caller's, copies their provider's; the authority and auditors see all."""

from collections.abc import Collection
from datetime import date
from uuid import UUID

from django.db.models import Max, OuterRef, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce

from tulou.domains.access.models import CopyHolder, Meter, Plan, Revocation, Right, RightKind
from tulou.domains.directory.public import predecessors
from tulou.kernel.calendar import now, today
from tulou.kernel.identity import Actor
from tulou.kernel.permissions import ALL, organisations_where


def rights_of(caller: UUID) -> QuerySet[Right]:
    """Every right of one caller, newest first."""
    return Right.objects.filter(caller=caller)


def rights_on(entry: UUID) -> QuerySet[Right]:
    """Every right on one entry, newest first."""
    return Right.objects.filter(entry=entry)


def own_ids(actor: Actor) -> frozenset[UUID]:
    """The organisation acted for, and those whose place it holds."""
    return predecessors(actor.party) if actor.party else frozenset()


def visible(actor: Actor) -> QuerySet[Right]:
    """Rights this viewer may know of."""
    if organisations_where(actor, "access.read_all") is ALL:
        return Right.objects.all()
    return Right.objects.filter(caller__in=own_ids(actor))


def copies(actor: Actor) -> QuerySet[CopyHolder]:
    """Registered copies of data that the viewer's organisation provides."""
    if organisations_where(actor, "access.read_all") is ALL:
        return CopyHolder.objects.all()
    owned = Right.objects.filter(kind=RightKind.OWNERSHIP, caller__in=own_ids(actor)).values("entry")
    return CopyHolder.objects.filter(entry__in=owned)


def with_use(rows: QuerySet[Right]) -> QuerySet[Right]:
    """Each right with today's calls and rows, and the last day on which it was used."""
    meter = Meter.objects.filter(right=OuterRef("pk"))
    here = meter.filter(day=today())
    return rows.annotate(
        calls_today=Coalesce(Subquery(here.values("calls")[:1]), 0),
        rows_today=Coalesce(Subquery(here.values("rows")[:1]), 0),
        used_on=Subquery(meter.values("right").annotate(last=Max("day")).values("last")[:1]),
    )


def key_of(right: Right) -> Plan | None:
    """The API key that works now, if one was issued."""
    stopped = Revocation.objects.filter(lifted_at=None).values("target")
    keys = Plan.objects.filter(right=right, channel="api", expires__gt=now()).exclude(pk__in=stopped)
    return keys.order_by("-issued_at").first()


def used(rights: Collection[UUID], since: date) -> dict[UUID, dict[str, int]]:
    """Calls, rows and bytes of each right since a day, in one query."""
    rows = Meter.objects.filter(right__in=rights, day__gte=since).values("right")
    totals = rows.annotate(c=Sum("calls"), r=Sum("rows"), b=Sum("bytes"))
    return {row["right"]: {"calls": row["c"], "rows": row["r"], "bytes": row["b"]} for row in totals}
