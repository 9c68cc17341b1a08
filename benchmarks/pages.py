"""pages: the main pages of a running node on the sample province, asked for one after another by several roles.

It is our own figure: pages p95 ≤ 200 ms. The rate is one minute ÷ p95, the pace
that 95 of 100 answers reach (300 is 200 ms); the peer is the same server's smallest answer (the public
keys of the evidence log), so that the ratio says what drawing a page costs.
Needs a node started with `./dev run`; it is found by TULOU_DATA, and takes its
sample accounts. Percentiles and the slowest pages go to the error stream.
"""

import json
import re
import statistics
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from html.parser import HTMLParser
from pathlib import Path

import httpx

from benchmarks.suite import Timed
from tulou.node import environment

PASSES, QUICK = 5, 1
SMALLEST = "/evidence/keys.json"
EVERYBODY = ("/", "/overview/", "/catalog/", "/law/", "/search/?q=%E4%BA%BA%E5%8F%A3", "/directory/", "/standards/")
AT_WORK = ("/workbench/",)
#: What each role opens in its day; `*` stands for the first object that the page before it lists.
ROLES = {
    "mz-data": ("/catalog/mine/", "/catalog/entry/*", "/ingest/", "/ingest/batches/*", "/quality/",
                "/sharing/received/", "/sharing/request/*", "/access/"),
    "gaj-consumer": ("/catalog/", "/catalog/entry/*", "/sharing/", "/sharing/request/*", "/sharing/grants/",
                     "/sharing/grant/*", "/access/"),
    "bureau-reviewer": ("/catalog/desk/", "/catalog/", "/catalog/entry/*"),
    "bureau-sharing": ("/sharing/desk/", "/sharing/request/*", "/sharing/all/"),
    "bureau-quality": ("/quality/", "/quality/tickets/", "/quality/tickets/*"),
    "bureau-leader": ("/cockpit/",),
    "bureau-admin": ("/directory/accounts/", "/directory/account/*", "/directory/roles/"),
    "operator": ("/jobs/", "/operations/health/", "/operations/dead-letters/"),
    "auditor": ("/security/trace/", "/access/copies/"),
}  # fmt: skip
Visit = tuple[str, str]


class _Inputs(HTMLParser):
    """The hidden inputs of the sign-in form."""

    def __init__(self) -> None:
        super().__init__()
        self.found: dict[str, str] = {}

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        told = dict(attrs)
        if tag == "input" and told.get("type") == "hidden" and told.get("name"):
            self.found[str(told["name"])] = told.get("value") or ""


class Pages:
    """The comparison."""

    name = "pages"
    explains = "样例省主要页面的 95% 响应时间：对手是同一服务器最小的应答"
    peer_name = f"the same server's smallest answer ({SMALLEST})"
    unit = "answers/min (60 s ÷ p95)"

    def prepare(self, folder: Path, *, quick: bool) -> None:
        """Find the node, open every page once (which also warms it), and note those that this role may open."""
        node, visits = _node(), []
        with _visitor(node) as guest:
            visits += [("", path) for path in EVERYBODY if guest.get(path).status_code == httpx.codes.OK]
        for login, paths in ROLES.items():
            with _visitor(node, login) as person:
                visits += [(login, path) for path in _openable(person, (*AT_WORK, *paths))]
        told = {"visits": visits, "passes": QUICK if quick else PASSES}
        (folder / "visits.json").write_text(json.dumps(told))

    def ours(self, folder: Path) -> Timed:
        """Each role opens its pages, one after another."""
        told, node = json.loads((folder / "visits.json").read_text()), _node()
        spent: dict[Visit, list[float]] = {(login, path): [] for login, path in told["visits"]}
        for login in dict.fromkeys(login for login, _ in spent):
            with _visitor(node, login) as person:
                for _ in range(told["passes"]):
                    for (who, path), times in spent.items():
                        if who == login:
                            times.append(_seconds(person, path))
        _tell(spent)
        return _at_p95([one for times in spent.values() for one in times])

    def peer(self, folder: Path) -> Timed:
        """As many requests for the smallest answer."""
        told = json.loads((folder / "visits.json").read_text())
        with _visitor(_node()) as guest:
            return _at_p95([_seconds(guest, SMALLEST) for _ in range(len(told["visits"]) * told["passes"])])


def _openable(person: httpx.Client, paths: tuple[str, ...]) -> list[str]:
    """The pages that answer, with the first object of each list in place of its star."""
    found, page = [], ""
    for path in paths:
        listed = re.search(re.escape(path.removesuffix("*")) + r"[0-9a-f-]{36}/", page) if path.endswith("*") else None
        if path.endswith("*") and listed is None:
            continue
        address = listed.group() if listed else path
        answer = person.get(address)
        if answer.status_code == httpx.codes.OK:
            found.append(address)
        else:
            print(f"left out: {address} answers {answer.status_code}", file=sys.stderr)
        page = page if listed else answer.text
    return found


def _node() -> str:
    """The address of the running node."""
    noted = environment.read().data / "run" / "node.json"
    if not noted.exists():
        raise SystemExit("没有正在运行的节点。请先执行 ./dev run，或用 TULOU_DATA 指定它的数据文件夹。")
    return f"http://localhost:{json.loads(noted.read_text())['port']}"


@contextmanager
def _visitor(node: str, login: str = "") -> Iterator[httpx.Client]:
    """A browser, signed in as one of the sample accounts."""
    with httpx.Client(base_url=node, timeout=60) as client:
        if login:
            _sign_in(client, login)
        yield client


def _sign_in(client: httpx.Client, login: str) -> None:
    accounts = json.loads((environment.read().data / "run" / "accounts.json").read_text())
    password = next(word for name, word, _ in accounts if name == login)
    inputs = _Inputs()
    inputs.feed(client.get("/login/").text)
    answer = client.post("/login/", data={**inputs.found, "login": login, "password": password})
    if answer.status_code != httpx.codes.FOUND:
        raise SystemExit(f"{login} 登录未成功（{answer.status_code}），请确认节点以样例模式运行。")


def _seconds(person: httpx.Client, path: str) -> float:
    started = time.perf_counter()
    answer = person.get(path)
    if answer.status_code != httpx.codes.OK:
        raise SystemExit(f"{path} answers {answer.status_code}")
    return time.perf_counter() - started


def _at_p95(times: list[float]) -> Timed:
    """So many answers at the pace that 95 of 100 reach."""
    return Timed(len(times), len(times) * _percentile(times, 95) / 60)


def _percentile(times: list[float], percent: int) -> float:
    return statistics.quantiles(times, n=100, method="inclusive")[percent - 1]


def _tell(spent: dict[Visit, list[float]]) -> None:
    times = [one for found in spent.values() for one in found]
    p50, p95 = _percentile(times, 50) * 1000, _percentile(times, 95) * 1000
    print(f"{len(spent)} pages: p50 {p50:.0f} ms, p95 {p95:.0f} ms", file=sys.stderr)
    slowest = sorted(((statistics.median(found), visit) for visit, found in spent.items()), reverse=True)[:5]
    for median, (login, path) in slowest:
        print(f"  {median * 1000:6.0f} ms  {login or 'guest':16} {path}", file=sys.stderr)


BENCHMARK = Pages()
