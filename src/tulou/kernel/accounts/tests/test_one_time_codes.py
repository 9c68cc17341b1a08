"""Two-step sign-in: enrolment proves the authenticator, each code is good once, the secret is sealed at rest."""

import re
import stat
from datetime import timedelta
from pathlib import Path

import pyotp
import pytest
from django.conf import settings
from django.test import Client
from django.utils import timezone

from tulou.kernel.accounts import totp
from tulou.kernel.accounts.tests.conftest import INSTALL, PASSWORD, Later, sign_in
from tulou.kernel.identity import sealing
from tulou.kernel.identity.models import Account
from tulou.trust.ids import new_id

pytestmark = pytest.mark.django_db


def code_now(secret: str) -> str:
    return pyotp.TOTP(secret).at(timezone.now())


@pytest.fixture
def secret(account: Account) -> str:
    secret = totp.new_secret()
    totp.enable(account, secret, code_now(secret), actor=INSTALL)
    return secret


def test_enrolling_by_the_page(client: Client, account: Account) -> None:
    sign_in(client)
    page = client.get("/account/totp/").content.decode()
    found = re.search(r"<code>([A-Z2-7]{32})</code>", page)
    assert found is not None
    assert "<svg" in page
    refused = client.post("/account/totp/", {"code": "000000"})
    assert "动态口令不正确" in refused.content.decode()
    shown = client.post("/account/totp/", {"code": code_now(found[1])}).content.decode()
    assert len(re.findall(r"<code>[A-Z2-9]{8}-[A-Z2-9]{8}</code>", shown)) == 10
    account.refresh_from_db()
    assert account.has_totp


def test_the_second_step_is_needed(client: Client, account: Account, secret: str, later: Later) -> None:
    later(timedelta(seconds=60))
    answer = client.post("/login/", {"login": account.login, "password": PASSWORD, "next": "/account/"})
    assert answer["Location"] == "/login/code/"
    assert client.get("/account/").status_code == 401
    assert client.post("/login/code/", {"code": "000000"}).status_code == 422
    answer = client.post("/login/code/", {"code": code_now(secret)})
    assert answer["Location"] == "/account/"
    assert client.get("/account/").status_code == 200


def test_the_first_step_is_forgotten_after_five_minutes(
    client: Client, account: Account, secret: str, later: Later
) -> None:
    sign_in(client)
    later(timedelta(minutes=6))
    answer = client.post("/login/code/", {"code": code_now(secret)})
    assert answer["Location"] == "/login/"


def test_the_second_step_cannot_be_opened_without_the_first(client: Client) -> None:
    assert client.get("/login/code/")["Location"] == "/login/"


def test_a_code_is_good_once(account: Account, secret: str, later: Later) -> None:
    later(timedelta(seconds=60))
    code = code_now(secret)
    assert totp.accept_code(account, code)
    assert not totp.accept_code(account, code)
    later(timedelta(seconds=30))
    assert totp.accept_code(account, code_now(secret))


def test_an_old_code_is_refused(account: Account, secret: str, later: Later) -> None:
    later(timedelta(seconds=60))
    code = code_now(secret)
    later(timedelta(seconds=90))
    assert not totp.accept_code(account, code)


def test_a_recovery_code_is_good_once_however_it_is_typed(account: Account) -> None:
    secret = totp.new_secret()
    codes = totp.enable(account, secret, code_now(secret), actor=INSTALL)
    assert totp.accept_recovery_code(account, codes[0].lower().replace("-", " "))
    assert not totp.accept_recovery_code(account, codes[0])
    assert totp.accept_recovery_code(account, codes[1])
    assert codes[2] not in str(list(account.recovery_codes.values_list("digest", flat=True)))


def test_guessing_codes_is_slowed_down(client: Client, account: Account, secret: str, later: Later) -> None:
    later(timedelta(seconds=60))
    sign_in(client)
    for _ in range(5):
        client.post("/login/code/", {"code": "000000"})
    answer = client.post("/login/code/", {"code": code_now(secret)})
    assert "已暂时锁定" in answer.content.decode()


def test_disabling_needs_the_password(client: Client, account: Account, secret: str, later: Later) -> None:
    later(timedelta(seconds=60))
    sign_in(client)
    client.post("/login/code/", {"code": code_now(secret)})
    assert client.post("/account/totp/off/", {"password": "不对"}).status_code == 422
    assert client.post("/account/totp/off/", {"password": PASSWORD}).status_code == 302
    account.refresh_from_db()
    assert not account.has_totp
    assert account.totp_sealed is None


def test_the_secret_is_sealed_for_its_owner(account: Account, secret: str) -> None:
    account.refresh_from_db()
    assert account.totp_sealed is not None
    sealed = bytes(account.totp_sealed)
    assert secret.encode() not in sealed
    assert sealing.unseal(sealed, account.pk) == secret
    with pytest.raises(sealing.SealBroken, match="重新绑定"):
        sealing.unseal(sealed, new_id())


def test_the_key_file_is_for_its_owner_only(account: Account, secret: str) -> None:
    path = Path(settings.KEYS) / sealing.FILE
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert len(path.read_bytes()) == 32
