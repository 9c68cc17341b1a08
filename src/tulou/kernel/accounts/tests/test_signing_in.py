"""Who is let in, how guessing is slowed down, and when a session ends."""

from datetime import timedelta
from threading import Barrier, Thread
from typing import cast

import pytest
from django.contrib.auth.hashers import make_password
from django.contrib.sessions.models import Session
from django.db import connection
from django.test import Client
from django.urls import reverse

from tulou.kernel.accounts import signing_in
from tulou.kernel.accounts.services import reset_password, set_active
from tulou.kernel.accounts.signing_in import SignInRefused, check_password
from tulou.kernel.accounts.tasks import sweep
from tulou.kernel.accounts.tests.conftest import INSTALL, PASSWORD, Later, sign_in
from tulou.kernel.evidence import find
from tulou.kernel.identity import throttle
from tulou.kernel.identity.models import Account, SignIn, Throttle
from tulou.kernel.jobs import JobContext
from tulou.kernel.ui.shell import door

pytestmark = pytest.mark.django_db
HERE = "192.0.2.1"


def test_the_right_password_opens_a_session_with_a_new_key(client: Client, account: Account) -> None:
    client.get("/login/")
    before = client.session.session_key
    answer = client.post("/login/", {"login": "MinZheng.Data ", "password": PASSWORD, "next": "/account/"})
    assert (answer.status_code, answer["Location"]) == (302, "/account/")
    assert client.session.session_key != before
    assert "省民政厅数据管理员" in client.get("/account/").content.decode()
    assert find(f"account:{account.pk}")[-1].kind == "identity.session.opened"


@pytest.mark.parametrize("target", ["https://evil.example/", "//evil.example/", "javascript:alert(1)"])
def test_signing_in_never_leads_to_another_site(client: Client, account: Account, target: str) -> None:
    answer = client.post("/login/", {"login": account.login, "password": PASSWORD, "next": target})
    assert answer["Location"] == (door("todo") or "/")


