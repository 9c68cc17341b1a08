"""Nodes for the tests of this folder."""

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.node.running import RunningNode, eventually


@pytest.fixture
def stopped_node() -> Iterator[RunningNode]:
    """A folder and ports on which a test starts its node."""
    folder = Path(tempfile.mkdtemp(prefix="tulou-node-"))
    node = RunningNode(folder)
    yield node
    node.stop()
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="module")
def running_node() -> Iterator[RunningNode]:
    """One node for all tests of a module; each leaves it well."""
    folder = Path(tempfile.mkdtemp(prefix="tulou-node-"))
    node = RunningNode(folder)
    node.start()
    assert eventually(node.well), node.health()
    yield node
    node.stop()
    shutil.rmtree(folder, ignore_errors=True)
