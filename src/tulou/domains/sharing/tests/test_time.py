"""Time: grants run out, nobody's silence holds a request up, data that arrive start what waits for them."""

from datetime import timedelta

import pytest

from tulou.domains.access import public as access
from tulou.domains.catalog import services as catalog
from tulou.domains.catalog.models import Entry
from tulou.domains.directory.models import Agency
from tulou.domains.directory.services import succeed
from tulou.domains.ingest.public import BatchLanded
from tulou.domains.sharing import delivery, queries, services
from tulou.domains.sharing.escalation import escalate_overdue
from tulou.domains.sharing.models import Grant, GrantStatus, Request
from tulou.domains.sharing.services import Decision
from tulou.domains.sharing.tests.conftest import SYSTEM, acting, an_account
from tulou.kernel.calendar import today
from tulou.kernel.identity import Account
from tulou.kernel.outbox import deliver_all, publish
from tulou.kernel.permissions import Forbidden
from tulou.kernel.workflow import Clock, clocks_of
from tulou.trust.ids import new_id
from tulou.trust.plans import TableRef

pytestmark = pytest.mark.django_db


def all_granted(request: Request) -> Grant:
    services.decide(request, [Decision(item.pk, True) for item in request.items.all()], actor=SYSTEM)
    return Grant.objects.get(request=request)


def make_late(request: Request) -> None:
    Clock.objects.filter(subject=request.pk, stopped_on=None).update(due_on=today() - timedelta(days=1))


def test_an_overdue_reply_goes_to_the_providers_office_once(
    accepted: Request, people: dict[str, Account], provider: Agency
) -> None:
    office = acting(people["provider_office"], provider)
    decision = [Decision(item.pk, True) for item in accepted.items.all()]
    with pytest.raises(Forbidden):
        services.decide(accepted, decision, actor=office)
    assert escalate_overdue(actor=SYSTEM) == 0
    make_late(accepted)
    assert [escalate_overdue(actor=SYSTEM) for _ in range(2)] == [1, 0]
    assert list(queries.to_decide(office)) == [accepted]
    services.decide(accepted, decision, actor=office)
    assert Grant.objects.filter(request=accepted).exists()


def test_where_there_is_no_office_the_authority_urges_and_never_decides(accepted: Request, bureau: Agency) -> None:
    authority = acting(an_account("sharing_authority", bureau), bureau)
    make_late(accepted)
    assert escalate_overdue(actor=SYSTEM) == 1
    assert list(queries.to_urge(authority)) == [accepted]
    with pytest.raises(Forbidden):
        services.decide(accepted, [Decision(item.pk, True) for item in accepted.items.all()], actor=authority)


def test_a_grant_runs_out_once_whatever_its_state(accepted: Request, entry: Entry) -> None:
    grant = all_granted(accepted)
    assert grant.status == GrantStatus.AWAITING
    Grant.objects.filter(pk=grant.pk).update(valid_to=today() - timedelta(days=1))
    assert [delivery.expire_due(actor=SYSTEM) for _ in range(2)] == [1, 0]
    grant.refresh_from_db()
    assert grant.status == GrantStatus.EXPIRED
    assert not clocks_of(grant).filter(stopped_on=None).exists()


def test_revoking_before_delivery_stops_the_clock(accepted: Request) -> None:
    grant = all_granted(accepted)
    services.revoke_grant(grant, reason="场景取消", actor=SYSTEM)
    assert not clocks_of(grant).filter(stopped_on=None).exists()


def test_a_landed_batch_delivers_what_waits(accepted: Request, entry: Entry, provider: Agency) -> None:
    grant = all_granted(accepted)
    catalog.bind_table(entry.id, TableRef("mzt_plain", "region_county"), actor=SYSTEM)
    publish(BatchLanded(new_id(), entry.id, provider.id, 2, 2, 0, {}))
    deliver_all()
    grant.refresh_from_db()
    assert grant.status == GrantStatus.IN_USE
    assert grant.right is not None


def test_a_period_that_ran_out_during_examination_begins_with_the_decision(accepted: Request) -> None:
    start, end = today() - timedelta(days=40), today() - timedelta(days=10)
    Request.objects.filter(pk=accepted.pk).update(use_from=start, use_to=end)
    accepted.refresh_from_db()
    grant = all_granted(accepted)
    assert (grant.valid_from, grant.valid_to) == (today(), today() + timedelta(days=30))


def test_the_successor_of_an_agency_holds_its_grants(
    accepted: Request, entry: Entry, consumer: Agency, stranger: Agency
) -> None:
    catalog.bind_table(entry.id, TableRef("mzt_plain", "region_county"), actor=SYSTEM)
    grant = all_granted(accepted)
    assert grant.right is not None
    heir = acting(an_account("data_user", stranger), stranger)
    assert not queries.grants(heir).exists()
    succeed(consumer, stranger, kind="merged", on=today(), document="机构改革", actor=SYSTEM)
    assert list(queries.grants(heir)) == [grant]
    assert access.issue_plan(grant.right, channel="preview", actor=heir).token
