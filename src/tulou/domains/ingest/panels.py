"""What aggregation shows on an entry's page: freshness beside the name, the last batches below, the way in."""

from uuid import UUID

from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from tulou.domains.catalog.public import entry as entry_info
from tulou.domains.ingest import queries, services
from tulou.domains.ingest.freshness import Freshness, freshness_of
from tulou.domains.ingest.models import Source
from tulou.kernel.identity import actor_of
from tulou.kernel.permissions import may
from tulou.kernel.ui.components import badge, draw
from tulou.kernel.ui.figures import day
from tulou.kernel.ui.icons import icon


def freshness_badge(request: HttpRequest, obj: object) -> SafeString | None:
    """Whether the data are as young as promised."""
    known = entry_info(obj.pk)  # type: ignore[attr-defined]  # the slot's object is a catalogue entry
    if known is None or not known.version:
        return None
    return badge_of(freshness_of(known))


def badge_of(fresh: Freshness) -> SafeString:
    """Freshness in a word."""
    if fresh.on is None:
        return badge("尚未汇聚", tone="neutral")
    if fresh.stale and fresh.due_on is not None:
        return badge(f"数据已过期，应于{day(fresh.due_on)}前更新", tone="danger")
    return badge(f"数据更新至{day(fresh.on)}", tone="success")


def batches_panel(request: HttpRequest, obj: object) -> SafeString | None:
    """Freshness, rows and the last batches; details only for those who may read them."""
    known = entry_info(obj.pk)  # type: ignore[attr-defined]
    if known is None or not known.version:
        return None
    actor = actor_of(request)
    reads = may(actor, "ingest.read", organisation=known.provider)
    loads = queries.loadable_entry(actor, known)
    recent = list(queries.batches_of(known.id)[:5]) if reads else []
    return draw(
        "ingest/_panel.html",
        request,
        entry=known,
        fresh=freshness_of(known),
        recent=recent,
        reads=reads,
        loads=loads,
        drift=_drift(known.id) if loads else None,
    )


def load_action(request: HttpRequest, obj: object) -> SafeString | None:
    """The way in, for those who may load."""
    known = entry_info(obj.pk)  # type: ignore[attr-defined]
    if not queries.loadable_entry(actor_of(request), known):
        return None
    url = reverse("ingest:entry", args=[obj.pk])  # type: ignore[attr-defined]
    return format_html('<a class="btn" href="{}">{}汇聚数据</a>', url, icon("database-import"))


def _drift(entry_id: UUID) -> tuple[Source, str, str] | None:
    """The newest source, where its columns no longer fit the entry."""
    source = Source.objects.filter(entry=entry_id).first()
    if source is None or source.problem:
        return None
    found = services.matching_of(source)
    return None if found.settled else (source, found.message, found.remedy)
