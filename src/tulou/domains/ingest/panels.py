"""What aggregation shows on an entry's page: freshness beside the name, the last batches below, the way in."""

from dataclasses import dataclass
from uuid import UUID

from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from tulou.domains.catalog.public import EntryInfo
from tulou.domains.catalog.public import entry as entry_info
from tulou.domains.ingest import queries, services
from tulou.domains.ingest.freshness import Freshness, freshness_of
from tulou.domains.ingest.models import Source
from tulou.kernel.identity import actor_of
from tulou.kernel.permissions import may
from tulou.kernel.ui.components import badge, draw
from tulou.kernel.ui.figures import day
from tulou.kernel.ui.icons import icon


@dataclass(frozen=True, slots=True)
class Seen:
    """What the three places on the page need, read once for a request."""

    entry: EntryInfo
    fresh: Freshness
    loads: bool


def _seen(request: HttpRequest, obj: object) -> Seen | None:
    """The entry as this viewer sees it; None while it was never published."""
    kept: dict[object, Seen | None] = request.__dict__.setdefault("_ingest_seen", {})
    key = obj.pk  # type: ignore[attr-defined]  # the slot's object is a catalogue entry
    if key not in kept:
        known = entry_info(key)
        published = known is not None and known.version > 0
        kept[key] = (
            Seen(known, freshness_of(known), queries.loadable_entry(actor_of(request), known))
            if known is not None and published
            else None
        )
    return kept[key]


def freshness_badge(request: HttpRequest, obj: object) -> SafeString | None:
    """Whether the data are as young as promised."""
    seen = _seen(request, obj)
    return badge_of(seen.fresh) if seen else None


def badge_of(fresh: Freshness) -> SafeString:
    """Freshness in a word."""
    if fresh.on is None:
        return badge("尚未汇聚", tone="neutral")
    if fresh.stale and fresh.due_on is not None:
        return badge(f"数据已过期，应于{day(fresh.due_on)}前更新", tone="danger")
    return badge(f"数据更新至{day(fresh.on)}", tone="success")


def batches_panel(request: HttpRequest, obj: object) -> SafeString | None:
    """Freshness, rows and the last batches; details only for those who may read them."""
    seen = _seen(request, obj)
    if seen is None:
        return None
    reads = seen.loads or may(actor_of(request), "ingest.read", organisation=seen.entry.provider)
    return draw(
        "ingest/_panel.html",
        request,
        entry=seen.entry,
        fresh=seen.fresh,
        recent=list(queries.batches_of(seen.entry.id)[:5]) if reads else [],
        reads=reads,
        loads=seen.loads,
        drift=_drift(seen.entry.id) if seen.loads else None,
    )


def load_action(request: HttpRequest, obj: object) -> SafeString | None:
    """The way in, for those who may load."""
    seen = _seen(request, obj)
    if seen is None or not seen.loads:
        return None
    url = reverse("ingest:entry", args=[seen.entry.id])
    return format_html('<a class="btn" href="{}">{}汇聚数据</a>', url, icon("database-import"))


def _drift(entry_id: UUID) -> tuple[Source, str, str] | None:
    """The newest source, where its columns no longer fit the entry."""
    source = Source.objects.filter(entry=entry_id).first()
    if source is None or source.problem:
        return None
    found = services.matching_of(source)
    return None if found.settled else (source, found.message, found.remedy)
