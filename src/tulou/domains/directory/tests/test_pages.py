"""The pages of the directory: registers by date, forms of the own agency, accounts and roles, desks."""

from datetime import date, timedelta
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse

from tulou.domains.directory import roles
from tulou.domains.directory.models import Agency, AgencyKind, Duty, InformationSystem, Node, NodeKind
from tulou.domains.directory.services import AgencySpec, found_agency, found_node, rename_agency
from tulou.kernel.calendar import today
from tulou.kernel.identity import Account, Actor, Party
from tulou.kernel.permissions import Assignment, Delegation
from tulou.kernel.ui.tests.conftest import signed_in_client

pytestmark = pytest.mark.django_db
SYSTEM = Actor.system("样例导入")
ADMIN_PAGES = ("accounts", "new-account", "assignments")
READ_BY_ALL = ("agencies", "nodes", "duties", "systems", "desks", "new-desk")
OWN_FORMS = ("new-duty", "new-system")


@pytest.fixture
def bureau() -> Agency:
    found_node("fujian", "福建省级平台", kind=NodeKind.PROVINCE, region="350000", parent=None, actor=SYSTEM)
    spec = AgencySpec("sjj", "省数字办", "省数字办", AgencyKind.BUREAU, "350000", "fujian", valid_from=date(2018, 1, 1))
    agency = found_agency(spec, actor=SYSTEM)
    return rename_agency(agency, name="福建省数据管理局", short_name="省数据局", on=date(2024, 1, 1), actor=SYSTEM)


def person(agency: Agency, role: str, login: str = "") -> Account:
    party = Party.objects.create(kind="person")
    Assignment.objects.create(person=party, role=role, organisation_id=agency.id, valid_from=date(2020, 1, 1))
    return Account.objects.create(login=login or role.replace("_", "-"), label=f"省数据局·{role}", party=party)


def browser(account: Account) -> Client:
    client = Client()
    signed_in_client(client, account)
    return client


def form(**fields: object) -> dict[str, object]:
    return {"once": str(uuid4()), **fields}


def test_each_page_opens_for_those_who_need_it(bureau: Agency) -> None:
    allowed = {page: {roles.ADMINISTRATOR} for page in ADMIN_PAGES} | {page: {roles.DATA_MANAGER} for page in OWN_FORMS}
    for role in (roles.DATA_MANAGER, roles.CATALOG_REVIEWER, roles.OPERATOR, roles.ADMINISTRATOR, roles.AUDITOR):
        client = browser(person(bureau, role))
        for page in (*ADMIN_PAGES, *READ_BY_ALL, *OWN_FORMS):
            status = client.get(reverse(f"directory:{page}")).status_code
            assert status == (200 if page in READ_BY_ALL or role in allowed[page] else 403), (role, page)
    for page in ("agencies", "accounts"):
        assert Client().get(reverse(f"directory:{page}")).status_code in (302, 401)


def test_an_agency_is_read_under_the_name_of_the_day(bureau: Agency) -> None:
    client = browser(person(bureau, roles.DATA_USER))
    for url in (reverse("directory:agencies"), reverse("directory:agency", args=[bureau.pk])):
        assert "福建省数据管理局" in client.get(url).content.decode()
        assert "省数字办" in client.get(url, {"on": "2023-06-01"}).content.decode()
        assert client.get(url, {"on": "2023-06-31"}).status_code == 200
    assert "没有该机构的记录" in client.get(url, {"on": "1999-01-01"}).content.decode()
    node = Node.objects.get()
    assert "福建省数据管理局" in client.get(reverse("directory:node", args=[node.pk])).content.decode()
    assert client.get(reverse("directory:agency", args=[uuid4()])).status_code == 404


def test_a_data_manager_registers_a_duty_and_a_system(bureau: Agency) -> None:
    client = browser(person(bureau, roles.DATA_MANAGER))
    duty = form(code="QZ-1", name="数据管理", citation="《条例》第三条", core_business="数据汇聚")
    answer = client.post(reverse("directory:new-duty"), duty)
    assert answer["Location"] == reverse("directory:duty", args=[Duty.objects.get(code="QZ-1").pk])
    assert "《条例》第三条" in client.get(answer["Location"]).content.decode()
    system = form(code="S-1", name="汇聚系统", description="", security_level="3", network="政务外网")
    answer = client.post(reverse("directory:new-system"), system)
    row = InformationSystem.objects.get(code="S-1")
    assert (row.agency_id, row.security_level) == (bureau.pk, 3)
    assert "第3级" in client.get(reverse("directory:system", args=[row.pk])).content.decode()
    missing = client.post(reverse("directory:new-duty"), form(code="QZ-2"))
    assert (missing.status_code, Duty.objects.count()) == (422, 1)
    taken = client.post(reverse("directory:new-duty"), duty | {"once": str(uuid4()), "name": "别的"})
    assert "已用于" in taken.content.decode()


