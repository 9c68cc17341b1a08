"""The life of a ticket: opened by what failed, mended by the source, verified and closed by somebody else."""

from collections.abc import Callable
from datetime import timedelta
from itertools import product
from threading import Barrier, Thread
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, connections, transaction
from django.utils import timezone

from tulou.domains.directory.models import Agency
from tulou.domains.directory.services import succeed
from tulou.domains.quality import finding, services
from tulou.domains.quality.models import CheckRun, Ticket
from tulou.domains.quality.public import open_tickets
from tulou.domains.quality.tests.ground import SYSTEM, Ground, found
from tulou.domains.quality.vocabulary import TicketStatus
from tulou.domains.quality.workflow import TICKET
from tulou.kernel.calendar import today
from tulou.kernel.evidence import find
from tulou.kernel.identity import GUEST, Actor
from tulou.kernel.outbox.models import OutboxEvent
from tulou.kernel.permissions import Forbidden
from tulou.kernel.workflow import clocks_of, timeline

STATES = tuple(TicketStatus.values)


def put(ticket: Ticket, status: str) -> Ticket:
    """A ticket put into a state past its flow, as only a test may."""
    with connection.cursor() as cursor:
        cursor.execute("UPDATE quality_ticket SET status = %s WHERE id = %s", [status, ticket.pk])
    ticket.refresh_from_db()
    return ticket


def open_clocks(ticket: Ticket) -> list[str]:
    return [clock.clock for clock in clocks_of(ticket) if clock.is_open]


def mended(ground: Ground, ticket: Ticket) -> Ticket:
    services.accept(ticket, actor=ground.manager)
    services.start_fixing(ticket, actor=ground.manager)
    return services.fixed(ticket, resolution="corrected", note="已在业务系统补录名称", actor=ground.manager)


def test_the_whole_life_with_its_clocks(ground: Ground) -> None:
    ticket = ground.ticket()
    assert (ticket.status, ticket.found, open_clocks(ticket)) == ("routed", 5, ["quality.accept"])
    services.accept(ticket, actor=ground.manager)
    assert open_clocks(ticket) == ["quality.rectify"]
    services.start_fixing(ticket, actor=ground.manager)
    assert open_clocks(ticket) == ["quality.rectify"]
    services.fixed(ticket, resolution="corrected", note="已补录", actor=ground.manager)
    assert open_clocks(ticket) == ["quality.verify"]
    services.verify(ticket, note="抽查十条，均已补录", actor=ground.officer)
    assert open_clocks(ticket) == []
    services.close(ticket, actor=ground.officer)
    assert ticket.status == "closed"
    steps = [step.move for step in timeline(ticket)]
    assert steps == ["begin", "accept", "start_fixing", "fixed", "verify", "close"]
    told = [event.payload["status"] for event in OutboxEvent.objects.filter(name="quality.ticket_changed")]
    assert told == ["routed", "accepted", "fixing", "fixed", "verified", "closed"]


def test_clocks_are_held_by_whoever_must_act(ground: Ground) -> None:
    ticket = ground.ticket()
    holder = clocks_of(ticket)[0]
    assert (holder.holder_organisation, holder.holder_role) == (ground.mzt.id, "data_manager")
    mended(ground, ticket)
    holder = next(clock for clock in clocks_of(ticket) if clock.is_open)
    assert (holder.holder_organisation, holder.holder_role) == (ground.sjj.id, "quality_officer")


def test_sent_back_it_gets_new_days_and_the_count_grows(ground: Ground) -> None:
    ticket = mended(ground, ground.ticket())
    services.reopen(ticket, note="仍有空值", actor=ground.officer)
    assert (ticket.status, ticket.reopened, open_clocks(ticket)) == ("reopened", 1, ["quality.rectify"])
    services.start_fixing(ticket, actor=ground.manager)
    assert open_clocks(ticket) == ["quality.rectify"]


def test_escalated_its_days_go_on_before_the_authority(ground: Ground) -> None:
    ticket = ground.ticket()
    services.accept(ticket, actor=ground.manager)
    due = clocks_of(ticket)[0].due_on
    services.escalate(ticket, note="多次催办未果", actor=ground.officer)
    clock = next(clock for clock in clocks_of(ticket) if clock.is_open)
    assert (clock.due_on, clock.holder_organisation) == (due, ground.sjj.id)
    services.start_fixing(ticket, actor=ground.manager)
    assert [clock.due_on for clock in clocks_of(ticket) if clock.is_open] == [due]


