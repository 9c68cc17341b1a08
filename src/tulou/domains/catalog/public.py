"""The door of the catalogue for other domains."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db.models import Count, Q, QuerySet, Sum

from tulou.domains.catalog import search, services
from tulou.domains.catalog.events import EntryPublished, EntryRetired
from tulou.domains.catalog.guard import checked_address, refuse_own_cluster
from tulou.domains.catalog.models import Entry, Item
from tulou.domains.catalog.services import note_update
from tulou.domains.catalog.showing import shown
from tulou.domains.catalog.vocabulary import EntryStatus, OpenType, ShareType, UpdateCycle
from tulou.kernel.identity import Actor
from tulou.kernel.search import Page
from tulou.kernel.search import search as find
from tulou.plane.tables import Column, TableSchema
from tulou.trust.plans import Mask, TableRef

__all__ = [
    "EntryInfo",
    "EntryPublished",
    "EntryRetired",
    "Holding",
    "ItemInfo",
    "ShareType",
    "UpdateCycle",
    "bind_table",
    "checked_address",
    "entries",
    "entries_of",
    "entry",
    "items",
    "note_update",
    "published",
    "published_by_node",
    "published_by_provider",
    "published_entries",
    "recently_published",
    "refuse_own_cluster",
    "search_entries",
    "table_schema",
]

SLOT_PANELS = "catalog.entry"
SLOT_BADGES = "catalog.entry.badges"
SLOT_ACTIONS = "catalog.entry.actions"


@dataclass(frozen=True, slots=True)
class EntryInfo:
    """An entry as published, or as in preparation while it never was."""

    id: UUID
    code: str
    name: str
    abstract: str
    provider: UUID
    duty: UUID | None
    system: UUID | None
    status: str
    version: int
    share_type: str
    share_condition: str
    share_basis: UUID | None
    share_methods: tuple[str, ...]
    open_type: str
    update_cycle: str
    update_days: int | None
    grade: int
    national_grade: str
    contains_personal: bool
    authority_source: bool
    published_on: date | None
    updated_at: datetime
    data_updated_on: date | None
    data_rows: int
    table: TableRef | None
    table_name: str
    zone: str


@dataclass(frozen=True, slots=True)
class ItemInfo:
    """One column of an entry."""

    id: UUID
    name: str
    label: str
    source_name: str
    meaning: str
    type: str
    length: int | None
    nullable: bool
    is_key: bool
    grade: int
    share_type: str
    share_condition: str
    code_table: str
    mask: Mask


@dataclass(frozen=True, slots=True)
class Holding:
    """What is in use of a node or an agency: entries, how many of them hold data, and their current rows."""

    entries: int
    with_data: int
    rows: int


def _entries() -> QuerySet[Entry]:
    """Entries with what an `EntryInfo` needs, so that many cost one question."""
    return Entry.objects.select_related("provider")


def _info(row: Entry) -> EntryInfo:
    return EntryInfo(
        id=row.id,
        code=row.resource_code or "",
        name=row.name,
        abstract=row.abstract,
        provider=row.provider_id,
        duty=row.duty_id,
        system=row.system_id,
        status=row.status,
        version=row.version,
        share_type=row.share_type,
        share_condition=row.share_condition,
        share_basis=row.share_basis_id,
        share_methods=tuple(row.share_methods),
        open_type=row.open_type,
        update_cycle=row.update_cycle,
        update_days=row.update_days,
        grade=row.grade,
        national_grade=row.national_grade,
        contains_personal=row.contains_personal,
        authority_source=row.authority_source,
        published_on=row.published_on,
        updated_at=row.updated_at,
        data_updated_on=row.data_updated_on,
        data_rows=row.data_rows,
        table=TableRef(row.zone, row.table) if row.zone else None,
        table_name=row.table,
        zone=row.zone or services.zone_of(row),
    )


def entry(entry_id: UUID) -> EntryInfo | None:
    """The entry with this id, whoever asks; callers check what their viewer may see."""
    row = shown(entry_id) or _entries().filter(pk=entry_id).first()
    return _info(row) if row else None


def entries(ids: Collection[UUID]) -> dict[UUID, EntryInfo]:
    """Those of the entries that exist, by id."""
    held = {row.id: row for row in map(shown, ids) if row is not None}
    missing = [key for key in ids if key not in held]
    rows = [*held.values(), *(_entries().filter(pk__in=missing) if missing else ())]
    return {row.id: _info(row) for row in rows}


def entries_of(provider: UUID) -> tuple[EntryInfo, ...]:
    """All entries of an agency, in preparation or published."""
    return tuple(_info(row) for row in _entries().filter(provider_id=provider).order_by("name"))


def published_entries() -> tuple[EntryInfo, ...]:
    """Every entry that is in use."""
    rows = _entries().filter(version__gt=0).exclude(status=EntryStatus.RETIRED)
    return tuple(_info(row) for row in rows.order_by("name"))


def published_by_node() -> dict[str, Holding]:
    """What is in use, by the code of the node on which the provider is."""
    return _holdings("provider__node__code")


def published_by_provider() -> dict[UUID, Holding]:
    """What is in use, by provider."""
    return _holdings("provider_id")


def _holdings(by: str) -> dict[Any, Holding]:
    rows = Entry.objects.filter(version__gt=0).exclude(status=EntryStatus.RETIRED).order_by().values(by)
    counted = rows.annotate(n=Count("id"), filled=Count("id", filter=Q(data_rows__gt=0)), held=Sum("data_rows"))
    return {row[by]: Holding(row["n"], row["filled"], row["held"]) for row in counted}


def recently_published(limit: int, *, open_only: bool = False) -> tuple[EntryInfo, ...]:
    """Entries in use, the last published first; `open_only` leaves out those that are not to be opened to society."""
    rows = _entries().filter(version__gt=0).exclude(status=EntryStatus.RETIRED)
    if open_only:
        rows = rows.exclude(open_type=OpenType.REFUSED)
    return tuple(_info(row) for row in rows.order_by("-published_on", "-updated_at")[:limit])


def published(entry_id: UUID) -> bool:
    """Whether the entry is in use: published at least once and not retired."""
    if row := shown(entry_id):
        return row.version > 0 and row.status != EntryStatus.RETIRED
    return Entry.objects.filter(pk=entry_id, version__gt=0).exclude(status=EntryStatus.RETIRED).exists()


def items(entry_id: UUID) -> tuple[ItemInfo, ...]:
    """The columns of an entry, in order."""
    return tuple(_item(row) for row in _items(entry_id))


def _items(entry_id: UUID) -> QuerySet[Item]:
    held = shown(entry_id)
    return held.items.all() if held else Item.objects.filter(entry=entry_id)


def _item(row: Item) -> ItemInfo:
    return ItemInfo(
        id=row.id,
        name=row.name,
        label=row.label,
        source_name=row.source_name or row.label,
        meaning=row.meaning,
        type=row.plane_type,
        length=row.length,
        nullable=row.nullable,
        is_key=row.is_key,
        grade=row.grade,
        share_type=row.share_type,
        share_condition=row.share_condition,
        code_table=row.code_table,
        mask=Mask(row.mask, row.mask_head, row.mask_tail),  # type: ignore[arg-type]
    )


def table_schema(entry_id: UUID) -> TableSchema:
    """The shape in which the lake keeps the entry's data.

    Raises:
        LakeProblem: the entry has no items.
    """
    rows = _items(entry_id)
    return TableSchema(
        tuple(
            Column(row.name, row.plane_type, label=row.label, grade=row.grade, key=row.is_key, nullable=row.nullable)
            for row in rows
        )
    )


def bind_table(entry_id: UUID, ref: TableRef, *, actor: Actor) -> None:
    """Say which table of the lake holds the entry's data."""
    services.bind_table(entry_id, ref, actor=actor)


def search_entries(
    text: str, actor: Actor, *, facets: dict[str, list[str]] | None = None, limit: int = 20, offset: int = 0
) -> Page:
    """Find published entries by name, items, code, agency or pinyin initials."""
    return find(search.PUBLISHED, text, facets=facets, limit=limit, offset=offset)
