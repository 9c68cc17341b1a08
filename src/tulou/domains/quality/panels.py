"""What quality shows on the entry's page (catalog slots): a badge, a panel, and the way to object."""

from uuid import UUID

from django.http import HttpRequest
from django.urls import reverse
from django.utils.safestring import SafeString

from tulou.domains.catalog.public import entry as entry_info
from tulou.domains.catalog.public import published
from tulou.domains.quality import queries, scoring
from tulou.domains.quality.models import CheckRun
from tulou.domains.quality.views.entry import dimension_lines, may_report, rule_lines, trend
from tulou.kernel.identity import actor_of
from tulou.kernel.permissions import may
from tulou.kernel.ui.components import draw

MOST_TICKETS = 5


def _scored(request: HttpRequest, entry: UUID) -> CheckRun | None:
    """The entry's check, asked once for all that is drawn on a page."""
    known: dict[UUID, CheckRun | None] = request.__dict__.setdefault("_quality_scored", {})
    if entry not in known:
        known[entry] = queries.scored(entry)
    return known[entry]


def quality_badge(request: HttpRequest, obj: object) -> SafeString | None:
    """The score beside the entry's name; on an entry without data there is nothing to say."""
    entry_id = _id(obj)
    run = _scored(request, entry_id)
    if run is None and not getattr(obj, "zone", ""):
        return None
    href = reverse("quality:entry", args=[entry_id]) if may(actor_of(request), queries.READ) else ""
    return draw("quality/_badge.html", request, score=run.total if run else None, href=href)


def quality_panel(request: HttpRequest, obj: object) -> SafeString | None:
    """Rules with their last result, the trend, and what waits to be mended."""
    actor, entry_id = actor_of(request), _id(obj)
    known = entry_info(entry_id)
    if known is None or not may(actor, queries.READ):
        return None
    run = _scored(request, entry_id)
    lines = rule_lines(known, run, editable=False)
    waiting = queries.open_tickets(entry_id).count()
    seen = queries.with_due(queries.tickets(actor)).filter(entry=entry_id).exclude(status="closed")
    return draw(
        "quality/_panel.html",
        request,
        entry=known,
        run=run,
        dimensions=dimension_lines(run),
        formula=scoring.FORMULA,
        lines=lines,
        chart=trend(entry_id),
        tickets=list(seen[:MOST_TICKETS]),
        waiting=waiting,
    )


def report_button(request: HttpRequest, obj: object) -> SafeString | None:
    """提出异议, for people of other agencies who use data."""
    known = entry_info(_id(obj))
    if known is None or not published(known.id) or not may_report(actor_of(request), known):
        return None
    return draw("quality/_report_button.html", request, url=reverse("quality:report", args=[known.id]))


def _id(obj: object) -> UUID:
    found: UUID = obj.id  # type: ignore[attr-defined]  # the slot's object is an entry
    return found
