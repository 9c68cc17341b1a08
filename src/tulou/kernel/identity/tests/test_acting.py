"""A person acts for one organisation at a time and switches among the places where the person works."""

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.test import Client, RequestFactory

from tulou.kernel.evidence import find
from tulou.kernel.identity import GUEST, Actor, PartyKind, actor_of, party_name, register_party_names
from tulou.kernel.identity.models import Account, Party
from tulou.kernel.identity.services import create_account, set_active
from tulou.kernel.identity.tests.conftest import INSTALL, PASSWORD, organisation, sign_in
from tulou.kernel.permissions import Forbidden, register_role, registry
from tulou.kernel.permissions.services import assign

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
    from tulou.kernel.permissions import Assignment
    from tulou.kernel.permissions.services import end_assignment

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


class TestAccounts:
    """Accounts are named by role, opened by those who may, and every change is evidence."""

    def test_opening_makes_a_person_and_is_proven(self) -> None:
        account = create_account("jiaoyu.data", "省教育厅数据管理员", PASSWORD, actor=INSTALL)
        assert account.party.kind == PartyKind.PERSON
        assert account.must_change_password
        assert find(f"account:{account.pk}")[0].kind == "identity.account.opened"

    @pytest.mark.parametrize(
        ("login", "label", "password", "said"),
        [
            ("有中文", "某岗位", PASSWORD, "登录名为2至64位"),
            ("minzheng.data", "某岗位", PASSWORD, "已被使用"),
            ("jiaoyu.data", " ", PASSWORD, "按岗位填写"),
            ("jiaoyu.data", "某岗位", "12345678", "密码"),
        ],
    )
    def test_bad_input_is_refused_in_words(
        self, account: Account, login: str, label: str, password: str, said: str
    ) -> None:
        with pytest.raises(ValidationError, match=said):
            create_account(login, label, password, actor=INSTALL)

    def test_only_those_who_may_open_accounts(self, account: Account) -> None:
        stranger = Actor(account.party_id, organisation().pk, "person", account.label)
        with pytest.raises(Forbidden, match="管理账号"):
            create_account("jiaoyu.data", "省教育厅数据管理员", PASSWORD, actor=stranger)
        with pytest.raises(Forbidden):
            set_active(account, False, actor=stranger)

    def test_the_database_keeps_logins_in_form(self, account: Account) -> None:
        with pytest.raises(IntegrityError), transaction.atomic():
            Account.objects.filter(pk=account.pk).update(login="大写 AND 空格")
