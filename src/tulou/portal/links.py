"""去处: addresses of pages in other rooms, for whoever may open them; a page that is not built has none."""

from urllib.parse import urlencode

from django.apps import apps
from django.urls import NoReverseMatch, reverse

from tulou.kernel.identity import Actor
from tulou.kernel.permissions import actions_of


def installed(domain: str) -> bool:
    """Whether this node has the domain."""
    return apps.is_installed(f"tulou.domains.{domain}")


def address(url_name: str, **query: str) -> str:
    """The address, or an empty string where the page does not exist."""
    try:
        found = reverse(url_name)
    except NoReverseMatch:
        return ""
    return f"{found}?{urlencode(query)}" if query else found


def allowed(actor: Actor, action: str | None) -> bool:
    """Whether the actor may open a page of this action; None asks for a sign-in only."""
    if actor.is_guest:
        return False
    return action is None or action in actions_of(actor)
