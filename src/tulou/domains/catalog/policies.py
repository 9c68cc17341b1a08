"""Who may do what to an entry. Pure predicates."""

from tulou.domains.catalog.models import Entry
from tulou.kernel.identity import Actor
from tulou.kernel.permissions import may


def may_compile(entry: Entry, actor: Actor) -> bool:
    """The provider's data managers write its entries."""
    return may(actor, "catalog.compile", organisation=entry.provider_id)


def may_endorse(entry: Entry, actor: Actor) -> bool:
    """The provider's own office approves before the bureau sees it."""
    return may(actor, "catalog.endorse", organisation=entry.provider_id)


def may_review(entry: Entry, actor: Actor) -> bool:
    """The bureau's reviewer publishes or returns; never the provider itself."""
    return may(actor, "catalog.review") and actor.party != entry.provider_id
