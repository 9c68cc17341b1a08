"""检索: entries found by any two characters, and the ways into the other registers with the same words."""

import re
from dataclasses import dataclass
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.safestring import SafeString

from tulou.domains.catalog import public as catalog
from tulou.kernel.identity import actor_of, party_names
from tulou.kernel.permissions import signed_in
from tulou.kernel.ui import places
from tulou.kernel.ui.menus import menu_for
from tulou.portal.links import address, allowed

SHOWN = 10
CODE = re.compile(r"\d[0-9A-Za-z]*/\d{6}")
#: Registers that take the same words, with the action that opens them.
REGISTERS: tuple[tuple[str, str, str, str | None], ...] = (
    ("汇聚批次", "ingest:register", "database-import", "ingest.read"),
    ("本机构的申请", "sharing:mine", "send", "sharing.view"),
    ("全部申请", "sharing:all", "list-details", "sharing.read_all"),
    ("共享授权", "sharing:grants", "key", "sharing.view"),
    ("质量工单", "quality:tickets", "clipboard-list", "quality.read"),
    ("追溯", "security:trace", "route", "security.trace"),
    ("后台作业", "portal:jobs", "hourglass", None),
)


@dataclass(frozen=True)
class Found:
    """An entry that was found."""

    title: SafeString
    snippet: SafeString
    provider: str
    url: str


@dataclass(frozen=True)
class Way:
    """A page where one may go on."""

    title: str
    url: str
    icon: str


@signed_in
def search_page(request: HttpRequest) -> HttpResponse:
    """One box for everything; an official code leads straight to its entry."""
    text = request.GET.get("q", "").replace("\x00", "").strip()[:100]
    if CODE.fullmatch(text) and (place := address("catalog:search")):
        return redirect(f"{place}code/{text}")
    actor = actor_of(request)
    found = catalog.search_entries(text, actor, limit=SHOWN) if text else None
    owners = party_names({hit.owner for hit in found.hits if hit.owner}) if found else {}
    hits = [
        Found(hit.title.html, hit.snippet.html, _owner(owners, hit.owner), places.url_of("entry", hit.object_id))
        for hit in (found.hits if found else ())
    ]
    ways = [
        Way(title, url, icon)
        for title, name, icon, action in REGISTERS
        if text and (url := address(name, q=text)) and allowed(actor, action)
    ]
    context = {
        "text": text,
        "hits": hits,
        "total": found.total if found else 0,
        "all_url": address("catalog:search", q=text),
        "ways": ways,
        "pages": _pages(request, text),
    }
    return render(request, "portal/search.html", context)


def _owner(names: dict[UUID, str], owner: UUID | None) -> str:
    return names.get(owner, "") if owner else ""


def _pages(request: HttpRequest, text: str) -> list[Way]:
    """Menu lines of the viewer whose title holds the words."""
    lines = [line for group in menu_for(request) for line in group.lines] if text else []
    return [Way(line.entry.title, line.url, line.entry.icon) for line in lines if text in line.entry.title]
