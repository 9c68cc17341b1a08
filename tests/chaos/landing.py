"""Kill -9 in the middle of a landing: at each named boundary, and at random moments.

After each kill the batch is there as a whole or not at all, the same batch
sent again completes it, and the table equals a small model of it: nothing
lost, nothing doubled. `python -m tests.chaos.landing --each 20 --random 100
--seed 1` runs the whole campaign and prints its result as one JSON line.
"""

import argparse
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from uuid import uuid4

import psycopg
from psycopg import sql

from tulou.node.database import with_database
from tulou.node.postgres import EmbeddedPostgres
from tulou.plane.connect import open_source
from tulou.plane.engine import BatchJob, BatchOutcome, EmbeddedEngine
from tulou.plane.rules import rules_of
from tulou.plane.tables import Column, Lake, LakeConfig, SealKeys, TableRef, TableSchema, Zone
from tulou.plane.tables.landing import BOUNDARIES

ROOT = Path(__file__).resolve().parents[2]
ZONE = Zone("chaos", sealed=True)
REF = TableRef(ZONE.name, "people")
SCHEMA = TableSchema(
    (Column("code", key=True, label="编号"), Column("size", "integer", label="数量"), Column("id_no", grade=4))
)
MAPPING = {"code": "编号", "size": "数量", "id_no": "身份"}
Row = tuple[str, str, str]


def open_lake(dsn: str, folder: Path, crash_at: str = "") -> Lake:
    """The lake of the campaign; one that dies at a boundary when asked to."""

    def die(boundary: str) -> None:
        if boundary == crash_at:
            os.kill(os.getpid(), signal.SIGKILL)

    config = LakeConfig(dsn, folder / "data", SealKeys(folder / "keys"), folder / "spill", memory="500MB", patience=60)
    return Lake(config, on_boundary=die)


def send(lake: Lake, path: Path) -> BatchOutcome:
    """Send a file; its name is the batch id."""
    job = BatchJob(path.stem, REF, SCHEMA, open_source("csv", path), rules_of(SCHEMA)[:2], MAPPING, "省民政厅", "样例")
    return EmbeddedEngine(lake).run_batch(job)


@dataclass
class Model:
    """What the table should hold."""

    current: dict[str, tuple[int, str]] = field(default_factory=dict)
    closed: int = 0
    rejected: int = 0

    def take(self, rows: list[Row]) -> None:
        seen: dict[str, tuple[int, str]] = {}
        for code, size, id_no in rows:
            if not code or code in seen or not size.isdigit():
                self.rejected += 1
            else:
                seen[code] = (int(size), id_no)
        self.closed += sum(code in self.current and self.current[code] != value for code, value in seen.items())
        self.current |= seen


