"""A denial that helps: what was denied, to whom, why, and whom to ask."""

from uuid import UUID

from django.core.exceptions import PermissionDenied

from tulou.kernel.identity import Actor, party_name
from tulou.kernel.permissions.registry import action_name


class Forbidden(PermissionDenied):
    """The actor may not do this. `ask` names the accounts that can help."""

    def __init__(
        self,
        actor: Actor,
        action: str,
        *,
        name: str = "",
        organisation: UUID | None = None,
        reason: str = "",
        ask: tuple[str, ...] = (),
    ) -> None:
        self.actor = actor
        self.action = action
        self.action_name = name or action_name(action)
        self.organisation = organisation
        self.reason = reason
        self.ask = ask
        super().__init__(self.sentence())

    def sentence(self) -> str:
        """One sentence for pages, logs and the API."""
        place = f"（{party_name(self.actor.party)}）" if self.actor.party else ""
        target = f"对{party_name(self.organisation)}" if self.organisation else ""
        reason = f"{self.reason}。" if self.reason else ""
        help_line = f"请联系：{'、'.join(self.ask)}。" if self.ask else "请联系本机构的账号管理员。"
        return f"“{self.actor.label}”{place}无权{target}办理“{self.action_name}”。{reason}{help_line}"
