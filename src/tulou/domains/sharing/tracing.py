"""What a trace asks of the sharing room: requests with their items and decisions, by id, number or entry."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from tulou.domains.sharing.models import Grant, Request, RequestedItem, RequestStatus

UNSEEN = (RequestStatus.DRAFT, RequestStatus.ENDORSED)


@dataclass(frozen=True, slots=True)
class RequestInfo:
    """A request as it stands."""

    id: UUID
    number: str
    status: str
    status_label: str
    entry: UUID
    provider: UUID
    applicant: UUID
    contact: str
    scenario: str
    purpose: str
    basis: UUID
    use_from: date
    use_to: date
    disposal: str
    processor: str


@dataclass(frozen=True, slots=True)
class ItemInfo:
    """One requested item and what was decided; `basis` supports a refusal."""

    id: UUID
    request: UUID
    name: str
    label: str
    status: str
    status_label: str
    basis: UUID | None


def _info(row: Request) -> RequestInfo:
    return RequestInfo(
        id=row.id,
        number=row.number,
        status=row.status,
        status_label=str(row.get_status_display()),
        entry=row.entry_id,
        provider=row.provider_id,
        applicant=row.applicant_id,
        contact=row.contact,
        scenario=row.scenario,
        purpose=row.purpose,
        basis=row.basis_id,
        use_from=row.use_from,
        use_to=row.use_to,
        disposal=row.disposal,
        processor=row.processor,
    )


def requests(ids: Collection[UUID]) -> dict[UUID, RequestInfo]:
    """Those of the requests that exist, by id."""
    return {row.id: _info(row) for row in Request.objects.filter(pk__in=ids)}


def request_by_number(number: str) -> RequestInfo | None:
    """The request with this number, or None."""
    row = Request.objects.filter(number=number).first()
    return _info(row) if row else None


def requests_on(entry: UUID, limit: int = 200) -> tuple[RequestInfo, ...]:
    """Requests for an entry that left the applicant, newest first."""
    return tuple(_info(row) for row in Request.objects.filter(entry=entry).exclude(status__in=UNSEEN)[:limit])


def requested_items(requests: Collection[UUID]) -> tuple[ItemInfo, ...]:
    """The items of these requests, in order."""
    rows = RequestedItem.objects.filter(request__in=requests)
    return tuple(
        ItemInfo(row.id, row.request_id, row.name, row.label, row.status, str(row.get_status_display()), row.basis_id)
        for row in rows
    )


def request_of_item(item: UUID) -> UUID | None:
    """The request that an item belongs to, or None."""
    return RequestedItem.objects.filter(pk=item).values_list("request_id", flat=True).first()


def grant_names(ids: Collection[UUID]) -> dict[UUID, str]:
    """Grants by the number of their request."""
    rows = Grant.objects.filter(pk__in=ids).values_list("id", "request__number")
    return {key: f"{number} 授权" for key, number in rows}


def item_names(ids: Collection[UUID]) -> dict[UUID, str]:
    """Requested items by the number of their request and their label."""
    rows = RequestedItem.objects.filter(pk__in=ids).values_list("id", "request__number", "label")
    return {key: f"{number} {label}" for key, number, label in rows}
