"""共享情况 on the entry's page, and the way to ask: what another room's page shows of sharing."""

from uuid import UUID

from django.http import HttpRequest
from django.utils.safestring import SafeString

from tulou.domains.access import public as access
from tulou.domains.catalog import public as catalog
from tulou.domains.directory.public import holder_today
from tulou.domains.ingest.public import own_rights
from tulou.domains.sharing import queries
from tulou.domains.sharing.models import GrantStatus
from tulou.domains.sharing.policies import can_be_asked_for
from tulou.kernel.identity import Actor, actor_of
from tulou.kernel.permissions import may
from tulou.kernel.ui.components import draw


def ask_for_entry(request: HttpRequest, entry: object) -> SafeString | None:
    """申请共享, or for the provider itself the preview of its own data."""
    actor, known = actor_of(request), _entry(entry)
    if known is None:
        return None
    if owns(known, actor):
        right, _ = own_rights(known.id)
        if right is None or not may(actor, "access.use"):
            return None
        return draw("sharing/_own.html", request, right=right)
    if not may(actor, "sharing.request") or not catalog.published(known.id) or not can_be_asked_for(known.share_type):
        return None
    return draw("sharing/_ask.html", request, entry=known)


def sharing_of_entry(request: HttpRequest, entry: object) -> SafeString | None:
    """Who uses the entry: the number for everybody, the list for its provider and the authority."""
    actor, known = actor_of(request), _entry(entry)
    if known is None or not known.version:
        return None
    uses = list(queries.uses_of(known.id))
    sees_list = owns(known, actor) or queries.sees_all(actor)
    own = queries.own_ids(actor)
    context = {
        "entry": known,
        "retired": not catalog.published(known.id),
        "refused": not can_be_asked_for(known.share_type),
        "agencies": len({use.consumer_id for use in uses}),
        "count": sum(use.status == GrantStatus.IN_USE for use in uses),
        "uses": uses if sees_list else [],
        "used": access.used_today([use.right for use in uses if use.right]) if sees_list else {},
        "mine": [use for use in uses if use.consumer_id in own],
        "asking": list(queries.open_requests_on(known.id, actor)) if may(actor, "sharing.view") else [],
    }
    return draw("sharing/_entry.html", request, **context)


def grant_of_right(request: HttpRequest, right: object) -> SafeString | None:
    """From a right that rests on a grant back to the grant."""
    kind, _, key = str(getattr(right, "ref", "")).partition(":")
    return draw("sharing/_grant_link.html", request, grant=UUID(key)) if kind == "grant" else None


def owns(entry: catalog.EntryInfo, actor: Actor) -> bool:
    """Whether the viewer acts for the agency that provides the entry today."""
    return actor.party is not None and holder_today(entry.provider) == holder_today(actor.party)


def _entry(entry: object) -> catalog.EntryInfo | None:
    key = getattr(entry, "id", None)
    return catalog.entry(key) if isinstance(key, UUID) else None
