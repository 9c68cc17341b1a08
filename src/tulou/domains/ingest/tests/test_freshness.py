"""新鲜度: the cycle in calendar days from the last update, then some working days of grace."""

from dataclasses import replace
from datetime import date

import pytest

from tulou.domains.catalog.public import entry
from tulou.domains.ingest import freshness
from tulou.domains.ingest.freshness import freshness_of
from tulou.domains.ingest.tests.ground import Ground
from tulou.kernel.calendar import load_known_notices, set_rule


@pytest.mark.parametrize(
    ("cycle", "days", "updated", "due"),
    [
        ("daily", None, date(2026, 3, 2), date(2026, 3, 6)),
        ("weekly", None, date(2026, 3, 2), date(2026, 3, 12)),
        ("monthly", None, date(2026, 1, 31), date(2026, 3, 4)),
        ("quarterly", None, date(2026, 4, 1), date(2026, 7, 6)),
        ("custom", 10, date(2026, 3, 2), date(2026, 3, 17)),
    ],
)
def test_the_next_update_is_due_after_cycle_and_grace(
    ground: Ground, monkeypatch: pytest.MonkeyPatch, cycle: str, days: int | None, updated: date, due: date
) -> None:
    load_known_notices()
    known = entry(ground.entry.id)
    assert known is not None
    known = replace(known, update_cycle=cycle, update_days=days, data_updated_on=updated)
    for on, stale in ((due, False), (date.fromordinal(due.toordinal() + 1), True)):
        monkeypatch.setattr(freshness, "today", lambda on=on: on)
        fresh = freshness_of(known)
        assert (fresh.due_on, fresh.stale) == (due, stale)


def test_the_grace_is_a_rule_that_the_province_may_set(ground: Ground) -> None:
    load_known_notices()
    set_rule("ingest.grace", title="更新宽限", amount=1, valid_from=date(2020, 1, 1), citation="样例")
    known = entry(ground.entry.id)
    assert known is not None
    fresh = freshness_of(replace(known, update_cycle="daily", data_updated_on=date(2026, 3, 2)))
    assert fresh.due_on == date(2026, 3, 4)


def test_what_never_landed_or_has_no_cycle_is_not_called_stale(ground: Ground) -> None:
    known = entry(ground.entry.id)
    assert known is not None
    assert not freshness_of(known).stale
    no_cycle = replace(known, update_cycle="", data_updated_on=date(2001, 1, 1))
    assert (freshness_of(no_cycle).due_on, freshness_of(no_cycle).stale) == (None, False)
