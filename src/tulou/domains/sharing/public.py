"""The door of the sharing room for other domains."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from tulou.domains.sharing.events import GrantChanged, RequestDecided
from tulou.domains.sharing.models import Grant, GrantStatus
from tulou.domains.sharing.tracing import (
    ItemInfo,
    RequestInfo,
    grant_names,
    item_names,
    request_by_number,
    request_of_item,
    requested_items,
    requests,
    requests_on,
)
from tulou.kernel.calendar import today

__all__ = [
    "GrantChanged",
    "GrantInfo",
    "ItemInfo",
    "RequestDecided",
    "RequestInfo",
    "count_in_use",
    "grant",
    "grant_names",
    "grants_by",
    "grants_of",
    "grants_on",
    "item_names",
    "request_by_number",
    "request_of_item",
    "requested_items",
    "requests",
    "requests_on",
]


@dataclass(frozen=True, slots=True)
class GrantInfo:
    """A grant as it stands."""

    id: UUID
    request: UUID
    number: str
    entry: UUID
    provider: UUID
    consumer: UUID
    right: UUID | None
    scenario: str
    valid_from: date
    valid_to: date
    status: str


def _info(row: Grant) -> GrantInfo:
    return GrantInfo(
        id=row.id,
        request=row.request_id,
        number=row.request.number,
        entry=row.entry_id,
        provider=row.provider_id,
        consumer=row.consumer_id,
        right=row.right,
        scenario=row.request.scenario,
        valid_from=row.valid_from,
        valid_to=row.valid_to,
        status=row.status,
    )


def grant(grant_id: UUID) -> GrantInfo | None:
    """The grant with this id, or None."""
    row = Grant.objects.select_related("request").filter(pk=grant_id).first()
    return _info(row) if row else None


def grants_of(consumer: UUID) -> tuple[GrantInfo, ...]:
    """What an agency was granted, newest first."""
    return tuple(_info(row) for row in Grant.objects.select_related("request").filter(consumer=consumer))


def grants_on(entry: UUID) -> tuple[GrantInfo, ...]:
    """Who was granted an entry, newest first."""
    return tuple(_info(row) for row in Grant.objects.select_related("request").filter(entry=entry))


def grants_by(provider: UUID) -> tuple[GrantInfo, ...]:
    """What an agency granted to others, newest first."""
    return tuple(_info(row) for row in Grant.objects.select_related("request").filter(provider=provider))


def count_in_use() -> int:
    """How many grants work today."""
    rows = Grant.objects.filter(status=GrantStatus.IN_USE, valid_from__lte=today(), valid_to__gte=today())
    return rows.count()
