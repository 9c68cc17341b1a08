"""A file far larger than what the engine may use of memory lands whole, within a ceiling that does not grow with it.

`python -m tests.chaos.large_file` makes a CSV of 1 GB as it goes, lands it with
the memory that a node gives its engine, and prints its result as one JSON line.
"""

import argparse
import json
import resource
import tempfile
import time
from pathlib import Path

from tests.chaos.landing import catalogue
from tulou.plane.connect import open_source
from tulou.plane.engine import BatchJob, BatchOutcome, EmbeddedEngine
from tulou.plane.rules import rules_of
from tulou.plane.tables import Column, Lake, LakeConfig, SealKeys, TableRef, TableSchema, Zone

ZONE = Zone("large")
REF = TableRef(ZONE.name, "people")
SCHEMA = TableSchema((Column("code", key=True, label="编号"), Column("name", label="姓名"), Column("size", "integer")))
MAPPING = {"code": "编号", "name": "姓名", "size": "数量"}
BAD_EVERY = 1_000
CHUNK = 20_000
#: What the process needs beside the engine's own limit: the interpreter, its libraries, blocks being read.
BESIDE_MIB = 640


def write_file(path: Path, megabytes: int) -> tuple[int, int]:
    """A CSV of at least that size: how many rows it has, and how many of them cannot be accepted."""
    rows = bad = 0
    with path.open("w", encoding="utf-8") as file:
        file.write("编号,姓名,数量\n")
        while file.tell() < megabytes << 20:
            lines = [_line(number) for number in range(rows, rows + CHUNK)]
            file.writelines(lines)
            bad += sum(number % BAD_EVERY == 0 for number in range(rows, rows + CHUNK))
            rows += CHUNK
    return rows, bad


def _line(number: int) -> str:
    size = "很多" if number % BAD_EVERY == 0 else str(number % 977)
    return f"{number:012},合成样例人员{number * 7919 % 1_000_003:07}号（福建省福州市鼓楼区样例街道）,{size}\n"


def land(dsn: str, folder: Path, path: Path, memory: str) -> BatchOutcome:
    """Land the file as a node does."""
    lake = Lake(LakeConfig(dsn, folder / "data", SealKeys(folder / "keys"), folder / "spill", memory=memory))
    lake.ensure_zone(ZONE)
    lake.ensure_table(REF, SCHEMA)
    job = BatchJob("large", REF, SCHEMA, open_source("csv", path), rules_of(SCHEMA), MAPPING, "省民政厅", "样例")
    try:
        return EmbeddedEngine(lake).run_batch(job)
    finally:
        lake.close()


def run(megabytes: int, memory_mib: int) -> dict[str, object]:
    """Make, land, measure.

    Raises:
        AssertionError: rows were lost, or memory went beyond its ceiling.
    """
    started = time.monotonic()
    with catalogue() as dsn, tempfile.TemporaryDirectory(prefix="tulou-chaos-") as name:
        path = Path(name) / "large.csv"
        rows, bad = write_file(path, megabytes)
        size = path.stat().st_size >> 20
        outcome = land(dsn, Path(name), path, f"{memory_mib}MiB")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss >> 10
    told = (outcome.sent, outcome.accepted, outcome.rejected)
    if told != (rows, rows - bad, bad):
        raise AssertionError(f"{rows} rows with {bad} bad ones became {told}")
    if peak > memory_mib + BESIDE_MIB:
        raise AssertionError(f"the peak of {peak} MiB is above {memory_mib} + {BESIDE_MIB} MiB")
    return {
        "campaign": "large-file", "sent_mib": size, "rows": rows, "accepted": told[1], "rejected": told[2],
        "peak_mib": peak, "ceiling_mib": memory_mib + BESIDE_MIB, "wrong": 0,
        "seconds": round(time.monotonic() - started),
    }  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--megabytes", type=int, default=1024)
    parser.add_argument("--memory", type=int, default=954, help="what the engine may use, in MiB")
    parser.add_argument("--seed", type=int, default=1, help="accepted for the sake of `make prove`; the file is fixed")
    options = parser.parse_args()
    print(json.dumps(run(options.megabytes, options.memory), ensure_ascii=False))


if __name__ == "__main__":
    main()
