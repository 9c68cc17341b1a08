"""Giving and taking roles and desks. Every change is evidence.

Nobody gives a role to himself; a role that reaches every organisation is given only by somebody whose own right to
assign reaches as far.
"""

from datetime import date
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.utils import timezone

from tulou.kernel.evidence import record
from tulou.kernel.identity import Actor
from tulou.kernel.permissions import registry
from tulou.kernel.permissions.decide import ALL, ASSIGN, denial, organisations_where, require
from tulou.kernel.permissions.models import Assignment, Delegation
from tulou.kernel.permissions.queries import forget, held_by
from tulou.kernel.permissions.registry import Reach, Role


@transaction.atomic
def assign(
    person: UUID,
    role: str,
    organisation: UUID,
    *,
    actor: Actor,
    region: str = "",
    theme: str = "",
    valid_from: date | None = None,
    valid_to: date | None = None,
) -> Assignment:
    """Give a person a role at an organisation; giving it again with the same terms changes nothing.

    Raises:
        Forbidden: the actor may not assign there, or gives to himself.
        ValidationError: the role is unknown, or meets a duty that must stay apart.
    """
    known = _known(role)
    _may_give(actor, known, organisation, person)
    _lock(person)
    start = valid_from or timezone.localdate()
    terms = {
        "person_id": person,
        "role": role,
        "organisation_id": organisation,
        "region": region,
        "theme": theme,
        "valid_to": valid_to,
        "ended_at": None,
    }
    same = Assignment.objects.filter(**terms, valid_from__lte=start).first()
    if same is not None:
        return same
    _refuse_conflict(person, known, start, valid_to)
    row = Assignment.objects.create(**terms, valid_from=start)
    _prove("assignment.given", actor, row.pk, person, organisation, role)
    return row


@transaction.atomic
def end_assignment(assignment: Assignment, *, actor: Actor) -> None:
    """Take a role away, at once; desks that others keep on its strength end with it."""
    require(actor, ASSIGN, organisation=assignment.organisation_id)
    ended = Assignment.objects.filter(pk=assignment.pk, ended_at=None).update(ended_at=timezone.now())
    if ended:
        _prove(
            "assignment.ended", actor, assignment.pk, assignment.person_id, assignment.organisation_id, assignment.role
        )


@transaction.atomic
def delegate(
    keeper: UUID, role: str, organisation: UUID, *, actor: Actor, reason: str, valid_from: date, valid_to: date
) -> Delegation:
    """代办: let somebody keep one's own desk for a period.

    Raises:
        Forbidden: the actor does not hold that role there himself.
        ValidationError: the period is wrong, or the keeper may not hold the role.
    """
    known = _known(role)
    if actor.person is None or not _own_desk(actor.person, role, organisation):
        raise denial(actor, "permissions.delegate", organisation=organisation, reason="只能委托本人持有的岗位")
    if keeper == actor.person:
        raise ValidationError({"keeper": "代办人不能是本人，请另选人员"})
    if valid_to < valid_from:
        raise ValidationError({"valid_to": "截止日期不得早于起始日期"})
    _lock(keeper)
    _refuse_conflict(keeper, known, valid_from, valid_to)
    row = Delegation.objects.create(
        giver_id=actor.person,
        keeper_id=keeper,
        role=role,
        organisation_id=organisation,
        reason=reason,
        valid_from=valid_from,
        valid_to=valid_to,
    )
    _prove("delegation.given", actor, row.pk, keeper, organisation, role)
    return row


@transaction.atomic
def end_delegation(delegation: Delegation, *, actor: Actor) -> None:
    """Take a desk back; its giver may, and whoever may assign there."""
    if actor.person != delegation.giver_id:
        require(actor, ASSIGN, organisation=delegation.organisation_id)
    ended = Delegation.objects.filter(pk=delegation.pk, ended_at=None).update(ended_at=timezone.now())
    if ended:
        _prove(
            "delegation.ended", actor, delegation.pk, delegation.keeper_id, delegation.organisation_id, delegation.role
        )


def _known(role: str) -> Role:
    known = registry.role(role)
    if known is None:
        raise ValidationError({"role": f"没有“{role}”这个角色，请从角色列表中选择"})
    return known


def _may_give(actor: Actor, role: Role, organisation: UUID, person: UUID) -> None:
    require(actor, ASSIGN, organisation=organisation)
    if actor.person is not None and actor.person == person:
        raise denial(actor, ASSIGN, organisation=organisation, reason="不得给本人分配角色，请由另一名管理员办理")
    if role.reach is Reach.ALL and organisations_where(actor, ASSIGN) is not ALL:
        reason = f"角色“{role.name}”的范围是全部机构，须由全省范围的管理员分配"
        raise denial(actor, ASSIGN, organisation=organisation, reason=reason)


def _own_desk(person: UUID, role: str, organisation: UUID) -> bool:
    place = registry.successors({organisation})[organisation]
    held = held_by(person)
    return any(h.role.code == role and h.organisation == place and not h.is_delegated for h in held)


def _refuse_conflict(person: UUID, role: Role, start: date, end: date | None) -> None:
    """No two duties that must stay apart in one person, on any day of the new period."""
    for code in _roles_during(person, start, end):
        other = registry.role(code)
        if other is None:
            continue
        for separation in registry.separations():
            if separation.conflicts(role.actions | other.actions):
                raise ValidationError(
                    {"role": f"不能同时担任“{role.name}”与“{other.name}”：{separation.reason}。请先终止其中一个角色"}
                )


def _roles_during(person: UUID, start: date, end: date | None) -> set[str]:
    """Roles held or kept on some day of the period."""
    own = Assignment.objects.filter(person=person, ended_at=None).exclude(valid_to__lt=start)
    kept = Delegation.objects.filter(keeper=person, ended_at=None, valid_to__gte=start)
    if end is not None:
        own, kept = own.filter(valid_from__lte=end), kept.filter(valid_from__lte=end)
    return set(own.values_list("role", flat=True)) | set(kept.values_list("role", flat=True))


def _lock(person: UUID) -> None:
    """Two roles given at the same moment must see each other."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('permissions'), hashtext(%s))", [str(person)])


def _prove(what: str, actor: Actor, row: UUID, person: UUID, organisation: UUID, role: str) -> None:
    forget()
    noun, verb = what.split(".")
    subjects = [f"{noun}:{row}", f"party:{person}", f"party:{organisation}"]
    record(f"permissions.{noun}.{verb}", actor=actor, subjects=subjects, data={"role": role})