def test_what_is_overdue_is_escalated_by_itself(ground: Ground, monkeypatch: pytest.MonkeyPatch) -> None:
    ticket = ground.ticket()
    assert services.escalate_overdue() == 0
    later = timezone.now() + timedelta(days=40)
    monkeypatch.setattr("django.utils.timezone.now", lambda: later)
    assert services.escalate_overdue() == 1
    ticket.refresh_from_db()
    assert ticket.status == "escalated"
    assert services.escalate_overdue() == 0


@pytest.mark.parametrize("move", ["fixed", "verify", "reopen", "escalate"])
def test_a_move_that_needs_words_is_refused_without_them(ground: Ground, move: str) -> None:
    ticket = ground.ticket()
    command: Callable[..., Any] = getattr(services, move)
    facts = {"resolution": "corrected"} if move == "fixed" else {}
    with pytest.raises(ValidationError, match="请"):
        command(ticket, note="  ", actor=ground.officer, **facts)


# -- who may do what: every role, at every agency, in every state

PROVIDER_ROLES = {"accept", "start_fixing", "fixed"}
OFFICER = {"verify", "close", "reopen", "escalate"}
REPORTER = {"close", "reopen", "escalate"}
EVERYBODY = (
    "data_manager", "office_approver", "catalog_reviewer", "sharing_authority", "quality_officer", "data_user",
    "operator", "auditor", "administrator", "leader",
)  # fmt: skip


def allowed(role: str, place: str, *, reported: bool) -> set[str]:
    """The table of permissions, as the bureau would write it down."""
    if role == "data_manager" and place == "mzt":
        return PROVIDER_ROLES
    if role == "quality_officer" and place != "mzt":
        return OFFICER
    if reported and place == "gat" and role in {"data_manager", "data_user"}:
        return REPORTER
    return set()


@pytest.mark.parametrize("reported", [False, True], ids=["by rule", "reported"])
def test_every_role_and_every_move(ground: Ground, reported: bool) -> None:
    ticket = services.report_issue(report(ground), actor=ground.user) if reported else ground.ticket()
    for place, role in product(("mzt", "gat", "sjj"), EVERYBODY):
        actor = ground.actor(role, getattr(ground, place))
        for state in STATES:
            put(ticket, state)
            may = {move.name for move in TICKET.moves_for(ticket, actor)}
            fitting = {move.name for move in TICKET.moves.values() if state in move.sources}
            assert may == allowed(role, place, reported=reported) & fitting, (role, place, state)


def test_nobody_of_the_source_closes_its_ticket(ground: Ground) -> None:
    ticket = put(ground.ticket(), "verified")
    for role in EVERYBODY:
        with pytest.raises(Forbidden):
            services.close(ticket, actor=ground.actor(role, ground.mzt))
    assert Ticket.objects.get(pk=ticket.pk).status == "verified"


def test_the_heir_of_the_source_does_not_close_it_either(ground: Ground) -> None:
    ticket = put(ground.ticket(), "verified")
    heir: Agency = ground.gat
    succeed(ground.mzt, heir, kind="merged", on=today(), document="样例文件", actor=SYSTEM)
    with pytest.raises(Forbidden):
        services.close(ticket, actor=ground.actor("quality_officer", heir))
    put(ticket, "routed")
    assert services.accept(ticket, actor=ground.actor("data_manager", heir)).status == "accepted"


def test_a_guest_and_a_stranger_can_do_nothing(ground: Ground) -> None:
    ticket = ground.ticket()
    for actor in (GUEST, Actor(None, ground.mzt.id, "node", "其他节点")):
        assert TICKET.moves_for(ticket, actor) == []


def test_nobody_holds_both_duties(ground: Ground) -> None:
    """Somebody who is data manager at one agency and quality officer at another can do neither."""
    from datetime import date

    from tulou.kernel.permissions import Assignment, may

    account = ground.account("data_manager")
    Assignment.objects.create(
        person=account.party, role="quality_officer", organisation_id=ground.sjj.id, valid_from=date(2020, 1, 1)
    )
    assert not may(ground.manager, "quality.rectify", organisation=ground.mzt.id)
    assert not may(Actor(account.party_id, ground.sjj.id, "person", ""), "quality.verify", organisation=ground.gat.id)


