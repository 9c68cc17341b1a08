"""The ground of the sharing tests: a provider with a published entry, a consumer, the authority, and their people."""

from collections.abc import Callable
from datetime import date, timedelta
from importlib import import_module
from typing import Any
from uuid import UUID

import pytest
from django.conf import settings
from django.test import Client, RequestFactory

from tulou.domains.catalog import services as catalog
from tulou.domains.catalog.models import Entry
from tulou.domains.directory.models import Agency, AgencyKind, InformationSystem, NodeKind
from tulou.domains.directory.services import (
    AgencySpec,
    DutySpec,
    SystemSpec,
    found_agency,
    found_node,
    register_duty,
    register_system,
)
from tulou.domains.law.models import BasisKind, BasisUse
from tulou.domains.law.services import BasisSpec, adopt_basis
from tulou.domains.sharing import services
from tulou.domains.sharing.models import Request
from tulou.domains.sharing.services import RequestSpec, Wish
from tulou.kernel.accounts import assign, create_account
from tulou.kernel.calendar import set_rule, today
from tulou.kernel.identity import Account, Actor, sessions
from tulou.trust.ids import new_id

SYSTEM = Actor.system("样例导入")
CLOCKS = {
    "catalog.review": 5,
    "catalog.update": 10,
    "sharing.acceptance": 3,
    "sharing.reply_unconditional": 1,
    "sharing.reply_conditional": 10,
    "sharing.delivery": 20,
}


def an_agency(code: str, name: str) -> Agency:
    found_node("fujian", "福建省级平台", kind=NodeKind.PROVINCE, region="350000", parent=None, actor=SYSTEM)
    return found_agency(AgencySpec(code, name, name, AgencyKind.DEPARTMENT, "350000", "fujian"), actor=SYSTEM)


@pytest.fixture(autouse=True)
def rules(db: None) -> None:
    for clock, days in CLOCKS.items():
        extension = 10 if clock == "sharing.reply_conditional" else 0
        set_rule(clock, clock, days, valid_from=date(2020, 1, 1), citation="样例", extension=extension)


@pytest.fixture
def provider() -> Agency:
    return an_agency("mzt", "省民政厅")


@pytest.fixture
def consumer() -> Agency:
    return an_agency("gat", "省公安厅")


@pytest.fixture
def basis() -> UUID:
    spec = BasisSpec("REQ", "样例法", BasisKind.LAW, [BasisUse.REQUEST], date(2020, 1, 1))
    return adopt_basis(spec, actor=SYSTEM).id


@pytest.fixture
def refusal() -> UUID:
    spec = BasisSpec("REF", "样例保密法", BasisKind.LAW, [BasisUse.REFUSE_SHARING], date(2020, 1, 1))
    return adopt_basis(spec, actor=SYSTEM).id


@pytest.fixture
def entry(provider: Agency) -> Entry:
    duty = register_duty(DutySpec("QZ-1", "区划管理", "条例", "行政区划"), agency=provider, actor=SYSTEM)
    items = [
        {"name": "code", "label": "代码", "nullable": False, "is_key": True, "grade": 1},
        {"name": "name", "label": "名称", "grade": 1},
        {"name": "phone", "label": "电话", "grade": 2, "share_type": "conditional", "mask": "keep", "mask_head": 3},
    ]
    content = {
        "name": "行政区划代码", "abstract": "区划", "category_class": "1", "category_item": "03",
        "category_directory": "001", "duty": str(duty.id), "no_system_reason": "手工维护",
        "format_major": "spreadsheet", "update_cycle": "yearly", "share_type": "conditional",
        "share_condition": "履职需要", "share_methods": ["api"], "open_type": "refused", "open_condition": "内部",
        "grade": 2, "retention": "长期", "destroy_rule": "不销毁", "domain": "民政", "region": "350000",
        "contact": "数据管理岗", "table": "region_county", "items": items,
    }  # fmt: skip
    made = catalog.create_entry(content, provider=provider.id, actor=SYSTEM)
    catalog.endorse(made, actor=SYSTEM)
    catalog.submit(made, actor=SYSTEM)
    return catalog.publish(made, actor=SYSTEM)


@pytest.fixture
def spec(entry: Entry, basis: UUID) -> RequestSpec:
    return RequestSpec(
        entry=entry.id,
        contact="数据岗",
        scenario="户籍地址核对",
        purpose="核对户籍区划",
        basis=basis,
        methods=["preview", "file"],
        frequency="monthly",
        use_from=today(),
        use_to=today() + timedelta(days=180),
        disposal="使用期满后删除",
        wishes=[Wish("code"), Wish("phone")],
        calls_per_day=100,
        rows=[{"column": "code", "op": "prefix", "values": ["35"]}],
    )


@pytest.fixture
def accepted(spec: RequestSpec, consumer: Agency) -> Request:
    request = services.draft_request(spec, applicant=consumer.id, actor=SYSTEM)
    services.endorse(request, actor=SYSTEM)
    services.submit(request, actor=SYSTEM)
    return services.accept(request, actor=SYSTEM)


@pytest.fixture
def bureau() -> Agency:
    return an_agency("szj", "省数据管理局")


@pytest.fixture
def stranger() -> Agency:
    return an_agency("jtt", "省交通运输厅")


@pytest.fixture
def system(consumer: Agency) -> InformationSystem:
    return register_system(SystemSpec("HJ-1", "户籍管理系统", "户籍"), agency=consumer, actor=SYSTEM)


def an_account(role: str, agency: Agency) -> Account:
    """A person with one role at one agency."""
    login = f"{agency.code}.{role.replace('_', '-')}.{new_id().hex[-8:]}"
    account = create_account(
        login, f"{agency.name}{role}", "tu-lou-2026-yuan", actor=SYSTEM, must_change_password=False
    )
    assign(account.party_id, role, agency.id, actor=SYSTEM)
    return account


def acting(account: Account, agency: Agency) -> Actor:
    """What the services are told of somebody who is signed in."""
    return Actor(account.party_id, agency.id, "person", account.label)


def browser_of(account: Account) -> Client:
    """A browser that is signed in."""
    request = RequestFactory().get("/")
    request.session = import_module(settings.SESSION_ENGINE).SessionStore()
    sessions.open_session(request, account)
    request.session.save()
    client = Client()
    client.cookies[settings.SESSION_COOKIE_NAME] = request.session.session_key or ""
    return client


@pytest.fixture
def people(provider: Agency, consumer: Agency, bureau: Agency, stranger: Agency) -> dict[str, Account]:
    """Everybody who takes part, and some who do not."""
    return {
        "user": an_account("data_user", consumer),
        "office": an_account("office_approver", consumer),
        "manager": an_account("data_manager", provider),
        "provider_office": an_account("office_approver", provider),
        "authority": an_account("sharing_authority", bureau),
        "auditor": an_account("auditor", bureau),
        "operator": an_account("operator", bureau),
        "stranger_user": an_account("data_user", stranger),
        "stranger_manager": an_account("data_manager", stranger),
        "stranger_office": an_account("office_approver", stranger),
    }


@pytest.fixture
def sign_in(people: dict[str, Account]) -> Callable[[str], Client]:
    """Opens a browser as one of them."""
    return lambda who: browser_of(people[who])


def token_of(page: Any) -> str:
    """The one-use token of a form on a page."""
    form = page.context.get("form") or page.context.get("desk")
    return str(form["once"].value())
