"""Denied by default; allowed by a role in force, within its scope, at the organisation acted for."""

from datetime import timedelta

import pytest
from django.core.exceptions import ImproperlyConfigured, ValidationError
from django.utils import timezone

from tulou.kernel.accounts.desks import assign, delegate, end_assignment, end_delegation
from tulou.kernel.evidence import find
from tulou.kernel.identity import GUEST, Actor, workplaces_of
from tulou.kernel.permissions import (
    ALL,
    Assignment,
    Delegation,
    Forbidden,
    extend_role,
    forbid_together,
    may,
    organisations_where,
    people_who_may,
    register_role,
    register_succession,
    registry,
    require,
    roles_of,
)
from tulou.kernel.permissions.decide import region_within
from tulou.kernel.permissions.queries import remembering
from tulou.kernel.permissions.tests.conftest import acting, organisation, person

pytestmark = pytest.mark.django_db
INSTALL = Actor.system("安装")
TODAY = timezone.localdate
DAY = timedelta(days=1)


def test_nobody_may_anything_without_a_role() -> None:
    who, place = person(), organisation()
    assert not may(acting(who, place), "t.write")
    assert not may(GUEST, "t.write")
    assert organisations_where(acting(who, place), "t.write") == set()


def test_a_role_allows_its_actions_at_its_organisation_only() -> None:
    who, here, there = person(), organisation(), organisation()
    assign(who.pk, "t.writer", here.pk, actor=INSTALL)
    actor = acting(who, here)
    assert may(actor, "t.write")
    assert may(actor, "t.write", organisation=here.pk)
    assert not may(actor, "t.write", organisation=there.pk)
    assert not may(actor, "t.review")
    assert organisations_where(actor, "t.write") == {here.pk}


def test_one_acts_for_one_organisation_at_a_time() -> None:
    who, here, there = person(), organisation(), organisation()
    assign(who.pk, "t.writer", here.pk, actor=INSTALL)
    assign(who.pk, "t.decider", there.pk, actor=INSTALL)
    assert not may(acting(who, here), "t.decide")
    assert may(acting(who, there), "t.decide")
    assert not may(acting(who, None), "t.decide")
    assert workplaces_of(who.pk) == [here.pk, there.pk]
    assert [role.code for role in roles_of(acting(who, there))] == ["t.decider"]


def test_a_role_of_wide_reach_covers_every_organisation() -> None:
    who, bureau, other = person(), organisation(), organisation()
    assign(who.pk, "t.reviewer", bureau.pk, actor=INSTALL)
    assert may(acting(who, bureau), "t.review", organisation=other.pk)
    assert organisations_where(acting(who, bureau), "t.review") is ALL


def test_a_narrowed_role_covers_its_region_and_theme_only() -> None:
    who, bureau, other = person(), organisation(), organisation()
    assign(who.pk, "t.reviewer", bureau.pk, actor=INSTALL, region="350100", theme="医疗")
    actor = acting(who, bureau)
    assert may(actor, "t.review")
    assert may(actor, "t.review", organisation=other.pk, region="350102", theme="医疗")
    assert not may(actor, "t.review", organisation=other.pk, region="350200", theme="医疗")
    assert not may(actor, "t.review", organisation=other.pk, region="350102", theme="教育")
    assert not may(actor, "t.review", organisation=other.pk)


@pytest.mark.parametrize(
    ("inner", "outer", "within"),
    [
        ("350102", "350000", True),
        ("350102", "350100", True),
        ("350102", "350102", True),
        ("350200", "350100", False),
        ("350000", "350100", False),
        ("360000", "350000", False),
    ],
)
def test_divisions_contain_each_other_by_their_codes(inner: str, outer: str, within: bool) -> None:
    assert region_within(inner, outer) is within


def test_roles_count_in_their_period_only() -> None:
    who, here = person(), organisation()
    actor = acting(who, here)
    row = Assignment.objects.create(
        person=who, role="t.writer", organisation=here, valid_from=TODAY() + DAY, valid_to=None
    )
    assert not may(actor, "t.write")
    Assignment.objects.filter(pk=row.pk).update(valid_from=TODAY() - DAY, valid_to=TODAY())
    assert may(actor, "t.write")
    Assignment.objects.filter(pk=row.pk).update(valid_to=TODAY() - DAY)
    assert not may(actor, "t.write")


