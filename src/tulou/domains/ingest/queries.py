"""Reads of aggregation, scoped: an agency sees its own batches, the bureau and the operator the metadata of all."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db.models import Count, Exists, OuterRef, QuerySet, Sum
from django.db.models.functions import TruncDate

from tulou.domains.catalog.public import EntryInfo, entries_of
from tulou.domains.ingest.models import Batch, Source
from tulou.domains.ingest.vocabulary import BatchStatus
from tulou.kernel.identity import Actor
from tulou.kernel.permissions import ALL, may, organisations_where


def visible_batches(actor: Actor) -> QuerySet[Batch]:
    """Batches whose metadata this viewer may read."""
    where = organisations_where(actor, "ingest.read")
    rows = Batch.objects.select_related("entry", "provider", "source")
    return rows if where is ALL else rows.filter(provider_id__in=where)  # type: ignore[misc]  # ALL is a singleton


def visible_sources(actor: Actor) -> QuerySet[Source]:
    """Sources of the agencies for which the viewer loads data."""
    where = organisations_where(actor, "ingest.load")
    rows = Source.objects.select_related("entry", "provider")
    return rows if where is ALL else rows.filter(provider_id__in=where)  # type: ignore[misc]


def loadable_entries(actor: Actor) -> list[EntryInfo]:
    """Entries in use of the agency acted for, whose data the viewer may load."""
    if actor.party is None or not may(actor, "ingest.load", organisation=actor.party):
        return []
    return [known for known in entries_of(actor.party) if in_use(known)]


def loadable_entry(actor: Actor, known: EntryInfo | None) -> bool:
    """Whether this viewer may load data for an entry."""
    return in_use(known) and known is not None and may(actor, "ingest.load", organisation=known.provider)


def in_use(known: EntryInfo | None) -> bool:
    """Whether an entry was published and not retired, as far as was read."""
    return known is not None and known.version > 0 and known.status != "retired"


def batches_of(entry: UUID) -> QuerySet[Batch]:
    """Batches of an entry, newest first."""
    return Batch.objects.filter(entry=entry)


@dataclass(frozen=True, slots=True)
class Correction:
    """退回与补报: a batch with those that corrected it, and how many of its rejected rows are still open."""

    root: Batch
    later: tuple[Batch, ...]
    open: int


def correction_of(batch: Batch) -> Correction:
    """The chain that a batch belongs to.

    A row counts as corrected when a later batch added or changed it; as long as the last correction itself was
    rejected in part, those rows are open.
    """
    root = batch
    while root.resubmits_id is not None and root.resubmits is not None:
        root = root.resubmits
    later: list[Batch] = []
    layer = [root.pk]
    while layer:
        found = list(Batch.objects.filter(resubmits__in=layer).order_by("registered_at"))
        later += found
        layer = [row.pk for row in found]
    return Correction(root, tuple(later), _open(root, [row for row in later if row.status == BatchStatus.LANDED]))


def _open(root: Batch, landed: list[Batch]) -> int:
    if not landed:
        return root.rejected
    corrected = sum(row.inserted + row.changed for row in landed)
    return max(root.rejected - corrected, landed[-1].rejected)


def open_rejections(provider: UUID) -> QuerySet[Batch]:
    """Landed batches of an agency with rejected rows that nobody has begun to correct."""
    rows = Batch.objects.filter(provider=provider, status=BatchStatus.LANDED, rejected__gt=0)
    return rows.exclude(resubmissions__status=BatchStatus.LANDED).select_related("entry")


def open_failures(provider: UUID) -> QuerySet[Batch]:
    """Batches of an agency that did not land, and after which nothing was sent for the same entry."""
    later = Batch.objects.filter(entry=OuterRef("entry"), registered_at__gt=OuterRef("registered_at"))
    rows = Batch.objects.filter(~Exists(later), provider=provider, status=BatchStatus.FAILED)
    return rows.select_related("entry")


@dataclass(frozen=True, slots=True)
class DayLanded:
    """What landed on one day."""

    day: date
    batches: int
    sent: int
    accepted: int
    rejected: int


def landed_by_day(since: date, *, provider: UUID | None = None) -> tuple[DayLanded, ...]:
    """What landed day by day since a day, of one agency or of all; days without a batch are left out."""
    rows = Batch.objects.filter(status=BatchStatus.LANDED, finished_at__date__gte=since)
    if provider is not None:
        rows = rows.filter(provider=provider)
    days = rows.order_by().annotate(day=TruncDate("finished_at")).values("day").order_by("day")
    found = days.annotate(n=Count("id"), s=Sum("sent"), a=Sum("accepted"), r=Sum("rejected"))
    return tuple(DayLanded(row["day"], row["n"], row["s"], row["a"], row["r"]) for row in found)
