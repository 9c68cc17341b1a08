"""The one place where "may this actor do that?" is answered.

Scope: a role of reach OWN covers its own organisation, of reach ALL every organisation. A narrowing to a region or
theme must be met by the question; a question about an object that does not name its region is not covered by a role
narrowed to one. Questions without any scope ask whether the page may be opened at all.
"""

from typing import Final, final
from uuid import UUID

from tulou.kernel.identity import Actor
from tulou.kernel.identity.models import Account
from tulou.kernel.permissions import registry
from tulou.kernel.permissions.denial import Forbidden
from tulou.kernel.permissions.models import Assignment
from tulou.kernel.permissions.queries import Held, held_by
from tulou.kernel.permissions.registry import Reach, Role

ASSIGN = "permissions.assign"


@final
class Everywhere:
    """Every organisation, those of tomorrow too; compare by `is ALL`."""

    def __contains__(self, organisation: object) -> bool:
        return True

    def __repr__(self) -> str:
        return "ALL"


ALL: Final = Everywhere()


def may(
    actor: Actor,
    action: str,
    *,
    organisation: UUID | None = None,
    region: str | None = None,
    theme: str | None = None,
) -> bool:
    """Whether the actor may do this, to things of this organisation, region and theme."""
    return _why_not(actor, action, organisation, region, theme) is None


def require(
    actor: Actor,
    action: str,
    *,
    organisation: UUID | None = None,
    region: str | None = None,
    theme: str | None = None,
) -> None:
    """Go on only if the actor may do this.

    Raises:
        Forbidden: it may not; says why and whom to ask.
    """
    reason = _why_not(actor, action, organisation, region, theme)
    if reason is not None:
        raise denial(actor, action, organisation=organisation, reason=reason)


def denial(actor: Actor, action: str, *, organisation: UUID | None = None, reason: str = "") -> Forbidden:
    """A complete denial, with the accounts that can assign what is missing."""
    return Forbidden(actor, action, organisation=organisation, reason=reason, ask=helpers(actor))


def organisations_where(actor: Actor, action: str) -> set[UUID] | Everywhere:
    """The organisations to whose things the actor may do this, whatever the region or theme: for scoped queries."""
    if actor.is_system:
        return ALL if _system_may(action) else set()
    granting = _granting(actor, action)
    if any(held.role.reach is Reach.ALL for held in granting):
        return ALL
    return {held.organisation for held in granting}


def roles_of(actor: Actor) -> list[Role]:
    """The roles the actor holds at the organisation acted for."""
    if actor.person is None:
        return []
    place = _today(actor.party)
    return list({h.role.code: h.role for h in held_by(actor.person) if h.organisation == place}.values())


def actions_of(actor: Actor) -> frozenset[str]:
    """Everything the actor may do somewhere, in one look at its roles: for menus, which ask about all at once."""
    if actor.person is None or actor.party is None:
        return frozenset()
    everything = held_by(actor.person)
    held_actions = {code for held in everything for code in held.role.actions}
    place = _today(actor.party)
    here = {code for held in everything if held.organisation == place for code in held.role.actions}
    return frozenset(code for code in here if conflict(code, held_actions) is None)


def people_who_may(action: str, organisation: UUID) -> list[UUID]:
    """The persons who could do this to things of that organisation today, by their own roles."""
    from django.utils import timezone

    codes = {role.code: role.reach for role in registry.roles_with(action)}
    rows = list(Assignment.objects.in_force(timezone.localdate()).filter(role__in=codes).order_by("created_at"))
    today = registry.successors({row.organisation_id for row in rows} | {organisation})
    place = today[organisation]
    fitting = [r for r in rows if codes[r.role] is Reach.ALL or today[r.organisation_id] == place]
    return list(dict.fromkeys(row.person_id for row in fitting))


def helpers(actor: Actor) -> tuple[str, ...]:
    """Labels of up to three accounts that may assign roles at the actor's organisation."""
    if actor.party is None:
        return ()
    people = people_who_may(ASSIGN, actor.party)
    labels = Account.objects.filter(party__in=people, is_active=True).values_list("label", flat=True)
    return tuple(labels.order_by("label")[:3])


def _why_not(actor: Actor, action: str, organisation: UUID | None, region: str | None, theme: str | None) -> str | None:
    """None if allowed, else the reason in Chinese."""
    if actor.is_system:
        return None if _system_may(action) else "该操作不得由系统自动办理"
    if actor.person is None:
        return "请先登录"
    granting = _granting(actor, action)
    if not granting:
        return _apart(actor, action) or "当前身份没有含此操作的角色"
    if any(_covers(held, organisation, region, theme) for held in granting):
        return None
    return "已有角色的机构、区划或主题范围不包含该对象"


def _system_may(action: str) -> bool:
    info = registry.action_info(action)
    return info is not None and info.by_system


def _granting(actor: Actor, action: str) -> list[Held]:
    """Roles held where the actor acts that contain the action; none if it meets a duty that must stay apart."""
    if actor.person is None or actor.party is None:
        return []
    everything = held_by(actor.person)
    if conflict(action, {code for held in everything for code in held.role.actions}):
        return []
    place = _today(actor.party)
    return [held for held in everything if held.organisation == place and action in held.role.actions]


def conflict(action: str, held_actions: set[str]) -> str | None:
    """Why this action may not be used by somebody who also holds those; looks at all organisations together."""
    for separation in registry.separations():
        if separation.other(action) in held_actions and action in held_actions:
            return separation.reason
    return None


def _apart(actor: Actor, action: str) -> str | None:
    if actor.person is None:
        return None
    return conflict(action, {code for held in held_by(actor.person) for code in held.role.actions})


def _covers(held: Held, organisation: UUID | None, region: str | None, theme: str | None) -> bool:
    if organisation is None and region is None and theme is None:
        return True
    if organisation is not None and held.role.reach is Reach.OWN and _today(organisation) != held.organisation:
        return False
    if held.region and (region is None or not region_within(region, held.region)):
        return False
    return not held.theme or held.theme == theme


def region_within(region: str, outer: str) -> bool:
    """Whether a division code lies in another: 350102 in 350100 in 350000."""
    stem = outer
    while len(stem) > 2 and stem.endswith("00"):
        stem = stem[:-2]
    return region.startswith(stem)


def _today(organisation: UUID | None) -> UUID | None:
    return registry.successors({organisation})[organisation] if organisation is not None else None
