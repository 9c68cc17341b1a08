"""防重复提交: a form's token is used once, in the same transaction as the command it starts.

A second click waits for the first one's commit, then is led to its result.
"""

from datetime import timedelta
from uuid import UUID, uuid4

from django.db import connection, transaction
from django.utils import timezone

from tulou.kernel.identity import Actor
from tulou.kernel.ui.models import Submission

NOBODY = UUID(int=0)
REMEMBERED = timedelta(days=7)


def new_token() -> str:
    """A fresh token for a hidden field."""
    return str(uuid4())


def claim(token: str | UUID, actor: Actor) -> str | None:
    """Claim a token inside the caller's transaction: None when it is new, else where its first use led.

    Raises:
        ValueError: the token is not one of ours.
    """
    key, person = UUID(str(token)), actor.person or NOBODY
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO ui_submission (token, person, outcome, at) VALUES (%s, %s, '', %s) "
            "ON CONFLICT (token, person) DO NOTHING",
            [key, person, timezone.now()],
        )
        fresh = cursor.rowcount == 1
    return None if fresh else Submission.objects.get(token=key, person=person).outcome


def conclude(token: str | UUID, actor: Actor, outcome: str) -> None:
    """Remember where a claimed token led, and forget tokens which nobody can still have open."""
    Submission.objects.filter(token=UUID(str(token)), person=actor.person or NOBODY).update(outcome=outcome[:500])
    old = Submission.objects.filter(at__lt=timezone.now() - REMEMBERED).select_for_update(skip_locked=True)
    Submission.objects.filter(pk__in=list(old.values_list("pk", flat=True)[:100])).delete()
