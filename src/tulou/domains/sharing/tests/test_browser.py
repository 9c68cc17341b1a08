"""In a real browser: previews and downloads come from the gateway itself, and the desk works on a phone."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import LazySettings
from django.test import Client
from django.urls import reverse
from playwright.sync_api import Browser, Page, ViewportSize, expect, sync_playwright
from pytest_django.live_server_helper import LiveServer

from tulou.domains.sharing.models import Request
from tulou.domains.sharing.services import RequestSpec, accept, draft_request, endorse, submit
from tulou.domains.sharing.tests.conftest import SYSTEM
from tulou.domains.sharing.tests.test_bytes import Running, ground, hub_origin
from tulou.kernel.ui.tests.test_browser import FLAGS

__all__ = ["ground", "hub_origin"]
pytestmark = pytest.mark.django_db(transaction=True)
PHONE, DESK = ViewportSize(width=390, height=844), ViewportSize(width=1440, height=900)
Open = Callable[..., Page]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Playwright keeps an event loop in this thread, which Django takes for an asynchronous caller."""
    with pytest.MonkeyPatch.context() as patch, sync_playwright() as play:
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
        browser = play.chromium.launch(executable_path="/usr/bin/chromium", args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def open_page(browser: Browser, ground: Running, hub_origin: str, settings: LazySettings) -> Iterator[Open]:
    """Opens a page of a hub whose pages may call this gateway; what the browser complains about fails the test."""
    settings.GATEWAY_ORIGINS = [ground.address]
    static = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    settings.STORAGES = {**settings.STORAGES, "staticfiles": static}
    server = LiveServer(hub_origin.removeprefix("http://"))
    server._live_server_modified_settings.enable()
    complaints: list[str] = []

    def go(client: Client, path: str, *, size: ViewportSize = DESK) -> Page:
        context = browser.new_context(viewport=size, locale="zh-CN", accept_downloads=True)
        name = settings.SESSION_COOKIE_NAME
        context.add_cookies([{"name": name, "value": client.cookies[name].value, "url": server.url}])
        page = context.new_page()
        page.on("console", lambda said: complaints.append(said.text) if said.type == "error" else None)
        page.goto(server.url + path)
        return page

    yield go
    for context in browser.contexts:
        context.close()
    server.stop()
    server._live_server_modified_settings.disable()
    assert [said for said in complaints if "status of 422" not in said] == []


def test_the_page_shows_rows_that_the_hub_never_had(open_page: Open, ground: Running) -> None:
    page = open_page(ground.user, reverse("access:preview", args=[ground.right]))
    rows = page.locator("[data-gateway-rows] tbody tr")
    expect(rows).to_have_count(2)
    expect(page.locator("[data-gateway-rows]")).to_contain_text("059****2222")
    expect(page.locator("[data-gateway-state]")).to_have_text("已显示 2 行")


def test_a_download_is_one_click(open_page: Open, ground: Running) -> None:
    page = open_page(ground.user, reverse("sharing:grant", args=[ground.grant.pk]), size=PHONE)
    page.get_by_label("文件格式").select_option("csv")
    with page.expect_download() as started:
        page.get_by_role("button", name="下载").click()
    assert started.value.suggested_filename.startswith("行政区划代码")
    assert "059****2222" in Path(started.value.path()).read_text(encoding="utf-8-sig")


def test_an_approver_decides_on_a_phone(
    open_page: Open, ground: Running, spec: RequestSpec, consumer: Any, refusal: Any
) -> None:
    row = draft_request(spec, applicant=consumer.id, actor=SYSTEM)
    for step in (endorse, submit, accept):
        step(row, actor=SYSTEM)
    page = open_page(ground.manager, reverse("sharing:request", args=[row.pk]), size=PHONE)
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    first, second = page.locator(".tu-decision").all()
    first.get_by_label("同意", exact=True).check()
    second.get_by_label("不予共享", exact=True).check()
    page.get_by_role("button", name="提交决定").click()
    expect(page.get_by_role("alert").first).to_contain_text("没有依据不能拒绝")
    second = page.locator(".tu-decision").nth(1)
    second.get_by_label("不予共享依据").select_option(str(refusal))
    second.get_by_label("意见").fill("涉及工作秘密")
    page.get_by_role("button", name="提交决定").click()
    expect(page.get_by_text("决定已办理")).to_be_visible()
    assert Request.objects.get(pk=row.pk).status == "decided"
