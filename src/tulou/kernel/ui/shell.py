"""外壳: what the frame around every page needs to know, told by the rooms above.

The kernel knows no portal; a higher room names the pages which the frame links to.
A link whose page does not exist on this node is not drawn.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Literal

from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse

from tulou.kernel.identity import actor_of, party_names
from tulou.kernel.ui.menus import MenuGroup, menu_for

Door = Literal["home", "search", "todo", "login", "logout", "account", "acting", "help"]


@dataclass(frozen=True)
class ActingChoice:
    """An organisation for which the viewer may act; exactly one is current."""

    id: str
    label: str
    current: bool


@dataclass
class _Shell:
    doors: dict[str, str]
    title: Callable[[], str] | None


_shell = _Shell(doors={}, title=None)


def register_door(door: Door, url_name: str) -> None:
    """Name the page behind a link of the frame: `acting` and `logout` are posted to, the others opened.

    `search` receives the text as `q`; `acting` receives `organisation` and `next`.
    """
    _shell.doors[door] = url_name


def register_title(provider: Callable[[], str]) -> None:
    """Say what this node calls itself, for the top bar and the window's title."""
    _shell.title = provider


def door(name: Door) -> str:
    """The address behind a link, or an empty string."""
    url_name = _shell.doors.get(name)
    if url_name is None:
        return ""
    try:
        return reverse(url_name)
    except NoReverseMatch:
        return ""


class Shell:
    """The frame of one request; everything is worked out on first use, so that fragments pay nothing."""

    def __init__(self, request: HttpRequest) -> None:
        self.request = request

    @cached_property
    def signed_in(self) -> bool:
        """Whether somebody is signed in; error pages may come before the sign-in is known."""
        return bool(getattr(getattr(self.request, "user", None), "is_authenticated", False))

    @cached_property
    def menu(self) -> list[MenuGroup]:
        """Navigation groups, empty for the anonymous."""
        return menu_for(self.request) if self.signed_in else []

    @cached_property
    def acting(self) -> Sequence[ActingChoice]:
        """Organisations to act for."""
        actor = actor_of(self.request)
        acting = getattr(self.request, "acting", None)
        places = acting.options if acting else ()
        names = party_names(places)
        return [ActingChoice(str(place), names[place], place == actor.party) for place in places]

    @cached_property
    def acting_now(self) -> ActingChoice | None:
        """The organisation for which the viewer acts now."""
        return next((choice for choice in self.acting if choice.current), None)

    @cached_property
    def title(self) -> str:
        """The node's own name."""
        return _shell.title() if _shell.title else "一体化公共数据平台"

    @cached_property
    def doors(self) -> dict[str, str]:
        """Addresses of the frame's links that exist on this node."""
        names: tuple[Door, ...] = ("home", "search", "todo", "login", "logout", "account", "acting", "help")
        return {name: door(name) for name in names}


def context(request: HttpRequest) -> dict[str, Any]:
    """Context processor: `shell`."""
    return {"shell": Shell(request)}
