"""Rights and plans: a plan never exceeds its right, and ends with it."""

from datetime import date, datetime, timedelta
from uuid import UUID

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from tulou.domains.access import public, signing
from tulou.domains.access.models import Plan, Revocation
from tulou.kernel.identity import Actor, Party
from tulou.kernel.permissions import Assignment, Forbidden
from tulou.trust.ids import new_id
from tulou.trust.plans import AccessPlan, Mask, PlanColumn, Predicate, Quota, TableRef
from tulou.trust.signed import open_signed

pytestmark = pytest.mark.django_db
SYSTEM = Actor.system("共享")
CALLER, ENTRY = new_id(), new_id()


def person_of(party: UUID, role: str = "data_user") -> Actor:
    """Somebody who holds a role at an organisation."""
    organisation, _ = Party.objects.get_or_create(pk=party, defaults={"kind": "agency"})
    person = Party.objects.create(kind="person")
    Assignment.objects.create(person=person, role=role, organisation=organisation, valid_from=date(2020, 1, 1))
    return Actor(person.pk, party, "person", "用数申请员")


def a_right(start: datetime | None = None, end: datetime | None = None, **changes: object) -> UUID:
    begin = start or timezone.now() - timedelta(hours=1)
    given = {
        "kind": "grant",
        "ref": f"grant:{new_id()}",
        "caller": CALLER,
        "entry": ENTRY,
        "table": TableRef("mzt_plain", "regions"),
        "columns": (PlanColumn("code", "代码"), PlanColumn("name", "名称", Mask("keep", 1, 0))),
        "rows": (Predicate("code", "prefix", ("35",)),),
        "channels": ("preview", "api"),
        "purpose": "区划核对",
        "quota": Quota(100, 1000),
        "valid_from": begin,
        "valid_to": end or begin + timedelta(days=30),
    }
    return public.establish(public.RightSpec(**{**given, **changes}), actor=SYSTEM)  # type: ignore[arg-type]


def opened(token: str) -> AccessPlan:
    return AccessPlan.from_payload(open_signed(signing.KIND, token, signing._keys()))


def test_a_plan_carries_its_right_and_no_more() -> None:
    right = a_right()
    plan = opened(public.issue_plan(right, channel="preview", actor=person_of(CALLER)).token)
    assert plan.basis.ref == str(right)
    assert plan.channels == ("preview",)
    assert [(c.name, c.mask.kind) for c in plan.columns] == [("code", "none"), ("name", "keep")]
    assert plan.rows == (Predicate("code", "prefix", ("35",)),)
    assert plan.quota == Quota(100, 1000)


def test_another_organisation_gets_no_plan() -> None:
    with pytest.raises(Forbidden):
        public.issue_plan(a_right(), channel="preview", actor=person_of(new_id()))


@pytest.mark.parametrize("role", ["office_approver", "operator", "auditor"])
def test_those_who_do_not_use_data_get_no_plan(role: str) -> None:
    with pytest.raises(Forbidden):
        public.issue_plan(a_right(), channel="preview", actor=person_of(CALLER, role))


def test_a_plan_ends_no_later_than_its_right() -> None:
    end = timezone.now() + timedelta(minutes=3)
    issued = public.issue_plan(a_right(end=end), channel="preview", actor=person_of(CALLER))
    assert issued.expires == end


@pytest.mark.parametrize("channel", ["file"])
def test_a_channel_that_was_not_granted_is_refused(channel: str) -> None:
    with pytest.raises(ValidationError, match="不包含这种交付方式"):
        public.issue_plan(a_right(), channel=channel, actor=person_of(CALLER))  # type: ignore[arg-type]


def test_a_right_that_ran_out_or_did_not_begin_is_refused() -> None:
    past = timezone.now() - timedelta(days=9)
    with pytest.raises(ValidationError, match="到期"):
        public.issue_plan(a_right(past, past + timedelta(days=1)), channel="api", actor=person_of(CALLER))
    with pytest.raises(ValidationError, match="起生效"):
        public.issue_plan(a_right(timezone.now() + timedelta(days=1)), channel="api", actor=person_of(CALLER))


def test_suspension_stops_and_resumption_lifts() -> None:
    right = a_right()
    public.suspend(right, reason="超范围使用核查", actor=SYSTEM)
    assert Revocation.objects.filter(target=right, lifted_at=None).exists()
    with pytest.raises(ValidationError, match="已暂停"):
        public.issue_plan(right, channel="api", actor=person_of(CALLER))
    public.resume(right, reason="核查无误", actor=SYSTEM)
    assert not Revocation.objects.filter(target=right, lifted_at=None).exists()
    assert public.issue_plan(right, channel="api", actor=person_of(CALLER)).token


def test_a_new_key_ends_the_old_one() -> None:
    right = a_right()
    old = public.issue_key(right, system=None, actor=person_of(CALLER))
    public.issue_key(right, system=None, actor=person_of(CALLER))
    assert Revocation.objects.filter(target=old.id).exists()
    assert Plan.objects.filter(right=right).count() == 2


def test_establishing_again_returns_the_standing_right() -> None:
    ref = f"grant:{new_id()}"
    assert a_right(ref=ref) == a_right(ref=ref)