# -- opened by checks


def test_a_failing_rule_opens_one_ticket_and_adds_to_it(ground: Ground) -> None:
    ground.note(100, {"name.required": 5})
    ground.note(200, {"name.required": 7})
    ticket = Ticket.objects.get()
    assert (ticket.found, ticket.last_found, ticket.provider_id) == (12, 7, ground.mzt.id)
    assert len(find(f"ticket:{ticket.id}")) == 2
    assert [info.rule for info in open_tickets(ground.entry.id)] == ["name.required"]


def test_each_rule_has_its_own_and_a_closed_one_makes_room(ground: Ground) -> None:
    ground.note(100, {"name.required": 5, "people.type": 1, "code.required": 0})
    assert set(Ticket.objects.values_list("rule", flat=True)) == {"name.required", "people.type"}
    put(Ticket.objects.get(rule="name.required"), "closed")
    ground.note(100, {"name.required": 2})
    assert Ticket.objects.filter(rule="name.required").count() == 2


def test_what_the_platform_itself_refuses_has_a_ticket_in_words(ground: Ground) -> None:
    told = (
        {"id": "always.name.not_scientific", "name": "名称未失真", "reason": "变成了科学计数法", "severity": "block"},
    )
    ground.note(100, {"key.repeated": 2, "always.name.not_scientific": 1, "source.nul": 1}, rules=told)
    titles = sorted(Ticket.objects.values_list("title", flat=True))
    assert titles == [
        "县级行政区划：主键不重复未通过", "县级行政区划：名称未失真未通过", "县级行政区划：来源可读未通过",
    ]  # fmt: skip


def test_a_batch_is_counted_once(ground: Ground) -> None:
    landed = ground.landed(100, {"name.required": 5})
    assert finding.note_batch(landed) is not None
    assert finding.note_batch(landed) is None
    assert (CheckRun.objects.count(), Ticket.objects.get().found) == (1, 5)


def test_the_database_itself_refuses_a_second_open_ticket(ground: Ground) -> None:
    ticket = ground.ticket()
    twin = Ticket(
        number="ZG-2", title="重复", entry_id=ticket.entry_id, provider_id=ticket.provider_id, origin="rule",
        rule=ticket.rule, reporter_label="",
    )  # fmt: skip
    with pytest.raises(IntegrityError), transaction.atomic():
        TICKET.begin(twin, actor=SYSTEM)


@pytest.fixture
def committed(transactional_db: None) -> Ground:
    return found()


def test_batches_counted_at_the_same_moment_share_one_ticket(committed: Ground) -> None:
    landings = [committed.landed(100, {"name.required": n}) for n in (1, 2, 4, 8)]
    barrier, failures = Barrier(len(landings)), []

    def count(one: Any) -> None:
        try:
            barrier.wait(timeout=20)
            finding.note_batch(one)
        except Exception as problem:
            failures.append(problem)
        finally:
            connections.close_all()

    threads = [Thread(target=count, args=[one]) for one in landings]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    assert [ticket.found for ticket in Ticket.objects.all()] == [15]


# -- verified by the next batch


def test_the_next_clean_batch_verifies_what_was_mended(ground: Ground) -> None:
    ticket = mended(ground, ground.ticket())
    run = ground.note(50, {})
    ticket.refresh_from_db()
    assert ticket.status == "verified"
    step = timeline(ticket).last()
    assert step is not None
    assert (step.actor_kind, step.facts["run"], step.facts["rows"]) == ("system", str(run.id), 50)


def test_a_clean_batch_before_it_was_said_to_be_mended_is_evidence_too(ground: Ground) -> None:
    ticket = ground.ticket()
    ground.note(50, {})
    ticket.refresh_from_db()
    assert ticket.status == "routed"
    assert mended(ground, ticket).status == "verified"


def test_a_batch_older_than_the_failure_proves_nothing(ground: Ground) -> None:
    ground.note(50, {}, at=timezone.now() - timedelta(hours=1))
    assert mended(ground, ground.ticket()).status == "fixed"


