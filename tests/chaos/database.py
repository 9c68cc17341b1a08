"""Kill -9 of PostgreSQL in the middle of a landing, most often in its commit.

The server comes back; then the batch is there as a whole or not at all, and
the same batch sent again completes it. `python -m tests.chaos.database --kills
40 --seed 1` runs a campaign and prints its result as one JSON line.
"""

import argparse
import json
import os
import random
import signal
import tempfile
import threading
import time
from pathlib import Path

from tests.chaos.landing import Campaign, open_lake, send
from tulou.node.postgres import LAKE, EmbeddedPostgres
from tulou.plane.tables import Lake, LakeProblem
from tulou.plane.tables.landing import BOUNDARIES

LONGEST_COMMIT = 0.06


class DatabaseCampaign(Campaign):
    """The landing campaign, with the server as the victim."""

    def __init__(self, server: EmbeddedPostgres, folder: Path, seed: int) -> None:
        self.server = server
        super().__init__(server.url(LAKE), folder, seed)
        self.said: set[str] = set()

    def kill_server(self, boundary: str, delay: float) -> None:
        """Kill the server so long after a boundary was reached, while the landing goes on."""
        path, rows = self._new_file()
        lake = open_lake(self.dsn, self.folder)
        killer = threading.Timer(delay, self._kill)
        mortal = Lake(lake.config, on_boundary=lambda reached: killer.start() if reached == boundary else None)
        try:
            send(mortal, path)
        except LakeProblem as problem:
            self.said.add(problem.code if problem.code != "failed" else f"failed: {problem.message}")
        finally:
            killer.join()
            mortal.close()
        self._restart()
        landed = self._settled(path)
        self._recover(path, rows, landed)
        self.seen[f"{boundary}, {'landed' if landed else 'not landed'}"] += 1

    def _kill(self) -> None:
        """The postmaster alone, or with all its children, as chance has it."""
        process = self.server.process
        if process is None:
            return
        children = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()
        for pid in [process.pid, *(map(int, children) if self.random.random() < 0.5 else ())]:
            os.kill(pid, signal.SIGKILL)
        process.wait()

    def _restart(self) -> None:
        self.server.stop()
        self.server.start()
        self.lake.close()


def run(folder: Path, *, kills: int, seed: int) -> dict[str, object]:
    """Run a campaign on a server of its own.

    Raises:
        AssertionError: something was lost or doubled.
    """
    started, draw = time.monotonic(), random.Random(seed)
    server = EmbeddedPostgres(folder / "server")
    server.start()
    campaign = DatabaseCampaign(server, folder, seed)
    try:
        for number in range(kills):
            at_commit = number % 2 == 0
            boundary = "ledger_written" if at_commit else BOUNDARIES[number // 2 % len(BOUNDARIES)]
            campaign.kill_server(boundary, draw.uniform(0, LONGEST_COMMIT) if at_commit else 0)
    finally:
        campaign.lake.close()
        server.stop()
    return {
        "campaign": "database", "seed": seed, "kills": dict(sorted(campaign.seen.items())),
        "said": sorted(campaign.said), "wrong": 0, "seconds": round(time.monotonic() - started),
    }  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=40)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="tulou-chaos-") as folder:
        print(json.dumps(run(Path(folder), kills=options.kills, seed=options.seed), ensure_ascii=False))


if __name__ == "__main__":
    main()
