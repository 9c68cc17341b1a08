"""插槽: a lower room declares a place on its page, a higher room fills it.

The lower room never learns who fills it. A renderer that returns None has nothing to show
to this viewer, and its panel is left out.
"""

from collections.abc import Callable
from dataclasses import dataclass

from django.http import HttpRequest
from django.utils.safestring import SafeString

Renderer = Callable[[HttpRequest, object], SafeString | None]


@dataclass(frozen=True)
class Filling:
    """What one room puts into a slot. `tab=True` gives it a tab of its own, drawn only when opened."""

    slot: str
    code: str
    order: int
    title: str
    renderer: Renderer
    tab: bool


@dataclass(frozen=True)
class Panel:
    """A filling drawn for one request."""

    code: str
    title: str
    html: SafeString


_declared: dict[str, str] = {}
_fillings: dict[str, dict[str, Filling]] = {}


def slot(name: str, title: str) -> str:
    """Declare a slot; the title says in Chinese what the place is for."""
    _declared[name] = title
    return name


def declared() -> dict[str, str]:
    """Every declared slot with its title."""
    return dict(_declared)


def fill(slot_name: str, order: int, title: str, renderer: Renderer, *, code: str = "", tab: bool = False) -> None:
    """Fill a slot. The code names the panel in the address (`?tab=`) and defaults to the renderer's own name."""
    code = code or f"{renderer.__module__.rsplit('.', 2)[-2]}-{getattr(renderer, '__name__', 'panel')}".replace(
        "_", "-"
    )
    _fillings.setdefault(slot_name, {})[code] = Filling(slot_name, code, order, title, renderer, tab)


def fillings(slot_name: str, *, tab: bool | None = None) -> list[Filling]:
    """The fillings of a slot in order; all, only tabs, or only panels."""
    found = sorted(_fillings.get(slot_name, {}).values(), key=lambda filling: (filling.order, filling.code))
    return [filling for filling in found if tab is None or filling.tab is tab]


def undeclared() -> set[str]:
    """Slots that somebody fills and nobody declares: a mistyped name shows up here."""
    return set(_fillings) - set(_declared)


def render_slot(slot_name: str, request: HttpRequest, obj: object, *, tab: bool | None = None) -> list[Panel]:
    """Draw the panels of a slot for one object."""
    panels = []
    for filling in fillings(slot_name, tab=tab):
        html = filling.renderer(request, obj)
        if html is not None:
            panels.append(Panel(filling.code, filling.title, html))
    return panels
