"""A request from drafting to delivery: each item decided once, refusals only with a basis in force, clocks running."""

from dataclasses import replace
from datetime import date, timedelta
from uuid import UUID

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from tulou.domains.access import public as access
from tulou.domains.catalog import services as catalog
from tulou.domains.catalog.models import Entry
from tulou.domains.directory.models import Agency
from tulou.domains.sharing import delivery, services
from tulou.domains.sharing.models import Grant, GrantStatus, ItemStatus, Request, RequestStatus
from tulou.domains.sharing.services import RequestSpec, Wish
from tulou.domains.sharing.tests.conftest import SYSTEM
from tulou.kernel.calendar import today
from tulou.kernel.identity import Actor
from tulou.kernel.permissions import Forbidden
from tulou.kernel.workflow import AlreadyDone, clocks_of
from tulou.trust.ids import new_id
from tulou.trust.plans import Mask, TableRef

pytestmark = pytest.mark.django_db


def open_clocks(request: Request) -> list[str]:
    return [clock.clock for clock in clocks_of(request) if clock.is_open]


def test_numbers_are_gapless(spec: RequestSpec, consumer: Agency) -> None:
    numbers = [services.draft_request(spec, applicant=consumer.id, actor=SYSTEM).number for _ in range(3)]
    assert numbers == [f"GX-{today().year}-{n:06d}" for n in (1, 2, 3)]


def test_the_reply_clock_is_the_longer_one_when_an_item_is_conditional(accepted: Request) -> None:
    assert open_clocks(accepted) == ["sharing.reply_conditional"]


def test_correction_pauses_the_clock_and_goes_on(accepted: Request) -> None:
    services.query(accepted, question="请补充用途", actor=SYSTEM)
    assert [clock.is_paused for clock in clocks_of(accepted) if clock.is_open] == [True]
    services.correct(accepted, answer="已补充", changes={"purpose": "核对区划"}, actor=SYSTEM)
    assert accepted.purpose == "核对区划"
    assert [clock.is_paused for clock in clocks_of(accepted) if clock.is_open] == [False]


def test_items_are_decided_one_by_one_and_the_last_concludes(accepted: Request, refusal: UUID) -> None:
    code, phone = accepted.items.all()
    services.grant_item(code, mask=Mask(), actor=SYSTEM)
    assert Request.objects.get(pk=accepted.pk).status == RequestStatus.ACCEPTED
    services.refuse_item(phone, basis=refusal, opinion="涉及工作秘密", actor=SYSTEM)
    assert Request.objects.get(pk=accepted.pk).status == RequestStatus.DECIDED
    grant = Grant.objects.get(request=accepted)
    assert grant.status == GrantStatus.AWAITING
    assert [clock.clock for clock in clocks_of(grant) if clock.is_open] == ["sharing.delivery"]


def test_a_refusal_without_a_basis_is_impossible(accepted: Request, basis: UUID) -> None:
    item = accepted.items.first()
    assert item is not None
    with pytest.raises(ValidationError, match="请选择法规依据"):
        services.refuse_item(item, basis=None, opinion="不便提供", actor=SYSTEM)
    with pytest.raises(ValidationError, match="不能用作“不予共享”"):
        services.refuse_item(item, basis=basis, opinion="不便提供", actor=SYSTEM)
    item.refresh_from_db()
    assert item.status == ItemStatus.PENDING


def test_an_item_is_decided_once(accepted: Request) -> None:
    item, stale = accepted.items.first(), accepted.items.first()
    assert item is not None
    assert stale is not None
    services.grant_item(item, mask=Mask(), actor=SYSTEM)
    with pytest.raises(AlreadyDone):
        services.grant_item(stale, mask=Mask(), actor=SYSTEM)


def test_when_all_is_refused_there_is_no_grant(accepted: Request, refusal: UUID) -> None:
    for item in accepted.items.all():
        services.refuse_item(item, basis=refusal, opinion="工作秘密", actor=SYSTEM)
    assert not Grant.objects.filter(request=accepted).exists()


