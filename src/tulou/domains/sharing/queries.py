"""Reads of the sharing room, scoped to the viewer: applicant, provider, and the authority and auditors over all."""

from django.db.models import Q, QuerySet

from tulou.domains.sharing.models import Grant, Request, RequestStatus
from tulou.kernel.identity import Actor
from tulou.kernel.permissions import ALL, organisations_where


def requests(actor: Actor) -> QuerySet[Request]:
    """Requests this viewer may see; a provider sees a request once it was submitted."""
    rows = Request.objects.select_related("entry", "provider", "applicant", "basis")
    if organisations_where(actor, "sharing.read_all") is ALL:
        return rows.exclude(status__in=[RequestStatus.DRAFT, RequestStatus.ENDORSED])
    if actor.party is None:
        return rows.none()
    unseen = [RequestStatus.DRAFT, RequestStatus.ENDORSED]
    return rows.filter(Q(applicant=actor.party) | (Q(provider=actor.party) & ~Q(status__in=unseen)))


def grants(actor: Actor) -> QuerySet[Grant]:
    """Grants this viewer may see."""
    rows = Grant.objects.select_related("request", "entry", "provider", "consumer")
    if organisations_where(actor, "sharing.read_all") is ALL:
        return rows
    return rows.filter(Q(consumer=actor.party) | Q(provider=actor.party)) if actor.party else rows.none()
