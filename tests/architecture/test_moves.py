"""Every Flow move × every role, walked against the predicates of the product and compared with the committed table."""

import os
import re
from collections.abc import Collection

import pytest
from django.db import transaction
from pytest_django import DjangoDbBlocker

from tests.architecture.moves import FOREIGN, RENEW, TABLE, Answer, answers, render
from tests.architecture.source import PACKAGE
from tulou.domains.directory.roles import ADMINISTRATOR, AUDITOR, LEADER, OPERATOR
from tulou.kernel.workflow import all_flows

#: pytest-django makes a database only for a run in which a test asks for one.
pytestmark = pytest.mark.django_db

#: Rights are suspended and revoked by the commands of the domain that established them, which asks its own flow first.
THROUGH_ANOTHER = {"access.right"}
#: Roles that decide nothing: they run, look after accounts, look on.
POWERLESS = {OPERATOR, AUDITOR, ADMINISTRATOR, LEADER}


@pytest.fixture(scope="module")
def walked(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> list[Answer]:
    """Asked once for all tests of this file; the organisations and assignments are rolled back."""
    with django_db_blocker.unblock(), transaction.atomic():
        found = answers()
        transaction.set_rollback(True)
    return found


def _open_to(walked: Collection[Answer], flow: str, moves: Collection[str], part: str) -> set[str]:
    return {
        role for answer in walked if answer.flow == flow and answer.move in moves and answer.part == part
        for role in answer.roles
    }  # fmt: skip


def test_the_table_of_moves_is_the_committed_one(walked: list[Answer]) -> None:
    text = render(walked)
    if os.environ.get(RENEW):
        TABLE.write_text(text, encoding="utf-8")
    assert text == TABLE.read_text(encoding="utf-8"), "权限有变化；确认后运行 python -m tests.architecture.renew"


def test_every_move_of_every_flow_was_walked_and_is_open_to_somebody(walked: list[Answer]) -> None:
    every = {(flow.name, move) for flow in all_flows() for move in flow.moves}
    assert {(answer.flow, answer.move) for answer in walked} == every
    assert {(answer.flow, answer.move) for answer in walked if answer.roles} == every


def test_operator_auditor_administrator_and_leader_may_make_no_move_at_all(walked: list[Answer]) -> None:
    assert [answer for answer in walked if POWERLESS & set(answer.roles)] == []


def test_nobody_of_the_provider_publishes_its_own_entry(walked: list[Answer]) -> None:
    decisions = {"publish", "publish_change", "send_back", "send_back_change", "retire"}
    assert _open_to(walked, "catalog.entry", decisions, "provider") == set()
    assert _open_to(walked, "catalog.entry", decisions, FOREIGN) == {"catalog_reviewer"}


def test_nobody_of_the_source_verifies_or_closes_its_own_ticket(walked: list[Answer]) -> None:
    assert _open_to(walked, "quality.ticket", {"verify", "close", "reopen", "escalate"}, "provider") == set()


def test_nobody_of_the_applicant_decides_or_takes_in_its_own_request(walked: list[Answer]) -> None:
    assert _open_to(walked, "sharing.item", {"grant", "refuse"}, "applicant") == set()
    assert _open_to(walked, "sharing.request", {"accept", "query", "extend"}, "applicant") == set()


def test_no_department_moves_the_things_of_another(walked: list[Answer]) -> None:
    """Only desks that answer for the whole province reach further than their own organisation."""
    province = {"catalog_reviewer", "sharing_authority", "quality_officer"}
    reached = [a for a in walked if a.part == FOREIGN and not set(a.roles) <= province]
    assert [a for a in reached if a.flow not in THROUGH_ANOTHER] == []


def test_a_flow_that_rests_on_another_is_moved_by_the_domains_above_alone() -> None:
    """A right does not know who provides its data; it must have no pages and no API of its own to move it."""
    for flow in THROUGH_ANOTHER:
        room = PACKAGE / "domains" / flow.split(".")[0]
        outside = [p for p in room.rglob("*.py") if p.stem in {"views", "rest"} or "views" in p.parts]
        moved = [str(p) for p in outside if re.search(r"\b(suspend|resume|revoke)\(", p.read_text(encoding="utf-8"))]
        assert moved == []
