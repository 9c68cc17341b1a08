"""Only a flow writes a status, and a move happens wholly or not at all."""

from itertools import product

import pytest

from tulou.kernel.evidence import find
from tulou.kernel.identity import Actor
from tulou.kernel.outbox.models import OutboxEvent
from tulou.kernel.permissions import Forbidden
from tulou.kernel.workflow import (
    AlreadyDone,
    Clock,
    ExtensionRefused,
    Move,
    StaleObject,
    StatusGuarded,
    Step,
    WrongState,
    all_flows,
    draw,
    draw_all,
    timeline,
)
from tulou.kernel.workflow.tests.conftest import APPLICANT, AUTHORITY, STRANGER, SYSTEM, case_in, new_case
from tulou.kernel.workflow.tests.example import FLOW, Case

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("rules")]
ACTORS = [APPLICANT, AUTHORITY, STRANGER, SYSTEM]
WALK = list(product(FLOW.moves.values(), FLOW.states, ACTORS))


@pytest.mark.parametrize(("move", "state", "actor"), WALK, ids=lambda v: getattr(v, "name", getattr(v, "label", v)))
def test_every_move_from_every_state_by_everybody(move: Move, state: str, actor: Actor) -> None:
    case = case_in(state)
    if move.name in {"query", "extend", "correct", "lapse"}:
        _start_clock(case, paused=state == "correcting")
    allowed = state in move.sources and move.may(case, actor)
    assert (move in FLOW.moves_for(case, actor)) == allowed
    if allowed:
        FLOW.advance(case, move.name, actor=actor)
        assert case.status == Case.objects.get(pk=case.pk).status == move.target
        assert [step.move for step in timeline(case)] == ["begin", move.name]
        return
    expected = Forbidden if state in move.sources else WrongState
    with pytest.raises(expected):
        FLOW.advance(case, move.name, actor=actor)
    assert Case.objects.get(pk=case.pk).status == state
    assert [step.move for step in timeline(case)] == ["begin"]


def _start_clock(case: Case, *, paused: bool) -> None:
    from tulou.kernel.calendar import now
    from tulou.kernel.workflow import Holder, clocks

    clocks.start(case, "example.reply", holder=Holder(), at=now())
    if paused:
        clocks.pause(case, "example.reply", at=now())


def test_a_move_leaves_a_step_a_leaf_and_an_event() -> None:
    case = FLOW.advance(new_case(), "submit", actor=APPLICANT)
    FLOW.advance(case, "grant", actor=AUTHORITY, note="同意共享", basis=case, grade=3)
    step = timeline(case).last()
    assert step is not None
    assert (step.source, step.target, step.label, step.actor_label) == (
        "submitted",
        "granted",
        "同意",
        "主管部门审核员",
    )
    assert step.facts == {"basis": f"case:{case.pk}", "grade": 3}
    leaf = find(f"step:{step.pk}")[0]
    assert leaf.kind == "example.case.grant"
    assert leaf.leaf_hash.hex() == step.leaf_hash
    assert f"case:{case.pk}" in leaf.leaf.subjects
    assert leaf.leaf.data["facts"] == step.facts
    assert "同意共享" not in str(leaf.leaf.data)
    assert OutboxEvent.objects.get(name="example.case_decided").payload == {"case": str(case.pk), "step": str(step.pk)}


def test_a_move_that_fails_late_leaves_nothing() -> None:
    case = FLOW.advance(new_case(), "submit", actor=APPLICANT)
    with pytest.raises(TypeError, match="流程要素不能是 float"):
        FLOW.advance(case, "grant", actor=AUTHORITY, share=0.5)
    assert Case.objects.get(pk=case.pk).status == "submitted"
    assert Clock.objects.get(subject=case.pk).is_open
    assert not OutboxEvent.objects.filter(name="example.case_decided").exists()


def test_changes_are_saved_with_the_move_and_other_edits_are_not() -> None:
    case = new_case()
    case.name = "没有保存的名称"
    before = case.changed_at
    FLOW.advance(case, "submit", actor=APPLICANT, changes={"opinion": "请从速"})
    saved = Case.objects.get(pk=case.pk)
    assert (saved.opinion, saved.name, saved.revision) == ("请从速", "某事项", 1)
    assert saved.changed_at > before