def test_a_role_that_was_taken_away_is_gone_at_once() -> None:
    who, here = person(), organisation()
    row = assign(who.pk, "t.writer", here.pk, actor=INSTALL)
    with remembering():
        assert may(acting(who, here), "t.write")
        end_assignment(row, actor=INSTALL)
        assert not may(acting(who, here), "t.write")
    assert [leaf.kind for leaf in find(f"assignment:{row.pk}")] == [
        "permissions.assignment.given",
        "permissions.assignment.ended",
    ]


def test_rights_pass_to_the_successor() -> None:
    who, old, new = person(), organisation(), organisation()
    assign(who.pk, "t.writer", old.pk, actor=INSTALL)
    register_succession(lambda ids: {old.pk: new.pk} if old.pk in ids else {})
    assert workplaces_of(who.pk) == [new.pk]
    assert may(acting(who, new), "t.write", organisation=new.pk)
    assert may(acting(who, new), "t.write", organisation=old.pk)
    assert people_who_may("t.write", new.pk) == [who.pk]


def test_the_system_may_only_what_is_open_to_it() -> None:
    assert may(INSTALL, "t.sweep", organisation=organisation().pk)
    assert not may(INSTALL, "t.review")
    assert organisations_where(INSTALL, "t.review") == set()


def test_a_denial_names_what_was_denied_and_whom_to_ask() -> None:
    helper, who, here = person("某厅账号管理员"), person(), organisation()
    assign(helper.pk, "t.local", here.pk, actor=INSTALL)
    assign(who.pk, "t.writer", here.pk, actor=INSTALL)
    with pytest.raises(Forbidden) as caught:
        require(acting(who, here), "t.decide", organisation=here.pk)
    assert caught.value.action_name == "审批"
    assert caught.value.ask == ("某厅账号管理员",)
    assert "没有含此操作的角色" in str(caught.value)


def test_rooms_may_add_actions_to_a_role_in_any_order() -> None:
    extend_role("t.late", "t.review")
    register_role("t.late", "后登记的角色", ["t.write"])
    known = registry.role("t.late")
    assert known is not None
    assert known.actions == {"t.write", "t.review"}


def test_misspelt_names_are_found() -> None:
    register_role("t.typo", "错字", ["t.wirte"])
    extend_role("t.nobody", "t.write")
    assert registry.unknown_names() == ["角色 t.nobody 未注册，却被扩充", "角色 t.typo 含未注册的操作 t.wirte"]


class TestSeparationOfDuties:
    """管运分离: the operator never approves."""

    @pytest.fixture(autouse=True)
    def apart(self) -> None:
        forbid_together("t.operate", "t.decide", reason="管运分离")

    def test_no_role_may_contain_both(self) -> None:
        with pytest.raises(ImproperlyConfigured, match="管运分离"):
            extend_role("t.operator", "t.decide")

    def test_no_person_is_given_both_even_at_different_organisations(self) -> None:
        who = person()
        assign(who.pk, "t.operator", organisation().pk, actor=INSTALL)
        with pytest.raises(ValidationError, match="不能同时担任“审批员”与“运营员”：管运分离"):
            assign(who.pk, "t.decider", organisation().pk, actor=INSTALL)

    def test_nor_for_a_period_that_only_overlaps_later(self) -> None:
        who, here = person(), organisation()
        assign(who.pk, "t.operator", here.pk, actor=INSTALL, valid_from=TODAY() + 30 * DAY)
        with pytest.raises(ValidationError):
            assign(who.pk, "t.decider", here.pk, actor=INSTALL)
        assert assign(who.pk, "t.decider", here.pk, actor=INSTALL, valid_to=TODAY() + 29 * DAY)

    def test_who_holds_both_by_accident_may_use_neither(self) -> None:
        who, here = person(), organisation()
        for role in ("t.operator", "t.decider"):
            Assignment.objects.create(person=who, role=role, organisation=here, valid_from=TODAY())
        assert not may(acting(who, here), "t.decide")
        assert not may(acting(who, here), "t.operate")
        with pytest.raises(Forbidden, match="管运分离"):
            require(acting(who, here), "t.decide")

    def test_nor_by_keeping_a_desk(self) -> None:
        operator, decider, here = person(), person(), organisation()
        assign(operator.pk, "t.operator", here.pk, actor=INSTALL)
        assign(decider.pk, "t.decider", here.pk, actor=INSTALL)
        with pytest.raises(ValidationError, match="管运分离"):
            delegate(
                operator.pk, "t.decider", here.pk, actor=acting(decider, here), reason="休假",
                valid_from=TODAY(), valid_to=TODAY(),
            )  # fmt: skip


