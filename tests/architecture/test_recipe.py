"""`docs/adding-a-domain.md` works: a throwaway copy of the repository follows it, word for word."""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from tests.architecture.source import ROOT
from tulou.node.database import with_database

BLOCK = re.compile(r"^```(?:(sh)|python file=(\S+))\n(.*?)^```$", re.MULTILINE | re.DOTALL)
SUFFIX = f"_recipe_{os.getpid()}"
COPIED = ("src", "tests", "docs", "nodes", "pyproject.toml", "conftest.py", ".importlinter", "README.md")


@pytest.fixture
def copy(tmp_path: Path, postgres_url: str) -> Iterator[Path]:
    """A copy without this test, so that it does not follow itself; the built assets are shared."""
    for name in COPIED:
        source = ROOT / name
        ignored = shutil.ignore_patterns("__pycache__", "test_recipe.py", "*.pyc")
        if source.is_dir():
            shutil.copytree(source, tmp_path / name, ignore=ignored)
        else:
            shutil.copy(source, tmp_path / name)
    (tmp_path / "frontend").symlink_to(ROOT / "frontend")
    yield tmp_path
    shutil.rmtree(tmp_path)
    with psycopg.connect(with_database(postgres_url, "postgres"), autocommit=True) as connection:
        connection.execute(f'DROP DATABASE IF EXISTS "test_tulou{SUFFIX}" WITH (FORCE)'.encode())


@pytest.mark.timeout(900)
def test_the_recipe_makes_a_domain_that_passes_its_tests_and_all_fences(copy: Path, postgres_url: str) -> None:
    recipe = (ROOT / "docs" / "adding-a-domain.md").read_text(encoding="utf-8")
    blocks = BLOCK.findall(recipe)
    assert recipe.count("```") == 2 * len(blocks), "每个代码块都要么是文件，要么是命令"
    for shell, path, text in blocks:
        if path:
            (copy / path).write_text(text, encoding="utf-8")
        else:
            assert shell
            _run(text, copy, postgres_url)
    assert "notices.notice.publish" in (copy / "tests/architecture/moves.txt").read_text(encoding="utf-8")
    assert "notices.write" in (copy / "docs/reference/permissions.md").read_text(encoding="utf-8")


def _run(commands: str, folder: Path, postgres_url: str) -> None:
    """As a developer types them, in the copy, stopping at the first that fails."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("PYTEST_", "TULOU_"))}
    environment = {
        **kept,
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
        "PYTHONPATH": os.pathsep.join((str(folder / "src"), str(folder))),
        "DJANGO_SETTINGS_MODULE": "tulou.node.settings",
        "DATABASE_URL": postgres_url,
        "TULOU_DATA": str(folder / "var"),
        "TULOU_TEST_SUFFIX": SUFFIX,
        "PYTEST_ADDOPTS": "--reuse-db",  # one database for all commands
    }
    told = subprocess.run(
        ["sh", "-eu", "-c", commands], cwd=folder, env=environment, capture_output=True, text=True, check=False
    )
    assert told.returncode == 0, f"{commands}\n{told.stdout[-6000:]}\n{told.stderr[-3000:]}"
