"""Settings: every one documented, contradictions refused with a sentence, sample and production kept apart."""

import re
from pathlib import Path

import pytest

from tulou.node import environment
from tulou.node.environment import ROOT
from tulou.node.problems import NodeProblem

PRODUCTION = {
    "TULOU_MODE": "production",
    "TULOU_HOSTS": "data.example.gov.cn",
    "DATABASE_URL": "embedded",
    "TULOU_GATEWAY_URL": "https://gateway.example.gov.cn",
    "TULOU_STREAMS_URL": "https://files.example.gov.cn",
}
NAMES = re.compile(r"\b(TULOU_[A-Z_]+|DATABASE_URL)\b")


def test_every_variable_that_the_source_reads_is_explained_on_the_operations_page_and_no_other() -> None:
    sources = [*(ROOT / "src").rglob("*.py"), ROOT / "conftest.py", ROOT / "dev"]
    read = {name for file in sources for name in NAMES.findall(file.read_text(encoding="utf-8"))}
    read -= {"TULOU_TEST_SERVER"}  # passed between the processes of one test run
    page = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")
    rows = {name for line in page.splitlines() if line.startswith("| `") for name in NAMES.findall(line.split("|")[1])}
    assert read == rows


def test_without_any_variable_a_node_is_a_local_sample() -> None:
    told = environment.read({})
    assert (told.mode, told.port, told.bind, told.database_url) == ("sample", 8000, "127.0.0.1", None)
    assert told.gateway_url == "http://localhost:8001"


@pytest.mark.parametrize(
    "setting",
    [{"TULOU_HOSTS": "data.example.gov.cn"}, {"TULOU_BIND": "0.0.0.0"}, {"TULOU_HOSTS": "localhost,10.1.2.3"}],
)
def test_sample_mode_refuses_to_be_reached_from_elsewhere(setting: dict[str, str]) -> None:
    with pytest.raises(NodeProblem, match="样例模式的账号口令是公开的"):
        environment.read(setting)


@pytest.mark.parametrize("name", ["TULOU_HOSTS", "DATABASE_URL", "TULOU_GATEWAY_URL", "TULOU_STREAMS_URL"])
def test_production_names_what_is_missing(name: str) -> None:
    with pytest.raises(NodeProblem, match=name):
        environment.read({**PRODUCTION, name: ""})


def test_production_demands_https_cookies_unless_told_otherwise() -> None:
    assert environment.read(PRODUCTION).tls
    assert not environment.read({**PRODUCTION, "TULOU_TLS": "0"}).tls


@pytest.mark.parametrize("setting", [{"TULOU_PORT": "http"}, {"TULOU_PORT": "70000"}, {"TULOU_MODE": "demo"}])
def test_a_value_that_cannot_be_used_is_named(setting: dict[str, str]) -> None:
    with pytest.raises(NodeProblem, match=next(iter(setting))):
        environment.read(setting)


@pytest.mark.parametrize("lock", ["requirements.lock", "requirements-dev.lock", "frontend/package-lock.json"])
def test_no_lock_names_the_host_of_a_registry(lock: str) -> None:
    text = (ROOT / lock).read_text(encoding="utf-8")
    lines = [line for line in text.splitlines() if '"url"' not in line]  # homepages and funding links of packages
    assert not [line for line in lines if re.search(r"https?://|--index|--find-links|\"resolved\"", line)]


def test_both_python_locks_carry_a_hash_for_every_package() -> None:
    for name in ("requirements.lock", "requirements-dev.lock"):
        text = (ROOT / name).read_text(encoding="utf-8")
        for package in re.split(r"\n(?=[a-z0-9])", text.strip()):
            assert "--hash=sha256:" in package, package.split("\n", 1)[0]


def test_the_makefile_and_dev_offer_the_same_verbs() -> None:
    offered = set(re.findall(r"^([a-z]+):.*##", (ROOT / "Makefile").read_text(encoding="utf-8"), re.M))
    verbs = set(re.findall(r"^([a-z]+)\)", (ROOT / "dev").read_text(encoding="utf-8"), re.M))
    assert offered - {"help"} == verbs
    assert "./dev test" in Path(ROOT / ".ci" / "run").read_text(encoding="utf-8")
