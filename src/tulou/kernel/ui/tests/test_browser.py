"""Every page of the demonstration in a real browser: wide and narrow, light and dark."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe  # type: ignore[import-untyped]
from django.conf import settings
from django.test import Client
from playwright.sync_api import Browser, Page, ViewportSize, expect, sync_playwright
from pytest_django.live_server_helper import LiveServer

from tulou.kernel.identity import Account
from tulou.kernel.ui.tests.conftest import signed_in_client
from tulou.kernel.workflow import Clock

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--disable-quic",
]
PAGES = {"register": "/", "form": "/form/", "object": "/object/", "everything": "/everything/", "missing": "/nowhere/"}
NARROW, WIDE = ViewportSize(width=390, height=844), ViewportSize(width=1440, height=900)

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Playwright keeps an event loop in this thread, which Django takes for an asynchronous caller."""
    with pytest.MonkeyPatch.context() as patch, sync_playwright() as play:
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
        browser = play.chromium.launch(executable_path="/usr/bin/chromium", args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def open_page(
    browser: Browser, live_server: LiveServer, site: None, account: Account, clocks: Callable[..., list[Clock]]
) -> Iterator[Callable[..., Page]]:
    """Opens a page as a signed-in viewer; anything the browser complains about fails the test."""
    clocks(47)
    client = Client()
    signed_in_client(client, account)
    cookie = client.cookies[settings.SESSION_COOKIE_NAME].value
    complaints: list[str] = []
    contexts = []

    def go(path: str, *, size: ViewportSize = WIDE, scheme: Any = "light", scripts: bool = True) -> Page:
        context = browser.new_context(
            viewport=size,
            color_scheme=scheme,
            java_script_enabled=scripts,
            locale="zh-CN",
        )
        contexts.append(context)
        context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": cookie, "url": live_server.url}])
        page = context.new_page()
        page.on("console", lambda said: complaints.append(said.text) if said.type == "error" else None)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.goto(live_server.url + path)
        page.wait_for_load_state("networkidle")
        return page

    yield go
    for context in contexts:
        context.close()
    assert [said for said in complaints if "status of 404" not in said and "status of 422" not in said] == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", [WIDE, NARROW], ids=["wide", "narrow"])
@pytest.mark.parametrize("name", PAGES)
def test_a_page_is_accessible_and_fits_its_window(
    open_page: Callable[..., Page], tmp_path: Path, name: str, size: ViewportSize, scheme: str
) -> None:
    page = open_page(PAGES[name], size=size, scheme=scheme)
    page.screenshot(path=tmp_path / f"{name}-{size['width']}-{scheme}.png", full_page=True)
    found = Axe().run(page).response["violations"]
    told = [(v["id"], v["impact"], [n["target"] for n in v["nodes"]][:3]) for v in found]
    assert [one for one in told if one[1] in ("serious", "critical")] == []
    assert page.evaluate("document.documentElement.scrollWidth") <= size["width"]


def test_reading_filtering_and_paging_need_no_scripts(open_page: Callable[..., Page]) -> None:
    page = open_page("/", scripts=False)
    page.select_option("select[name=state]", "done")
    page.click("button:has-text('筛选')")
    assert "state=done" in page.url
    assert page.locator("tbody tr").count() == 11
    page.goto(page.url.split("?")[0])
    page.click("text=下一页")
    assert "page=2" in page.url
    page.locator("summary", has_text="列").click()
    page.check("input[value=started_on]")
    page.click("text=应用")
    assert page.locator("th", has_text="起算日").count() == 1


def test_filters_act_at_once_and_survive_in_the_address(open_page: Callable[..., Page]) -> None:
    page = open_page("/")
    page.select_option("select[name=state]", "done")
    page.wait_for_url("**state=done**")
    expect(page.locator("tbody tr")).to_have_count(11)
    page.fill("#register-q", "企业登记")
    page.keyboard.press("Enter")
    page.wait_for_url("**/?q=%E4%BC%81*state=done")
    page.reload()
    assert page.input_value("select[name=state]") == "done"
    assert page.input_value("#register-q") == "企业登记"


def test_a_selection_is_counted_asked_about_and_acted_on_once(open_page: Callable[..., Page]) -> None:
    page = open_page("/")
    extend = page.locator("button[value=extend]")
    assert extend.is_disabled()
    page.check("[data-select-all]")
    expect(page.locator("[data-selected-count]")).to_have_text("20")
    extend.click()
    dialog = page.locator("dialog[open]")
    dialog.locator("text=取消").click()
    assert Clock.objects.filter(extensions=1).count() == 0
    extend.click()
    page.locator("dialog[open] >> text=确认办理").click()
    expect(page.locator(".tu-outcome")).to_contain_text("已办理 20 项")
    assert Clock.objects.filter(extensions=1).count() == 20


def test_a_form_s_errors_are_announced_linked_and_kept(open_page: Callable[..., Page], tmp_path: Path) -> None:
    page = open_page("/form/")
    page.fill("#id_reason", "婚姻登记条例第五条")
    page.click("text=提交需求")
    summary = page.locator(".tu-error-summary")
    expect(summary).to_be_focused()
    summary.locator("a").first.click()
    expect(page.locator("#id_name")).to_be_focused()
    assert page.input_value("#id_reason") == "婚姻登记条例第五条"
    page.screenshot(path=tmp_path / "form-errors.png", full_page=True)
    assert [v for v in Axe().run(page).response["violations"] if v["impact"] in ("serious", "critical")] == []


def test_the_chosen_theme_is_kept(open_page: Callable[..., Page]) -> None:
    page = open_page("/object/")
    assert page.evaluate("document.documentElement.dataset.bsTheme") == "light"
    page.click("[data-theme-toggle]")
    page.reload()
    assert page.evaluate("document.documentElement.dataset.bsTheme") == "dark"


def test_navigation_opens_and_closes_on_a_phone(open_page: Callable[..., Page], tmp_path: Path) -> None:
    page = open_page("/object/", size=NARROW)
    assert not page.locator("#tu-side").is_visible()
    page.click(".tu-burger")
    assert page.locator("#tu-side >> text=时限台账").is_visible()
    page.screenshot(path=tmp_path / "navigation.png")
    page.keyboard.press("Escape")
    expect(page.locator("#tu-side")).to_be_hidden()


@pytest.mark.parametrize("path", ["/", "/everything/", "/object/"])
def test_nothing_moves_while_a_page_loads(open_page: Callable[..., Page], path: str) -> None:
    page = open_page(path)
    page.evaluate(
        "window.shift = 0; new PerformanceObserver((list) => list.getEntries()"
        ".forEach((e) => { window.shift += e.value })).observe({type: 'layout-shift', buffered: true})"
    )
    page.wait_for_timeout(600)
    assert page.evaluate("window.shift") < 0.02
