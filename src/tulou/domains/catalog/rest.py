"""目录接口: search and read entries over HTTP, scoped exactly like the pages."""

from datetime import date
from typing import Annotated, Any
from uuid import UUID

from django.http import Http404, HttpRequest
from ninja import Query, Router, Schema

from tulou.domains.catalog import presentation, queries, search
from tulou.domains.catalog.content import content_of
from tulou.domains.catalog.models import Entry
from tulou.kernel.identity import actor_of
from tulou.kernel.permissions import signed_in

router = Router()
LARGEST_PAGE = 100


class EntryLine(Schema):
    """An entry in a list."""

    id: UUID
    code: str
    name: str
    abstract: str
    provider: str
    status: str
    version: int
    share_type: str
    open_type: str
    update_cycle: str
    grade: int
    published_on: date | None
    data_updated_on: date | None
    data_rows: int


class ItemLine(Schema):
    """One 信息项."""

    name: str
    label: str
    meaning: str
    type: str
    is_key: bool
    nullable: bool
    grade: int
    share: str
    share_condition: str
    opening: str
    mask: str
    code_table: str


class EntryDetail(EntryLine):
    """An entry with its attributes and items, as published."""

    attributes: dict[str, dict[str, str]]
    items: list[ItemLine]


class EntryPage(Schema):
    """One page of a search: `facets` count what each further filter would leave."""

    total: int
    offset: int
    entries: list[EntryLine]
    facets: dict[str, dict[str, int]]


class Asked(Schema):
    """What to search: `q` in Chinese, codes or pinyin initials; facets by their Chinese values."""

    q: str = ""
    domain: list[str] = []
    provider: list[str] = []
    share: list[str] = []
    open: list[str] = []
    cycle: list[str] = []
    grade: list[str] = []
    sort: str = ""
    limit: int = 20
    offset: int = 0


@router.get("/entries", response=EntryPage, summary="检索已发布的目录")
@signed_in
def entries(request: HttpRequest, asked: Annotated[Asked, Query(...)]) -> EntryPage:
    """Published entries that hold every word, with facet counts."""
    chosen = {title: values for key, title in search.FACETS.items() if (values := getattr(asked, key)[:20])}
    limit, offset = min(max(asked.limit, 1), LARGEST_PAGE), min(max(asked.offset, 0), 1_000_000)
    sort = asked.sort if asked.sort in search.ORDERS else ""
    found = search.find(asked.q, facets=chosen, sort=sort, limit=limit, offset=offset)
    rows = Entry.objects.select_related("provider").in_bulk([hit.object_id for hit in found.hits])
    lines = [EntryLine(**_line(rows[hit.object_id])) for hit in found.hits if hit.object_id in rows]
    return EntryPage(total=found.total, offset=offset, entries=lines, facets=found.facets)


@router.get("/entries/{entry_id}", response=EntryDetail, summary="一条目录")
@signed_in
def one(request: HttpRequest, entry_id: UUID) -> EntryDetail:
    """The entry, if its viewer may know of it."""
    row = queries.visible(actor_of(request)).filter(pk=entry_id).first()
    if row is None:
        raise Http404
    content = content_of(row)
    drawn = presentation.groups(content, internal=False)
    return EntryDetail(
        **_line(row),
        attributes={group.title: {fact.title: str(fact.value) for fact in group.facts} for group in drawn},
        items=[ItemLine.from_orm(item) for item in presentation.items(content)],
    )


def _line(row: Entry) -> dict[str, Any]:
    return {
        "id": row.id,
        "code": row.resource_code or "",
        "name": row.name,
        "abstract": row.abstract,
        "provider": row.provider.name,
        "status": row.get_status_display(),
        "version": row.version,
        "share_type": row.get_share_type_display(),
        "open_type": row.get_open_type_display(),
        "update_cycle": row.get_update_cycle_display(),
        "grade": row.grade,
        "published_on": row.published_on,
        "data_updated_on": row.data_updated_on,
        "data_rows": row.data_rows,
    }
