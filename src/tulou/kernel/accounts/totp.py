"""One-time codes (RFC 6238): enrolment, acceptance of each code once, recovery codes kept as hashes."""

import hashlib
import secrets

import pyotp
import segno
from django.db import transaction
from django.utils import timezone

from tulou.kernel.evidence import record
from tulou.kernel.identity.actor import Actor
from tulou.kernel.identity.models import Account, RecoveryCode
from tulou.kernel.identity.sealing import seal, unseal

ISSUER = "一体化公共数据平台"
STEP = 30
RECOVERY_CODES = 10
ALPHABET = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"


class WrongCode(ValueError):
    """The code does not fit the secret; nothing was enabled."""


def new_secret() -> str:
    """A fresh secret for an authenticator, not yet in force."""
    return pyotp.random_base32()


def qr_code(account: Account, secret: str) -> str:
    """The enrolment address as a drawing (SVG) to be scanned."""
    address = pyotp.TOTP(secret).provisioning_uri(name=account.login, issuer_name=ISSUER)
    return segno.make(address, error="m").svg_inline(scale=4, border=2, light="white")


@transaction.atomic
def enable(account: Account, secret: str, code: str, *, actor: Actor) -> list[str]:
    """Put a secret in force once a code proves that the authenticator has it; returns the recovery codes, shown once.

    Raises:
        WrongCode: the code does not fit.
    """
    step = _step_of(secret, code)
    if step is None:
        raise WrongCode("动态口令不正确：请核对手机时间是否准确，再输入当前显示的6位数字")
    account.totp_sealed = seal(secret, account.pk)
    account.totp_confirmed_at = timezone.now()
    account.totp_last_step = step
    account.save(update_fields=["totp_sealed", "totp_confirmed_at", "totp_last_step"])
    account.recovery_codes.all().delete()
    codes = [_recovery_code() for _ in range(RECOVERY_CODES)]
    RecoveryCode.objects.bulk_create(RecoveryCode(account=account, digest=_digest(account, c)) for c in codes)
    record("identity.totp.enabled", actor=actor, subjects=[f"account:{account.pk}"], data={})
    return codes


@transaction.atomic
def disable(account: Account, *, actor: Actor) -> None:
    """Back to the password alone."""
    account.totp_sealed, account.totp_confirmed_at = None, None
    account.save(update_fields=["totp_sealed", "totp_confirmed_at"])
    account.recovery_codes.all().delete()
    record("identity.totp.disabled", actor=actor, subjects=[f"account:{account.pk}"], data={})


def accept_code(account: Account, code: str) -> bool:
    """Whether the code is right and was not used before; a code is good once, also for two requests at once."""
    if account.totp_sealed is None or not account.has_totp:
        return False
    step = _step_of(unseal(bytes(account.totp_sealed), account.pk), code)
    if step is None:
        return False
    fresh = Account.objects.filter(pk=account.pk, totp_last_step__lt=step)
    return fresh.update(totp_last_step=step) == 1


def accept_recovery_code(account: Account, code: str) -> bool:
    """Whether this is one of the account's recovery codes, unused until now."""
    unused = RecoveryCode.objects.filter(account=account, digest=_digest(account, code), used_at=None)
    return unused.update(used_at=timezone.now()) == 1


def _step_of(secret: str, code: str) -> int | None:
    """The time step that the code belongs to: the present one or a neighbour."""
    present = int(timezone.now().timestamp()) // STEP
    given = code.strip().replace(" ", "")
    generator = pyotp.TOTP(secret, interval=STEP)
    for step in (present, present - 1, present + 1):
        if secrets.compare_digest(generator.generate_otp(step).encode(), given.encode()):
            return step
    return None


def _recovery_code() -> str:
    """Two groups of eight signs, none of them easily confused: 80 bits."""
    drawn = "".join(secrets.choice(ALPHABET) for _ in range(16))
    return f"{drawn[:8]}-{drawn[8:]}"


def _digest(account: Account, code: str) -> str:
    plain = code.strip().upper().replace("-", "").replace(" ", "")
    return hashlib.sha256(f"{account.pk}/{plain}".encode()).hexdigest()
