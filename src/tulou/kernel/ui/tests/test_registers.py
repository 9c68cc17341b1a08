"""台账: what every register does with an address, a form and an export."""

import csv
import io
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import uuid4

import openpyxl
import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from tulou.kernel import evidence
from tulou.kernel.ui.tests import demo
from tulou.kernel.workflow import Clock

Clocks = Callable[..., list[Clock]]
pytestmark = pytest.mark.django_db


def labels(response: Any) -> list[str]:
    return [row.record.subject_label for row in response.context["table"].paginated_rows]


def rows_of(response: Any) -> list[list[str]]:
    text = b"".join(response.streaming_content).decode("utf-8-sig")
    return list(csv.reader(io.StringIO(text)))


def test_filters_search_and_sort_live_in_the_address(viewer: Client, clocks: Clocks) -> None:
    clocks(10)
    found = viewer.get("/", {"state": "done", "q": "登记 共享", "sort": "-subject_label"})
    assert labels(found) == ["企业登记基础信息共享申请（004）"]
    assert 'value="登记 共享"' in found.content.decode()
    assert found.context["narrowed"]


def test_sorting_is_by_the_named_column_in_both_directions(viewer: Client, clocks: Clocks) -> None:
    clocks(5)
    up, down = (labels(viewer.get("/", {"sort": sort})) for sort in ("due_on", "-due_on"))
    assert up == down[::-1] != []


def test_an_unreadable_filter_shows_nothing_and_says_so(viewer: Client, clocks: Clocks) -> None:
    clocks(3)
    found = viewer.get("/", {"due_on": "昨天"})
    assert labels(found) == []
    assert "没有符合条件的记录" in found.content.decode()
    assert found.context["filterset"].form.errors["due_on"]


def test_pages_have_a_chosen_size_and_a_wrong_number_is_forgiven(viewer: Client, clocks: Clocks) -> None:
    clocks(55)
    assert len(labels(viewer.get("/", {"per_page": 50}))) == 50
    assert len(labels(viewer.get("/", {"per_page": 50, "page": 2}))) == 5
    assert len(labels(viewer.get("/", {"per_page": 100000}))) == 20
    assert len(labels(viewer.get("/", {"page": 999}))) == 15


def test_chosen_columns_are_remembered_and_the_naming_one_always_stays(viewer: Client, clocks: Clocks) -> None:
    clocks(1)
    first = viewer.get("/", {"col": ["started_on", "hostile"]})
    assert first.context["table"].columns.names() == ["selection", "subject_label", "started_on"]
    assert viewer.get("/").context["table"].columns.names() == ["selection", "subject_label", "started_on"]


def test_htmx_gets_the_list_alone(viewer: Client, clocks: Clocks) -> None:
    clocks(1)
    part = viewer.get("/", headers={"HX-Request": "true", "HX-Target": "register"})
    assert part.content.decode().lstrip().startswith('<section id="register"')
    assert "HX-Request" in part["Vary"]
    again = viewer.get(
        "/", headers={"HX-Request": "true", "HX-Target": "register", "HX-History-Restore-Request": "true"}
    )
    assert again.content.decode().startswith("<!doctype html>")


def test_an_export_holds_all_filtered_rows_and_leaves_evidence(viewer: Client, clocks: Clocks) -> None:
    clocks(30)
    found = viewer.get("/", {"export": "csv", "q": "（0", "col": ["title", "due_on", "holder_organisation"]})
    rows = rows_of(found)
    assert rows[0] == ["事项", "时限", "承办机构", "到期"]
    assert len(rows) == 31
    assert {row[2] for row in rows[1:]} == {"福建省民政厅", "福建省数据管理局"}
    [leaf] = evidence.find("register:ui.clocks")
    assert leaf.kind == "ui.register.exported"


