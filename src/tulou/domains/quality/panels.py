"""What quality shows on the entry's page (catalog slots): a badge, a panel, and the way to object."""

from dataclasses import dataclass
from uuid import UUID

from django.http import HttpRequest
from django.urls import reverse
from django.utils.safestring import SafeString

from tulou.domains.catalog.public import EntryInfo
from tulou.domains.catalog.public import entries as entry_infos
from tulou.domains.quality import queries, scoring
from tulou.domains.quality.models import CheckRun
from tulou.domains.quality.policies import acts_for
from tulou.domains.quality.views.entry import dimension_lines, rule_lines, trend
from tulou.kernel.identity import Actor, actor_of
from tulou.kernel.permissions import actions_of
from tulou.kernel.ui.components import draw

MOST_TICKETS = 5


@dataclass
class Viewing:
    """What the three fillings of one page need, asked once."""

    actor: Actor
    actions: frozenset[str]
    entry: EntryInfo
    run: CheckRun | None


def _viewing(request: HttpRequest, obj: object) -> Viewing | None:
    entry_id: UUID = obj.id  # type: ignore[attr-defined]  # the slot's object is an entry
    known: dict[UUID, Viewing | None] = request.__dict__.setdefault("_quality_viewing", {})
    if entry_id not in known:
        listed: list[UUID] = getattr(request, "listed_entries", [])
        ids = listed if entry_id in listed else [entry_id]
        actor, found, runs = actor_of(request), entry_infos(ids), queries.scored_many(ids)
        for key in ids:
            known[key] = Viewing(actor, actions_of(actor), found[key], runs.get(key)) if key in found else None
    return known[entry_id]


def quality_badge(request: HttpRequest, obj: object) -> SafeString | None:
    """The score beside the entry's name; on an entry without data there is nothing to say."""
    seen = _viewing(request, obj)
    if seen is None or (seen.run is None and seen.entry.table is None):
        return None
    href = reverse("quality:entry", args=[seen.entry.id]) if queries.READ in seen.actions else ""
    return draw("quality/_badge.html", request, score=seen.run.total if seen.run else None, href=href)


def quality_panel(request: HttpRequest, obj: object) -> SafeString | None:
    """Rules with their last result, the trend, and what waits to be mended."""
    seen = _viewing(request, obj)
    if seen is None or queries.READ not in seen.actions:
        return None
    known = seen.entry
    tickets = queries.with_due(queries.tickets(seen.actor)).filter(entry=known.id).exclude(status="closed")
    return draw(
        "quality/_panel.html",
        request,
        entry=known,
        run=seen.run,
        dimensions=dimension_lines(seen.run),
        formula=scoring.FORMULA,
        lines=rule_lines(known, seen.run, editable=False),
        chart=trend(known.id),
        tickets=list(tickets[:MOST_TICKETS]),
        waiting=queries.open_tickets(known.id).count(),
    )


def report_button(request: HttpRequest, obj: object) -> SafeString | None:
    """提出异议, for people of other agencies who use data."""
    seen = _viewing(request, obj)
    if seen is None or "quality.report" not in seen.actions or not is_published(seen.entry):
        return None
    if acts_for(seen.actor, seen.entry.provider):
        return None
    return draw("quality/_report_button.html", request, url=reverse("quality:report", args=[seen.entry.id]))


def is_published(entry: EntryInfo) -> bool:
    """Whether the entry is in use, without asking again."""
    return entry.version > 0 and entry.status != "retired"
