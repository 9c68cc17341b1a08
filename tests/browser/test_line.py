"""The whole thin line in headless Chromium, against a real running node with the sample province.

Nothing is set up behind the pages: every step is a click of the person whose step it is, in the order in which a
newcomer walks it. Each page that is visited is asked by axe, and no page may complain in its console.
"""

import json
import re
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from tests.browser.desk import PHONE, Desk, Watch, a_browser
from tests.browser.line import GOOD, MENDED, Line
from tests.browser.node import SampleNode, sample_node

pytestmark = [pytest.mark.xdist_group("line"), pytest.mark.timeout(1800)]
ROWS = len(GOOD) + len(MENDED)


@pytest.fixture(scope="module")
def node() -> Iterator[SampleNode]:
    with sample_node() as running:
        yield running


@pytest.fixture(scope="module")
def watch() -> Watch:
    return Watch()


@pytest.fixture(scope="module")
def line(node: SampleNode, watch: Watch, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Line]:
    with a_browser() as browser:
        yield Line(lambda login, size: Desk(browser, node.address, login, watch, size), tmp_path_factory.mktemp("line"))


def test_an_entry_is_prefilled_from_a_file_examined_returned_and_published(line: Line) -> None:
    line.walk("register_duty_and_system", "start_the_entry_from_a_file", "pass_the_own_office_and_the_bureau")


def test_a_batch_reconciles_and_its_rejected_rows_are_mended(line: Line) -> None:
    line.walk("aggregate_with_rejected_rows", "take_up_the_ticket", "send_the_corrected_rows")


def test_a_ticket_is_closed_by_somebody_else_than_the_source(line: Line) -> None:
    line.walk("say_that_it_is_mended", "close_it_as_somebody_else")


def test_another_department_finds_asks_and_is_answered_item_by_item(line: Line) -> None:
    line.walk("find_in_chinese_and_ask", "take_in", "decide_item_by_item")


def test_the_grant_delivers_a_preview_and_files_as_granted(line: Line) -> None:
    line.walk("preview_and_download")
    text = line.files["csv"].read_text(encoding="utf-8-sig").splitlines()
    assert len(text) == ROWS + 1
    assert "床位" not in text[0]
    assert not re.search(r"0591-8700\d{4}", "".join(text))
    sheet = openpyxl.load_workbook(line.files["xlsx"], read_only=True).worksheets[0]
    assert [row[0] for row in sheet.iter_rows(values_only=True)].count("YL0001") == 1


def test_the_consumers_system_calls_with_its_key_until_the_grant_is_stopped(line: Line) -> None:
    line.walk("fetch_a_key")
    answer = line.call(limit="10")
    assert answer.status_code == 200, answer.text
    assert len(answer.json()["rows"]) == 10
    assert answer.headers["X-Tulou-Evidence"]
    refused = line.call(limit="10", sort="chuang_wei_shu")
    assert refused.status_code == 400, refused.text
    forged = (line.key[0], line.key[1][:-4] + "AAAA")
    line.key, genuine = forged, line.key
    assert line.call().status_code == 401
    line.key = genuine
    line.walk("suspend_the_grant")
    assert line.call().status_code in (401, 403)


def test_the_bundle_is_verified_offline_and_one_changed_byte_is_found_and_named(line: Line, node: SampleNode) -> None:
    line.walk("trace_and_export")
    bundle = line.folder / "bundle.zip"
    for name in ("keys.json", "verifier.py"):
        with urllib.request.urlopen(f"{node.address}/evidence/{name}") as answer:
            (line.folder / name).write_bytes(answer.read())
    assert _verify(line.folder, bundle)["ok"] is True
    content = bytearray(bundle.read_bytes())
    place = content.index(b"sharing.grant", content.index(b"records/000001.json"))
    content[place] ^= 1
    changed = line.folder / "changed.zip"
    changed.write_bytes(content)
    told = _verify(line.folder, changed)
    assert told["ok"] is False
    assert told["faults"]
    assert any(re.search(r"records/\d+", str(fault)) for fault in told["faults"]), told["faults"]


def _verify(folder: Path, bundle: Path) -> dict[str, Any]:
    """As an outsider does: one file, the interpreter, no network, no packages."""
    command = [sys.executable, "-I", "-S", "verifier.py", str(bundle), "--keys", "keys.json", "--json"]
    told = subprocess.run(command, cwd=folder, env={}, capture_output=True, text=True, check=False)
    report: dict[str, Any] = json.loads(told.stdout)
    assert told.returncode == (0 if report["ok"] else 1)
    return report


def test_the_line_can_be_read_on_a_phone(line: Line) -> None:
    line.require()
    with line.desk("rs-consumer", PHONE) as desk:
        for path in ("/workbench/", "/catalog/?q=养老", f"/catalog/entry/{line.entry}/", "/sharing/mine/",
                     f"/sharing/request/{line.request}/", f"/sharing/grant/{line.grant}/", "/access/"):  # fmt: skip
            desk.open(path)
    with line.desk("mz-data", PHONE) as desk:
        for path in (f"/ingest/batches/{line.batch}/", "/ingest/", f"/quality/tickets/{line.ticket}/", "/quality/"):
            desk.open(path)
    with line.desk("auditor", PHONE) as desk:
        for path in (f"/security/trace/grant/{line.grant}/", "/security/log/", "/law/", "/directory/"):
            desk.open(path)


def test_the_public_pages_open_without_signing_in(line: Line) -> None:
    for size in (PHONE, None):
        with line.desk("", size) if size else line.desk("") as desk:
            for path in ("/", "/overview/", "/login/"):
                desk.open(path)


def test_no_visited_page_complained_excluded_anybody_or_was_wider_than_its_screen(line: Line, watch: Watch) -> None:
    assert len(watch.seen) > 40
    assert not watch.complaints, "\n".join(watch.complaints)
    assert not watch.violations, "\n".join(watch.violations)
    assert not watch.wide, "\n".join(watch.wide)
