"""外壳: menus, slots, doors, things to do, error pages."""

from datetime import date

import pytest
from django.test import Client

from tulou.kernel.identity import Actor
from tulou.kernel.ui import menus, slots, todos
from tulou.kernel.ui.todos import Todo, TodoProvider, register_todo

pytestmark = pytest.mark.django_db


def test_the_menu_shows_only_what_the_viewer_may_open(viewer: Client) -> None:
    groups = viewer.get("/object/").context["shell"].menu
    assert [(group.title, [line.entry.title for line in group.lines]) for group in groups] == [
        ("工作台", ["工作台", "我的待办"]),
        ("目录管理", ["数据目录", "时限台账"]),
        ("共享服务", ["需求登记"]),
    ]
    assert [line.entry.title for group in groups for line in group.lines if line.current] == ["数据目录"]


def test_a_menu_code_means_one_thing(site: None) -> None:
    with pytest.raises(ValueError, match="twice"):
        menus.register_menu(menus.MenuEntry("a", "别的", "form", None, "x", 1))


def test_the_shell_names_the_organisation_acted_for(viewer: Client) -> None:
    shell = viewer.get("/object/").context["shell"]
    assert [choice.label for choice in shell.acting] == ["福建省民政厅", "福建省数据管理局"]
    assert shell.acting_now.label == "福建省民政厅"


def test_panels_are_drawn_in_order_and_tabs_only_when_opened(viewer: Client) -> None:
    page = viewer.get("/object/")
    assert [panel.title for panel in page.context["panels"]] == ["数据质量"]
    assert [(tab.title, tab.current) for tab in page.context["tabs"]] == [("概况", True), ("使用情况", False)]
    opened = viewer.get("/object/?tab=uses")
    assert opened.context["tab_panel"].title == "使用情况"
    assert opened.context["panels"] == []


def test_a_mistyped_slot_is_found(site: None) -> None:
    slots.fill("ui.dmeo", 1, "误", lambda request, obj: None, code="x")
    assert slots.undeclared() == {"ui.dmeo"}


def test_an_object_nobody_may_know_of_is_not_found(viewer: Client) -> None:
    assert viewer.get("/object/?missing=1").status_code == 404


def test_things_to_do_are_counted_and_sorted_by_urgency(viewer: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(todos, "_providers", {})
    late, soon = Todo("甲", "/", "请答复", date(2026, 1, 1)), Todo("乙", "/", "请答复", date(2026, 2, 1))
    whenever = Todo("丙", "/", "请核对")
    register_todo(TodoProvider("one", "共享", lambda actor: 2, lambda actor, limit: [whenever, soon]))
    register_todo(TodoProvider("two", "质量", lambda actor: 1, lambda actor, limit: [late]))
    assert todos.todos(Actor.system("clerk")) == [late, soon, whenever]
    assert viewer.get("/ui/todo-count/").content.decode().startswith("3<span")


def test_the_count_is_told_to_nobody_else(site: None) -> None:
    assert Client().get("/ui/todo-count/").status_code == 401


def test_error_pages_say_what_to_do_and_hide_the_cause(viewer: Client) -> None:
    missing = viewer.get("/nowhere/").content.decode()
    assert "没有找到" in missing
    assert "回到首页" in missing
    viewer.raise_request_exception = False
    broken = viewer.get("/failing/zero/")
    assert broken.status_code == 500
    assert "不会重复生效" in broken.content.decode()
    assert "secret" not in broken.content.decode()


def test_a_page_carries_no_inline_script_or_style(viewer: Client) -> None:
    page = viewer.get("/everything/").content.decode()
    assert 'style="' not in page
    assert "<style" not in page
    assert "onclick" not in page
    scripts = [part.split(">", 1)[0] for part in page.split("<script")[1:]]
    assert all("src=" in tag or "application/json" in tag for tag in scripts)