class Campaign:
    """One table, many batches, a kill in each."""

    def __init__(self, dsn: str, folder: Path, seed: int) -> None:
        self.dsn, self.folder = dsn, folder
        self.random = random.Random(seed)
        self.lake = open_lake(dsn, folder)
        self.lake.ensure_zone(ZONE)
        self.lake.ensure_table(REF, SCHEMA)
        self.model = Model()
        self.seen: Counter[str] = Counter()
        self.batches = 0
        self.usual = 2.0

    def kill_at(self, boundary: str) -> None:
        """Let the process die at a boundary; before the commit nothing may be there, after it all."""
        path, rows = self._new_file()
        worker = self._start(path, boundary)
        if worker.wait(120) != -signal.SIGKILL:
            raise AssertionError(f"{boundary} was never reached")
        landed = self._settled(path)
        if landed != (boundary == "committed"):
            raise AssertionError(f"killed at {boundary}: landed is {landed}")
        self._recover(path, rows, landed)
        self.seen[boundary] += 1

    def kill_at_random(self) -> None:
        """Kill the process at any moment of its life; then all is there or nothing."""
        path, rows = self._new_file()
        started = time.monotonic()
        worker = self._start(path, "")
        try:
            worker.wait(self.random.uniform(0, self.usual))
            self.usual = time.monotonic() - started
        except subprocess.TimeoutExpired:
            worker.send_signal(signal.SIGKILL)
            worker.wait()
            self.usual *= 1.1  # until some live to their end, so that late moments are drawn too
        landed = self._settled(path)
        self._recover(path, rows, landed)
        self.seen["random, landed" if landed else "random, not landed"] += 1

    def _new_file(self) -> tuple[Path, list[Row]]:
        draw = self.random
        rows = [
            (draw.choice(["", *map(str, range(40))]), draw.choice(["1", "2", "x"]), f"{draw.randrange(10**6):06}")
            for _ in range(draw.randrange(1, 60))
        ]
        self.batches += 1
        path = self.folder / f"b{self.batches}.csv"
        path.write_text("编号,数量,身份\n" + "".join(",".join(row) + "\n" for row in rows))
        return path, rows

    def _start(self, path: Path, boundary: str) -> "subprocess.Popen[bytes]":
        environment = {**os.environ, "PYTHONPATH": str(ROOT / "src"), "TULOU_CRASH_AT": boundary}
        command = [sys.executable, "-m", "tests.chaos.landing", "--worker", self.dsn, str(self.folder), str(path)]
        return subprocess.Popen(command, cwd=ROOT, env=environment)

    def _settled(self, path: Path) -> bool:
        """Whether the batch landed, once the dead process's connections are gone."""
        with psycopg.connect(self.dsn, autocommit=True) as connection:
            query = "SELECT count(*) FROM pg_stat_activity WHERE application_name LIKE 'tulou-land-%%' AND datname = %s"
            while (connection.execute(query, [connection.info.dbname]).fetchone() or (0,))[0]:
                time.sleep(0.01)
        return self.lake.batch(REF, path.stem) is not None

    def _recover(self, path: Path, rows: list[Row], landed: bool) -> None:
        outcome = send(self.lake, path)
        if (
            outcome.repeated != landed
            or outcome.sent != len(rows)
            or outcome.sent != outcome.accepted + outcome.rejected
        ):
            raise AssertionError(f"{path.name}: does not reconcile: {outcome}")
        self.model.take(rows)
        self._compare()

    def _compare(self) -> None:
        with self.lake.reading(ZONE.name) as cursor:
            stored = cursor.execute(f"SELECT code, size, id_no, is_current FROM {Lake.path(REF)}").fetchall()
            refused = cursor.execute(f"SELECT count(*) FROM {Lake.rejected_path(REF)}").fetchone()
        current = [
            (code, (size, self.lake.seal_keys.unseal(REF, "id_no", id_no))) for code, size, id_no, now in stored if now
        ]
        ledger = Counter(batch.batch_id for batch in self.lake.ledger(ZONE.name))
        if dict(current) != self.model.current or len(current) != len(self.model.current):
            raise AssertionError("the table differs from the model")
        if len(stored) - len(current) != self.model.closed or refused != (self.model.rejected,):
            raise AssertionError("history or rejected rows differ from the model")
        if ledger != Counter(f"b{number}" for number in range(1, self.batches + 1)):
            raise AssertionError("the ledger differs from the batches sent")


@contextmanager
def catalogue() -> Iterator[str]:
    """An empty catalogue database on the given server, or on one of our own."""
    given, folder = os.environ.get("DATABASE_URL"), Path(tempfile.mkdtemp(prefix="tulou-chaos-"))
    server = None if given else EmbeddedPostgres(folder)
    url = given or (server.start() if server else "")
    name = f"lake_chaos_{uuid4().hex[:12]}"
    try:
        with psycopg.connect(with_database(url, "postgres"), autocommit=True) as connection:
            connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
            yield with_database(url, name)
            connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))
    finally:
        if server:
            server.stop()
        shutil.rmtree(folder, ignore_errors=True)


def run(dsn: str, folder: Path, *, each: int, at_random: int, seed: int) -> dict[str, object]:
    """Run a campaign; what it did, as data.

    Raises:
        AssertionError: something was lost or doubled.
    """
    started = time.monotonic()
    campaign = Campaign(dsn, folder, seed)
    try:
        for boundary in [*BOUNDARIES * each]:
            campaign.kill_at(boundary)
        for _ in range(at_random):
            campaign.kill_at_random()
    finally:
        campaign.lake.close()
    seconds = round(time.monotonic() - started)
    return {"campaign": "landing", "seed": seed, "kills": dict(campaign.seen), "wrong": 0, "seconds": seconds}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--each", type=int, default=20)
    parser.add_argument("--random", type=int, default=100)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--worker", nargs=3, metavar=("DSN", "FOLDER", "FILE"))
    options = parser.parse_args()
    if options.worker:
        dsn, folder, path = options.worker
        send(open_lake(dsn, Path(folder), os.environ.get("TULOU_CRASH_AT", "")), Path(path))
        return
    with catalogue() as dsn, tempfile.TemporaryDirectory(prefix="tulou-chaos-") as folder:
        result = run(dsn, Path(folder), each=options.each, at_random=options.random, seed=options.seed)
    print(json.dumps(result, ensure_ascii=False))


if __name__ == "__main__":
    main()
