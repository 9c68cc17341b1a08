"""`python -m tests.browser.screenshots`: the pictures of the handbook, taken from a real node with the sample province.

Each is small (at most 150 KB), so that a clone stays light.
"""

import re
import sys
from pathlib import Path

from playwright.sync_api import Browser, Page, ViewportSize

from tests.browser.desk import PHONE, Desk, Watch, a_browser
from tests.browser.node import sample_node

FOLDER = Path(__file__).resolve().parents[2] / "docs" / "images"
LARGEST = 150_000
WIDE = ViewportSize(width=1280, height=800)


def main() -> int:
    """Take all of them."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    with sample_node() as node, a_browser() as browser:
        take_all(browser, node.address)
    return 0


def take_all(browser: Browser, address: str) -> None:
    """Each as somebody who works there."""
    with Desk(browser, address, "ga-data", Watch(), WIDE) as desk:
        keep(desk.open("/workbench/"), "workbench")
        first(desk, "/sharing/received/", "/sharing/request/")
        keep(desk.page, "decide")
    with Desk(browser, address, "rs-consumer", Watch(), WIDE) as desk:
        first(desk, "/catalog/?q=行政区划", "/catalog/entry/")
        keep(desk.page, "entry")
    with Desk(browser, address, "auditor", Watch(), WIDE) as desk:
        desk.open("/sharing/all/")
        first(desk, "/sharing/grants/", "/sharing/grant/")
        grant = re.findall(r"[0-9a-f]{8}-[0-9a-f-]{27}", desk.page.url)[0]
        keep(desk.open(f"/security/trace/grant/{grant}/"), "trace")
    with Desk(browser, address, "mz-data", Watch(), PHONE) as desk:
        keep(desk.open("/workbench/"), "phone")


def first(desk: Desk, register: str, place: str) -> None:
    """Open the first object of a register."""
    page = desk.open(register)
    page.locator(f"main a[href*='{place}']").first.click()
    page.wait_for_load_state("networkidle")


def keep(page: Page, name: str) -> None:
    """One picture, as JPEG: of the sizes that the browser can write it is the smallest."""
    page.wait_for_load_state("networkidle")
    for quality in (80, 65, 50):
        content = page.screenshot(type="jpeg", quality=quality)
        if len(content) <= LARGEST:
            break
    (FOLDER / f"{name}.jpg").write_bytes(content)
    print(f"已更新 docs/images/{name}.jpg（{len(content) // 1024} KB）")


if __name__ == "__main__":
    sys.exit(main())
