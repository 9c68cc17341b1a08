"""A sample of the node campaign: one kill in each kind of work."""

import pytest

from tests.chaos.sample import campaign

pytestmark = pytest.mark.xdist_group("node")


def test_a_node_whose_processes_are_killed_loses_nothing_and_tells_the_truth() -> None:
    result = campaign("node", "--kills", "4", seed=598)
    assert set(result["kills"]) == {"batch × worker", "download × streams", "publish × hub", "grant × postgres"}
    assert result["wrong"] == 0
