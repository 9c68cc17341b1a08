"""目录检索: every published entry, found by any two characters, narrowed by facets that count."""

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlencode
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.safestring import SafeString

from tulou.domains.catalog import search
from tulou.domains.catalog.models import Entry
from tulou.domains.catalog.showing import showing
from tulou.kernel.permissions import signed_in
from tulou.kernel.search import Hit
from tulou.kernel.ui.slots import Panel, render_slot

SIZE = 20
LAST_PAGE = 500
SHOWN_VALUES = 12


@dataclass(frozen=True)
class Choice:
    """One value of a facet: how many, and the address with it switched."""

    label: str
    count: int
    chosen: bool
    url: str


@dataclass(frozen=True)
class DrawnFacet:
    """One facet; `more` are the rarer values."""

    title: str
    choices: list[Choice]
    more: list[Choice]


@dataclass(frozen=True)
class Card:
    """One result."""

    entry: Entry
    title: SafeString
    snippet: SafeString
    badges: list[Panel]


@signed_in
def catalogue(request: HttpRequest) -> HttpResponse:
    """The search page."""
    text = request.GET.get("q", "").replace("\x00", "").strip()[:100]
    chosen = {title: values for key, title in search.FACETS.items() if (values := request.GET.getlist(key)[:20])}
    asked = request.GET.get("page", "1")
    number = min(max(int(asked), 1), LAST_PAGE) if asked.isdecimal() and len(asked) < 6 else 1
    sort = request.GET.get("sort", "")
    sort = sort if sort in search.ORDERS else ""
    found = search.find(text, facets=chosen, sort=sort, limit=SIZE, offset=(number - 1) * SIZE)
    last = max(1, -(-found.total // SIZE))
    context = {
        "text": text,
        "sort": sort,
        "orders": search.ORDERS,
        "found": found,
        "cards": _cards(request, found.hits),
        "facets": _facets(request, found.facets, chosen),
        "narrowed": bool(text or chosen),
        "chosen": [(key, value) for key, title in search.FACETS.items() for value in chosen.get(title, ())],
        "page_number": number,
        "last": last,
        "first_row": (number - 1) * SIZE + 1,
        "last_row": min(number * SIZE, found.total),
    }
    return render(request, "catalog/search.html", context)


def _cards(request: HttpRequest, hits: tuple[Hit, ...]) -> list[Card]:
    ids = [hit.object_id for hit in hits]
    rows = Entry.objects.select_related("provider").in_bulk(ids)
    request.listed_entries = ids  # type: ignore[attr-defined]  # badges of a whole page can be asked for at once
    with showing(rows.values()):
        return _drawn(request, hits, rows)


def _drawn(request: HttpRequest, hits: tuple[Hit, ...], rows: Mapping[UUID, Entry]) -> list[Card]:
    return [
        Card(entry, hit.title.html, hit.snippet.html, render_slot("catalog.entry.badges", request, rows[hit.object_id]))
        for hit in hits
        if (entry := rows.get(hit.object_id)) is not None
    ]


def _facets(
    request: HttpRequest, counts: Mapping[str, Mapping[str, int]], chosen: Mapping[str, list[str]]
) -> list[DrawnFacet]:
    drawn = []
    for key, title in search.FACETS.items():
        values = dict(counts.get(title, {}))
        picked = chosen.get(title, [])
        for value in picked:
            values.setdefault(value, 0)
        choices = [
            Choice(value, count, value in picked, _switched(request, key, value)) for value, count in values.items()
        ]
        choices.sort(key=lambda choice: (not choice.chosen, -choice.count, choice.label))
        if choices:
            drawn.append(DrawnFacet(title, choices[:SHOWN_VALUES], choices[SHOWN_VALUES:]))
    return drawn


def _switched(request: HttpRequest, key: str, value: str) -> str:
    """The present address with one value added, or taken out if it was there; back to the first page."""
    pairs = [(k, v) for k, values in request.GET.lists() for v in values if v and k != "page"]
    switched = [pair for pair in pairs if pair != (key, value)]
    return "?" + urlencode(switched if len(switched) < len(pairs) else [*pairs, (key, value)])
