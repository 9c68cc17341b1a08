"""Reads of the catalogue, scoped: published entries are every agency's, those in preparation their own."""

from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import DateField, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Cast

from tulou.domains.catalog.content import Content
from tulou.domains.catalog.models import Entry, EntryVersion
from tulou.domains.catalog.vocabulary import EntryStatus
from tulou.domains.directory.public import predecessors
from tulou.kernel import temporal
from tulou.kernel.identity import Actor
from tulou.kernel.permissions import ALL, organisations_where
from tulou.kernel.workflow import Clock

SUBMITTED = (EntryStatus.SUBMITTED, EntryStatus.CHANGE_SUBMITTED)
IN_WORK = (EntryStatus.DRAFT, EntryStatus.CHANGING)


def visible(actor: Actor) -> QuerySet[Entry]:
    """Entries this viewer may know of: what is published, what is its own, and for reviewers what was submitted."""
    seen = Q(version__gt=0) | Q(provider_id__in=own_ids(actor))
    if organisations_where(actor, "catalog.review") is ALL:
        seen |= Q(status__in=SUBMITTED)
    return Entry.objects.filter(seen).select_related("provider")


def own_ids(actor: Actor) -> frozenset[UUID]:
    """The agencies whose entries are the viewer's own: the one acted for, and those whose place it holds."""
    return predecessors(actor.party) if actor.party else frozenset()


def is_own(entry: Entry, actor: Actor) -> bool:
    """Whether the viewer acts for the agency that provides this entry."""
    return entry.provider_id in own_ids(actor)


def own(actor: Actor) -> QuerySet[Entry]:
    """Entries of the agency the viewer acts for."""
    return Entry.objects.filter(provider_id__in=own_ids(actor)).select_related("provider")


def waiting_for_review() -> QuerySet[Entry]:
    """The review desk's queue, oldest first."""
    return Entry.objects.filter(status__in=SUBMITTED).select_related("provider").order_by("updated_at")


def with_due(rows: QuerySet[Entry]) -> "QuerySet[Any]":
    """Each entry with the day its open clock runs out (`due_on`), and whether that day is 暂定 (`due_provisional`)."""
    running = Clock.objects.filter(subject=OuterRef("pk"), stopped_on=None).order_by("due_on")
    return rows.annotate(
        due_on=Cast(Subquery(running.values("due_on")[:1]), DateField()),
        due_provisional=Subquery(running.values("provisional")[:1]),
    )


def content_on(entry: Entry, on: date) -> tuple[int, Content] | None:
    """The version that was in use on a day with its content, or None where none was."""
    row = temporal.as_of(Entry, on).filter(subject=entry.pk).first()
    if row is None or getattr(row, "status", "") == EntryStatus.RETIRED:
        return None
    kept = EntryVersion.objects.filter(entry=entry, version=getattr(row, "version", 0)).first()
    return (kept.version, kept.content) if kept else None


def version_content(entry: Entry, version: int) -> Content | None:
    """The content of one published version."""
    kept = EntryVersion.objects.filter(entry=entry, version=version).first()
    return kept.content if kept else None
