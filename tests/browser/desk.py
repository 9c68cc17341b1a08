"""One person's browser: signed in through the form, every page watched for errors, every visited page asked by axe."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any, Self

from axe_playwright_python.sync_playwright import Axe  # type: ignore[import-untyped]
from playwright.sync_api import Browser, Page, ViewportSize, sync_playwright

from tulou.node.sample import reader

FLAGS = [
    "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update",
    "--disable-sync", "--no-first-run", "--disable-quic",
]  # fmt: skip
DESK, PHONE = ViewportSize(width=1440, height=900), ViewportSize(width=390, height=844)
#: A form that is refused answers 422: the browser writes that to its console, and the test provokes it on purpose.
EXPECTED = ("status of 422",)


@dataclass
class Watch:
    """What pages complained about, kept for the end of the walk."""

    complaints: list[str] = field(default_factory=list)
    violations: list[str] = field(default_factory=list)
    wide: list[str] = field(default_factory=list)
    seen: set[tuple[str, int]] = field(default_factory=set)

    def on(self, page: Page) -> None:
        """Listen to a page."""
        page.on("console", lambda said: self._said(page, said.text) if said.type == "error" else None)
        page.on("pageerror", lambda error: self.complaints.append(f"{page.url}: {error}"))

    def look(self, page: Page, path: str, width: int) -> None:
        """Ask axe about a page once at each width, and whether it is wider than the screen."""
        if (path, width) in self.seen:
            return
        self.seen.add((path, width))
        found: list[dict[str, Any]] = Axe().run(page).response["violations"]
        grave = [one for one in found if one["impact"] in ("serious", "critical")]
        self.violations += [f"{path} @{width}: {one['id']} {[n['target'] for n in one['nodes']][:2]}" for one in grave]
        if int(page.evaluate("document.documentElement.scrollWidth")) > width:
            self.wide.append(f"{path} @{width}")

    def _said(self, page: Page, text: str) -> None:
        if not any(known in text for known in EXPECTED):
            self.complaints.append(f"{page.url}: {text}")


class Desk:
    """Somebody at work: `with office.desk("mz-data") as desk`."""

    def __init__(self, browser: Browser, address: str, login: str, watch: Watch, size: ViewportSize = DESK) -> None:
        self.address, self.login, self.watch, self.width = address, login, watch, size["width"]
        self.context = browser.new_context(viewport=size, locale="zh-CN", accept_downloads=True)
        self.page = self.context.new_page()
        self.page.set_default_timeout(60_000)
        watch.on(self.page)

    def __enter__(self) -> Self:
        if self.login:
            self.page.goto(f"{self.address}/login/")
            self.page.fill("input[name=login]", self.login)
            self.page.fill("input[name=password]", reader.sample_password(self.login))
            self.page.click("form button[type=submit]")
            self.page.wait_for_url(lambda url: "/login" not in url)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if error is not None:
            self.page.screenshot(path="/tmp/tulou-line-failed.png", full_page=True)
        self.context.close()

    def open(self, path: str) -> Page:
        """Go to a page of the hub and look at it."""
        self.page.goto(path if path.startswith("http") else self.address + path)
        self.look()
        return self.page

    def status_of(self, path: str) -> int:
        """How a page answers this person, without going there."""
        answer = self.context.request.get(self.address + path, headers={"Accept": "text/html"}, max_redirects=0)
        return answer.status

    def look(self) -> None:
        """Ask axe about the page as it stands."""
        self.page.wait_for_load_state("load")
        self.watch.look(self.page, self.path, self.width)

    @property
    def path(self) -> str:
        """Where the page is, without the host."""
        return self.page.url.removeprefix(self.address).split("?")[0].split("#")[0]

    def press(self, name: str) -> None:
        """Press a button and wait for the page that follows."""
        before = self.page.url
        self.page.get_by_role("button", name=name, exact=True).first.click()
        self.page.wait_for_load_state("load")
        self.look()
        assert self.page.url != before or self.page.locator(".tu-field-error").count() == 0, self.errors()

    def follow(self, name: str) -> None:
        """Follow a link."""
        self.page.get_by_role("link", name=name, exact=True).first.click()
        self.page.wait_for_load_state("load")
        self.look()

    def errors(self) -> list[str]:
        """What the form says is wrong."""
        return self.page.locator(".tu-field-error").all_inner_texts()

    def text(self) -> str:
        """Everything the page says."""
        return self.page.locator("main").inner_text()


@contextmanager
def a_browser() -> Iterator[Browser]:
    """Headless Chromium of the system."""
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path="/usr/bin/chromium", args=FLAGS)
        yield browser
        browser.close()
