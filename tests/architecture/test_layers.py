"""The contracts of import-linter, run as a test, and the list of rooms told the same way everywhere."""

import re
import subprocess
import sys
from pathlib import Path

from tests.architecture.source import DOMAINS, PACKAGE, ROOT


def test_every_layer_imports_only_downward() -> None:
    command = [
        str(Path(sys.executable).with_name("lint-imports")),
        "--no-cache",
        "--config",
        str(ROOT / ".importlinter"),
    ]
    told = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert told.returncode == 0, told.stdout[-6000:]
    assert "0 broken" in told.stdout


def test_every_room_stands_in_one_of_the_contracts() -> None:
    text = (ROOT / ".importlinter").read_text(encoding="utf-8")
    assert set(re.findall(r"^    tulou\.(\w+)$", text, re.M)) >= {
        folder.name for folder in PACKAGE.iterdir() if (folder / "__init__.py").exists()
    }
    told = set(re.findall(r"\((\w+)\)", text))
    kernel = {folder.name for folder in (PACKAGE / "kernel").iterdir() if (folder / "__init__.py").exists()}
    domains = {folder.name for folder in (PACKAGE / "domains").iterdir() if (folder / "__init__.py").exists()}
    assert kernel | domains <= told


def test_the_order_of_the_domains_is_the_same_in_the_contract_and_in_the_settings() -> None:
    text = (ROOT / ".importlinter").read_text(encoding="utf-8")
    block = text.split("containers = tulou.domains", 1)[1].split("ignore_imports", 1)[0]
    assert tuple(reversed(re.findall(r"\((\w+)\)", block))) == DOMAINS