def test_an_administrator_opens_an_account_and_gives_a_role(bureau: Agency) -> None:
    client = browser(person(bureau, roles.ADMINISTRATOR))
    opened = form(login="sjj-new", label="省数据局·数据管理员", password="kai-hu-kou-ling-2026")
    answer = client.post(reverse("directory:new-account"), opened)
    account = Account.objects.get(login="sjj-new")
    assert answer["Location"] == reverse("directory:account", args=[account.pk])
    assert account.must_change_password
    url = reverse("directory:assign", args=[account.pk])
    given = form(role=roles.DATA_MANAGER, organisation=str(bureau.pk), valid_from=str(today()), valid_to="")
    assert client.post(url, given).status_code == 302
    row = Assignment.objects.get(person=account.party_id)
    assert "数据管理员" in client.get(answer["Location"]).content.decode()
    end = reverse("directory:end-assignment", args=[account.pk, row.pk])
    assert client.post(end).status_code == 302
    row.refresh_from_db()
    assert row.ended_at is not None


def test_duties_that_must_stay_apart_are_refused_in_words(bureau: Agency) -> None:
    operator = person(bureau, roles.OPERATOR)
    client = browser(person(bureau, roles.ADMINISTRATOR))
    given = form(role=roles.OFFICE_APPROVER, organisation=str(bureau.pk), valid_from=str(today()), valid_to="")
    answer = client.post(reverse("directory:assign", args=[operator.pk]), given)
    assert answer.status_code == 422
    assert "管运分离" in answer.content.decode()
    assert Assignment.objects.filter(person=operator.party_id).count() == 1


def test_an_administrator_gives_himself_nothing(bureau: Agency) -> None:
    admin = person(bureau, roles.ADMINISTRATOR)
    client = browser(admin)
    given = form(role=roles.DATA_MANAGER, organisation=str(bureau.pk), valid_from=str(today()), valid_to="")
    assert client.post(reverse("directory:assign", args=[admin.pk]), given).status_code == 403
    assert client.post(reverse("directory:switch-account", args=[admin.pk]), form()).status_code == 422
    admin.refresh_from_db()
    assert admin.is_active
    assert Assignment.objects.filter(person=admin.party_id).count() == 1


def test_an_account_is_disabled_and_its_password_is_set_anew(bureau: Agency) -> None:
    user = person(bureau, roles.DATA_USER)
    client = browser(person(bureau, roles.ADMINISTRATOR))
    assert (
        client.post(reverse("directory:reset-password", args=[user.pk]), form(new="xin-kou-ling-2026")).status_code
        == 302
    )
    assert client.post(reverse("directory:switch-account", args=[user.pk]), form()).status_code == 302
    user.refresh_from_db()
    assert (user.is_active, user.check_password("xin-kou-ling-2026")) == (False, True)


def test_nobody_else_touches_accounts(bureau: Agency) -> None:
    user = person(bureau, roles.DATA_USER)
    client = browser(person(bureau, roles.DATA_MANAGER))
    row = Assignment.objects.get(person=user.party_id)
    for page in ("account", "assign", "reset-password", "switch-account"):
        assert client.get(reverse(f"directory:{page}", args=[user.pk])).status_code == 403, page
        assert client.post(reverse(f"directory:{page}", args=[user.pk]), form()).status_code in (403, 405), page
    assert client.post(reverse("directory:end-assignment", args=[user.pk, row.pk])).status_code == 403
    row.refresh_from_db()
    assert row.ended_at is None


def test_a_desk_is_given_to_a_colleague_and_taken_back(bureau: Agency) -> None:
    giver, keeper = person(bureau, roles.DATA_MANAGER), person(bureau, roles.DATA_USER)
    client = browser(giver)
    desk = form(
        desk=f"{roles.DATA_MANAGER}@{bureau.pk}", keeper=str(keeper.pk), valid_from=str(today()),
        valid_to=str(today() + timedelta(days=7)), reason="出差",
    )  # fmt: skip
    assert client.post(reverse("directory:new-desk"), desk).status_code == 302
    row = Delegation.objects.get()
    assert "出差" in browser(keeper).get(reverse("directory:desks")).content.decode()
    assert browser(keeper).post(reverse("directory:end-desk", args=[row.pk])).status_code == 404
    assert client.post(reverse("directory:end-desk", args=[row.pk])).status_code == 302
    row.refresh_from_db()
    assert row.ended_at is not None


def test_a_desk_that_one_does_not_hold_cannot_be_given(bureau: Agency) -> None:
    giver, keeper = person(bureau, roles.DATA_USER), person(bureau, roles.DATA_MANAGER)
    desk = form(
        desk=f"{roles.DATA_MANAGER}@{bureau.pk}", keeper=str(keeper.pk), valid_from=str(today()),
        valid_to=str(today()), reason="冒用",
    )  # fmt: skip
    assert browser(giver).post(reverse("directory:new-desk"), desk).status_code == 422
    assert not Delegation.objects.exists()
