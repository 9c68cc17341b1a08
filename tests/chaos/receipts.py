"""Kill -9 of the worker on both sides of a receipt: at each boundary of the lake's commit and of the hub's, and at
random moments.

After each kill the landing is what the boundary says it must be; then the job is
given to another worker, or the reconciler comes first, or both come at once. In
the end the receipt reconciles with the lake's ledger, is signed once, recorded
once and told once, and the table holds what a small model holds.
`python -m tests.chaos.receipts --each 20 --random 100 --seed 1` runs the whole
campaign and prints its result as one JSON line.
"""

import argparse
import json
import multiprocessing
import os
import random
import signal
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from multiprocessing.process import BaseProcess
from typing import TYPE_CHECKING

import psycopg

from tests.chaos.landing import catalogue
from tulou.plane.tables.landing import BOUNDARIES

if TYPE_CHECKING:
    from tulou.domains.ingest.models import Batch
    from tulou.domains.ingest.tests.ground import Ground

HUB_BOUNDARIES = (
    "receipt_due", "receipt_recorded", "receipt_written", "receipt_kept", "event_taken", "event_handled"
)  # fmt: skip
ALL = (*BOUNDARIES, *HUB_BOUNDARIES)
IN_LAKE = ("committed", *HUB_BOUNDARIES)
IN_HUB = ("receipt_kept", "event_taken", "event_handled")
RECOVERIES = ("job", "reconciler", "job+reconciler", "job+job")
Row = tuple[str, str, str]


class Campaign:
    """One entry, many batches, a kill in each."""

    def __init__(self, ground: "Ground", seed: int) -> None:
        self.ground = ground
        self.random = random.Random(seed)
        self.workers = multiprocessing.get_context("forkserver")
        self.workers.set_forkserver_preload(["tests.chaos.mortal"])
        self.current: dict[str, tuple[str, int]] = {}
        self.closed = self.rejected = self.batches = 0
        self.seen: Counter[str] = Counter()
        self.usual = 2.0

    def kill_at(self, boundary: str) -> None:
        """Let the worker die at a boundary: before the commit nothing has landed, after it all has."""
        batch, rows = self._new_batch()
        worker = self._start("work", str(batch.id), boundary)
        worker.join(120)
        if worker.exitcode != -signal.SIGKILL:
            raise AssertionError(f"{boundary} was never reached: {worker.exitcode}")
        landed = self._landed(batch)
        status = self._fresh(batch).status
        if landed != (boundary in IN_LAKE) or (status == "landed") != (boundary in IN_HUB):
            raise AssertionError(f"killed at {boundary}: in the lake {landed}, in the hub {status}")
        self._recover(batch, rows)
        self.seen[boundary] += 1

    def kill_at_random(self) -> None:
        """Kill the worker at any moment of its life."""
        batch, rows = self._new_batch()
        worker = self._start("work", str(batch.id))
        worker.join(self.random.uniform(0, self.usual))
        if worker.exitcode is None:
            worker.kill()
            worker.join()
            self.usual *= 1.1  # until some live to their end, so that late moments are drawn too
        landed = self._landed(batch)
        self._recover(batch, rows)
        self.seen["random, landed" if landed else "random, not landed"] += 1

    def _new_batch(self) -> "tuple[Batch, list[Row]]":
        from tulou.domains.ingest.services import start_batch

        draw = self.random
        self.batches += 1
        keys = [draw.choice(["", *(f"{number:06}" for number in range(40))]) for _ in range(draw.randrange(1, 60))]
        rows = [(key, draw.choice(["", "甲", "乙"]), draw.choice(["1", "2", "很多"])) for key in keys]
        rows.append((f"{self.batches + 100:06}", "丙", "3"))  # no two batches have the same content
        text = "区划代码,名称,人口\n" + "".join(",".join(row) + "\n" for row in rows)
        source = self.ground.drop(text, f"第{self.batches}批.csv")
        return start_batch(source, actor=self.ground.manager).batch, rows

    def _start(self, name: str, *args: str) -> BaseProcess:
        from tests.chaos import mortal

        worker = self.workers.Process(target=getattr(mortal, name), args=args)
        worker.start()
        return worker

    def _landed(self, batch: "Batch") -> bool:
        """Whether the lake's ledger holds it, once the dead process's connections are gone."""
        from django.conf import settings

        from tulou.domains.ingest.lake import lake
        from tulou.plane.tables import TableRef

        with psycopg.connect(settings.LAKE_URL, autocommit=True) as connection:
            query = "SELECT count(*) FROM pg_stat_activity WHERE application_name LIKE 'tulou-land-%%' AND datname = %s"
            while (connection.execute(query, [connection.info.dbname]).fetchone() or (0,))[0]:
                time.sleep(0.01)
            stands = connection.execute("SELECT to_regnamespace(%s)", [batch.zone]).fetchone()
        ref = TableRef(batch.zone, batch.table)
        return stands != (None,) and lake().batch(ref, str(batch.id)) is not None

    def _recover(self, batch: "Batch", rows: list[Row]) -> None:
        from tulou.kernel.outbox import deliver_all

        way = self.random.choice(RECOVERIES)
        started = time.monotonic()
        helpers = [
            self._start("work", str(batch.id)) if step == "job" else self._start("reconcile") for step in way.split("+")
        ]
        for helper in helpers:
            helper.join(120)
        if way == "job":
            self.usual = time.monotonic() - started
        if self._fresh(batch).status != "landed":  # the reconciler came alone, and found nothing to complete
            last = self._start("work", str(batch.id))
            last.join(120)
        deliver_all()
        self.seen[f"recovered by {way}"] += 1
        self._take(rows)
        self._compare(batch, rows)

    def _take(self, rows: list[Row]) -> None:
        """Let the model take a batch: the first clean row of a key counts."""
        seen: dict[str, tuple[str, int]] = {}
        for code, name, people in rows:
            if not code or code in seen or not name or not people.isdigit():
                self.rejected += 1
            else:
                seen[code] = (name, int(people))
        self.closed += sum(code in self.current and self.current[code] != value for code, value in seen.items())
        self.current |= seen

    def _compare(self, batch: "Batch", rows: list[Row]) -> None:
        from tests.chaos.facts import demand_receipt
        from tulou.domains.ingest.lake import lake
        from tulou.plane.tables import TableRef

        demand_receipt(batch.id, sent=len(rows))
        ref = TableRef(batch.zone, batch.table)
        with lake().reading(batch.zone) as cursor:
            stored = cursor.execute(f"SELECT code, name, people, is_current FROM {lake().path(ref)}").fetchall()
            refused = cursor.execute(f"SELECT count(*) FROM {lake().rejected_path(ref)}").fetchone()
        current = [(code, (name, people)) for code, name, people, now in stored if now]
        if dict(current) != self.current or len(current) != len(self.current):
            raise AssertionError("the table differs from the model")
        if len(stored) - len(current) != self.closed or refused != (self.rejected,):
            raise AssertionError("history or rejected rows differ from the model")
        if len(lake().ledger(batch.zone)) != self.batches:
            raise AssertionError("the ledger differs from the batches sent")

    def _fresh(self, batch: "Batch") -> "Batch":
        return type(batch).objects.get(pk=batch.pk)


