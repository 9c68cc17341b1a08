"""Who may do what to a request, an item, a grant. Pure predicates."""

from tulou.domains.sharing.models import Grant, Request, RequestedItem
from tulou.kernel.identity import Actor
from tulou.kernel.permissions import may


def is_applicant(request: Request, actor: Actor) -> bool:
    """People of the applying agency who ask for data."""
    return may(actor, "sharing.request", organisation=request.applicant_id)


def is_own_office(request: Request, actor: Actor) -> bool:
    """The applying agency's own office, which answers for the request."""
    return may(actor, "sharing.endorse", organisation=request.applicant_id)


def is_authority(request: Request, actor: Actor) -> bool:
    """The data authority's desk, never on its own agency's request."""
    return may(actor, "sharing.accept") and actor.party != request.applicant_id


def is_provider(item: RequestedItem, actor: Actor) -> bool:
    """People of the providing agency who decide about its data."""
    return may(actor, "sharing.decide", organisation=item.request.provider_id)


def is_system(request: Request, actor: Actor) -> bool:
    """Only the platform itself concludes, when the last item is decided."""
    return actor.is_system


def controls_grant(grant: Grant, actor: Actor) -> bool:
    """The provider or the authority stops a grant; the platform does when it runs out."""
    own = may(actor, "sharing.decide", organisation=grant.provider_id)
    return own or may(actor, "sharing.accept") or actor.is_system


def delivers(grant: Grant, actor: Actor) -> bool:
    """The platform delivers as soon as the data are there."""
    return actor.is_system
