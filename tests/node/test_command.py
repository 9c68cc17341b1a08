"""The `tulou` command speaks Chinese, tells what is wrong in a sentence, and offers what the manual says."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.node.running import RunningNode
from tulou.node.environment import ROOT

EXPECTED = {"run", "check", "user", "sample", "import", "export", "verify", "bench", "docs"}


def tulou(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "tulou.node.cli", *arguments], capture_output=True, text=True, check=False
    )


def test_help_lists_every_command_in_chinese() -> None:
    text = tulou("--help").stdout
    listed = dict(re.findall(r"^  ([a-z]+)\s+(\S.*)$", text, re.M))
    assert set(listed) >= EXPECTED
    assert all(re.search("[一-鿿]", meaning) for meaning in listed.values())
    assert not re.search(r"Usage|Options:|Commands:|Show this|Install completion", text)


def test_completion_is_offered_for_the_shell() -> None:
    """Asked in the way of the shell's own start file: `--show-completion` guesses the shell from its parent process."""
    told = {**os.environ, "_TULOU_COMPLETE": "source_bash"}
    command = [ROOT / ".venv" / "bin" / "tulou"]
    shown = subprocess.run(command, env=told, capture_output=True, text=True, check=False)
    assert "complete -o default -F _tulou_completion tulou" in shown.stdout


@pytest.mark.parametrize("arguments", [["user", "list"], ["sample", "load"], ["export", "agencies"]])
def test_a_command_without_a_node_says_how_to_get_one(arguments: list[str], stopped_node: RunningNode) -> None:
    told = stopped_node.run(*arguments, TULOU_MODE="sample", TULOU_HOSTS="localhost")
    assert told.returncode == 1
    assert "./dev run" in told.stderr
    assert "Traceback" not in told.stderr


def test_sample_commands_refuse_a_production_node(stopped_node: RunningNode) -> None:
    told = stopped_node.run("sample", "reset", "--yes")
    assert (told.returncode, "样例命令不能用于生产数据" in told.stderr) == (1, True)


def test_check_says_what_to_do_about_keys_that_others_can_read(stopped_node: RunningNode) -> None:
    key = stopped_node.data / "keys" / "evidence" / "1.json"
    key.parent.mkdir(parents=True, mode=0o700)
    (stopped_node.data / "keys").chmod(0o700)
    key.touch(0o644)
    told = stopped_node.run("check")
    assert told.returncode == 1
    assert str(key) in told.stdout
    assert "chmod -R go-rwx" in told.stdout


def test_generated_pages_are_up_to_date() -> None:
    told = tulou("docs", "--check")
    assert told.returncode == 0, told.stdout


def test_every_page_of_the_handbook_links_to_pages_that_exist() -> None:
    for page in [ROOT / "README.md", *(ROOT / "docs").rglob("*.md")]:
        for target in re.findall(r"\]\((?!https?:|#)([^)#\s]+)", page.read_text(encoding="utf-8")):
            assert (page.parent / Path(target)).exists(), f"{page.name}: {target}"
