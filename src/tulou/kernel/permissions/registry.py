"""Actions, roles and duties that must stay apart, registered in code as data.

A domain registers its actions and extends roles in its own `apps.ready`; the order of registration does not matter.
"""

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from enum import Enum
from uuid import UUID

from django.core.exceptions import ImproperlyConfigured


class Reach(Enum):
    """How far a role reaches from the organisation at which it is held."""

    OWN = "本机构"
    ALL = "全部机构"


@dataclass(frozen=True)
class Role:
    """A set of actions under one name. `reach` says over whose things they may be done."""

    code: str
    name: str
    actions: frozenset[str] = frozenset()
    reach: Reach = Reach.OWN


@dataclass(frozen=True)
class ActionInfo:
    """An action that is guarded. `by_system` ones are also open to parts of this node that act by themselves."""

    code: str
    name: str
    by_system: bool = False


@dataclass(frozen=True)
class Separation:
    """Two actions that one person may never hold together."""

    first: str
    second: str
    reason: str

    def conflicts(self, actions: Collection[str]) -> bool:
        return self.first in actions and self.second in actions

    def other(self, action: str) -> str | None:
        return {self.first: self.second, self.second: self.first}.get(action)


Succession = Callable[[Collection[UUID]], dict[UUID, UUID]]

_actions: dict[str, ActionInfo] = {}
_roles: dict[str, Role] = {}
_extensions: dict[str, set[str]] = {}
_separations: list[Separation] = []
_succession: list[Succession] = []


def register_action(code: str, name: str, *, by_system: bool = False) -> str:
    """Make an action known; its code is `<domain>.<verb>`."""
    _actions[code] = ActionInfo(code, name, by_system)
    return code


def register_role(code: str, name: str, actions: Iterable[str] = (), *, reach: Reach = Reach.OWN) -> Role:
    """Make a role known. Other rooms may add actions to it by `extend_role`."""
    known = _roles.get(code)
    if known is not None and known.name != name:
        raise ImproperlyConfigured(f"角色代码 {code} 已用于“{known.name}”，请换一个代码")
    _roles[code] = Role(code, name, frozenset(actions), reach)
    _refuse_conflicts()
    return _roles[code]


def extend_role(code: str, *actions: str) -> None:
    """Add actions to a role that another room registered, before or after this call."""
    _extensions.setdefault(code, set()).update(actions)
    _refuse_conflicts()


def forbid_together(first: str, second: str, *, reason: str) -> None:
    """Keep two duties apart: no role may contain both, no person may be given both or use either while holding both."""
    separation = Separation(first, second, reason)
    if separation not in _separations:
        _separations.append(separation)
    _refuse_conflicts()


def register_succession(resolver: Succession) -> None:
    """Name the function that says which organisation of today stands for each of these (itself if unchanged)."""
    _succession[:] = [resolver]


def successors(organisations: Collection[UUID]) -> dict[UUID, UUID]:
    """For each organisation the one that holds its rights and duties today."""
    found = _succession[0](organisations) if _succession else {}
    return {organisation: found.get(organisation, organisation) for organisation in organisations}


def action_info(code: str) -> ActionInfo | None:
    return _actions.get(code)


def action_name(code: str) -> str:
    """The Chinese name of an action, or its code where it has none."""
    info = _actions.get(code)
    return info.name if info else code


def role(code: str) -> Role | None:
    """A role with everything that other rooms added to it."""
    base = _roles.get(code)
    if base is None:
        return None
    return Role(base.code, base.name, base.actions | frozenset(_extensions.get(code, ())), base.reach)


def role_name(code: str) -> str:
    """The Chinese name of a role, or its code where it is no longer registered."""
    known = _roles.get(code)
    return known.name if known else code


def all_roles() -> list[Role]:
    return [known for known in map(role, sorted(_roles)) if known is not None]


def all_actions() -> list[ActionInfo]:
    return [_actions[code] for code in sorted(_actions)]


def roles_with(action: str) -> list[Role]:
    return [known for known in all_roles() if action in known.actions]


def separations() -> tuple[Separation, ...]:
    return tuple(_separations)


def unknown_names() -> list[str]:
    """Faults of registration: extended roles and listed actions that nobody registered."""
    faults = [f"角色 {code} 未注册，却被扩充" for code in sorted(_extensions) if code not in _roles]
    for known in all_roles():
        faults += [f"角色 {known.code} 含未注册的操作 {code}" for code in sorted(known.actions - _actions.keys())]
    return faults


def _refuse_conflicts() -> None:
    for known in all_roles():
        for separation in _separations:
            if separation.conflicts(known.actions):
                raise ImproperlyConfigured(
                    f"角色“{known.name}”同时含 {separation.first} 与 {separation.second}：{separation.reason}"
                )
