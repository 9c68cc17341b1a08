"""Statutory clocks: started by a move, paused by a correction, extended once, handed over, reminded of, recounted."""

from datetime import date, datetime, timedelta

import pytest
from django.utils import timezone

from tulou.kernel import calendar
from tulou.kernel.accounts.desks import assign, delegate
from tulou.kernel.calendar import DayKind
from tulou.kernel.evidence import find
from tulou.kernel.identity import Actor, Party
from tulou.kernel.outbox.models import OutboxEvent
from tulou.kernel.permissions import register_role, registry
from tulou.kernel.workflow import Clock, Holder, clocks, due_within, escalate, overdue, remind, timeline
from tulou.kernel.workflow.queries import clocks_for
from tulou.kernel.workflow.tests.conftest import APPLICANT, AUTHORITY, SYSTEM, new_case
from tulou.kernel.workflow.tests.conftest import Clock as SetDay
from tulou.kernel.workflow.tests.example import FLOW, Case

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("rules", "notices")]


def submitted() -> Case:
    return FLOW.advance(new_case(), "submit", actor=APPLICANT)


def clock_of(case: Case) -> Clock:
    return Clock.objects.get(subject=case.pk)


def test_submitting_starts_the_clock_with_its_holder_and_law(at: SetDay) -> None:
    at(2026, 9, 28)
    clock = clock_of(submitted())
    # seven days of National Day are free, Saturday 10 October is worked
    assert clock.due_on == date(2026, 10, 16)
    assert not clock.provisional
    assert clock.rule.citation == "试验规则"
    assert (clock.holder_organisation, clock.holder_role) == (AUTHORITY.party, "example.examiner")


def test_a_correction_pauses_the_clock_and_keeps_the_days_used(at: SetDay) -> None:
    at(2026, 3, 2)
    case = submitted()
    at(2026, 3, 5)
    FLOW.advance(case, "query", actor=AUTHORITY)
    at(2026, 4, 20)
    assert overdue().count() == 0
    FLOW.advance(case, "correct", actor=APPLICANT)
    # three of ten days were used; seven remain after 20 April, with 1–5 May free
    assert clock_of(case).due_on == date(2026, 4, 29)


def test_an_extension_adds_its_days(at: SetDay) -> None:
    at(2026, 3, 2)
    case = submitted()
    before = clock_of(case).due_on
    FLOW.advance(case, "extend", actor=AUTHORITY)
    assert clock_of(case).due_on == calendar.add_working_days(before, 5).date


def test_deciding_stops_the_clock(at: SetDay) -> None:
    at(2026, 3, 2)
    case = submitted()
    at(2026, 5, 6)
    assert [c.subject for c in overdue()] == [case.pk]
    FLOW.advance(case, "grant", actor=AUTHORITY)
    assert overdue().count() == 0
    assert clock_of(case).stopped_on == date(2026, 5, 6)


def test_what_is_due_soon_is_a_query(at: SetDay) -> None:
    at(2026, 3, 2)
    case = submitted()
    assert list(due_within(9)) == []
    assert [c.subject for c in due_within(10)] == [case.pk]
    at(2026, 3, 17)
    assert list(due_within(10)) == []


def test_a_clock_into_a_year_without_notice_is_provisional_until_the_notice_comes(at: SetDay) -> None:
    at(2026, 12, 28)
    case = submitted()
    before = clock_of(case)
    assert (before.due_on, before.provisional) == (date(2027, 1, 11), True)
    calendar.import_notice(2027, {date(2027, 1, 1): DayKind.HOLIDAY, date(2027, 1, 2): DayKind.WORKDAY})
    after = clock_of(case)
    assert (after.due_on, after.provisional) == (date(2027, 1, 11), False)
    calendar.import_notice(2027, {date(2027, 1, 1): DayKind.HOLIDAY})
    assert clock_of(case).due_on == date(2027, 1, 12)
    told = OutboxEvent.objects.filter(name="workflow.clock_recounted")
    assert [e.payload["after"] for e in told.order_by("id")] == ["2027-01-11", "2027-01-12"]


