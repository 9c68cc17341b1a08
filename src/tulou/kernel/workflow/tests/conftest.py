"""The example's table, its flow and its deadline rules."""

from collections.abc import Callable, Iterator
from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from pytest_django import DjangoDbBlocker

from tulou.kernel import calendar
from tulou.kernel.identity import Actor
from tulou.kernel.workflow import registry
from tulou.kernel.workflow.tests.example import FLOW, Case
from tulou.trust.ids import new_id

APPLICANT = Actor(person=new_id(), party=new_id(), kind="person", label="申请部门数据管理员")
AUTHORITY = Actor(person=new_id(), party=new_id(), kind="person", label="主管部门审核员")
STRANGER = Actor(person=new_id(), party=new_id(), kind="person", label="其他部门数据管理员")
SYSTEM = Actor.system("时限巡查")

Clock = Callable[[int, int, int], None]


@pytest.fixture(scope="session")
def example_table(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """Other rooms import this fixture, so that it may stand twice in one run: the first makes the table."""
    with django_db_blocker.unblock():
        if Case._meta.db_table in connection.introspection.table_names():
            yield
            return
        with connection.schema_editor() as editor:
            editor.create_model(Case)
        yield
        with connection.schema_editor() as editor:
            editor.delete_model(Case)


@pytest.fixture
def example(example_table: None) -> Iterator[None]:
    registry.register(FLOW)
    yield
    registry.forget(FLOW)


@pytest.fixture
def rules(example: None, db: None) -> None:
    since = date(2025, 1, 1)
    calendar.set_rule("example.reply", "答复", 10, citation="试验规则", valid_from=since, extension=5)
    calendar.set_rule("example.urgent", "急件答复", 1, citation="试验规则", valid_from=since)


@pytest.fixture
def notices(db: None) -> None:
    calendar.load_known_notices()


@pytest.fixture
def at(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """Set the present moment, noon of that day, for flows and clocks."""

    def set_day(year: int, month: int, day: int) -> None:
        moment = datetime(year, month, day, 12, tzinfo=ZoneInfo("Asia/Shanghai"))
        monkeypatch.setattr("django.utils.timezone.now", lambda: moment)

    return set_day


def new_case(*, urgent: bool = False) -> Case:
    case = Case(name="某事项", applicant=APPLICANT.party, authority=AUTHORITY.party, urgent=urgent)
    return FLOW.begin(case, actor=APPLICANT)


def case_in(state: str) -> Case:
    """A case put into a state past its flow, as only a test may."""
    case = new_case()
    with connection.cursor() as cursor:
        cursor.execute(f'UPDATE "{Case._meta.db_table}" SET status = %s WHERE id = %s', [state, case.pk])
    case.refresh_from_db()
    return case
