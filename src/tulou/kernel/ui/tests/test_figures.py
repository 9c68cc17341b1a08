"""数与日: figures and dates as they are read."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tulou.kernel.ui import figures
from tulou.kernel.ui.charts import Series, chart
from tulou.kernel.ui.templatetags.ui import json_text, org_letter
from tulou.kernel.ui.tones import ICONS, register_tones, tone_of


@pytest.mark.parametrize(
    ("value", "told"),
    [(None, "—"), (0, "0"), (9999, "9,999"), (10000, "1万"), (12345678, "1,234.57万"), (99_999_999, "10,000万"),
     (11028465003, "110.28亿"), (-20500, "-2.05万"), (0.5, "0.5")],
)  # fmt: skip
def test_large_figures_are_told_in_wan_and_yi(value: float | None, told: str) -> None:
    assert figures.short(value) == told


@given(st.decimals(0, Decimal("0.9999999"), allow_nan=False))
def test_less_than_everything_is_never_shown_as_everything(share: Decimal) -> None:
    assert figures.percent(share) != "100.0%"


def test_everything_is_shown_as_everything() -> None:
    assert figures.percent(1) == "100.0%"


def test_dates_are_chinese_and_in_the_province_s_time() -> None:
    assert figures.day(date(2026, 3, 5)) == "2026年3月5日"
    assert figures.moment(datetime(2026, 3, 5, 16, 7, tzinfo=UTC)) == "2026年3月6日 00:07"
    assert figures.weekday(date(2026, 3, 5)) == "星期四"


def test_time_left_is_told_from_the_due_day() -> None:
    today = date(2026, 3, 5)
    told = [figures.days_left(today + timedelta(days=days), today) for days in (-2, 0, 3)]
    assert told == ["逾期2天", "今日到期", "剩3天"]


def test_a_chart_tells_its_figures_in_words_and_rows() -> None:
    made = chart("各地", ["福州市", "厦门市"], [Series("目录", (12, None))], unit="项")
    assert made.rows == (("福州市", "12"), ("厦门市", "—"))
    assert "最高12项（福州市）" in made.summary


@given(st.text())
def test_json_in_a_page_cannot_end_its_script(text: str) -> None:
    assert not set("<>&") & set(json_text({"text": text + "</script>"}))


def test_every_tone_has_a_sign_and_rooms_name_their_own() -> None:
    register_tones({"ui-test-state": "warning"})
    assert tone_of("ui-test-state") == "warning"
    assert tone_of("never named") == "neutral"
    assert len(set(ICONS.values())) == len(ICONS)


def test_an_organisation_is_marked_by_its_own_character() -> None:
    assert [org_letter(name) for name in ("福建省民政厅", "省卫健委", "厦门市")] == ["民", "卫", "厦"]