def test_exported_text_never_runs_as_a_formula(viewer: Client, clocks: Clocks) -> None:
    clocks(1, subject_label="=cmd|' /C calc'!A0")
    clocks(1, subject_label="@SUM(1)")
    assert {row[0][:2] for row in rows_of(viewer.get("/", {"export": "csv"}))[1:]} == {"'=", "'@"}
    answer: Any = viewer.get("/", {"export": "xlsx"})
    book: Any = openpyxl.load_workbook(io.BytesIO(b"".join(answer.streaming_content)))
    cells = [cell for row in book.active.iter_rows(min_row=2) for cell in row]
    assert cells
    assert all(cell.data_type != "f" for cell in cells)
    assert "=cmd|' /C calc'!A0" in {cell.value for cell in cells}


def test_a_too_large_export_is_refused_with_advice(
    viewer: Client, clocks: Clocks, monkeypatch: pytest.MonkeyPatch
) -> None:
    clocks(3)
    monkeypatch.setattr(demo.ClockRegister, "export_limit", 2)
    assert viewer.get("/", {"export": "csv", "q": "001"}).streaming
    refused = viewer.get("/", {"export": "csv"}, follow=True)
    assert "请用筛选缩小范围" in refused.content.decode()
    assert viewer.get("/", {"export": "pdf"}).status_code == 400


def test_a_bulk_action_tells_what_was_done_and_what_was_not(viewer: Client, clocks: Clocks) -> None:
    good, bad = clocks(1)[0], clocks(1, extensions=1, subject_label="旧申请")[0]
    foreign = clocks(1, title="他机构时限")[0]
    selection = [str(one.pk) for one in (good, bad, foreign)]
    data = {"bulk": "extend", "selection": selection, "once": str(uuid4())}
    page = viewer.post("/?state=running", data, follow=True).content.decode()
    assert "已办理 1 项；1 项未办理，原因见下；1 项已不在您的可见范围" in page
    assert "<b>" in page
    assert "已经延长过一次，不能再次延长" in page
    assert [Clock.objects.get(pk=one.pk).extensions for one in (good, bad, foreign)] == [1, 1, 0]
    assert "已办理" not in viewer.get("/").content.decode()


def test_a_bulk_action_runs_once_for_a_double_click(viewer: Client, clocks: Clocks) -> None:
    clock = clocks(1)[0]
    data = {"bulk": "extend", "selection": [str(clock.pk)], "once": str(uuid4())}
    viewer.post("/", data)
    assert "没有重复办理" in viewer.post("/", data, follow=True).content.decode()


def test_a_bulk_action_without_permission_is_neither_shown_nor_done(viewer: Client, clocks: Clocks) -> None:
    clock = clocks(1)[0]
    assert "督办" not in viewer.get("/").content.decode()
    data = {"bulk": "secret", "selection": [str(clock.pk)], "once": str(uuid4())}
    assert viewer.post("/", data).status_code == 403


@pytest.mark.parametrize("wrong", [{"selection": ["1; drop table"]}, {"once": "x"}, {"once": ""}])
def test_a_forged_bulk_post_is_refused(viewer: Client, clocks: Clocks, wrong: dict[str, Any]) -> None:
    data = {"bulk": "extend", "selection": [str(clocks(1)[0].pk)], "once": str(uuid4())} | wrong
    assert viewer.post("/", data).status_code == 400


def test_an_empty_register_says_so_and_offers_the_way_on(viewer: Client) -> None:
    page = viewer.get("/").content.decode()
    assert "还没有记录" in page
    assert "登记事项" in page


def test_hostile_search_text_is_text(viewer: Client, clocks: Clocks) -> None:
    clocks(2)
    found = viewer.get("/", {"q": '<script>alert(1)</script>"\x00%_'})
    assert found.status_code == 200
    assert "<script>alert" not in found.content.decode()


def test_queries_do_not_grow_with_rows(
    viewer: Client, clocks: Clocks, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    clocks(60, due_on=timezone.localdate() + timedelta(days=2))
    with django_assert_max_num_queries(14):
        viewer.get("/", {"per_page": 50})
