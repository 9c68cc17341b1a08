"""A sample of the landing campaign: each boundary once, and a few random moments."""

from pathlib import Path

from tests.chaos.landing import run
from tulou.plane.tables.landing import BOUNDARIES


def test_a_killed_landing_is_whole_or_absent_and_completes_when_sent_again(
    scratch_database: str, tmp_path: Path
) -> None:
    result = run(scratch_database, tmp_path, each=1, at_random=3, seed=7)
    kills = result["kills"]
    assert isinstance(kills, dict)
    assert {boundary: kills[boundary] for boundary in BOUNDARIES} == dict.fromkeys(BOUNDARIES, 1)
    assert sum(kills.values()) == len(BOUNDARIES) + 3