def test_an_empty_check_and_one_that_did_not_ask_prove_nothing(ground: Ground) -> None:
    ticket = mended(ground, ground.ticket())
    ground.note(0, {})
    ground.note(10, {}, rules=({"id": "code.required", "name": "代码必填", "reason": "", "severity": "block"},))
    ticket.refresh_from_db()
    assert ticket.status == "fixed"


def test_a_batch_that_still_fails_sends_it_back(ground: Ground) -> None:
    ticket = mended(ground, ground.ticket())
    ground.note(50, {"name.required": 1})
    ticket.refresh_from_db()
    assert (ticket.status, ticket.reopened, ticket.found) == ("reopened", 1, 6)


def test_a_batch_begun_before_it_was_mended_does_not(ground: Ground) -> None:
    late = ground.landed(50, {"name.required": 1})
    ticket = mended(ground, ground.ticket())
    finding.note_batch(late)
    ticket.refresh_from_db()
    assert (ticket.status, ticket.found) == ("fixed", 6)


def test_a_fault_of_the_platform_kind_is_verified_too(ground: Ground) -> None:
    ground.note(100, {"key.repeated": 2})
    ticket = mended(ground, Ticket.objects.get())
    ground.note(100, {})
    ticket.refresh_from_db()
    assert ticket.status == "verified"


# -- reported by others


def report(ground: Ground, **over: Any) -> services.Report:
    facts: dict[str, Any] = {"entry": ground.entry.id, "error_type": "wrong", "item": "name"}
    facts |= {"description": "名称与民政公告不一致", "record_key": "350102", "claim": "鼓楼区"}
    return services.Report(**{**facts, **over})


def test_another_agency_reports_and_closes(ground: Ground) -> None:
    ticket = services.report_issue(report(ground), actor=ground.user)
    assert (ticket.status, ticket.reporter_id, ticket.claim, ticket.rule) == ("routed", ground.gat.id, "鼓楼区", "")
    mended(ground, ticket)
    assert ticket.status == "fixed"
    services.verify(ticket, note="已核对公告", actor=ground.officer)
    assert services.close(ticket, actor=ground.user).status == "closed"


def test_what_is_personal_is_kept_as_a_keyed_hash(ground: Ground) -> None:
    from tulou.domains.quality.tests.ground import publish_entry

    person = publish_entry(
        ground.mzt, name="人员", table="person", contains_personal=True, grade=3,
        personal_basis="个人信息保护法第十三条", share_type="conditional", share_condition="履职需要",
        open_type="refused", open_condition="含个人信息",
    )  # fmt: skip
    ticket = services.report_issue(report(ground, entry=person.id, claim="某某"), actor=ground.user)
    assert (ticket.claim, ticket.record_key) == ("", "")
    assert ticket.claim_hash == services.keyed_hash(person.id, " 某某 ")
    assert ticket.record_hash == services.keyed_hash(person.id, "350102")
    assert "某某" not in str([entry.leaf for entry in find(f"ticket:{ticket.id}")])


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"error_type": "bad"}, "请选择错误类型"),
        ({"description": " "}, "请说明问题"),
        ({"item": "gone"}, "不在目录的现行版本中"),
        ({"description": "身份证 350102199001011234 有误"}, "不要在此填写身份证号"),
        ({"evidence": "电话 13800138000"}, "不要在此填写身份证号或手机号"),
    ],
)
def test_a_report_that_cannot_be_followed_is_refused(ground: Ground, change: dict[str, str], words: str) -> None:
    with pytest.raises(ValidationError, match=words):
        services.report_issue(report(ground, **change), actor=ground.user)


def test_the_same_report_twice_leads_to_the_first(ground: Ground) -> None:
    first = services.report_issue(report(ground), actor=ground.user)
    with pytest.raises(ValidationError, match=first.number):
        services.report_issue(report(ground), actor=ground.user)
    assert services.report_issue(report(ground, record_key="350103"), actor=ground.user).number != first.number


def test_nobody_reports_its_own_data_or_what_is_not_published(ground: Ground) -> None:
    with pytest.raises(ValidationError, match="本机构提供"):
        services.report_issue(report(ground), actor=ground.manager)
    with pytest.raises(ValidationError, match="未发布"):
        services.report_issue(report(ground, entry=ground.mzt.id), actor=ground.user)
    with pytest.raises(Forbidden):
        services.report_issue(report(ground), actor=ground.actor("operator", ground.gat))