def test_a_double_click_is_told_who_did_it() -> None:
    first = FLOW.advance(new_case(), "submit", actor=APPLICANT)
    page = Case.objects.get(pk=first.pk)
    FLOW.advance(first, "grant", actor=AUTHORITY)
    with pytest.raises(AlreadyDone, match="已由“主管部门审核员”办理“同意”"):
        FLOW.advance(page, "grant", actor=AUTHORITY)
    assert Step.objects.filter(subject=first.pk, move="grant").count() == 1


def test_a_double_click_on_a_move_that_returns_to_its_state_is_noticed_too() -> None:
    case = FLOW.advance(new_case(), "submit", actor=APPLICANT)
    page = Case.objects.get(pk=case.pk)
    FLOW.advance(case, "extend", actor=AUTHORITY)
    with pytest.raises(AlreadyDone):
        FLOW.advance(page, "extend", actor=AUTHORITY)
    assert Clock.objects.get(subject=case.pk).extensions == 1


def test_a_page_that_was_open_too_long_is_refused() -> None:
    case = FLOW.advance(new_case(), "submit", actor=APPLICANT)
    shown = case.revision
    FLOW.advance(case, "extend", actor=AUTHORITY)
    with pytest.raises(StaleObject, match="已由“主管部门审核员”办理“延长”，请刷新页面"):
        FLOW.advance(Case.objects.get(pk=case.pk), "grant", actor=AUTHORITY, revision=shown)


def test_a_denial_says_what_and_whom() -> None:
    with pytest.raises(Forbidden, match="无权办理“提交”") as caught:
        FLOW.advance(new_case(), "submit", actor=STRANGER)
    assert caught.value.actor == STRANGER


def test_extension_is_granted_as_often_as_the_rule_says() -> None:
    case = FLOW.advance(new_case(), "submit", actor=APPLICANT)
    FLOW.advance(case, "extend", actor=AUTHORITY)
    with pytest.raises(ExtensionRefused, match="已延长1次"):
        FLOW.advance(case, "extend", actor=AUTHORITY)
    urgent = FLOW.advance(new_case(urgent=True), "submit", actor=APPLICANT)
    with pytest.raises(ExtensionRefused, match="不可延长"):
        FLOW.advance(urgent, "extend", actor=AUTHORITY)


def test_saving_another_status_is_refused() -> None:
    case = new_case()
    case.status = "granted"
    with pytest.raises(StatusGuarded):
        case.save()
    with pytest.raises(StatusGuarded):
        case.save(update_fields=["status"])
    case.refresh_from_db()
    case.name = "改名"
    case.save()
    assert Case.objects.get(pk=case.pk).name == "改名"


def test_bulk_writes_of_a_status_are_refused() -> None:
    case = new_case()
    with pytest.raises(StatusGuarded):
        Case.objects.filter(pk=case.pk).update(status="granted")
    with pytest.raises(StatusGuarded):
        Case.objects.update(revision=9)
    case.status = "granted"
    with pytest.raises(StatusGuarded):
        Case.objects.bulk_update([case], ["status"])
    fresh = Case(name="甲", applicant=APPLICANT.party, authority=AUTHORITY.party, status="granted")
    with pytest.raises(StatusGuarded):
        Case.objects.bulk_create([fresh])
    with pytest.raises(StatusGuarded):
        fresh.save()


def test_a_flow_is_drawn_from_its_table() -> None:
    drawing = draw(FLOW)
    assert drawing.startswith("stateDiagram-v2\n")
    assert "[*] --> draft" in drawing
    assert "submitted --> granted: 同意（止算 example.reply、example.urgent）" in drawing
    assert drawing.count(": 自动失效") == 2
    assert "granted --> [*]" in drawing


def test_the_page_of_all_flows_draws_each() -> None:
    page = draw_all()
    assert "## 示例事项（example.case）\n\n```mermaid\nstateDiagram-v2\n" in page
    assert page.count("```mermaid") == len(all_flows())
