"""Reads of the catalogue, scoped: published entries are every agency's, those in preparation their own."""

from django.db.models import Q, QuerySet

from tulou.domains.catalog.models import Entry
from tulou.domains.catalog.vocabulary import EntryStatus
from tulou.kernel.identity import Actor
from tulou.kernel.permissions import ALL, organisations_where

SUBMITTED = (EntryStatus.SUBMITTED, EntryStatus.CHANGE_SUBMITTED)


def visible(actor: Actor) -> QuerySet[Entry]:
    """Entries this viewer may know of."""
    own = Q(provider_id=actor.party) if actor.party else Q(pk__in=[])
    seen = Q(version__gt=0) | own
    if organisations_where(actor, "catalog.review") is ALL:
        seen |= ~Q(status=EntryStatus.DRAFT)
    return Entry.objects.filter(seen).select_related("provider")


def own(actor: Actor) -> QuerySet[Entry]:
    """Entries of the agency the viewer acts for."""
    return Entry.objects.filter(provider_id=actor.party).select_related("provider")


def waiting_for_review() -> QuerySet[Entry]:
    """The review desk's queue, oldest first."""
    return Entry.objects.filter(status__in=SUBMITTED).select_related("provider").order_by("updated_at")
