"""Slowing down guesses: attempts are counted before they are checked, in the database, so that haste gains nothing."""

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone

from tulou.kernel.identity.models import Throttle

WINDOW = timedelta(minutes=15)
LOCK = timedelta(minutes=15)


@dataclass(frozen=True)
class Limit:
    """How many attempts one account name, or one address, has within the window."""

    prefix: str
    attempts: int


ACCOUNT = Limit("account", 5)
ADDRESS = Limit("address", 30)


class Throttled(Exception):
    """Too many attempts; `until` says when to try again."""

    def __init__(self, until: datetime) -> None:
        self.until = until
        local = timezone.localtime(until)
        super().__init__(f"尝试次数过多，已暂时锁定。请于{local:%H:%M}之后再试；忘记口令请联系本单位账号管理员重置。")


def key_for(limit: Limit, name: str) -> str:
    """Names are kept as hashes: people type passwords into the wrong field."""
    digest = hashlib.sha256(name.strip().lower().encode()).hexdigest()
    return f"{limit.prefix}:{digest[:64]}"


@transaction.atomic
def attempt(limit: Limit, name: str) -> int:
    """Count one attempt and say how many are left after it.

    Raises:
        Throttled: no attempt is left.
    """
    now = timezone.now()
    key = key_for(limit, name)
    Throttle.objects.get_or_create(key=key, defaults={"since": now})
    row = Throttle.objects.select_for_update().get(key=key)
    if row.is_locked(now) and row.locked_until is not None:
        raise Throttled(row.locked_until)
    if row.locked_until is not None or now - row.since > WINDOW:
        row.attempts, row.since, row.locked_until = 0, now, None
    row.attempts += 1
    if row.attempts >= limit.attempts:
        row.locked_until = now + LOCK
    row.save()
    return max(0, limit.attempts - row.attempts)


def clear(limit: Limit, name: str) -> None:
    """The right password was given: forget the wrong ones."""
    Throttle.objects.filter(key=key_for(limit, name)).delete()


@transaction.atomic
def forgive(limit: Limit, name: str) -> None:
    """The attempt was a right one: an office behind one address does not lock itself out by coming to work."""
    row = Throttle.objects.select_for_update().filter(key=key_for(limit, name)).first()
    if row is not None:
        row.attempts, row.locked_until = max(0, row.attempts - 1), None
        row.save()


def sweep() -> int:
    """Remove what no longer counts."""
    old = timezone.now() - WINDOW - LOCK
    return Throttle.objects.filter(since__lt=old).delete()[0]
