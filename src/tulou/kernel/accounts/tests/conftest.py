"""Accounts, organisations and browsers of these tests."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from django.test import Client
from django.utils import timezone

from tulou.kernel.accounts.services import create_account
from tulou.kernel.identity import Actor, Party, PartyKind
from tulou.kernel.identity.models import Account

INSTALL = Actor.system("安装")
PASSWORD = "榕树下的老榕-2026"
Later = Callable[[timedelta], None]


@pytest.fixture(autouse=True)
def keys(tmp_path: object, settings: object) -> None:
    """Keys of these tests are made in a folder of their own."""
    settings.KEYS = tmp_path  # type: ignore[attr-defined]


@pytest.fixture
def account(db: None) -> Account:
    return create_account("minzheng.data", "省民政厅数据管理员", PASSWORD, actor=INSTALL, must_change_password=False)


@pytest.fixture
def later(monkeypatch: pytest.MonkeyPatch) -> Later:
    """Let time pass."""
    offset = timedelta()
    real: Callable[[], datetime] = timezone.now

    def wait(step: timedelta) -> None:
        nonlocal offset
        offset += step

    monkeypatch.setattr("django.utils.timezone.now", lambda: real() + offset)
    return wait


def sign_in(client: Client, login: str = "minzheng.data", password: str = PASSWORD, **data: str) -> int:
    return client.post("/login/", {"login": login, "password": password, **data}).status_code


def organisation() -> Party:
    return Party.objects.create(kind=PartyKind.AGENCY)
