"""Commands on accounts: open, change password, reset, enable and disable. Every change is evidence."""

import re
from uuid import UUID

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from tulou.kernel.evidence import record
from tulou.kernel.identity import sessions
from tulou.kernel.identity.actor import Actor
from tulou.kernel.identity.models import Account, Party, PartyKind
from tulou.kernel.permissions import require

MANAGE = "identity.manage"
LOGIN = re.compile(r"[a-z0-9][a-z0-9.\-]{1,63}")


@transaction.atomic
def create_account(
    login: str,
    label: str,
    password: str,
    *,
    actor: Actor,
    party: UUID | None = None,
    must_change_password: bool = True,
) -> Account:
    """Open an account for a new person, or for the person `party`.

    Raises:
        Forbidden: the actor may not manage accounts.
        ValidationError: the login is taken or ill-formed, the label is empty, or the password is too weak.
    """
    require(actor, MANAGE)
    name = login.strip().lower()
    if not LOGIN.fullmatch(name):
        raise ValidationError({"login": "登录名为2至64位小写字母、数字、点或短横线，并以字母或数字开头"})
    if Account.objects.filter(login=name).exists():
        raise ValidationError({"login": f"登录名“{name}”已被使用，请换一个"})
    if not label.strip():
        raise ValidationError({"label": "请按岗位填写账号名称，例如：省民政厅数据管理员"})
    person = Party.objects.get(pk=party) if party else Party.objects.create(kind=PartyKind.PERSON)
    account = Account(login=name, label=label.strip(), party=person, must_change_password=must_change_password)
    validate_password(password, account)
    account.set_password(password)
    account.password_changed_at = timezone.now()
    account.save(force_insert=True)
    _prove("account.opened", account, actor)
    return account


@transaction.atomic
def change_password(account: Account, old: str, new: str, *, actor: Actor) -> None:
    """The owner sets a new password; all other sessions end.

    Raises:
        ValidationError: the old one is wrong, or the new one is the same or too weak.
    """
    if not account.check_password(old):
        raise ValidationError({"old": "原口令不正确，请重新输入"})
    if old == new:
        raise ValidationError({"new": "新口令不能与原口令相同"})
    _set_password(account, new, must_change=False)
    sessions.revoke_others(account, actor.session)
    _prove("account.password_changed", account, actor)


@transaction.atomic
def reset_password(account: Account, new: str, *, actor: Actor) -> None:
    """Somebody who manages accounts sets a first password, which must be changed at the next sign-in."""
    require(actor, MANAGE)
    _set_password(account, new, must_change=True)
    sessions.revoke_others(account, None)
    _prove("account.password_reset", account, actor)


@transaction.atomic
def set_active(account: Account, active: bool, *, actor: Actor) -> None:
    """Enable or disable an account; disabling ends its sessions. Nobody disables himself."""
    require(actor, MANAGE)
    if not active and actor.person == account.party_id:
        raise ValidationError("不能停用本人账号，请由另一名管理员办理")
    Account.objects.filter(pk=account.pk).update(is_active=active)
    account.is_active = active
    if not active:
        sessions.revoke_others(account, None)
    _prove("account.enabled" if active else "account.disabled", account, actor)


def _set_password(account: Account, new: str, *, must_change: bool) -> None:
    validate_password(new, account)
    account.set_password(new)
    account.must_change_password = must_change
    account.password_changed_at = timezone.now()
    account.save(update_fields=["password", "must_change_password", "password_changed_at"])


def _prove(what: str, account: Account, actor: Actor) -> None:
    subjects = [f"account:{account.pk}", f"party:{account.party_id}"]
    record(f"identity.{what}", actor=actor, subjects=subjects, data={})
