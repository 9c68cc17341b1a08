"""质量得分: how a check becomes a score, by a formula that anybody can recompute from what the check kept.

合格率 of a rule = 1 − failures ÷ rows. A dimension's score is the mean of its rules' 合格率, weighted, times 100;
the total is the same mean over all rules. Cut off after two places, never rounded up: 100 means no failure at all.
A dimension without rules has no score. Rules of weight zero do not count.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import ROUND_DOWN, Decimal
from fractions import Fraction

FORMULA = "得分 = Σ（规则权重 × 合格率）÷ Σ 规则权重 × 100；合格率 = 1 − 未通过行数 ÷ 检核行数；保留两位小数，不进位"


@dataclass(frozen=True, slots=True)
class Line:
    """One rule as it was asked: what it weighs, and how many rows failed."""

    dimension: str
    weight: int
    failed: int


@dataclass(frozen=True, slots=True)
class Scores:
    """The total and each dimension that has rules, 0 to 100 with two places."""

    total: Decimal
    by_dimension: dict[str, Decimal]


def scores_of(rows: int, lines: Sequence[Line]) -> Scores | None:
    """The scores of a check; None when no row was checked or no rule counts."""
    counting = [line for line in lines if line.weight > 0]
    if rows <= 0 or not counting:
        return None
    names = dict.fromkeys(line.dimension for line in counting)
    by_dimension = {name: _mean(rows, [line for line in counting if line.dimension == name]) for name in names}
    return Scores(_mean(rows, counting), by_dimension)


def _mean(rows: int, lines: Iterable[Line]) -> Decimal:
    good, weights = Fraction(0), 0
    for line in lines:
        failed = min(max(line.failed, 0), rows)
        good += line.weight * Fraction(rows - failed, rows)
        weights += line.weight
    share = good / weights * 100
    return (Decimal(share.numerator) / Decimal(share.denominator)).quantize(Decimal("0.01"), ROUND_DOWN)
