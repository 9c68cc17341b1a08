"""A sample of the receipts campaign: each boundary of the hub once, and a few random moments."""

import json
import os
import subprocess
import sys

from tests.chaos.landing import ROOT


def test_a_killed_worker_leaves_a_receipt_that_reconciles_and_is_told_once(postgres_url: str) -> None:
    from tests.chaos.receipts import HUB_BOUNDARIES

    command = [sys.executable, "-m", "tests.chaos.receipts", "--each", "1", "--random", "2", "--seed", "7"]
    environment = {**os.environ, "DATABASE_URL": postgres_url, "PYTHONPATH": str(ROOT / "src")}
    told = subprocess.run(
        [*command, "--boundaries", *HUB_BOUNDARIES], cwd=ROOT, env=environment, capture_output=True, text=True,
        check=False,
    )  # fmt: skip
    assert told.returncode == 0, told.stderr[-3000:]
    result = json.loads(told.stdout.splitlines()[-1])
    assert {name: result["kills"].get(name) for name in HUB_BOUNDARIES} == dict.fromkeys(HUB_BOUNDARIES, 1)
    assert result["batches"] == sum(result["kills"].values()) == len(HUB_BOUNDARIES) + 2