def test_reminders_at_half_four_fifths_and_the_whole_each_once(at: SetDay) -> None:
    at(2026, 3, 2)
    submitted()
    told: list[list[int]] = []
    for day in range(2, 20):
        at(2026, 3, day)
        remind()
        remind()
        told.append([e.payload["percent"] for e in OutboxEvent.objects.filter(name="workflow.clock_reminder")])
    assert sorted(told[-1]) == [50, 80, 100]
    assert told[6] == []
    assert told[7] == [50]


def test_after_a_gap_only_the_highest_reminder_is_sent(at: SetDay) -> None:
    at(2026, 3, 2)
    submitted()
    at(2026, 3, 31)
    assert remind() == 1
    assert remind() == 0
    assert OutboxEvent.objects.get(name="workflow.clock_reminder").payload["percent"] == 100


def test_escalation_hands_the_clock_over_and_is_proven(at: SetDay) -> None:
    at(2026, 3, 2)
    case = submitted()
    leader = Actor(person=APPLICANT.person, party=AUTHORITY.party, kind="person", label="代办人")
    clock = escalate(clock_of(case), to=Holder(person=leader.person), actor=SYSTEM, reason="承办岗位空缺")
    assert [c.pk for c in clocks_for(leader)] == [clock.pk]
    step = timeline(case).last()
    assert step is not None
    assert (step.label, step.note) == ("升级督办", "承办岗位空缺")
    assert find(f"clock:{clock.pk}")[0].kind == "workflow.clock.escalated"


def test_a_clock_waits_for_those_who_hold_its_desk_and_for_who_keeps_it(
    at: SetDay, monkeypatch: pytest.MonkeyPatch
) -> None:
    at(2026, 3, 2)
    monkeypatch.setattr(registry, "_roles", dict(registry._roles))
    register_role("example.examiner", "审查员")
    place = Party.objects.create(pk=AUTHORITY.party, kind="agency")
    examiner, colleague = (
        Actor(Party.objects.create(kind="person").pk, place.pk, "person", label) for label in ("审查员", "同事")
    )
    assert examiner.person is not None
    assert colleague.person is not None
    assign(examiner.person, "example.examiner", place.pk, actor=Actor.system("安装"))
    clock = clock_of(submitted())
    assert [c.pk for c in clocks_for(examiner)] == [clock.pk]
    assert list(clocks_for(colleague)) == []
    period = {"valid_from": date(2026, 3, 1), "valid_to": date(2026, 3, 31)}
    delegate(colleague.person, "example.examiner", place.pk, actor=examiner, reason="出差", **period)
    assert [c.pk for c in clocks_for(colleague)] == [clock.pk]
    assert list(clocks_for(SYSTEM)) == []


def test_incident_clocks_count_hours_of_the_wall_clock(at: SetDay) -> None:
    calendar.set_rule("example.report", "事件报告", 2, unit="hours", citation="试验规则", valid_from=date(2025, 1, 1))
    at(2026, 10, 1)
    case = new_case()
    started: datetime = timezone.now()
    clock = clocks.start(case, "example.report", holder=Holder(), at=started)
    assert clock.due_at == started + timedelta(hours=2)
    assert not clock.provisional
    at(2026, 10, 2)
    assert [c.pk for c in overdue()] == [clock.pk]


def test_calendar_days_ignore_holidays(at: SetDay) -> None:
    calendar.set_rule("example.summary", "总结", 30, unit="calendar", citation="试验规则", valid_from=date(2025, 1, 1))
    at(2026, 9, 28)
    clock = clocks.start(new_case(), "example.summary", holder=Holder(), at=timezone.now())
    assert (clock.due_on, clock.provisional) == (date(2026, 10, 28), False)
