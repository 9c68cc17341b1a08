"""Every page of the demonstration in a real browser: wide and narrow, light and dark."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe  # type: ignore[import-untyped]
from django.conf import settings
from django.test import Client
from playwright.sync_api import Browser, Page, ViewportSize, sync_playwright
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
    assert [said for said in complaints if "404" not in said] == []


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
