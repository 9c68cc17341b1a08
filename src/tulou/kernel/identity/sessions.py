"""Session rules: opened at sign-in with a new key, ended by idleness, by age, by the owner, or by a new password."""

from datetime import timedelta
from uuid import UUID

from django.contrib.auth import login as django_login
from django.contrib.auth import logout as django_logout
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone

from tulou.kernel.identity.models import Account, SignIn

KEY = "sign_in"
IDLE = timedelta(minutes=30)
ABSOLUTE = timedelta(hours=12)
NOTE_ACTIVITY_EVERY = timedelta(minutes=1)


def address_of(request: HttpRequest) -> str | None:
    """Where the request came from; proxies are the server's affair, no header is believed here."""
    return request.META.get("REMOTE_ADDR") or None


def open_session(request: HttpRequest, account: Account) -> SignIn:
    """Start a session for an account that has proven itself; the session key is new."""
    django_login(request, account, backend="django.contrib.auth.backends.ModelBackend")
    request.session.cycle_key()
    now = timezone.now()
    row = SignIn.objects.create(
        account=account,
        address=address_of(request),
        device=request.headers.get("User-Agent", "")[:200],
        started_at=now,
        seen_at=now,
    )
    request.session[KEY] = str(row.pk)
    request.session.set_expiry(int((ABSOLUTE + IDLE).total_seconds()))  # `still_open` ends it, and says why
    return row


def still_open(request: HttpRequest, account: Account) -> bool:
    """Whether the session of this request may go on; notes activity at most once a minute."""
    row = SignIn.objects.filter(pk=_own(request), account=account, ended_at=None).first()
    if row is None or not account.is_active:
        return False
    now = timezone.now()
    if now - row.seen_at > IDLE:
        _end(SignIn.objects.filter(pk=row.pk), "idle")
        return False
    if now - row.started_at > ABSOLUTE:
        _end(SignIn.objects.filter(pk=row.pk), "age")
        return False
    if now - row.seen_at > NOTE_ACTIVITY_EVERY:
        SignIn.objects.filter(pk=row.pk).update(seen_at=now)
    return True


def close_session(request: HttpRequest) -> None:
    """Sign out."""
    _end(SignIn.objects.filter(pk=_own(request)), "sign_out")
    django_logout(request)


def open_sessions(account: Account) -> QuerySet[SignIn]:
    """The sessions of an account that could still be used, latest activity first."""
    now = timezone.now()
    rows = SignIn.objects.filter(account=account, ended_at=None, seen_at__gt=now - IDLE, started_at__gt=now - ABSOLUTE)
    return rows.order_by("-seen_at")


def revoke(account: Account, sign_in: UUID) -> bool:
    """End one session of the account from elsewhere; False when there is no such open session."""
    return _end(SignIn.objects.filter(pk=sign_in, account=account), "revoked") == 1


def revoke_others(account: Account, keep: UUID | None) -> int:
    """End every session of the account but one."""
    rows = SignIn.objects.filter(account=account)
    return _end(rows.exclude(pk=keep) if keep else rows, "revoked")


def _own(request: HttpRequest) -> UUID:
    """The sign-in this session belongs to; one that never existed where the session has none."""
    return as_uuid(request.session.get(KEY)) or UUID(int=0)


def _end(rows: QuerySet[SignIn], how: str) -> int:
    return rows.filter(ended_at=None).update(ended_at=timezone.now(), ending=how)


def as_uuid(value: object) -> UUID | None:
    """The id in a session value, or None for anything else."""
    try:
        return UUID(str(value))
    except ValueError:
        return None
