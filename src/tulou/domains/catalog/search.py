"""Keeping the search index true: published entries for everybody, those in preparation for their own agency."""

from collections.abc import Mapping, Sequence

from tulou.domains.catalog.models import Entry
from tulou.domains.catalog.vocabulary import EntryStatus
from tulou.domains.directory.public import agency
from tulou.kernel import search

PUBLISHED = "catalog.entry"
PREPARED = "catalog.draft"
#: Facets in the order of the page, with the parameter that carries each in the address.
FACETS: dict[str, str] = {
    "domain": "数据领域",
    "provider": "提供方",
    "share": "共享类型",
    "open": "开放类型",
    "cycle": "更新周期",
    "grade": "数据分级",
}
ORDERS = {"": "相关度", "updated": "最近发布", "title": "名称"}


def find(
    text: str,
    *,
    facets: Mapping[str, Sequence[str]] | None = None,
    sort: str = "",
    limit: int = 20,
    offset: int = 0,
) -> search.Page:
    """Published entries that hold every word of the text, with counts for each facet."""
    return search.search(PUBLISHED, text, facets=facets, sort=sort, limit=limit, offset=offset)


def refresh(entry: Entry) -> None:
    """Index an entry as it is now, in the transaction that changed it."""
    published = entry.version > 0 and entry.status != EntryStatus.RETIRED
    stale, kind = (PREPARED, PUBLISHED) if published else (PUBLISHED, PREPARED)
    search.remove(stale, entry.id)
    provider = agency(entry.provider_id)
    search.index(
        kind,
        entry.id,
        title=entry.name,
        body=_body(entry, provider.name if provider else ""),
        facets=_facets(entry, provider.short_name if provider else ""),
        owner=entry.provider_id,
        weight=int(entry.authority_source),
    )


def _body(entry: Entry, provider: str) -> str:
    items = " ".join(f"{item.label} {item.name} {item.meaning}" for item in entry.items.all())
    parts = [entry.abstract, items, entry.resource_code or "", provider, *entry.keywords, *entry.category_path]
    return "\n".join(part for part in parts if part)


def _facets(entry: Entry, provider: str) -> dict[str, str]:
    facets = {
        "提供方": provider,
        "共享类型": entry.get_share_type_display(),
        "开放类型": entry.get_open_type_display(),
        "数据领域": entry.domain,
        "更新周期": entry.get_update_cycle_display(),
        "数据分级": entry.get_grade_display(),
    }
    return {name: value for name, value in facets.items() if value}
