"""Who may do what to a request, an item, a grant. Pure predicates."""

from tulou.domains.catalog.public import ShareType
from tulou.domains.directory.public import roles
from tulou.domains.sharing.models import Grant, Request, RequestedItem
from tulou.kernel.identity import Actor
from tulou.kernel.permissions import may
from tulou.kernel.workflow import clocks_of


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
    """People of the providing agency who decide about its data, or its office once the matter was handed to it."""
    return decides(item.request, actor)


def decides(request: Request, actor: Actor) -> bool:
    """Whether the actor decides about the items of this request."""
    return may(actor, "sharing.decide", organisation=request.provider_id) or stands_in(request, actor)


def stands_in(request: Request, actor: Actor) -> bool:
    """The provider's own office decides only while an overdue reply is handed over to it."""
    if actor.is_system or not may(actor, "sharing.endorse", organisation=request.provider_id):
        return False
    handed_over = clocks_of(request).filter(
        stopped_on=None, escalated_at__isnull=False, holder_role=roles.OFFICE_APPROVER
    )
    return handed_over.exists()


def can_be_asked_for(share_type: str) -> bool:
    """不予共享 is not asked for; its basis stands on the entry's page."""
    return share_type != ShareType.REFUSED


def asks_for_everything(wished: int, known: int) -> bool:
    """最小必要: every item of an entry is rarely what one matter needs."""
    return known > 1 and wished >= known


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
