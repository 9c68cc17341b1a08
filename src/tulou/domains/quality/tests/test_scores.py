"""The score: by hand, and by the laws that any score must keep."""

from decimal import Decimal
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from tulou.domains.quality.public import rules, score
from tulou.domains.quality.scoring import Line, scores_of
from tulou.domains.quality.tests.ground import Ground
from tulou.domains.quality.vocabulary import Dimension
from tulou.plane.rules import DIMENSIONS


def test_the_example_of_the_handbook() -> None:
    """1,000 rows; 完整性: weight 2 with 30 failures, weight 1 with none; 准确性: weight 1 with 100 failures."""
    scores = scores_of(1000, [Line("完整性", 2, 30), Line("完整性", 1, 0), Line("准确性", 1, 100)])
    assert scores is not None
    assert scores.by_dimension == {"完整性": Decimal("98.00"), "准确性": Decimal("90.00")}
    assert scores.total == Decimal("96.00")  # (2 × 0.97 + 1 × 1 + 1 × 0.9) ÷ 4 × 100


def test_one_failure_in_a_million_is_not_perfect() -> None:
    scores = scores_of(1_000_000, [Line("准确性", 1, 1)])
    assert scores is not None
    assert scores.total == Decimal("99.99")


def test_nothing_checked_and_nothing_weighed_have_no_score() -> None:
    assert scores_of(0, [Line("准确性", 1, 0)]) is None
    assert scores_of(10, []) is None
    assert scores_of(10, [Line("准确性", 0, 5)]) is None


def test_the_dimensions_are_those_of_the_standard() -> None:
    assert tuple(Dimension.values) == DIMENSIONS


LINES = st.lists(
    st.builds(Line, st.sampled_from(DIMENSIONS), st.integers(1, 100), st.integers(0, 2000)), min_size=1, max_size=12
)


@given(st.integers(1, 1000), LINES)
def test_a_score_lies_between_none_and_all(rows: int, lines: list[Line]) -> None:
    scores = scores_of(rows, lines)
    assert scores is not None
    assert all(0 <= value <= 100 for value in (scores.total, *scores.by_dimension.values()))
    assert (scores.total == 100) == all(line.failed == 0 for line in lines)
    assert min(scores.by_dimension.values()) <= scores.total <= max(scores.by_dimension.values())


@given(st.integers(1, 1000), LINES, st.data())
def test_one_more_failure_never_raises_a_score(rows: int, lines: list[Line], data: Any) -> None:
    at = data.draw(st.integers(0, len(lines) - 1))
    worse = [Line(one.dimension, one.weight, one.failed + (n == at)) for n, one in enumerate(lines)]
    before, after = scores_of(rows, lines), scores_of(rows, worse)
    assert before is not None
    assert after is not None
    assert after.total <= before.total


@given(st.integers(1, 1000), LINES, st.integers(2, 9))
def test_only_the_proportion_of_weights_counts(rows: int, lines: list[Line], times: int) -> None:
    heavier = [Line(one.dimension, one.weight * times, one.failed) for one in lines]
    assert scores_of(rows, lines) == scores_of(rows, heavier)


def test_the_newest_batch_gives_the_score_of_the_entry(ground: Ground) -> None:
    assert score(ground.entry.id) is None
    ground.note(100, {"name.required": 50})
    run = ground.note(100, {"name.required": 4})
    found = score(ground.entry.id)
    assert found is not None
    # three built-in rules and the platform's own line, each of weight 1: (1 + 0.96 + 1 + 1) ÷ 4
    assert found.total == Decimal("99.00") == run.total
    assert found.by_dimension == {"完整性": Decimal("98.00"), "规范性": Decimal("100.00")}
    assert (found.rows, found.basis) == (100, run.label)
    assert [rule.id for rule in rules(ground.entry.id)] == ["code.required", "name.required", "people.type"]


def test_a_resubmission_does_not_stand_for_the_whole(ground: Ground) -> None:
    whole = ground.note(100, {"name.required": 4})
    ground.note(4, {"name.required": 3}, resubmits=whole.batch)
    found = score(ground.entry.id)
    assert found is not None
    assert found.rows == 100


def test_what_the_platform_refuses_lowers_the_score(ground: Ground) -> None:
    run = ground.note(100, {"key.repeated": 20})
    assert run.total == Decimal("95.00")
    assert run.dimensions["规范性"] == Decimal("90.00")
