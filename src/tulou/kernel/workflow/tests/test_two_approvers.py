"""Two approvers at the same moment, on two real connections: one decides, the other is told."""

from threading import Barrier, Thread
from uuid import UUID

import pytest
from django.db import connection

from tulou.kernel.workflow import AlreadyDone, Clock, Step
from tulou.kernel.workflow.tests.conftest import APPLICANT, AUTHORITY, new_case
from tulou.kernel.workflow.tests.example import FLOW, Case

pytestmark = [pytest.mark.django_db(transaction=True)]


@pytest.fixture
def clean(example_table: None) -> None:
    Case._base_manager.all().delete()


@pytest.mark.usefixtures("clean", "rules")
def test_only_one_of_many_simultaneous_decisions_counts() -> None:
    case = FLOW.advance(new_case(), "submit", actor=APPLICANT)
    start, outcomes = Barrier(5), list[str]()
    threads = [Thread(target=_grant, args=(case.pk, start, outcomes)) for _ in range(5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    Case._base_manager.all().delete()
    assert sorted(outcomes) == ["already", "already", "already", "already", "granted"]
    assert Step.objects.filter(subject=case.pk, move="grant").count() == 1
    assert Clock.objects.filter(subject=case.pk, stopped_on=None).count() == 0


def _grant(pk: UUID, start: Barrier, outcomes: list[str]) -> None:
    try:
        case = Case.objects.get(pk=pk)
        start.wait(10)
        FLOW.advance(case, "grant", actor=AUTHORITY)
        outcomes.append("granted")
    except AlreadyDone:
        outcomes.append("already")
    finally:
        connection.close()
