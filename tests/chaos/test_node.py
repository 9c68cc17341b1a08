"""A sample of the node campaign: one kill in each kind of work."""

import pytest

from tests.chaos.node import SCENES
from tests.chaos.sample import campaign

pytestmark = pytest.mark.xdist_group("node")


def test_a_node_whose_processes_are_killed_loses_nothing_and_tells_the_truth() -> None:
    result = campaign("node", "--kills", "4")
    assert {name.split(" × ")[0] for name in result["kills"]} == set(SCENES)
    assert result["wrong"] == 0
