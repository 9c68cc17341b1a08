"""What rooms name to each other exists (actions, roles, slots, pages, clocks), and all of it has a Chinese title."""

import ast
import re

from django.core.checks import run_checks
from django.urls import NoReverseMatch, reverse

from tests.architecture.source import product
from tulou.kernel.jobs.registry import all_kinds
from tulou.kernel.outbox.registry import all_events
from tulou.kernel.permissions.registry import action_info, all_actions, all_roles, role, unknown_names
from tulou.kernel.ui import menus, slots
from tulou.kernel.workflow import all_flows
from tulou.node.sample import reader
from tulou.plane.rules import RULE_KINDS

CHINESE = re.compile("[一-鿿]")
#: Actions that belong to the owner of a desk and to no role.
OF_ONES_OWN = {"permissions.delegate"}


def _calls(*names: str) -> list[ast.Call]:
    """Every call of these functions in the product."""
    return [
        node
        for module in product()
        for node in ast.walk(module.tree)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in names
    ]


def _first_text(call: ast.Call, place: int = 0) -> str | None:
    argument = call.args[place] if len(call.args) > place else None
    return argument.value if isinstance(argument, ast.Constant) and isinstance(argument.value, str) else None


def test_the_checks_of_the_frame_find_nothing() -> None:
    assert [str(message) for message in run_checks()] == []


def test_every_role_and_action_that_is_named_is_registered() -> None:
    assert unknown_names() == []
    asked = {_first_text(call, 0) for call in _calls("action")} | {
        _first_text(call, 1) for call in _calls("may", "require")
    }
    assert {code for code in asked if code and action_info(code) is None} == set()


def test_every_action_is_held_by_a_role_and_every_role_can_do_something() -> None:
    held = {code for known in all_roles() for code in known.actions}
    assert {action.code for action in all_actions()} - held == OF_ONES_OWN
    assert [known.code for known in all_roles() if not known.actions] == []


def test_every_slot_that_is_filled_was_declared() -> None:
    assert slots.undeclared() == set()


def test_every_line_of_the_menu_leads_to_a_page_and_asks_for_a_known_action() -> None:
    faults = []
    for entry in menus.registered():
        try:
            reverse(entry.url_name)
        except NoReverseMatch:
            faults.append(f"{entry.code}: {entry.url_name}")
        if entry.action is not None and action_info(entry.action) is None:
            faults.append(f"{entry.code}: {entry.action}")
    assert faults == []


def test_every_clock_that_a_flow_starts_has_a_rule_with_its_days_and_citation() -> None:
    """Flows name clocks by code; the days are rows, of which the sample carries one for each."""
    rules = {rule.clock: rule for rule in reader.deadlines()}
    named = set()
    for flow in all_flows():
        for effects in (flow.beginning, *flow.moves.values()):
            for clocks in (effects.starts, effects.stops, effects.pauses, effects.resumes, effects.extends):
                named |= {clocks} if isinstance(clocks, str) else set(clocks) if isinstance(clocks, tuple) else set()
    assert named - rules.keys() == set()
    assert all(rules[clock].citation for clock in named)


def test_every_holder_of_a_clock_is_a_known_role() -> None:
    named = {
        keyword.value.value
        for call in _calls("Holder")
        for keyword in call.keywords
        if keyword.arg == "role" and isinstance(keyword.value, ast.Constant)
    }
    assert named
    assert {code for code in named if role(str(code)) is None} == set()


def test_flows_moves_events_jobs_rules_and_actions_have_chinese_titles() -> None:
    titles = {
        **{f"flow {flow.name}": flow.title for flow in all_flows()},
        **{f"move {flow.name}.{m.name}": m.title for flow in all_flows() for m in flow.moves.values()},
        **{f"job {kind.name}": kind.title for kind in all_kinds()},
        **{f"rule {name}": kind.title for name, kind in RULE_KINDS.items()},
        **{f"action {known.code}": known.name for known in all_actions()},
        **{f"role {known.code}": known.name for known in all_roles()},
        **{f"slot {name}": title for name, title in slots.declared().items()},
        **{f"menu {entry.code}": entry.title for entry in menus.registered()},
    }
    assert {name for name, title in titles.items() if not CHINESE.search(title)} == set()
    assert [known.name for known in all_events() if not (known.cls.__doc__ or "").strip()] == []


def test_every_state_of_every_flow_has_a_chinese_label() -> None:
    bare = [f"{f.name}.{s}" for f in all_flows() for s in f.states if not CHINESE.search(f.state_label(s))]
    assert bare == []


def test_codes_follow_one_pattern() -> None:
    """`<room>.<noun>` for flows, jobs and slots, `<room>.<verb>` for actions."""
    codes = [f.name for f in all_flows()] + [k.name for k in all_kinds()] + [a.code for a in all_actions()]
    assert [code for code in codes if not re.fullmatch(r"[a-z]+\.[a-z_]+", code)] == []