class TestGiving:
    """Who may give roles."""

    def test_nobody_gives_to_himself(self) -> None:
        who, here = person(), organisation()
        assign(who.pk, "t.local", here.pk, actor=INSTALL)
        with pytest.raises(Forbidden, match="不得给本人分配角色"):
            assign(who.pk, "t.decider", here.pk, actor=acting(who, here))

    def test_a_local_administrator_gives_local_roles_at_home_only(self) -> None:
        admin, who, here, there = person(), person(), organisation(), organisation()
        assign(admin.pk, "t.local", here.pk, actor=INSTALL)
        assert assign(who.pk, "t.writer", here.pk, actor=acting(admin, here))
        with pytest.raises(Forbidden):
            assign(who.pk, "t.writer", there.pk, actor=acting(admin, here))
        with pytest.raises(Forbidden, match="范围是全部机构"):
            assign(who.pk, "t.reviewer", here.pk, actor=acting(admin, here))

    def test_the_chief_administrator_gives_wide_roles(self) -> None:
        chief, who, here = person(), person(), organisation()
        assign(chief.pk, "t.chief", here.pk, actor=INSTALL)
        assert assign(who.pk, "t.reviewer", organisation().pk, actor=acting(chief, here))

    def test_giving_twice_changes_nothing(self) -> None:
        who, here = person(), organisation()
        first = assign(who.pk, "t.writer", here.pk, actor=INSTALL)
        assert assign(who.pk, "t.writer", here.pk, actor=INSTALL).pk == first.pk

    def test_an_unknown_role_is_refused(self) -> None:
        with pytest.raises(ValidationError, match=r"没有“t\.ghost”这个角色"):
            assign(person().pk, "t.ghost", organisation().pk, actor=INSTALL)


class TestKeepingADesk:
    """代办."""

    def desk(self, days: int = 0) -> tuple[Actor, Actor, Delegation]:
        giver, keeper, here = person(), person(), organisation()
        assign(giver.pk, "t.decider", here.pk, actor=INSTALL)
        row = delegate(
            keeper.pk, "t.decider", here.pk, actor=acting(giver, here), reason="出差",
            valid_from=TODAY(), valid_to=TODAY() + days * DAY,
        )  # fmt: skip
        return acting(giver, here), acting(keeper, here), row

    def test_the_keeper_may_what_the_giver_may_and_it_is_proven(self) -> None:
        giver, keeper, row = self.desk()
        assert may(keeper, "t.decide", organisation=giver.party)
        assert may(giver, "t.decide", organisation=giver.party)
        assert keeper.person is not None
        assert workplaces_of(keeper.person) == [giver.party]
        assert find(f"delegation:{row.pk}")[0].kind == "permissions.delegation.given"

    def test_it_ends_with_its_period_its_giver_or_the_role_behind_it(self) -> None:
        giver, keeper, row = self.desk()
        end_delegation(row, actor=giver)
        assert not may(keeper, "t.decide")
        giver, keeper, row = self.desk()
        Delegation.objects.filter(pk=row.pk).update(valid_from=TODAY() - 2 * DAY, valid_to=TODAY() - DAY)
        assert not may(keeper, "t.decide")
        giver, keeper, row = self.desk()
        end_assignment(Assignment.objects.get(person=giver.person), actor=INSTALL)
        assert not may(keeper, "t.decide")

    def test_a_kept_desk_cannot_be_passed_on(self) -> None:
        _, keeper, _ = self.desk()
        assert keeper.party is not None
        with pytest.raises(Forbidden, match="只能委托本人持有的岗位"):
            delegate(
                person().pk, "t.decider", keeper.party, actor=keeper, reason="再转",
                valid_from=TODAY(), valid_to=TODAY(),
            )  # fmt: skip
