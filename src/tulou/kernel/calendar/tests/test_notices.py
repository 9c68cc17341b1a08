"""The calendar on record: notices 2004–2026 against an outside oracle, imports, deadline rules."""

from datetime import date, timedelta
from threading import Thread

import chinese_calendar
import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction

from tulou.kernel import calendar
from tulou.kernel.calendar import DayKind, DeadlineRule, Notice
from tulou.kernel.calendar.services import on_notice_imported

pytestmark = pytest.mark.django_db


@pytest.fixture
def loaded() -> None:
    calendar.load_known_notices()


def test_every_day_of_23_years_agrees_with_the_oracle(loaded: None) -> None:
    known = calendar.work_calendar()
    day = date(2004, 1, 1)
    while day <= date(2026, 12, 31):
        assert known.is_working(day) == chinese_calendar.is_workday(day), day
        day += timedelta(days=1)
    assert Notice.objects.count() == 23


def test_loading_again_changes_nothing(loaded: None) -> None:
    before = list(Notice.objects.order_by("year").values_list("year", "digest", "imported_at"))
    calendar.load_known_notices()
    assert list(Notice.objects.order_by("year").values_list("year", "digest", "imported_at")) == before


def test_the_starting_day_is_excluded_and_holidays_are_passed_over(loaded: None) -> None:
    # 30 September 2025 is followed by eight free days; 11 October is a worked Saturday
    assert calendar.add_working_days(date(2025, 9, 30), 1) == calendar.DueDay(date(2025, 10, 9), provisional=False)
    assert calendar.add_working_days(date(2025, 9, 30), 3).date == date(2025, 10, 11)
    assert calendar.working_days_between(date(2025, 9, 30), date(2025, 10, 11)) == 3


def test_a_year_without_notice_is_counted_by_weekends_and_marked(loaded: None) -> None:
    due = calendar.add_working_days(date(2026, 12, 25), 6)
    assert due.provisional
    assert due.date == date(2027, 1, 4)
    assert not calendar.add_working_days(date(2026, 12, 21), 5).provisional


def test_importing_a_notice_makes_its_days_certain_and_tells_listeners(loaded: None) -> None:
    heard: list[int] = []
    on_notice_imported(heard.append)
    free = {date(2027, 1, 1): DayKind.HOLIDAY}
    calendar.import_notice(2027, free, citation="国办发明电〔2026〕1号（试验数据）")
    calendar.import_notice(2027, free, citation="国办发明电〔2026〕1号（试验数据）")
    assert heard == [2027]
    assert calendar.add_working_days(date(2026, 12, 25), 6) == calendar.DueDay(date(2027, 1, 5), provisional=False)


def test_a_corrected_notice_replaces_the_years_days(loaded: None) -> None:
    calendar.import_notice(2027, {date(2027, 1, 1): DayKind.HOLIDAY, date(2027, 1, 2): DayKind.WORKDAY})
    calendar.import_notice(2027, {date(2027, 1, 1): DayKind.HOLIDAY})
    assert calendar.is_working_day(date(2027, 1, 2)) is False


def test_a_notice_may_rule_the_last_days_of_the_year_before_and_no_others() -> None:
    calendar.import_notice(2027, {date(2026, 12, 31): DayKind.HOLIDAY})
    with pytest.raises(ValidationError, match="不属于2027年"):
        calendar.import_notice(2027, {date(2026, 12, 1): DayKind.HOLIDAY})


def test_an_unsure_citation_says_so(loaded: None) -> None:
    assert "文号未核" in Notice.objects.get(year=2008).citation
    assert Notice.objects.get(year=2026).citation == "国办发明电〔2025〕7号"


def test_the_rule_in_force_on_the_day_decides() -> None:
    calendar.set_rule("test.reply", "答复", 15, citation="旧办法", valid_from=date(2020, 1, 1))
    calendar.set_rule("test.reply", "答复", 10, citation="新条例", valid_from=date(2025, 8, 1), extension=10)
    assert calendar.deadline("test.reply", on=date(2025, 7, 31)).days == 15
    assert calendar.deadline("test.reply", on=date(2025, 8, 1)).days == 10
    with pytest.raises(calendar.NoRule, match=r"没有“test\.reply”的现行时限规则"):
        calendar.deadline("test.reply", on=date(2019, 12, 31))


def test_setting_a_rule_again_changes_nothing_and_an_older_one_ends_where_the_newer_begins() -> None:
    new = calendar.set_rule("test.reply", "答复", 10, citation="新条例", valid_from=date(2025, 8, 1))
    again = calendar.set_rule("test.reply", "答复", 10, citation="新条例", valid_from=date(2025, 8, 1))
    old = calendar.set_rule("test.reply", "答复", 15, citation="旧办法", valid_from=date(2020, 1, 1))
    assert again.pk == new.pk
    assert old.valid_to == date(2025, 8, 1)
    assert DeadlineRule.objects.filter(clock="test.reply").count() == 2


def test_the_database_refuses_two_rules_for_one_day() -> None:
    terms = {"clock": "test.reply", "title": "答复", "amount": 1, "citation": "甲"}
    DeadlineRule.objects.create(**terms, valid_from=date(2025, 1, 1))
    DeadlineRule.objects.create(**terms | {"clock": "test.other"}, valid_from=date(2025, 1, 1))
    with pytest.raises(IntegrityError), transaction.atomic():
        DeadlineRule.objects.create(**terms, valid_from=date(2026, 1, 1))


@pytest.mark.django_db(transaction=True)
def test_two_imports_of_one_year_at_once_leave_one_notice() -> None:
    def load() -> None:
        try:
            calendar.import_notice(2027, {date(2027, 1, 1): DayKind.HOLIDAY})
        finally:
            connection.close()

    threads = [Thread(target=load) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert Notice.objects.filter(year=2027).count() == 1
    assert Notice.objects.get(year=2027).days.count() == 1
