"""How benchmarks are run (性能对比): ours and a peer, alternately, each run in a child of this process group."""

import json
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Protocol

ROUNDS = 3


class Benchmark(Protocol):
    """One comparison. Everything below runs in children: `prepare` once, `ours` and `peer` once a round."""

    name: str
    explains: str
    peer_name: str
    unit: str

    def prepare(self, folder: Path, *, quick: bool) -> None:
        """Make the data."""
        ...

    def ours(self, folder: Path) -> "Timed":
        """Do the work as the product does it."""
        ...

    def peer(self, folder: Path) -> "Timed":
        """Do what the peer does."""
        ...


@dataclass(frozen=True, slots=True)
class Timed:
    """One run: rows worked through, and the seconds it took."""

    rows: int
    seconds: float


def timed(work: Callable[[], int]) -> Timed:
    """Run and time a piece of work that answers with its number of rows."""
    started = time.perf_counter()
    rows = work()
    return Timed(rows, time.perf_counter() - started)


def find(name: str) -> Benchmark:
    """The benchmark of this name: `ingest-csv` lives in `benchmarks/ingest_csv.py`."""
    benchmark: Benchmark = import_module(f"benchmarks.{name.replace('-', '_')}").BENCHMARK
    return benchmark


def names() -> list[str]:
    """All benchmarks: every module beside this one that is one."""
    own = {"__init__", "suite"}
    found = sorted(path.stem for path in Path(__file__).parent.glob("*.py") if path.stem not in own)
    return [stem.replace("_", "-") for stem in found]


def run(benchmark: Benchmark, *, quick: bool) -> dict[str, object]:
    """Compare; rates are medians over the rounds."""
    ours, peer, peak = [], [], 0
    with tempfile.TemporaryDirectory(prefix="tulou-bench-") as name:
        folder = Path(name)
        _in_child(lambda: _prepared(benchmark, folder, quick))
        for number in range(ROUNDS):
            run_peer, _ = _in_child(lambda: benchmark.peer(folder))
            run_ours, used = _in_child(lambda: benchmark.ours(folder))
            peer.append(run_peer.rows / run_peer.seconds)
            ours.append(run_ours.rows / run_ours.seconds)
            peak, rows = max(peak, used), run_ours.rows
            print(f"{number + 1}/{ROUNDS}: {ours[-1]:,.0f} against {peer[-1]:,.0f} {benchmark.unit}", file=sys.stderr)
    mine, theirs = statistics.median(ours), statistics.median(peer)
    return {
        "name": benchmark.name, "ours": round(mine), "peer": round(theirs), "peer_name": benchmark.peer_name,
        "unit": benchmark.unit, "ratio": round(mine / theirs, 3), "rows": rows, "peak_mib": peak,
    }  # fmt: skip


def _prepared(benchmark: Benchmark, folder: Path, quick: bool) -> Timed:
    benchmark.prepare(folder, quick=quick)
    return Timed(0, 0)


def _in_child(work: Callable[[], Timed]) -> tuple[Timed, int]:
    """Run in a fork, so that each run starts cold and its peak memory (MiB) is its own."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reading)
        try:
            done = work()
            os.write(writing, json.dumps([done.rows, done.seconds]).encode())
        except BaseException:
            sys.excepthook(*sys.exc_info())
            os._exit(1)
        os._exit(0)
    os.close(writing)
    with os.fdopen(reading, "rb") as pipe:
        answer = pipe.read()
    _, status, usage = os.wait4(child, 0)
    if status != 0 or not answer:
        raise SystemExit("a run failed; its error stands above")
    rows, seconds = json.loads(answer)
    return Timed(rows, seconds), usage.ru_maxrss // 1024
