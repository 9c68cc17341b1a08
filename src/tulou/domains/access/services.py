"""Commands of the access room: establish and end rights, issue signed plans, note copies.

A right is established, amended and ended by the domain that decided about it (sharing,
ingest, trading …), which has asked its own policies; this room checks that a
plan never exceeds the right it rests on, and writes the evidence.
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from tulou.domains.access import signing
from tulou.domains.access.models import CopyHolder, Plan, Revocation, Right, RightStatus
from tulou.domains.access.workflow import RIGHT
from tulou.domains.directory.public import holder_today
from tulou.kernel.calendar import now
from tulou.kernel.evidence import record
from tulou.kernel.identity import Actor
from tulou.kernel.permissions import Forbidden, require
from tulou.trust.plans import BasisKind, Channel, PlanColumn, Predicate, Quota, TableRef

UNLIMITED = Quota()
#: How long a link lives that was made for one look or one download.
LINK_LIFE = timedelta(minutes=15)


@dataclass(frozen=True, slots=True)
class RightSpec:
    """A right as its domain decided it."""

    kind: BasisKind
    ref: str
    caller: UUID
    entry: UUID
    table: TableRef
    columns: tuple[PlanColumn, ...]
    rows: tuple[Predicate, ...]
    channels: tuple[Channel, ...]
    purpose: str
    valid_from: datetime
    valid_to: datetime
    quota: Quota = UNLIMITED
    scenario: str = ""


@dataclass(frozen=True, slots=True)
class IssuedPlan:
    """A signed plan: its token is shown or used once and never stored."""

    id: UUID
    token: str
    expires: datetime
    url: str


@transaction.atomic
def establish(spec: RightSpec, *, actor: Actor) -> UUID:
    """Establish a right; the same caller, table and ref again returns the standing one.

    Raises:
        ValidationError: it has no columns or channels, or ends before it begins.
    """
    if not spec.columns or not spec.channels:
        raise ValidationError("访问权利至少要有一个信息项和一种交付方式")
    known = Right.objects.filter(
        ref=spec.ref, caller=spec.caller, zone=spec.table.zone, table=spec.table.name, status=RightStatus.ACTIVE
    ).first()
    if known is not None:
        return known.id
    right = Right(
        kind=spec.kind,
        ref=spec.ref,
        caller=spec.caller,
        entry=spec.entry,
        zone=spec.table.zone,
        table=spec.table.name,
        columns=[asdict(column) for column in spec.columns],
        rows=[asdict(predicate) for predicate in spec.rows],
        channels=list(spec.channels),
        calls_per_day=spec.quota.calls_per_day,
        rows_per_day=spec.quota.rows_per_day,
        purpose=spec.purpose,
        scenario=spec.scenario,
        valid_from=spec.valid_from,
        valid_to=spec.valid_to,
    )
    right.clean_fields(exclude=["status", "rows"])  # no condition on rows is all rows
    if spec.valid_to <= spec.valid_from:
        raise ValidationError({"valid_to": "到期时间应晚于生效时间"})
    RIGHT.begin(right, actor=actor, kind=spec.kind, caller=spec.caller, columns=[c.name for c in spec.columns])
    return right.id


@transaction.atomic
def amend(
    right_id: UUID, *, columns: Sequence[PlanColumn], rows: Sequence[Predicate] | None = None, actor: Actor
) -> None:
    """Change the columns (and rows) of a right, such as when its entry gained a column; plans issued before end.

    Raises:
        ValidationError: no columns are left: revoke instead.
    """
    if not columns:
        raise ValidationError("没有剩余信息项；请撤销该权利")
    right = Right.objects.select_for_update().get(pk=right_id)
    right.columns = [asdict(column) for column in columns]
    if rows is not None:
        right.rows = [asdict(predicate) for predicate in rows]
    right.save(update_fields=["columns", "rows"])
    plans = Plan.objects.filter(right=right, expires__gt=timezone.now())
    Revocation.objects.bulk_create([Revocation(target=plan.id, reason="权利内容已变更") for plan in plans])
    record(
        "access.right.amend",
        actor=actor,
        subjects=[f"right:{right.id}", right.ref, f"entry:{right.entry}"],
        data={"columns": [column.name for column in columns]},
    )


@transaction.atomic
def revoke(right_id: UUID, *, reason: str, actor: Actor) -> None:
    """End a right for good; the gateway refuses it from the moment this commits."""
    _stop(right_id, "revoke", reason, actor)


@transaction.atomic
def suspend(right_id: UUID, *, reason: str, actor: Actor) -> None:
    """Stop a right for the time being."""
    _stop(right_id, "suspend", reason, actor)


@transaction.atomic
def resume(right_id: UUID, *, reason: str, actor: Actor) -> None:
    """Let a suspended right work again."""
    right = Right.objects.get(pk=right_id)
    RIGHT.advance(right, "resume", actor=actor, note=reason)
    Revocation.objects.filter(target=right.id, lifted_at__isnull=True).update(lifted_at=now())


def _stop(right_id: UUID, move: str, reason: str, actor: Actor) -> None:
    right = Right.objects.get(pk=right_id)
    RIGHT.advance(right, move, actor=actor, note=reason)
    Revocation.objects.create(target=right.id, reason=reason[:300])


@transaction.atomic
def issue_plan(
    right_id: UUID, *, channel: Channel, actor: Actor, ttl: timedelta | None = None, system: UUID | None = None
) -> IssuedPlan:
    """Decide whether the actor may work a right through a channel now, and sign the plan.

    Raises:
        Forbidden: the right belongs to another organisation.
        ValidationError: it is suspended, revoked, run out, not begun, or does not have this channel.
    """
    right = Right.objects.filter(pk=right_id).first()
    if right is None or not _belongs_to(right, actor):
        raise Forbidden(actor, "access.use", name="使用该数据", reason="该访问权利不属于当前机构", ask=())
    require(actor, "access.use", organisation=right.caller)
    at = now()
    if problem := objection(right, channel, at):
        raise ValidationError(problem)
    expires = min(right.valid_to, at + (ttl or LINK_LIFE))
    plan = Plan.objects.create(right=right, channel=channel, person=actor.person, system=system, expires=expires)
    token = signing.sign_plan(signing.plan_of(right, plan.id, channel, at, expires))
    record(
        "access.plan.issue",
        actor=actor,
        subjects=[f"plan:{plan.id}", f"right:{right.id}", right.ref, f"entry:{right.entry}"],
        data={"channel": channel, "expires": expires.isoformat(), "columns": [c["name"] for c in right.columns]},
    )
    return IssuedPlan(plan.id, token, expires, signing.address(channel))


def issue_key(right_id: UUID, *, system: UUID | None, actor: Actor) -> IssuedPlan:
    """A plan for the API channel that lives as long as the right; older keys of the right end, and it is shown once."""
    with transaction.atomic():
        right = Right.objects.select_for_update().get(pk=right_id)
        older = Plan.objects.filter(right=right, channel="api", expires__gt=timezone.now())
        Revocation.objects.bulk_create([Revocation(target=plan.id, reason="已换发新的接口凭据") for plan in older])
        return issue_plan(right_id, channel="api", actor=actor, ttl=right.valid_to - now(), system=system)


def objection(right: Right, channel: str, at: datetime) -> str | None:
    """Why a right cannot be worked through this channel at this moment, or None."""
    if right.status == RightStatus.SUSPENDED:
        return "该授权已暂停，恢复前不能使用；请联系数据提供方"
    if right.status == RightStatus.REVOKED:
        return "该授权已撤销，不能继续使用；如仍需要，请重新申请"
    if at < right.valid_from:
        return f"该授权自{timezone.localtime(right.valid_from):%Y年%m月%d日 %H:%M}起生效"
    if at >= right.valid_to:
        return f"该授权已于{timezone.localtime(right.valid_to):%Y年%m月%d日}到期；如仍需要，请申请续期"
    if channel not in right.channels:
        return "该授权不包含这种交付方式；请使用已批准的方式，或重新申请"
    return None


def _belongs_to(right: Right, actor: Actor) -> bool:
    return actor.party is not None and holder_today(right.caller) == holder_today(actor.party)


def note_copy(holder: str, *, entry: UUID, place: str, rows: int = 0) -> None:
    """Register a copy of an entry's data: where it is and how much."""
    CopyHolder.objects.update_or_create(
        holder=holder, place=place, destroyed_at=None, defaults={"entry": entry, "rows": rows}
    )


def forget_copy(holder: str, *, place: str) -> None:
    """Say that a registered copy is gone."""
    CopyHolder.objects.filter(holder=holder, place=place, destroyed_at=None).update(destroyed_at=now())


def copies_of(entry: UUID) -> QuerySet[CopyHolder]:
    """Where copies of an entry's data are kept now."""
    return CopyHolder.objects.filter(entry=entry, destroyed_at=None)
