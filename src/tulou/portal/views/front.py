"""公共数据服务总门户: the front page for everybody, and the figures with their definitions."""

from dataclasses import dataclass
from datetime import date

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from tulou.domains.catalog import public as catalog
from tulou.kernel.identity import actor_of, party_names
from tulou.kernel.permissions import public_page
from tulou.kernel.ui import places
from tulou.portal import holdings
from tulou.portal.figures import public_figures
from tulou.portal.offerings import offerings

RECENT = 8


@dataclass(frozen=True)
class RecentEntry:
    """A line of 最近发布; guests see no link."""

    name: str
    provider: str
    published_on: date | None
    rows: int
    grade: int
    url: str


@public_page
def front(request: HttpRequest) -> HttpResponse:
    """The front page."""
    actor = actor_of(request)
    context = {
        "figures": public_figures(actor),
        "offerings": offerings(actor),
        "recent": recent(guest=actor.is_guest),
        "map": holdings.city_map(holdings.by_node()),
        "guest": actor.is_guest,
    }
    return render(request, "portal/front.html", context)


@public_page
def overview(request: HttpRequest) -> HttpResponse:
    """公共数据一览: every figure with its definition, and the rows that add up to it."""
    actor = actor_of(request)
    nodes = holdings.by_node()
    context = {
        "figures": public_figures(actor),
        "nodes": nodes,
        "providers": holdings.by_provider(linked=not actor.is_guest),
        "map": holdings.city_map(nodes),
        "guest": actor.is_guest,
    }
    return render(request, "portal/overview.html", context)


def recent(*, guest: bool) -> list[RecentEntry]:
    """What was published last; guests see what is to be opened to society."""
    rows = catalog.recently_published(RECENT, open_only=guest)
    names = party_names({row.provider for row in rows})
    return [
        RecentEntry(
            row.name,
            names[row.provider],
            row.published_on,
            row.data_rows,
            row.grade,
            "" if guest else places.url_of("entry", row.id),
        )
        for row in rows
    ]
