"""For which organisation a session acts: one at a time, chosen among the places where the person works."""

from dataclasses import dataclass
from uuid import UUID

from django.http import HttpRequest

from tulou.kernel.identity.actor import Actor
from tulou.kernel.identity.directory import workplaces_of
from tulou.kernel.identity.models import Account
from tulou.kernel.identity.sessions import as_uuid

KEY = "acting_for"


@dataclass(frozen=True)
class Acting:
    """The organisation acted for, and those one could switch to."""

    organisation: UUID | None
    options: tuple[UUID, ...]


class NotAWorkplace(ValueError):
    """The person has no role at that organisation today."""


def actor_for(request: HttpRequest, account: Account) -> tuple[Acting, Actor]:
    """What this session acts as; falls back to the first workplace when the chosen one is gone."""
    options = tuple(workplaces_of(account.party_id))
    chosen = as_uuid(request.session.get(KEY))
    organisation = chosen if chosen in options else next(iter(options), None)
    actor = Actor(
        person=account.party_id,
        party=organisation,
        kind="person",
        label=account.label,
        session=as_uuid(request.session.get("sign_in")),
    )
    return Acting(organisation, options), actor


def switch(request: HttpRequest, account: Account, organisation: UUID) -> None:
    """Act for another organisation from now on.

    Raises:
        NotAWorkplace: no role there today.
    """
    if organisation not in workplaces_of(account.party_id):
        raise NotAWorkplace("您今天在该机构没有有效角色，无法切换；如有需要请联系该机构的账号管理员")
    request.session[KEY] = str(organisation)
