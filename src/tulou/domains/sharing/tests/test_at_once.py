"""Two approvers at the same moment, on two real connections: each item is decided once, the grant is made once."""

from collections.abc import Callable
from threading import Barrier, Thread

import pytest
from django.core.exceptions import ValidationError
from django.db import connection

from tulou.domains.directory.models import Agency
from tulou.domains.sharing import services
from tulou.domains.sharing.models import Grant, ItemStatus, Request, RequestedItem
from tulou.domains.sharing.services import Decision
from tulou.domains.sharing.tests.conftest import SYSTEM, acting, an_account
from tulou.kernel.identity import Actor
from tulou.kernel.workflow import MoveRefused, Step

pytestmark = pytest.mark.django_db(transaction=True)


def together(*works: Callable[[], object]) -> list[str]:
    """Runs each on a connection of its own, all from the same moment; says how each ended."""
    start, outcomes = Barrier(len(works)), list[str]()

    def run(work: Callable[[], object]) -> None:
        try:
            start.wait(10)
            work()
            outcomes.append("done")
        except (MoveRefused, ValidationError):
            outcomes.append("refused")
        finally:
            connection.close()

    threads = [Thread(target=run, args=(work,)) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sorted(outcomes)


def approvers(provider: Agency) -> list[Actor]:
    return [acting(an_account("data_manager", provider), provider) for _ in range(4)]


def test_of_many_approvers_at_once_one_decides(accepted: Request, provider: Agency) -> None:
    decisions = [Decision(item.pk, True, revision=0) for item in accepted.items.all()]

    def work(actor: Actor) -> Callable[[], object]:
        return lambda: services.decide(Request.objects.get(pk=accepted.pk), decisions, actor=actor)

    assert together(*(work(actor) for actor in approvers(provider))) == ["done", "refused", "refused", "refused"]
    assert Grant.objects.filter(request=accepted).count() == 1
    for item in accepted.items.all():
        assert item.status == ItemStatus.GRANTED
        assert Step.objects.filter(subject=item.pk, move="grant").count() == 1


def test_who_decides_different_items_at_once_does_not_disturb(accepted: Request, provider: Agency) -> None:
    items = list(accepted.items.all())

    def work(item: RequestedItem, actor: Actor) -> Callable[[], object]:
        return lambda: services.decide(Request.objects.get(pk=accepted.pk), [Decision(item.pk, True)], actor=actor)

    pairs = zip(items, approvers(provider), strict=False)
    assert together(*(work(item, actor) for item, actor in pairs)) == ["done", "done"]
    assert Grant.objects.filter(request=accepted).count() == 1


def test_withdrawal_and_decision_at_once_leave_one_of_the_two(accepted: Request) -> None:
    decisions = [Decision(item.pk, True) for item in accepted.items.all()]
    outcome = together(
        lambda: services.decide(Request.objects.get(pk=accepted.pk), decisions, actor=SYSTEM),
        lambda: services.withdraw(Request.objects.get(pk=accepted.pk), actor=SYSTEM),
    )
    accepted.refresh_from_db()
    assert outcome == ["done", "refused"]
    assert (accepted.status == "decided") == Grant.objects.filter(request=accepted).exists()
