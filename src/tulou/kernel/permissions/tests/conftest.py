"""Roles, organisations and persons of these tests."""

from copy import deepcopy

import pytest

from tulou.kernel.identity import Actor, Party, PartyKind
from tulou.kernel.identity.models import Account
from tulou.kernel.permissions import Reach, register_action, register_role, registry
from tulou.trust.ids import new_id


@pytest.fixture(autouse=True)
def own_registry(monkeypatch: pytest.MonkeyPatch) -> None:
    """Roles registered here are gone afterwards."""
    for name in ("_actions", "_roles", "_extensions", "_separations", "_succession"):
        monkeypatch.setattr(registry, name, deepcopy(getattr(registry, name)) if name != "_succession" else [])
    for code, label in [("t.write", "编制"), ("t.review", "审核"), ("t.operate", "运营"), ("t.decide", "审批")]:
        register_action(code, label)
    register_action("t.sweep", "巡查", by_system=True)
    register_role("t.writer", "编制员", ["t.write"])
    register_role("t.reviewer", "审核员", ["t.review"], reach=Reach.ALL)
    register_role("t.operator", "运营员", ["t.operate"], reach=Reach.ALL)
    register_role("t.decider", "审批员", ["t.decide"])
    register_role("t.local", "本机构账号管理员", ["permissions.assign"])
    register_role("t.chief", "全省账号管理员", ["permissions.assign"], reach=Reach.ALL)


def organisation() -> Party:
    return Party.objects.create(kind=PartyKind.AGENCY)


def person(label: str = "某岗位") -> Party:
    party = Party.objects.create(kind=PartyKind.PERSON)
    Account.objects.create(login=f"u{str(new_id())[-12:]}", label=label, party=party)
    return party


def acting(who: Party, place: Party | None) -> Actor:
    return Actor(person=who.pk, party=place.pk if place else None, kind="person", label="某岗位")