@contextmanager
def hub() -> Iterator[None]:
    """A migrated hub's database, an empty lake and a data folder, told to Django by the environment."""
    with ExitStack() as stack:
        os.environ["DATABASE_URL"] = stack.enter_context(catalogue())
        os.environ["TULOU_LAKE_URL"] = stack.enter_context(catalogue())
        os.environ["TULOU_DATA"] = stack.enter_context(tempfile.TemporaryDirectory(prefix="tulou-chaos-"))
        os.environ["DJANGO_SETTINGS_MODULE"] = "tulou.node.settings"
        import django
        from django.core.management import call_command
        from django.db import connection

        django.setup()
        call_command("migrate", interactive=False, verbosity=0)
        try:
            yield
        finally:
            from tulou.domains.ingest.lake import lake

            connection.close()
            connection.close_pool()  # type: ignore[attr-defined]  # the PostgreSQL backend's own
            lake().close()


def run(boundaries: Sequence[str] = ALL, *, each: int, at_random: int, seed: int) -> dict[str, object]:
    """Run a campaign on the hub that Django is set up for.

    Raises:
        AssertionError: something was lost, doubled or not proven.
    """
    from tests.chaos.facts import demand, demand_sound_evidence, lay_clocks
    from tulou.domains.ingest.tests.ground import found
    from tulou.kernel.outbox.models import OutboxDelivery

    started = time.monotonic()
    lay_clocks()
    campaign = Campaign(found(), seed)
    for boundary in [*boundaries] * each:
        campaign.kill_at(boundary)
    for _ in range(at_random):
        campaign.kill_at_random()
    leaves = demand_sound_evidence()
    demand(not OutboxDelivery.objects.exclude(state="done").exists(), "an event was not dealt with")
    seconds = round(time.monotonic() - started)
    kills = {name: count for name, count in campaign.seen.items() if not name.startswith("recovered")}
    return {
        "campaign": "receipts", "seed": seed, "kills": kills, "recoveries": dict(campaign.seen - Counter(kills)),
        "batches": campaign.batches, "evidence_leaves": leaves, "wrong": 0, "seconds": seconds,
    }  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--each", type=int, default=20)
    parser.add_argument("--random", type=int, default=100)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--boundaries", nargs="+", default=ALL, choices=ALL)
    options = parser.parse_args()
    with hub():
        result = run(options.boundaries, each=options.each, at_random=options.random, seed=options.seed)
    print(json.dumps(result, ensure_ascii=False))


if __name__ == "__main__":
    main()