def test_an_unknown_login_reads_and_costs_the_same_as_a_wrong_password(
    account: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    hashed: list[str] = []

    def note_and_hash(text: str) -> str:
        hashed.append(text)
        return make_password(text)

    monkeypatch.setattr(signing_in, "make_password", note_and_hash)
    with pytest.raises(SignInRefused) as wrong:
        check_password(account.login, "不对", address=None)
    with pytest.raises(SignInRefused) as unknown:
        check_password("nobody.here", "不对", address=None)
    assert str(wrong.value) == str(unknown.value)
    assert hashed == ["不对"]


def test_five_wrong_passwords_lock_the_name_for_a_quarter_of_an_hour(
    client: Client, account: Account, later: Later
) -> None:
    for _ in range(5):
        assert sign_in(client, password="不对") == 422
    answer = client.post("/login/", {"login": account.login, "password": PASSWORD})
    assert answer.status_code == 422
    assert "已暂时锁定。请于" in answer.content.decode()
    later(timedelta(minutes=16))
    assert sign_in(client) == 302


def test_an_unknown_name_is_locked_just_the_same() -> None:
    for _ in range(5):
        with pytest.raises(SignInRefused, match="登录名或口令不正确"):
            check_password("nobody.here", "不对", address=None)
    with pytest.raises(SignInRefused, match="已暂时锁定"):
        check_password("nobody.here", "不对", address=None)


def test_the_right_password_clears_the_count(account: Account) -> None:
    for _ in range(4):
        with pytest.raises(SignInRefused):
            check_password(account.login, "不对", address=None)
    check_password(account.login, PASSWORD, address=None)
    with pytest.raises(SignInRefused, match="还可尝试4次"):
        check_password(account.login, "不对", address=None)


def test_one_address_cannot_try_many_names(account: Account) -> None:
    for n in range(30):
        throttle.attempt(throttle.ADDRESS, HERE)
        assert n < 30
    with pytest.raises(SignInRefused, match="已暂时锁定"):
        check_password(account.login, PASSWORD, address=HERE)
    assert check_password(account.login, PASSWORD, address="192.0.2.2") == account


def test_an_office_behind_one_address_does_not_lock_itself_out(account: Account) -> None:
    for _ in range(throttle.ADDRESS.attempts + 5):
        check_password(account.login, PASSWORD, address=HERE)


def test_the_nightly_job_forgets_what_no_longer_counts(account: Account, client: Client, later: Later) -> None:
    sign_in(client, password="不对")
    sign_in(client)
    later(timedelta(days=2))
    sweep(cast(JobContext, None))  # it makes no use of its context
    assert not Throttle.objects.exists()
    assert not Session.objects.exists()
    assert SignIn.objects.count() == 1


def test_typed_names_are_not_kept_in_clear(account: Account) -> None:
    with pytest.raises(SignInRefused):
        check_password("my-secret-password", "x", address=HERE)
    assert not Throttle.objects.filter(key__contains="my-secret").exists()


@pytest.mark.django_db(transaction=True)
def test_haste_gains_nothing() -> None:
    start, counted = Barrier(12), list[str]()

    def guess() -> None:
        start.wait(10)
        try:
            throttle.attempt(throttle.ACCOUNT, "minzheng.data")
            counted.append("checked")
        except throttle.Throttled:
            counted.append("locked")
        finally:
            connection.close()

    threads = [Thread(target=guess) for _ in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert counted.count("checked") == throttle.ACCOUNT.attempts


def test_a_disabled_account_is_out_at_once(client: Client, account: Account) -> None:
    sign_in(client)
    set_active(account, False, actor=INSTALL)
    assert client.get("/account/", headers={"accept": "text/html"}).status_code == 302
    assert sign_in(client) == 422


def test_a_session_ends_by_idleness(client: Client, account: Account, later: Later) -> None:
    sign_in(client)
    later(timedelta(minutes=29))
    assert client.get("/account/").status_code == 200
    later(timedelta(minutes=31))
    assert client.get("/account/").status_code == 401
    assert SignIn.objects.get().ending == "idle"


def test_a_session_ends_by_age_however_busy(client: Client, account: Account, later: Later) -> None:
    sign_in(client)
    for _ in range(36):
        later(timedelta(minutes=20))
        client.get("/account/")
    later(timedelta(minutes=1))
    assert client.get("/account/").status_code == 401
    assert SignIn.objects.get().ending == "age"


def test_signing_out_ends_the_session_and_needs_a_post(client: Client, account: Account) -> None:
    sign_in(client)
    assert client.get("/logout/").status_code == 405
    client.post("/logout/")
    assert client.get("/account/").status_code == 401
    assert SignIn.objects.get().ending == "sign_out"


def test_one_sees_and_ends_ones_own_sessions(client: Client, account: Account) -> None:
    elsewhere = Client(headers={"user-agent": "图书馆的电脑"})
    sign_in(client)
    sign_in(elsewhere)
    assert "图书馆的电脑" in client.get("/account/").content.decode()
    other = SignIn.objects.get(device="图书馆的电脑")
    client.post(reverse("accounts:end-session", args=[other.pk]))
    assert elsewhere.get("/account/").status_code == 401
    assert client.get("/account/").status_code == 200


def test_nobody_ends_anothers_session(client: Client, account: Account) -> None:
    from tulou.kernel.accounts.services import create_account

    create_account("gongan.data", "省公安厅数据管理员", PASSWORD, actor=INSTALL, must_change_password=False)
    stranger = Client()
    sign_in(client)
    sign_in(stranger, login="gongan.data")
    stranger.post(reverse("accounts:end-session", args=[SignIn.objects.get(account=account).pk]))
    assert client.get("/account/").status_code == 200


def test_a_reset_password_must_be_changed_before_anything_else(client: Client, account: Account) -> None:
    reset_password(account, "临时口令-三四五六七", actor=INSTALL)
    sign_in(client, password="临时口令-三四五六七")
    answer = client.get("/account/")
    assert (answer.status_code, answer["Location"]) == (302, "/account/password/")
    form = {"old": "临时口令-三四五六七", "new": "新口令-土楼圆又圆又圆", "again": "新口令-土楼圆又圆又圆"}
    assert client.post("/account/password/", form).status_code == 302
    assert client.get("/account/").status_code == 200


def test_a_new_password_ends_the_other_sessions(client: Client, account: Account) -> None:
    elsewhere = Client()
    sign_in(client)
    sign_in(elsewhere)
    form = {"old": PASSWORD, "new": "新口令-土楼圆又圆又圆", "again": "新口令-土楼圆又圆又圆"}
    client.post("/account/password/", form)
    assert client.get("/account/").status_code == 200
    assert elsewhere.get("/account/").status_code == 401


@pytest.mark.parametrize(
    ("form", "said"),
    [
        ({"old": "不对", "new": "新口令-土楼圆又圆又圆", "again": "新口令-土楼圆又圆又圆"}, "原口令不正确"),
        ({"old": PASSWORD, "new": "新口令-土楼圆又圆又圆", "again": "不一样的口令啊啊"}, "两次输入的新口令不一致"),
        ({"old": PASSWORD, "new": PASSWORD, "again": PASSWORD}, "新口令不能与原口令相同"),
        ({"old": PASSWORD, "new": "12345678", "again": "12345678"}, "密码"),
    ],
)
def test_a_bad_new_password_is_refused_in_words(
    client: Client, account: Account, form: dict[str, str], said: str
) -> None:
    sign_in(client)
    answer = client.post("/account/password/", form)
    assert answer.status_code == 422
    assert said in answer.content.decode()
