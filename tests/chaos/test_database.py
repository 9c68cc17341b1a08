"""A sample of the database campaign: the server is killed in a commit and at a boundary before it."""

from pathlib import Path

from tests.chaos.database import run


def test_a_landing_whose_server_is_killed_is_whole_or_absent_and_completes_when_sent_again(tmp_path: Path) -> None:
    result = run(tmp_path, kills=4, seed=7)
    kills, said = result["kills"], result["said"]
    assert isinstance(kills, dict)
    assert sum(kills.values()) == 4
    assert isinstance(said, list)
    assert set(said) <= {"catalogue", "lock_lost"}, "a lost server is a passing problem, which the job tries again"
    assert said
