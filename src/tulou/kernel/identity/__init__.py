"""身份: who acts. Parties by permanent id, accounts named by role, and the organisation a session acts for.

Promise: every command knows its `Actor`; a person acts for one organisation at a time; a party's id is never
reused or rewritten, whatever becomes of its name.
"""

from typing import TYPE_CHECKING

from tulou.kernel.identity.actor import GUEST, Actor, actor_of
from tulou.kernel.identity.directory import (
    party_name,
    party_names,
    register_party_names,
    register_workplaces,
    workplaces_of,
)

if TYPE_CHECKING:
    from tulou.kernel.identity.models import Account as Account
    from tulou.kernel.identity.models import Party as Party
    from tulou.kernel.identity.models import PartyKind as PartyKind
else:

    def __getattr__(name: str) -> object:
        """Models are reached late: this package is imported before the app registry is ready."""
        if name not in {"Account", "Party", "PartyKind"}:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        from tulou.kernel.identity import models

        return getattr(models, name)


__all__ = [
    "GUEST",
    "Account",
    "Actor",
    "Party",
    "PartyKind",
    "actor_of",
    "party_name",
    "party_names",
    "register_party_names",
    "register_workplaces",
    "workplaces_of",
]
