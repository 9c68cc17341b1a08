"""Proving who one is: password first, then the one-time code where it is enabled.

An unknown login takes as long and reads the same as a wrong password.
"""

import logging

from django.contrib.auth.hashers import make_password

from tulou.kernel.accounts import totp
from tulou.kernel.identity import throttle
from tulou.kernel.identity.models import Account

log = logging.getLogger("tulou.identity")


class SignInRefused(Exception):
    """Not let in; the text says what to do."""


def check_password(login: str, password: str, *, address: str | None) -> Account:
    """The account of this login and password.

    Raises:
        SignInRefused: wrong, unknown, disabled, or too many attempts.
    """
    left = _count(login, address)
    account = Account.objects.filter(login=login.strip().lower()).first()
    if account is None:
        make_password(password)
        right = False
    else:
        right = account.check_password(password) and account.is_active
    if account is None or not right:
        log.warning("sign-in refused from %s", address)
        more = f"还可尝试{left}次，之后将锁定15分钟。" if left else "该登录名已锁定15分钟。"
        raise SignInRefused(f"登录名或口令不正确。{more}忘记口令请联系本单位账号管理员重置。")
    _was_right(login, address)
    return account


def check_code(account: Account, code: str, *, address: str | None) -> None:
    """The second step, by authenticator or recovery code.

    Raises:
        SignInRefused: wrong, used before, or too many attempts.
    """
    left = _count(f"code/{account.login}", address)
    if totp.accept_code(account, code) or totp.accept_recovery_code(account, code):
        _was_right(f"code/{account.login}", address)
        return
    raise SignInRefused(f"动态口令不正确或已使用，请等待下一组数字再输入（还可尝试{left}次）。")


def _was_right(name: str, address: str | None) -> None:
    throttle.clear(throttle.ACCOUNT, name)
    if address:
        throttle.forgive(throttle.ADDRESS, address)


def _count(name: str, address: str | None) -> int:
    try:
        if address:
            throttle.attempt(throttle.ADDRESS, address)
        return throttle.attempt(throttle.ACCOUNT, name)
    except throttle.Throttled as problem:
        raise SignInRefused(str(problem)) from problem
