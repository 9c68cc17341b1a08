"""Who may do what to a rule and a ticket. Pure predicates.

Whoever must mend the data never decides that they are mended.
"""

from uuid import UUID

from tulou.domains.directory.public import holder_today
from tulou.domains.quality.models import Ticket
from tulou.kernel.identity import Actor
from tulou.kernel.permissions import may


def acts_for(actor: Actor, organisation: UUID | None) -> bool:
    """Whether the actor acts for this organisation, or for the one that holds its place today."""
    if actor.party is None or organisation is None:
        return False
    return holder_today(actor.party) == holder_today(organisation)


def may_mend(ticket: Ticket, actor: Actor) -> bool:
    """People of the source who see to its data."""
    return may(actor, "quality.rectify", organisation=ticket.provider_id)


def may_verify(ticket: Ticket, actor: Actor) -> bool:
    """The bureau's quality officers, and the platform on evidence; never the source itself."""
    own = acts_for(actor, ticket.provider_id)
    return not own and may(actor, "quality.verify", organisation=ticket.provider_id)


def reported(ticket: Ticket, actor: Actor) -> bool:
    """People of the agency that reported the fault, unless it is the source itself."""
    if ticket.reporter_id is None or acts_for(actor, ticket.provider_id):
        return False
    return may(actor, "quality.report", organisation=ticket.reporter_id)


def may_settle(ticket: Ticket, actor: Actor) -> bool:
    """Close, send back or escalate: the quality officers, and who reported it; never the source itself."""
    return may_verify(ticket, actor) or reported(ticket, actor)
