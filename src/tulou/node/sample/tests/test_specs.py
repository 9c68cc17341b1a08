"""The specifications hang together: references resolve, codes are valid, nothing claims more than is known."""

from collections import Counter
from datetime import date
from pathlib import Path

import pytest

from tulou.node.sample import reader
from tulou.node.sample.reader.catalog import _entry
from tulou.node.sample.reader.law import REFUSAL_KINDS
from tulou.node.sample.reader.loading import build, load_toml

ORGANISATIONS = {each.code: each for each in reader.organisations()}
DUTIES = {each.code: each for each in reader.duties()}
BASES = {each.code: each for each in reader.bases()}
REGIONS = {code.value for table in reader.code_tables() if table.code == "region" for code in table.values}
ROLES = {
    "data_manager", "office_approver", "catalog_reviewer", "sharing_authority", "quality_officer", "data_user",
    "operator", "auditor", "administrator", "leader",
}  # fmt: skip


def test_ten_city_nodes_stand_below_the_province_with_pingtan_among_them() -> None:
    kinds = Counter(node.kind for node in reader.nodes())
    pingtan = next(node for node in reader.nodes() if node.code == "pingtan")

    assert kinds == {"province": 1, "city": 10}
    assert pingtan.region == "350128"
    assert all(ORGANISATIONS[node.organisation].node == node.code for node in reader.nodes())


def test_84_counties_are_tenants_of_a_city_node() -> None:
    counties = [each for each in reader.organisations() if each.kind == "county"]
    cities = {node.code for node in reader.nodes() if node.kind == "city"}

    assert len(counties) == 84
    assert {each.node for each in counties} == cities
    assert all(each.parent == each.node for each in counties)


def test_a_code_prefix_does_not_give_the_node() -> None:
    assert ORGANISATIONS["county-350128"].node == "pingtan"
    assert ORGANISATIONS["county-350121"].node == "fuzhou"


def test_every_parent_node_and_region_of_a_body_exists_before_it_is_used() -> None:
    nodes = {node.code for node in reader.nodes()}
    seen = {""}
    for each in reader.organisations():
        assert each.parent in seen, each.code
        assert each.node in nodes, each.code
        assert each.region in REGIONS, each.code
        seen.add(each.code)
    assert len(seen) == len(reader.organisations()) + 1


def test_names_follow_each_other_without_gap_or_overlap() -> None:
    for each in reader.organisations():
        for before, after in zip(each.names, each.names[1:], strict=False):
            assert before.valid_to == after.valid_from, each.code
        assert all(name.valid_to is None or name.valid_from < name.valid_to for name in each.names)


def test_the_data_authority_is_succeeded_on_the_day_its_name_ends() -> None:
    (succession,) = reader.successions()
    old, new = ORGANISATIONS[succession.predecessor], ORGANISATIONS[succession.successor]

    assert old.name_on(succession.on) is None
    found = new.name_on(succession.on)
    assert found is not None
    assert found.name == "福建省数据管理局"
    before = old.name_on(date(2023, 9, 30))
    assert before is not None
    assert "大数据管理局" in before.name


def test_real_bodies_carry_no_invented_credit_code() -> None:
    assert all(each.uscc == "" for each in reader.organisations())


def test_public_bodies_are_named_by_kind_and_marked_as_samples() -> None:
    public = [each for each in reader.organisations() if each.kind in {"public_institution", "public_enterprise"}]
    assert {each.kind for each in public} == {"public_institution", "public_enterprise"}
    assert all(each.sample and "样例" in each.names[0].name for each in public)


def test_duties_and_systems_belong_to_bodies_that_exist() -> None:
    assert len(DUTIES) == len(reader.duties())
    assert {duty.organisation for duty in reader.duties()} <= set(ORGANISATIONS)
    for system in reader.systems():
        assert "样例" in system.name
        assert all(DUTIES[duty].organisation == system.organisation for duty in system.duties), system.code
    counted = Counter(duty.organisation for duty in reader.duties())
    assert all(counted[code] >= 3 for code in ("mzt", "wjw", "sthjt", "gat", "scjgj", "tjj", "zrzyt", "sjj"))


def test_accounts_are_roles_at_bodies_and_never_persons() -> None:
    logins = [account.login for account in reader.accounts()]
    assert len(set(logins)) == len(logins)
    for account in reader.accounts():
        assert "·" in account.label, account.login
        for held in account.assignments:
            assert held.role in ROLES, account.login
            assert held.organisation in ORGANISATIONS, account.login


def test_every_role_can_be_played() -> None:
    held = {each.role for account in reader.accounts() for each in account.assignments}
    assert held == ROLES


def test_the_operator_holds_no_other_role() -> None:
    for account in reader.accounts():
        roles = {each.role for each in account.assignments}
        assert "operator" not in roles or roles == {"operator"}


def test_every_agency_that_provides_or_requests_has_an_approver_of_its_own() -> None:
    held = [(each.role, each.organisation) for account in reader.accounts() for each in account.assignments]
    approving = {organisation for role, organisation in held if role == "office_approver"}
    assert {entry.provider for entry in reader.entries()} <= approving
    assert {organisation for role, organisation in held if role == "data_user" and organisation in approving} >= {
        "gat",
        "rst",
        "ybj",
        "fgw",
        "yjt",
        "fuzhou",
        "pingtan",
    }


def test_passwords_are_fixed_distinct_and_long() -> None:
    passwords = {account.password for account in reader.accounts()}
    assert len(passwords) == len(reader.accounts())
    assert all(len(password.replace("-", "")) == 20 for password in passwords)
    assert reader.sample_password("mz-data") == reader.accounts()[0].password


