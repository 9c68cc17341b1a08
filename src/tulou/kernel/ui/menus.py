"""菜单: side navigation as data, shown to those who may.

A room registers its entries when its app is ready. A viewer sees an entry only when
its roles allow the action, so the menu never leads to a refusal.
"""

from collections.abc import Callable
from dataclasses import dataclass

from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse

from tulou.kernel.identity import actor_of
from tulou.kernel.permissions import actions_of


@dataclass(frozen=True)
class MenuEntry:
    """One line of the side navigation. `action=None` shows it to everybody who signed in."""

    code: str
    title: str
    url_name: str
    action: str | None
    group: str
    order: int
    icon: str = "circle"
    count: Callable[[HttpRequest], int] | None = None


@dataclass(frozen=True)
class MenuLine:
    """An entry as one request sees it."""

    entry: MenuEntry
    url: str
    current: bool
    count: int | None


@dataclass(frozen=True)
class MenuGroup:
    """Entries under one heading, in order."""

    title: str
    lines: list[MenuLine]


_entries: dict[str, MenuEntry] = {}


def register_menu(entry: MenuEntry) -> None:
    """Add an entry; a second registration of the same code must be identical."""
    known = _entries.setdefault(entry.code, entry)
    if known != entry:
        raise ValueError(f"menu entry {entry.code!r} is registered twice with different content")


def registered() -> list[MenuEntry]:
    """Every entry, for documentation and tests."""
    return sorted(_entries.values(), key=lambda entry: (entry.order, entry.code))


def menu_for(request: HttpRequest) -> list[MenuGroup]:
    """The groups that this viewer may open, the most specific match marked as current."""
    cached: list[MenuGroup] | None = getattr(request, "_tulou_menu", None)
    if cached is None:
        cached = _build(request)
        request._tulou_menu = cached  # type: ignore[attr-defined]
    return cached


def _build(request: HttpRequest) -> list[MenuGroup]:
    allowed = actions_of(actor_of(request))
    visible = [(entry, _address(entry)) for entry in registered() if entry.action is None or entry.action in allowed]
    addresses = [(entry, url) for entry, url in visible if url is not None]
    here = max((url for _, url in addresses if _contains(url, request.path)), key=len, default="")
    groups: dict[str, list[MenuLine]] = {}
    for entry, url in addresses:
        count = entry.count(request) if entry.count else None
        groups.setdefault(entry.group, []).append(MenuLine(entry, url, url == here, count))
    return [MenuGroup(title, lines) for title, lines in groups.items()]


def _contains(url: str, path: str) -> bool:
    """`/` is the current place only on itself, else every page would be the front page."""
    return path == url or (url != "/" and path.startswith(url))


def _address(entry: MenuEntry) -> str | None:
    """A capability that is switched off has no address, and then no menu line."""
    try:
        return reverse(entry.url_name)
    except NoReverseMatch:
        return None
