"""A download under way on a node that is killed.

Promise: what the receiver has, the meter and the log agree. A byte that
arrived was recorded before it left; a file that arrived whole is recorded as
whole with its hash; one that broke is recorded as begun, and as aborted where
the gateway lived to say so; the meter counts what the log says was delivered.
"""

import hashlib
import io
import socket
import threading
import time
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import httpx

from tests.chaos.batches import Rows
from tests.chaos.facts import demand
from tests.chaos.ground import NodeGround, demand_soon
from tulou.domains.access.models import Meter
from tulou.domains.access.public import issue_plan
from tulou.domains.access.services import IssuedPlan
from tulou.domains.directory.public import duties_of
from tulou.domains.ingest.models import Batch
from tulou.domains.ingest.services import drop_file, start_batch
from tulou.domains.ingest.settling import own_rights
from tulou.domains.ingest.tests.ground import publish_entry
from tulou.kernel.evidence import find

ROWS = 120_000
CLIENTS = 2
CHUNK = 1 << 16


@dataclass
class Received:
    """What one receiver has."""

    plan: IssuedPlan
    status: int = 0
    whole: bool = False
    size: int = 0
    digest: Any = field(default_factory=hashlib.sha256)


class Downloads:
    """Two slow receivers of one large file."""

    name = "download"

    def __init__(self, stage: NodeGround) -> None:
        self.stage, self.ground = stage, stage.ground
        [duty] = duties_of(self.ground.agency.id)
        self.entry = publish_entry(self.ground.agency, duty.id, name="乡级行政区划", table="region_town")
        self._land()
        right, _ = own_rights(self.entry.id)
        if right is None:
            raise AssertionError("the provider has no right to its own rows")
        self.right: UUID = right
        self.all: list[Received] = []
        self.threads: list[threading.Thread] = []
        self.under_way: list[Received] = []

    def _land(self) -> None:
        rows: Rows = {f"{code:06}": (f"第{code}乡镇级区划单位街道办事处", "1") for code in range(ROWS)}
        text = "区划代码,名称,人口\n" + "".join(f"{code},{name},{people}\n" for code, (name, people) in rows.items())
        ground = self.ground
        source = drop_file(self.entry.id, io.BytesIO(text.encode()), "乡级.csv", actor=ground.manager)
        batch = start_batch(source, actor=ground.manager).batch
        demand_soon(lambda: Batch.objects.get(pk=batch.pk).status == "landed", lambda: "the large file does not land")

    def begin(self) -> None:
        """Two receivers, each with a plan of its own."""
        plans = [issue_plan(self.right, channel="file", actor=self.ground.manager) for _ in range(CLIENTS)]
        self.under_way = [Received(plan) for plan in plans]
        self.all += self.under_way
        self.threads = [threading.Thread(target=_receive, args=[one]) for one in self.under_way]
        for thread in self.threads:
            thread.start()

    def await_moment(self, fraction: float, span: float) -> None:
        """By the bytes that arrived; the beginning, before any, has its share too."""
        goal = max(one.size for one in self.all) * max(0.0, fraction * 1.3 - 0.3)
        if not goal:
            time.sleep(fraction)
        while self.under_way[0].size < goal and self.threads[0].is_alive():
            time.sleep(0.01)

    def settle(self) -> None:
        """Wait until each has all, or what it got."""
        for thread in self.threads:
            thread.join()

    def check(self) -> None:
        """Each receiver against the log, all together against the meter."""
        recorded = [self._recorded(one) for one in self.under_way]
        for one, (begun, ends) in zip(self.under_way, recorded, strict=True):
            outcomes = [end["outcome"] for end in ends]
            known = begun <= 1 and outcomes in ([], ["complete"], ["aborted"], ["complete", "aborted"])
            demand(known and len(ends) <= 2 * begun, f"recorded {begun} beginnings and the ends {outcomes}")
            demand(begun == 1 or not one.size, f"{one.size} bytes arrived that were not recorded before")
            end = ends[-1] if ends else {}
            if one.whole:
                told = (end.get("outcome"), end.get("bytes"), end.get("sha256"), end.get("rows"))
                demand(told == ("complete", one.size, one.digest.hexdigest(), ROWS), f"whole, but recorded as {told}")
            elif end:
                demand(end["bytes"] >= one.size, f"{one.size} bytes arrived, {end['bytes']} are recorded")
        self._check_meter()

    def told(self) -> dict[str, int]:
        """What happened, in figures."""
        return {"all": len(self.all), "whole": sum(one.whole for one in self.all)}

    def _recorded(self, one: Received) -> tuple[int, list[dict[str, Any]]]:
        leaves = [entry.leaf for entry in find(f"plan:{one.plan.id}", limit=20)]
        begun = sum(leaf.kind == "access.delivery.started" for leaf in leaves)
        ends = sorted((leaf for leaf in leaves if leaf.kind == "access.delivery.finished"), key=lambda leaf: leaf.at)
        return begun, [dict(leaf.data) for leaf in ends]

    def _check_meter(self) -> None:
        """The meter may count a call whose begin never came to be recorded, never less than the log."""
        begun, rows, size = 0, 0, 0
        for one in self.all:
            started, ends = self._recorded(one)
            begun, rows = begun + started, rows + sum(end["rows"] for end in ends[:1])
            size += sum(end["bytes"] for end in ends[:1])
        metered = Meter.objects.filter(right=self.right)
        calls = sum(day.calls for day in metered)
        demand(begun <= calls <= len(self.all), f"the meter counts {calls} calls, the log {begun} beginnings")
        told = (sum(day.rows for day in metered), sum(day.bytes for day in metered))
        demand(told == (rows, size), f"the meter counts {told} rows and bytes, the log {(rows, size)}")


def _receive(one: Received) -> None:
    """Read slowly through a small window, so that the file is under way for a while."""
    transport = httpx.HTTPTransport(socket_options=[(socket.SOL_SOCKET, socket.SO_RCVBUF, CHUNK)])
    address = f"{one.plan.url.rsplit('/', 1)[0]}/csv"
    try:
        with (
            httpx.Client(transport=transport, timeout=30) as client,
            client.stream("GET", address, params={"plan": one.plan.token}) as answer,
        ):
            one.status = answer.status_code
            for part in answer.iter_raw(CHUNK):
                if one.status == httpx.codes.OK:
                    one.size += len(part)
                    one.digest.update(part)
                time.sleep(0.01)
            one.whole = one.status == httpx.codes.OK
    except httpx.TransportError:
        one.whole = False
