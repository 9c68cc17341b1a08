"""Commands on access tokens: issue, revoke, and who a token is. Issuing and revoking are evidence.

A token reads and does nothing else; it is worth what its account may do today at the organisation it acts for.
"""

import hashlib
import secrets
from datetime import date, timedelta
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from tulou.kernel.calendar import today
from tulou.kernel.evidence import record
from tulou.kernel.identity import Account, Actor, workplaces_of
from tulou.portal.models import ApiToken

PREFIX = "tlu_"
LONGEST = timedelta(days=366)
MOST = 10


@transaction.atomic
def issue(account: Account, *, name: str, expires_on: date, actor: Actor) -> str:
    """A new token for the organisation acted for; shown once.

    Raises:
        ValidationError: no purpose, a day that is past or too far, too many tokens, or nobody acted for.
    """
    if actor.party is None:
        raise ValidationError("您今天没有可以代表的机构，不能签发令牌")
    if not name.strip():
        raise ValidationError({"name": "请写明用途，例如调用的系统名称"})
    if not today() <= expires_on <= today() + LONGEST:
        raise ValidationError({"expires_on": "截止日期须在今天到一年之内"})
    if ApiToken.objects.filter(account=account, revoked_at=None, expires_on__gte=today()).count() >= MOST:
        raise ValidationError(f"有效的令牌最多 {MOST} 个，请先作废不用的")
    text = PREFIX + secrets.token_urlsafe(32)
    row = ApiToken.objects.create(
        account=account, organisation=actor.party, name=name.strip()[:80], digest=_digest(text), expires_on=expires_on
    )
    subjects = [f"token:{row.id}", f"party:{actor.party}"]
    record("portal.token.issue", actor=actor, subjects=subjects, data={"expires": expires_on.isoformat()})
    return text


@transaction.atomic
def revoke(account: Account, token: UUID, *, actor: Actor) -> bool:
    """End one of one's own tokens at once; says whether there was one."""
    ended = ApiToken.objects.filter(pk=token, account=account, revoked_at=None).update(revoked_at=timezone.now())
    if ended:
        record("portal.token.revoke", actor=actor, subjects=[f"token:{token}"], data={})
    return bool(ended)


def actor_with(text: str) -> Actor | None:
    """Who a token is; None when it is unknown, revoked, run out, or its account no longer works there."""
    if not text.startswith(PREFIX):
        return None
    row = ApiToken.objects.select_related("account").filter(digest=_digest(text), revoked_at=None).first()
    if row is None or row.expires_on < today():
        return None
    account = row.account
    if not account.is_active or account.must_change_password:
        return None
    if row.organisation not in workplaces_of(account.party_id):
        return None
    if row.last_used_on != today():
        ApiToken.objects.filter(pk=row.pk).update(last_used_on=today())
    return Actor(account.party_id, row.organisation, "person", account.label)


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
