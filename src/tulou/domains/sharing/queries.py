"""Reads of the sharing room, scoped to the viewer: applicant, provider, and the authority and auditors over all.

An agency that holds another's place today sees what that one asked for and gave.
"""

from collections import defaultdict
from collections.abc import Collection
from typing import TypeVar
from uuid import UUID

from django.db.models import Count, DateField, F, Model, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Cast

from tulou.domains.directory.public import predecessors
from tulou.domains.sharing.models import Draft, Grant, GrantStatus, ItemStatus, Request, RequestedItem, RequestStatus
from tulou.kernel.identity import Actor
from tulou.kernel.permissions import ALL, may, organisations_where
from tulou.kernel.workflow import Clock, Step

Row = TypeVar("Row", bound=Model)
#: A provider learns of a request when it was submitted.
UNSEEN = (RequestStatus.DRAFT, RequestStatus.ENDORSED)
IN_HAND = (RequestStatus.SUBMITTED, RequestStatus.ACCEPTED, RequestStatus.CORRECTING)
EARLIER = 200


def own_ids(actor: Actor) -> frozenset[UUID]:
    """The agency acted for, and those whose place it holds."""
    return predecessors(actor.party) if actor.party else frozenset()


def sees_all(actor: Actor) -> bool:
    """The authority and the auditors."""
    return organisations_where(actor, "sharing.read_all") is ALL


def requests(actor: Actor) -> QuerySet[Request]:
    """Requests this viewer may see; a provider sees a request once it was submitted."""
    rows = Request.objects.select_related("entry", "provider", "applicant", "basis")
    own = own_ids(actor)
    seen = Q(applicant__in=own) | (Q(provider__in=own) & ~Q(status__in=UNSEEN))
    if sees_all(actor):
        seen |= ~Q(status__in=UNSEEN)
    return rows.filter(seen)


def asked_by_us(actor: Actor) -> QuerySet[Request]:
    """What the agency asked for."""
    return requests(actor).filter(applicant__in=own_ids(actor))


def asked_of_us(actor: Actor) -> QuerySet[Request]:
    """What others asked of the agency."""
    return requests(actor).filter(provider__in=own_ids(actor)).exclude(status__in=UNSEEN)


def drafts(actor: Actor) -> QuerySet[Draft]:
    """What the agency's people have not finished."""
    return Draft.objects.filter(applicant__in=own_ids(actor)).select_related("entry", "entry__provider")


def grants(actor: Actor) -> QuerySet[Grant]:
    """Grants this viewer may see."""
    rows = Grant.objects.select_related("request", "entry", "provider", "consumer")
    own = own_ids(actor)
    return rows if sees_all(actor) else rows.filter(Q(consumer__in=own) | Q(provider__in=own))


def with_due(rows: "QuerySet[Row]") -> "QuerySet[Row]":
    """Each row with the day its running clock ends (`due_on`) and whether that day is 暂定 (`due_provisional`)."""
    running = Clock.objects.filter(subject=OuterRef("pk"), stopped_on=None, paused_on=None).order_by("due_on")
    return rows.annotate(  # type: ignore[return-value]  # the annotated rows are still rows of the same model
        due_on=Cast(Subquery(running.values("due_on")[:1]), DateField()),
        due_provisional=Subquery(running.values("provisional")[:1]),
    )


def by_due(rows: "QuerySet[Row]") -> "QuerySet[Row]":
    """The most urgent first, those without a running clock last."""
    return rows.order_by(F("due_on").asc(nulls_last=True), "created_at")


def counted(rows: "QuerySet[Request]") -> "QuerySet[Request]":
    """Each request with how many items it has and how many were granted."""
    return rows.annotate(
        wished=Count("items", distinct=True),
        granted=Count("items", filter=Q(items__status=ItemStatus.GRANTED), distinct=True),
    )


# What waits for somebody


def to_endorse(actor: Actor) -> QuerySet[Request]:
    """For the applying agency's office; what it sent back waits for the writer until it was revised."""
    if not may(actor, "sharing.endorse"):
        return Request.objects.none()
    return asked_by_us(actor).filter(status=RequestStatus.DRAFT).exclude(pk__in=_sent_back())


