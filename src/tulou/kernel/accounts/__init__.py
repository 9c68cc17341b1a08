"""账号: the commands and pages by which people get in, and get and lose roles.

Promise: a login, a role and a kept desk change only by a command that asks for permission and leaves evidence; guessing
is slowed down; nobody gives himself anything. What is known of parties and roles lies below, in `identity` and
`permissions`; this room stands above the evidence log and the shell, and uses both.
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tulou.kernel.accounts.desks import assign as assign
    from tulou.kernel.accounts.desks import delegate as delegate
    from tulou.kernel.accounts.desks import end_assignment as end_assignment
    from tulou.kernel.accounts.desks import end_delegation as end_delegation
    from tulou.kernel.accounts.services import change_password as change_password
    from tulou.kernel.accounts.services import create_account as create_account
    from tulou.kernel.accounts.services import reset_password as reset_password
    from tulou.kernel.accounts.services import set_active as set_active
else:
    _DOORS = {
        "assign": "desks",
        "delegate": "desks",
        "end_assignment": "desks",
        "end_delegation": "desks",
        "change_password": "services",
        "create_account": "services",
        "reset_password": "services",
        "set_active": "services",
    }

    def __getattr__(name: str) -> object:
        """What needs models is reached late: this package is imported before the app registry is ready."""
        if name not in _DOORS:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        return getattr(import_module(f"{__name__}.{_DOORS[name]}"), name)


__all__ = [
    "assign",
    "change_password",
    "create_account",
    "delegate",
    "end_assignment",
    "end_delegation",
    "reset_password",
    "set_active",
]
