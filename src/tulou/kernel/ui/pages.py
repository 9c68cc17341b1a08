"""事项页: the page of one object, with its state and due date on top, what I can do next, panels which other rooms
fill, the timeline with who did what, and the way to the evidence.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from typing import Any, ClassVar, NamedTuple

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.safestring import SafeString
from django.views import View

from tulou.kernel.identity import Actor, actor_of, party_names
from tulou.kernel.ui.places import proof_url, trace_url
from tulou.kernel.ui.slots import Panel, fillings, render_slot
from tulou.kernel.ui.tones import ICONS, Tone, tone_of
from tulou.kernel.workflow import Flow, Step, clocks_of, timeline


class Crumb(NamedTuple):
    """A place above the present one."""

    title: str
    url: str = ""


@dataclass(frozen=True)
class Fact:
    """A line of a description list. The value may be safe HTML; help is shown beside the title."""

    title: str
    value: str | SafeString | int | None
    url: str = ""
    help: str = ""


@dataclass(frozen=True)
class Tab:
    """A tab that is a link, so that it works without scripts and can be shared."""

    title: str
    url: str
    current: bool
    count: int | None = None


@dataclass(frozen=True)
class MoveLink:
    """Something the viewer can do next."""

    title: str
    url: str
    icon: str = ""


@dataclass(frozen=True)
class Due:
    """A running deadline as the page's head shows it."""

    title: str
    on: date
    provisional: bool
    paused: bool = False


@dataclass(frozen=True)
class TimelineStep:
    """One line of the timeline."""

    title: str
    who: str
    at: datetime | None = None
    note: str = ""
    tone: Tone = "neutral"
    url: str = ""

    @property
    def icon(self) -> str:
        """The tone's sign."""
        return ICONS[self.tone]


def drawn(steps: Sequence[Step]) -> list[TimelineStep]:
    """Steps of a flow as timeline lines, newest first; organisations are named in one question."""
    names = party_names({step.party for step in steps if step.party})
    return [
        TimelineStep(
            title=step.label,
            who=" · ".join(
                part for part in (names.get(step.party, "") if step.party else "", step.actor_label) if part
            ),
            at=step.at,
            note=step.note,
            tone=tone_of(step.target),
            url=proof_url(step.leaf_hash),
        )
        for step in reversed(steps)
    ]


class ObjectPage(View):
    """Subclass, say which object and which facts, extend `ui/object.html`, decorate with its permission."""

    slot: ClassVar[str] = ""
    flow: ClassVar[Flow[Any] | None] = None
    template_name: ClassVar[str] = "ui/object.html"
    overview_title: ClassVar[str] = "概况"
    move_icons: ClassVar[Mapping[str, str]] = {}

    # What a room overrides

    def get_object(self) -> Any:
        """The object, scoped to the viewer; None or Http404 when the viewer may not know of it."""
        raise NotImplementedError(f"{type(self).__name__} must say which object it shows")

    @property
    def title(self) -> str:
        """The heading."""
        return str(self.object)

    @property
    def code_text(self) -> str:
        """The official code above the heading, if there is one."""
        return ""

    def facts(self) -> Sequence[Fact]:
        """The description list of the overview."""
        return ()

    def crumbs(self) -> Sequence[Crumb]:
        """Where the page stands."""
        return ()

    def move_url(self, move: str) -> str:
        """Where a move is made; below the object's own address unless said otherwise. Empty leaves it out."""
        return f"{self.request.path}{move}/"

    def evidence_url(self) -> str:
        """The page with every trace of this object, where the viewer may open it."""
        meta = getattr(self.object, "_meta", None)
        return trace_url(self.actor, str(meta.model_name), self.object.pk) if meta else ""

    def timeline(self) -> Sequence[TimelineStep]:
        """What happened, newest first."""
        return drawn(list(timeline(self.object))) if self.flow else ()

    def extra(self) -> dict[str, Any]:
        """Further context for a room's own template."""
        return {}

    # The request

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """The page; with `?tab=` one panel of the slot in the overview's place."""
        return render(request, self.template_name, self._context())

    @property
    def actor(self) -> Actor:
        """Who looks."""
        return actor_of(self.request)

    @cached_property
    def object(self) -> Any:
        """The object of this page."""
        found = self.get_object()
        if found is None:
            raise Http404
        return found

    @property
    def status(self) -> str:
        """The state of the object, where it has one."""
        return str(getattr(self.object, "status", ""))

    @property
    def status_label(self) -> str:
        """The state in words."""
        if self.flow:
            return self.flow.state_label(self.status)
        label = getattr(self.object, "get_status_display", None)
        return str(label()) if label else self.status

    @cached_property
    def dues(self) -> list[Due]:
        """Deadlines that run now."""
        if not self.flow:
            return []
        open_ones = (clock for clock in clocks_of(self.object) if clock.is_open)
        return [Due(clock.title, clock.due_on, clock.provisional, clock.is_paused) for clock in open_ones]

    def moves(self) -> list[MoveLink]:
        """What this viewer can do next, by the flow's table."""
        if not self.flow:
            return []
        found = [(move, self.move_url(move.name)) for move in self.flow.moves_for(self.object, self.actor)]
        return [MoveLink(move.title, url, self.move_icons.get(move.name, "")) for move, url in found if url]

    def _context(self) -> dict[str, Any]:
        tab = next((f for f in fillings(self.slot, tab=True) if f.code == self.request.GET.get("tab")), None)
        html = tab.renderer(self.request, self.object) if tab else None
        chosen = Panel(tab.code, tab.title, html) if tab and html is not None else None
        return {
            "page": self,
            "object": self.object,
            "crumbs": self.crumbs(),
            "facts": () if chosen else self.facts(),
            "moves": self.moves(),
            "tabs": self._tabs(chosen),
            "tab_panel": chosen,
            "panels": [] if chosen or not self.slot else render_slot(self.slot, self.request, self.object, tab=False),
            "badges": render_slot(f"{self.slot}.badges", self.request, self.object) if self.slot else [],
            "extra_actions": render_slot(f"{self.slot}.actions", self.request, self.object) if self.slot else [],
            "timeline": self.timeline(),
            "evidence_url": self.evidence_url(),
            **self.extra(),
        }

    def _tabs(self, chosen: Panel | None) -> list[Tab]:
        found = fillings(self.slot, tab=True)
        if not found:
            return []
        path = self.request.path
        rest = [Tab(f.title, f"{path}?tab={f.code}", bool(chosen and chosen.code == f.code)) for f in found]
        return [Tab(self.overview_title, path, chosen is None), *rest]
