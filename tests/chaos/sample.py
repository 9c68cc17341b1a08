"""A campaign run small by a test, in a process of its own, as `make prove` runs it large."""

import json
import os
import subprocess
import sys
from typing import Any

from tests.chaos.landing import ROOT


def campaign(module: str, *numbers: str, database: str = "", seed: int = 7) -> dict[str, Any]:
    """What the campaign's last line says; its errors when it failed."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "src")}
    environment.pop("DATABASE_URL", None)
    if database:
        environment["DATABASE_URL"] = database
    told = subprocess.run(
        [sys.executable, "-m", f"tests.chaos.{module}", *numbers, "--seed", str(seed)],
        cwd=ROOT, env=environment, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert told.returncode == 0, told.stderr[-3000:]
    found: dict[str, Any] = json.loads(told.stdout.splitlines()[-1])
    return found
