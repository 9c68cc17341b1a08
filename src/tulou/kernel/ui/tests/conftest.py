"""A viewer who is signed in at one of two organisations, and clocks to look at."""

from collections.abc import Callable, Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import LazySettings
from django.test import Client, RequestFactory
from django.utils import timezone

from tulou.kernel.calendar.models import DeadlineRule
from tulou.kernel.identity import Account, Party, register_party_names, sessions
from tulou.kernel.permissions import Assignment, register_action, register_role
from tulou.kernel.ui import menus, shell, slots
from tulou.kernel.ui.tests import demo
from tulou.kernel.workflow import Clock
from tulou.kernel.workflow.tests.conftest import example, example_table, rules

__all__ = ["example", "example_table", "rules"]

NAMES = {"home": "福建省民政厅", "other": "福建省数据管理局"}


@pytest.fixture
def site(settings: LazySettings, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The demonstration site with a menu, slots and doors of its own; the node's are back afterwards."""
    monkeypatch.setattr(menus, "_entries", {})
    monkeypatch.setattr(slots, "_fillings", {})
    monkeypatch.setattr(slots, "_declared", {})
    monkeypatch.setattr(shell._shell, "doors", {})
    settings.ROOT_URLCONF = "tulou.kernel.ui.tests.demo"
    templates = [dict(settings.TEMPLATES[0])]
    templates[0]["DIRS"] = [Path(__file__).parent / "templates"]
    settings.TEMPLATES = templates
    register_action("ui.demo", "查看演示")
    register_action("ui.never", "从不允许")
    register_role("ui_tester", "演示员", ["ui.demo"])
    entry = menus.MenuEntry
    for line in (
        entry("a", "工作台", "everything", None, "工作台", 10, "layout-dashboard"),
        entry("b", "我的待办", "search", None, "工作台", 11, "list-check"),
        entry("c", "数据目录", "object", "ui.demo", "目录管理", 20, "folder"),
        entry("d", "时限台账", "register", "ui.demo", "目录管理", 21, "clock"),
        entry("e", "需求登记", "form", "ui.demo", "共享服务", 30, "send"),
        entry("f", "从不显示", "form", "ui.never", "系统管理", 40, "settings"),
        entry("g", "没有地址", "nowhere", None, "系统管理", 41, "settings"),
    ):
        menus.register_menu(line)
    slots.slot("ui.demo", "演示对象")
    slots.fill("ui.demo", 10, "数据质量", demo.quality_panel)
    slots.fill("ui.demo", 20, "看不见的栏", demo.hidden_panel)
    slots.fill("ui.demo", 30, "使用情况", demo.quality_panel, code="uses", tab=True)
    for door, url_name in (("search", "search"), ("todo", "everything"), ("acting", "switch"), ("account", "form")):
        shell.register_door(door, url_name)  # type: ignore[arg-type]
    yield
    demo.performed.clear()


@pytest.fixture
def account(db: None) -> Account:
    """A data manager who works at two organisations."""
    person = Party.objects.create(kind="person")
    account = Account.objects.create(login="mz.shuju", label="省民政厅数据管理员", party=person)
    organisations = {key: Party.objects.create(kind="agency") for key in NAMES}
    for organisation in organisations.values():
        Assignment.objects.create(
            person=person, role="ui_tester", organisation=organisation, valid_from=date(2020, 1, 1)
        )
    demo.names.update({organisations[key].pk: name for key, name in NAMES.items()})
    register_party_names(demo.known_names)
    return account


@pytest.fixture
def viewer(site: None, account: Account) -> Client:
    """A browser that is signed in."""
    client = Client()
    signed_in_client(client, account)
    return client


def signed_in_client(client: Client, account: Account) -> None:
    """Open a session as the sign-in page does, and put its cookie into the client."""
    from importlib import import_module

    from django.conf import settings

    request = RequestFactory().get("/")
    request.session = import_module(settings.SESSION_ENGINE).SessionStore()
    sessions.open_session(request, account)
    request.session.save()
    client.cookies[settings.SESSION_COOKIE_NAME] = request.session.session_key or ""


@pytest.fixture
def clocks(account: Account) -> Callable[..., list[Clock]]:
    """Makes clocks with due dates around today."""
    rule = DeadlineRule.objects.filter().first() or DeadlineRule.objects.create(**_rule())
    holder = Assignment.objects.filter(role="ui_tester").values_list("organisation", flat=True)

    def make(count: int, **over: Any) -> list[Clock]:
        names = (
            "婚姻登记信息共享申请",
            "机动车登记信息目录报审",
            "空气质量小时数据整改",
            "企业登记基础信息共享申请",
            "=1+1，社保参保状态核验",
        )
        day = timezone.localdate()
        return [
            Clock.objects.create(
                **{
                    "subject_type": "ui.demo",
                    "subject": Party.objects.create(kind="node").pk,
                    "subject_label": f"{names[at % 5]}（{at + 1:03d}）",
                    "clock": "demo",
                    "rule": rule,
                    "unit": "working",
                    "title": ("受理", "答复", "交付")[at % 3],
                    "allowance": (1, 10, 20)[at % 3],
                    "started_on": day - timedelta(days=12),
                    "started_at": timezone.now(),
                    "running_since": day,
                    "due_on": day + timedelta(days=at % 17 - 3),
                    "provisional": at % 6 == 0,
                    "stopped_on": day if at % 4 == 3 else None,
                    "holder_organisation": holder[at % 2],
                }
                | over
            )
            for at in range(count)
        ]

    return make


def _rule() -> dict[str, Any]:
    return {"clock": "demo", "title": "演示", "amount": 10, "unit": "working", "valid_from": date(2020, 1, 1)}