def test_at_least_three_refusal_bases_can_be_cited_today_and_one_has_lapsed() -> None:
    refusing = [each for each in reader.bases() if "refuse_sharing" in each.supports]
    today = date(2026, 1, 5)

    assert all(each.kind in REFUSAL_KINDS for each in refusing)
    assert sum(each.in_force(today) for each in refusing) >= 3
    lapsed = [each for each in refusing if not each.in_force(today)]
    assert lapsed
    assert all("样例" in each.title for each in lapsed)


def test_what_was_not_seen_is_not_called_verified() -> None:
    assert len(BASES) == len(reader.bases())
    verified = [each.mark for each in reader.bases() if each.verified]
    verified += [each.mark for each in reader.deadlines() if each.verified]
    assert set(verified) == {"S", "F"}
    assert all(not each.text or each.mark in {"S", "F", "D"} or each.code == "fj-big-data" for each in reader.bases())


def test_deadline_rules_of_a_clock_never_overlap_and_cite_a_known_basis() -> None:
    for rule in reader.deadlines():
        assert rule.basis == "" or rule.basis in BASES
        assert rule.citation
        others = [each for each in reader.deadlines() if each.clock == rule.clock and each is not rule]
        for other in others:
            first, second = sorted((rule, other), key=lambda each: each.valid_from)
            assert first.valid_to is not None, rule.clock
            assert first.valid_to <= second.valid_from, rule.clock


def test_the_clocks_of_the_thin_line_are_set() -> None:
    today = {rule.clock: rule for rule in reader.deadlines() if rule.valid_to is None}
    expected = {
        "catalog.update": 10,
        "catalog.review": 5,
        "sharing.acceptance": 3,
        "sharing.reply_unconditional": 1,
        "sharing.reply_conditional": 10,
        "sharing.delivery": 20,
        "quality.rectify": 10,
    }
    assert {clock: today[clock].amount for clock in expected} == expected
    assert today["sharing.reply_conditional"].extension == 10


def test_codes_are_distinct_within_an_edition_and_parents_exist() -> None:
    for table in reader.code_tables():
        values = {code.value for code in table.values}
        assert len(values) == len(table.values), table
        assert all(code.parent == "" or code.parent in values for code in table.values), table.version


def test_editions_of_the_region_table_follow_each_other() -> None:
    before, after = (table for table in reader.code_tables() if table.code == "region")
    assert before.valid_to == after.valid_from
    assert {"350402", "350681"} <= {code.value for code in before.values}
    assert {"350405", "350604"} <= {code.value for code in after.values}
    assert "350402" not in {code.value for code in after.values}


@pytest.mark.parametrize("entry", reader.entries(), ids=lambda entry: entry.code)
def test_an_entry_is_complete_and_its_references_resolve(entry: reader.EntrySpec) -> None:
    assert DUTIES[entry.duty].organisation == entry.provider
    assert {each.code: each.organisation for each in reader.systems()}[entry.system] == entry.provider
    assert set(entry.related) <= {each.code for each in reader.entries()}
    assert entry.grade == max(item.grade for item in entry.item)
    assert all(item.code_table in {"", *(table.code for table in reader.code_tables())} for item in entry.item)
    assert all(item.share_type in {"无条件共享", "有条件共享", "不予共享"} for item in entry.item)
    assert entry.open_type in {"普遍开放", "依申请开放", "不予开放"}
    assert bool(entry.datasets) != bool(entry.generator)
    assert entry.personal_basis in BASES if entry.personal else entry.personal_basis == ""
    assert all(
        getattr(entry, name) for name in ("abstract", "category_path", "retention", "authority_note", "keywords")
    )


def test_synthetic_entries_say_so_and_borrowed_data_name_their_origin() -> None:
    for entry in reader.entries():
        assert ("合成" in entry.name and "合成" in entry.abstract) == entry.synthetic
        assert entry.synthetic or "样例" in entry.abstract
    air = next(each for each in reader.entries() if each.code == "sthj-air")
    assert "北京" in air.name
    assert "CC BY 4.0" in air.abstract


def test_three_agencies_hold_county_codes_and_one_is_the_source() -> None:
    compilers = [
        each for each in reader.entries() if each.code in {"mz-region-county", "tj-region-county", "zr-region"}
    ]
    assert len({each.provider for each in compilers}) == 3
    assert [each.code for each in compilers if each.authority_source] == ["mz-region-county"]


def test_identifiers_of_persons_are_sealed_and_masked() -> None:
    person = next(each for each in reader.entries() if each.code == "ga-person")
    id_no = next(item for item in person.item if item.name == "id_no")
    assert (id_no.grade, id_no.mask.kind) == (4, "keep")
    assert person.schema.sealed[0].name == "id_no"


def test_a_wrong_field_is_named_with_its_file(tmp_path: Path) -> None:
    with pytest.raises(reader.SpecProblem, match="不认识的字段：colour"):
        build(reader.DutySpec, {"code": "X", "colour": "red"}, "职责")
    with pytest.raises(reader.SpecProblem, match=r"缺少字段：.*citation"):
        build(reader.DutySpec, {"code": "X"}, "职责")
    (tmp_path / "broken.toml").write_text("code = ", encoding="utf-8")
    with pytest.raises(reader.SpecProblem, match=r"broken\.toml"):
        load_toml(tmp_path / "broken.toml")
    with pytest.raises(reader.SpecProblem, match="数据类型"):
        _entry({"code": "x", "item": [{"source": "a", "name": "a", "label": "甲", "type": "Q"}]})
