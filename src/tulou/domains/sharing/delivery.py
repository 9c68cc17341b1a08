"""From an agreed request to a working grant: the right at the gate, when the data are there."""

from datetime import date, datetime, time, timedelta
from typing import cast
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from tulou.domains.access import public as access
from tulou.domains.catalog import public as catalog
from tulou.domains.sharing.models import Grant, GrantStatus, ItemStatus, Request
from tulou.domains.sharing.workflow import GRANT
from tulou.kernel.calendar import today
from tulou.kernel.identity import Actor
from tulou.trust.plans import Channel, Mask, PlanColumn, Predicate, Quota, TableRef

STANDING = (GrantStatus.AWAITING, GrantStatus.IN_USE, GrantStatus.SUSPENDED)


def begin(request: Request, *, actor: Actor) -> Grant:
    """Make the grant of a concluded request; it is in use at once where the data are already aggregated."""
    start, end = _period(request)
    grant = Grant(
        request=request,
        entry_id=request.entry_id,
        provider_id=request.provider_id,
        consumer_id=request.applicant_id,
        valid_from=start,
        valid_to=end,
    )
    GRANT.begin(grant, actor=actor)
    deliver(grant, actor=actor)
    return grant


def _period(request: Request) -> tuple[date, date]:
    """The period asked for; where it ran out while the request was examined, as long a one from today."""
    start = max(request.use_from, today())
    if request.use_to >= start:
        return start, request.use_to
    return start, start + (request.use_to - request.use_from)


@transaction.atomic
def deliver(grant: Grant, *, actor: Actor) -> bool:
    """Establish the right once the entry has a table; says whether the grant is in use now."""
    entry = catalog.entry(grant.entry_id)
    if grant.status != GrantStatus.AWAITING or entry is None or entry.table is None:
        return grant.status == GrantStatus.IN_USE
    right = access.establish(_right(grant, entry.table), actor=actor)
    GRANT.advance(grant, "deliver", actor=actor, changes={"right": right}, right=right)
    return True


def _right(grant: Grant, table: TableRef) -> access.RightSpec:
    request = grant.request
    columns = tuple(
        PlanColumn(item.name, item.label, Mask(**item.mask)) for item in request.items.filter(status=ItemStatus.GRANTED)
    )
    rows = tuple(Predicate(row["column"], row["op"], tuple(row["values"])) for row in request.rows)
    return access.RightSpec(
        kind="grant",
        ref=f"grant:{grant.id}",
        caller=grant.consumer_id,
        entry=grant.entry_id,
        table=table,
        columns=columns,
        rows=rows,
        channels=cast(tuple[Channel, ...], tuple(request.methods)),
        quota=Quota(request.calls_per_day, request.rows_per_day),
        purpose=request.purpose,
        scenario=request.scenario,
        valid_from=_start_of(grant.valid_from),
        valid_to=_start_of(grant.valid_to + timedelta(days=1)),
    )


def _start_of(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))


@transaction.atomic
def stop(grant: Grant, move: str, *, reason: str, actor: Actor, revision: int | None = None) -> Grant:
    """Suspend, resume or revoke a grant and its right in one transaction."""
    GRANT.advance(grant, move, actor=actor, note=reason, revision=revision)
    act = {"suspend": access.suspend, "resume": access.resume, "revoke": access.revoke}[move]
    if grant.right is not None:
        act(grant.right, reason=reason, actor=actor)
    return grant


def expire_due(*, actor: Actor) -> int:
    """Mark what ran out; the gate refused it already by its date."""
    due = Grant.objects.filter(status__in=STANDING, valid_to__lt=today()).order_by("pk")
    return sum(_expire(pk, actor) for pk in due.values_list("pk", flat=True))


@transaction.atomic
def _expire(pk: UUID, actor: Actor) -> int:
    """One grant; somebody else may have ended it between the look and the lock."""
    grant = Grant.objects.select_for_update(of=("self",)).get(pk=pk)
    if grant.status not in STANDING:
        return 0
    GRANT.advance(grant, "expire", actor=actor)
    return 1
