"""A person acts for one organisation at a time and switches among the places where the person works."""

import pytest
from django.test import Client, RequestFactory

from tulou.kernel.accounts.desks import assign
from tulou.kernel.accounts.tests.conftest import INSTALL, organisation, sign_in
from tulou.kernel.identity import GUEST, Actor, actor_of, party_name, register_party_names
from tulou.kernel.identity.models import Account, Party
from tulou.kernel.permissions import register_role, registry

pytestmark = pytest.mark.django_db


@pytest.fixture
def places(account: Account, monkeypatch: pytest.MonkeyPatch) -> list[Party]:
    monkeypatch.setattr(registry, "_roles", dict(registry._roles))
    register_role("t.clerk", "经办员")
    found = [organisation(), organisation()]
    for place in found:
        assign(account.party_id, "t.clerk", place.pk, actor=INSTALL)
    return found


def actor_seen(client: Client) -> Actor:
    return actor_of(client.get("/account/").wsgi_request)


def test_a_session_acts_for_the_first_workplace_until_switched(
    client: Client, account: Account, places: list[Party]
) -> None:
    sign_in(client)
    actor = actor_seen(client)
    assert (actor.person, actor.party, actor.label) == (account.party_id, places[0].pk, "省民政厅数据管理员")
    client.post("/account/acting/", {"organisation": str(places[1].pk), "next": "/account/"})
    assert actor_seen(client).party == places[1].pk


@pytest.mark.parametrize("wanted", ["", "不是标识", "00000000-0000-0000-0000-000000000001"])
def test_nobody_acts_for_a_place_without_a_role(
    client: Client, account: Account, places: list[Party], wanted: str
) -> None:
    sign_in(client)
    client.post("/account/acting/", {"organisation": wanted})
    assert actor_seen(client).party == places[0].pk


def test_a_place_that_is_lost_is_left(client: Client, account: Account, places: list[Party]) -> None:
    from tulou.kernel.accounts.desks import end_assignment
    from tulou.kernel.permissions import Assignment

    sign_in(client)
    client.post("/account/acting/", {"organisation": str(places[1].pk)})
    end_assignment(Assignment.objects.get(organisation=places[1]), actor=INSTALL)
    assert actor_seen(client).party == places[0].pk


def test_without_a_session_one_is_a_guest() -> None:
    assert actor_of(RequestFactory().get("/")) is GUEST
    assert GUEST.is_guest
    assert not INSTALL.is_guest


def test_persons_are_called_by_their_account_and_places_by_the_directory(
    account: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    from tulou.kernel.identity import directory

    monkeypatch.setattr(directory, "_names", list(directory._names))
    place, unnamed = organisation(), organisation()
    register_party_names(lambda ids: {place.pk: "省民政厅"} if place.pk in ids else {})
    assert party_name(account.party_id) == "省民政厅数据管理员"
    assert party_name(place.pk) == "省民政厅"
    assert party_name(unnamed.pk).startswith("主体…")
