"""权限: who may do what, denied by default.

Promise: an action is allowed only by a role held in force, within its scope, at the organisation acted for; duties
that must stay apart (管运分离) never meet in one person; a denial says what was missing and whom to ask.
"""

from importlib import import_module
from typing import TYPE_CHECKING

from tulou.kernel.permissions.registry import (
    Reach,
    Role,
    extend_role,
    forbid_together,
    register_action,
    register_role,
    register_succession,
)

if TYPE_CHECKING:
    from tulou.kernel.permissions.decide import ALL as ALL
    from tulou.kernel.permissions.decide import Everywhere as Everywhere
    from tulou.kernel.permissions.decide import actions_of as actions_of
    from tulou.kernel.permissions.decide import may as may
    from tulou.kernel.permissions.decide import organisations_where as organisations_where
    from tulou.kernel.permissions.decide import people_who_may as people_who_may
    from tulou.kernel.permissions.decide import require as require
    from tulou.kernel.permissions.decide import roles_of as roles_of
    from tulou.kernel.permissions.denial import Forbidden as Forbidden
    from tulou.kernel.permissions.guards import action as action
    from tulou.kernel.permissions.guards import guard_of as guard_of
    from tulou.kernel.permissions.guards import public_page as public_page
    from tulou.kernel.permissions.guards import signed_in as signed_in
    from tulou.kernel.permissions.models import Assignment as Assignment
    from tulou.kernel.permissions.models import Delegation as Delegation
else:
    _DOORS = {
        "ALL": "decide",
        "Everywhere": "decide",
        "actions_of": "decide",
        "may": "decide",
        "organisations_where": "decide",
        "people_who_may": "decide",
        "require": "decide",
        "roles_of": "decide",
        "Forbidden": "denial",
        "action": "guards",
        "guard_of": "guards",
        "public_page": "guards",
        "signed_in": "guards",
        "Assignment": "models",
        "Delegation": "models",
    }

    def __getattr__(name: str) -> object:
        """What needs models is reached late: this package is imported before the app registry is ready."""
        if name not in _DOORS:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        return getattr(import_module(f"{__name__}.{_DOORS[name]}"), name)


__all__ = [
    "ALL",
    "Assignment",
    "Delegation",
    "Everywhere",
    "Forbidden",
    "Reach",
    "Role",
    "action",
    "actions_of",
    "extend_role",
    "forbid_together",
    "guard_of",
    "may",
    "organisations_where",
    "people_who_may",
    "public_page",
    "register_action",
    "register_role",
    "register_succession",
    "require",
    "roles_of",
    "signed_in",
]