def to_revise(actor: Actor) -> QuerySet[Request]:
    """For the applicant: what its own office sent back."""
    if not may(actor, "sharing.request"):
        return Request.objects.none()
    return asked_by_us(actor).filter(status=RequestStatus.DRAFT, pk__in=_sent_back())


def _sent_back() -> QuerySet[Request]:
    """Those whose last step is the office's return; a revision is a newer step."""
    last = Step.objects.filter(subject=OuterRef("pk"), flow="sharing.request").order_by("-at", "-id").values("move")
    rows = Request.objects.filter(status=RequestStatus.DRAFT).annotate(last_move=Subquery(last[:1]))
    return rows.filter(last_move="send_back").values("pk")  # type: ignore[return-value]


def to_submit(actor: Actor) -> QuerySet[Request]:
    """For the applicant, once its office agreed."""
    if not may(actor, "sharing.request"):
        return Request.objects.none()
    return asked_by_us(actor).filter(status=RequestStatus.ENDORSED)


def to_correct(actor: Actor) -> QuerySet[Request]:
    """For the applicant, once it was asked to correct."""
    if not may(actor, "sharing.request"):
        return Request.objects.none()
    return asked_by_us(actor).filter(status=RequestStatus.CORRECTING)


def to_accept(actor: Actor) -> QuerySet[Request]:
    """For the authority's desk, never of its own agency."""
    if not may(actor, "sharing.accept"):
        return Request.objects.none()
    return requests(actor).filter(status=RequestStatus.SUBMITTED).exclude(applicant=actor.party)


def to_decide(actor: Actor) -> QuerySet[Request]:
    """For the provider's data managers, and for its office what was handed to it."""
    rows = asked_of_us(actor).filter(status=RequestStatus.ACCEPTED)
    if may(actor, "sharing.decide"):
        return rows
    if may(actor, "sharing.endorse"):
        return rows.filter(pk__in=_handed_over("office_approver"))
    return Request.objects.none()


def to_urge(actor: Actor) -> QuerySet[Request]:
    """For the authority: overdue replies that were handed up to it."""
    if not may(actor, "sharing.accept"):
        return Request.objects.none()
    return requests(actor).filter(status=RequestStatus.ACCEPTED, pk__in=_handed_over("sharing_authority"))


def _handed_over(role: str) -> QuerySet[Clock, UUID]:
    rows = Clock.objects.filter(stopped_on=None, escalated_at__isnull=False, holder_role=role)
    return rows.values_list("subject", flat=True)


def desk(actor: Actor) -> QuerySet[Request]:
    """Everything that waits for this viewer, as one list."""
    waiting = (to_endorse, to_revise, to_submit, to_correct, to_accept, to_decide, to_urge)
    keys = Q(pk__in=[])
    for rows in waiting:
        keys |= Q(pk__in=rows(actor).values("pk"))
    return requests(actor).filter(keys)


# What an approver wants to know


def earlier_decisions(request: Request, names: Collection[str]) -> dict[str, list[RequestedItem]]:
    """What was decided before about the same items of the same entry, newest first, by item."""
    rows = RequestedItem.objects.filter(request__entry=request.entry_id, name__in=names)
    decided = rows.exclude(status=ItemStatus.PENDING).exclude(request=request.pk)
    found: dict[str, list[RequestedItem]] = defaultdict(list)
    for item in decided.select_related("request__applicant", "basis").order_by("-request__created_at")[:EARLIER]:
        found[item.name].append(item)
    return dict(found)


def uses_of(entry: UUID) -> QuerySet[Grant]:
    """Grants on an entry that work or wait, newest first."""
    standing = (GrantStatus.AWAITING, GrantStatus.IN_USE, GrantStatus.SUSPENDED)
    rows = Grant.objects.filter(entry=entry, status__in=standing)
    return rows.select_related("request", "consumer")


def open_requests_on(entry: UUID, actor: Actor) -> QuerySet[Request]:
    """The viewer's own requests on an entry that are still under way."""
    return asked_by_us(actor).filter(entry=entry).filter(status__in=[*UNSEEN, *IN_HAND])