def test_the_grant_carries_exactly_what_was_agreed(accepted: Request, entry: Entry, refusal: UUID) -> None:
    catalog.bind_table(entry.id, TableRef("mzt_plain", "region_county"), actor=SYSTEM)
    code, phone = accepted.items.all()
    services.grant_item(code, mask=Mask(), actor=SYSTEM)
    services.grant_item(phone, mask=Mask("keep", 3, 4), actor=SYSTEM)
    grant = Grant.objects.get(request=accepted)
    assert grant.status == GrantStatus.IN_USE
    assert grant.right is not None
    right = access.right(grant.right)
    assert right is not None
    assert [(c.name, c.mask.kind, c.mask.tail) for c in right.columns] == [("code", "none", 0), ("phone", "keep", 4)]
    assert right.rows[0].values == ("35",)
    assert (right.channels, right.calls_per_day) == (("preview", "file"), 100)
    assert timezone.localtime(right.valid_to).date() == accepted.use_to + timedelta(days=1)


def test_a_waiting_grant_starts_when_the_data_arrive(accepted: Request, entry: Entry) -> None:
    for item in accepted.items.all():
        services.grant_item(item, mask=Mask(), actor=SYSTEM)
    grant = Grant.objects.get(request=accepted)
    assert not delivery.deliver(grant, actor=SYSTEM)
    catalog.bind_table(entry.id, TableRef("mzt_plain", "region_county"), actor=SYSTEM)
    assert delivery.deliver(grant, actor=SYSTEM)


def test_revoking_a_grant_ends_its_right(accepted: Request, entry: Entry) -> None:
    catalog.bind_table(entry.id, TableRef("mzt_plain", "region_county"), actor=SYSTEM)
    for item in accepted.items.all():
        services.grant_item(item, mask=Mask(), actor=SYSTEM)
    grant = Grant.objects.get(request=accepted)
    services.revoke_grant(grant, reason="场景已结束", actor=SYSTEM)
    assert grant.right is not None
    right = access.right(grant.right)
    assert right is not None
    assert (grant.status, right.status) == (GrantStatus.REVOKED, "revoked")


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"wishes": []}, "至少选择一个信息项"),
        ({"methods": []}, "至少选择一种共享方式"),
        ({"use_to": date(2020, 1, 1), "use_from": date(2020, 1, 1)}, "使用截止日期已过"),
        ({"methods": ["api"]}, "请选择调用的信息系统"),
        ({"wishes": [Wish("phone", raw=True)]}, "申请明文请写明理由"),
        ({"wishes": [Wish("gone")]}, "不在目录的现行版本中"),
        ({"rows": [{"column": "gone", "op": "eq", "values": ["1"]}]}, "不在目录中"),
        ({"rows": [{"column": "code", "op": "like", "values": ["1"]}]}, "条件不完整"),
        ({"basis": None}, "请选择法规依据"),
    ],
)
def test_a_request_that_cannot_be_asked_is_refused_at_once(
    spec: RequestSpec, consumer: Agency, change: dict[str, object], message: str
) -> None:
    with pytest.raises(ValidationError, match=message):
        services.draft_request(replace(spec, **change), applicant=consumer.id, actor=SYSTEM)  # type: ignore[arg-type]
    assert not Request.objects.exists()


def test_nobody_asks_for_its_own_data(spec: RequestSpec, provider: Agency) -> None:
    with pytest.raises(ValidationError, match="无需申请"):
        services.draft_request(spec, applicant=provider.id, actor=SYSTEM)


def test_a_stranger_can_do_nothing(spec: RequestSpec, accepted: Request, consumer: Agency) -> None:
    stranger = Actor(new_id(), consumer.id, "person", "无角色")
    with pytest.raises(Forbidden):
        services.draft_request(spec, applicant=consumer.id, actor=stranger)
    item = accepted.items.first()
    assert item is not None
    with pytest.raises(Forbidden):
        services.grant_item(item, mask=Mask(), actor=stranger)
