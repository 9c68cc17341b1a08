"""Batches under way on a node that is killed: several small ones and one that takes a while.

Promise: each lands exactly once or fails with a reason and a remedy; what the
gateway gives out afterwards is the source, by count and by hash.
"""

import csv
import hashlib
import io
import time
from collections.abc import Iterable
from uuid import UUID

import httpx

from tests.chaos.facts import demand, demand_receipt
from tests.chaos.ground import NodeGround, demand_soon, quietly
from tulou.domains.access.public import issue_plan
from tulou.domains.ingest.lake import lake
from tulou.domains.ingest.models import Batch
from tulou.domains.ingest.services import retry_batch, start_batch
from tulou.domains.ingest.settling import own_rights
from tulou.kernel.identity import Actor
from tulou.kernel.jobs import JobRun

SMALL, LARGE = 3, 60_000
Rows = dict[str, tuple[str, str]]


class Batches:
    """One table, fed by four batches in each round."""

    name = "batch"

    def __init__(self, stage: NodeGround) -> None:
        self.stage, self.ground = stage, stage.ground
        self.round = 0
        self.standing: Rows = {}
        self.sent: dict[UUID, int] = {}
        self.under_way: list[Batch] = []
        self.failed = 0

    def begin(self) -> None:
        """Queue the round's batches; they touch different keys, so that their order does not matter."""
        self.round += 1
        spans = [range(1_000 * n, 1_000 * n + 50) for n in range(1, SMALL + 1)]
        spans.insert(self.round % (SMALL + 1), range(100_000, 100_000 + LARGE))
        self.under_way = [self._send(number, span) for number, span in enumerate(spans)]

    def _send(self, number: int, span: range) -> Batch:
        rows = {f"{code:06}": (f"第{self.round}轮", str(self.round)) for code in span}
        self.standing |= rows
        text = "区划代码,名称,人口\n" + "".join(f"{code},{name},{people}\n" for code, (name, people) in rows.items())
        text += f",没有代码,{number}\n"
        source = self.ground.drop(text, f"{self.round}-{number}.csv")
        batch = start_batch(source, actor=self.ground.manager).batch
        self.sent[batch.id] = len(rows) + 1
        return batch

    def await_moment(self, fraction: float, span: float) -> None:
        """By the clock."""
        time.sleep(fraction * span)

    def settle(self) -> None:
        """Wait for all; send those that failed again, once each has said why."""
        self._await_ends()
        for batch in Batch.objects.filter(pk__in=[b.pk for b in self.under_way]).exclude(status="landed"):
            demand(batch.status == "failed", f"{batch} is {batch.status}")
            demand(bool(batch.problem and batch.remedy), f"{batch} failed without a reason or a remedy")
            self.failed += 1
            retry_batch(batch, actor=self.ground.manager)
        self._await_ends()

    def told(self) -> dict[str, int]:
        """What happened, in figures."""
        return {"sent": len(self.sent), "failed_and_sent_again": self.failed}

    def _await_ends(self) -> None:
        ids = [batch.pk for batch in self.under_way]

        def over() -> bool:
            open_ones = Batch.objects.filter(pk__in=ids, status__in=["registered", "running"])
            jobs = JobRun.objects.filter(kind="ingest.run", state__in=["queued", "running"])
            return not open_ones.exists() and not jobs.exists()

        demand_soon(
            quietly(over), lambda: f"batches do not end: {list(Batch.objects.values_list('status', 'problem'))}"
        )

    def check(self) -> None:
        """Receipts, ledger and what the gateway gives out agree with what was sent."""
        for batch in self.under_way:
            demand_receipt(batch.pk, sent=self.sent[batch.pk])
        ledger = [UUID(landed.batch_id) for landed in lake().ledger(self.under_way[0].zone)]
        ours = [batch for batch in ledger if batch in self.sent]
        demand(sorted(ours) == sorted(self.sent), f"the ledger holds {len(ours)} of {len(self.sent)} batches")
        given = fetched(self.ground.entry.id, self.ground.manager)
        wanted = [f"{code},{name},{people}" for code, (name, people) in self.standing.items()]
        demand(len(given) == len(wanted), f"the gateway gives {len(given)} rows, {len(wanted)} were sent")
        demand(digest(given) == digest(wanted), "the gateway's rows differ from the source's by hash")


def fetched(entry: UUID, actor: Actor) -> list[str]:
    """The rows of an entry's table as its provider gets them from the gateway."""
    right, _ = own_rights(entry)
    if right is None:
        raise AssertionError("the provider has no right to its own rows")
    plan = issue_plan(right, channel="file", actor=actor)
    answer = httpx.get(f"{plan.url.rsplit('/', 1)[0]}/csv", params={"plan": plan.token}, timeout=120)
    demand(answer.status_code == 200, f"the gateway refuses: {answer.status_code} {answer.text[:200]}")
    rows = csv.reader(io.StringIO(answer.content.decode("utf-8-sig")))
    next(rows)
    return [",".join(row) for row in rows]


def digest(rows: Iterable[str]) -> str:
    """One hash of a set of rows, whatever their order."""
    return hashlib.sha256("\n".join(sorted(rows)).encode()).hexdigest()
