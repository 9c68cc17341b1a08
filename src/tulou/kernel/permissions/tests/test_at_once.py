"""Two administrators at the same moment: duties that must stay apart never meet in one person."""

from threading import Barrier, Thread
from uuid import UUID

import pytest
from django.core.exceptions import ValidationError
from django.db import connection

from tulou.kernel.accounts.desks import assign
from tulou.kernel.identity import Actor
from tulou.kernel.permissions import Assignment, forbid_together
from tulou.kernel.permissions.tests.conftest import organisation, person


@pytest.mark.django_db(transaction=True)
def test_of_two_conflicting_roles_given_at_once_one_is_refused() -> None:
    forbid_together("t.operate", "t.decide", reason="管运分离")
    who, here = person(), organisation()
    start, outcomes = Barrier(2), list[str]()
    threads = [
        Thread(target=_give, args=(who.pk, role, here.pk, start, outcomes)) for role in ("t.operator", "t.decider")
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["given", "refused"]
    assert Assignment.objects.filter(person=who).count() == 1


def _give(who: UUID, role: str, here: UUID, start: Barrier, outcomes: list[str]) -> None:
    try:
        start.wait(10)
        assign(who, role, here, actor=Actor.system("安装"))
        outcomes.append("given")
    except ValidationError:
        outcomes.append("refused")
    finally:
        connection.close()
