"""Accounts are named by role, opened by those who may, and every change is evidence."""

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from tulou.kernel.accounts.services import create_account, set_active
from tulou.kernel.accounts.tests.conftest import INSTALL, PASSWORD, organisation
from tulou.kernel.evidence import find
from tulou.kernel.identity import Actor, PartyKind
from tulou.kernel.identity.models import Account
from tulou.kernel.permissions import Forbidden

pytestmark = pytest.mark.django_db


class TestAccounts:
    """Opening, and who may."""

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
