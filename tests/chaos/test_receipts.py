"""A sample of the receipts campaign: each boundary of the hub once, and a few random moments."""

from tests.chaos.receipts import HUB_BOUNDARIES
from tests.chaos.sample import campaign


def test_a_killed_worker_leaves_a_receipt_that_reconciles_and_is_told_once(postgres_url: str) -> None:
    numbers = ("--each", "1", "--random", "2", "--boundaries", *HUB_BOUNDARIES)
    result = campaign("receipts", *numbers, database=postgres_url)
    assert {name: result["kills"].get(name) for name in HUB_BOUNDARIES} == dict.fromkeys(HUB_BOUNDARIES, 1)
    assert result["batches"] == sum(result["kills"].values()) == len(HUB_BOUNDARIES) + 2
