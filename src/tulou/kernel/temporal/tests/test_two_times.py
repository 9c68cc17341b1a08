"""Two times: any day can be read as we know it now, or as we knew it then; nothing recorded is overwritten."""

from datetime import date, datetime, timedelta
from threading import Barrier, Thread
from uuid import UUID

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tulou.kernel.identity import Actor, Party
from tulou.kernel.temporal import as_of, close, diff, record, versions
from tulou.kernel.temporal.recording import everything_known
from tulou.kernel.temporal.tests.example import Office, OfficeHistory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("example_tables")]
ACTOR = Actor.system("试验")
Y2023, Y2024, Y2025 = date(2023, 1, 1), date(2024, 1, 1), date(2025, 1, 1)


def named(name: str, on: date, office: Office | None = None, to: date | None = None) -> Office:
    """Save the office under a name and record it from a day."""
    office = office or Office(name=name)
    office.name = name
    office.save()
    record(office, actor=ACTOR, valid_from=on, valid_to=to)
    return office


def name_on(day: date, known_at: datetime | None = None) -> str | None:
    row = as_of(Office, day, known_at).first()
    return None if row is None else str(getattr(row, "name"))  # noqa: B009  the column is made at run time


def test_a_page_can_be_read_as_of_a_day() -> None:
    office = named("数字办", Y2023)
    named("数据管理局", Y2024, office)
    assert name_on(date(2023, 6, 1)) == "数字办"
    assert name_on(date(2023, 12, 31)) == "数字办"
    assert name_on(Y2024) == "数据管理局"
    assert name_on(date(2022, 12, 31)) is None


def test_what_we_knew_then_stays_readable_after_a_correction() -> None:
    office = named("数字办", Y2023)
    then = timezone.now()
    named("数字福建办", Y2023, office)
    assert name_on(date(2023, 6, 1)) == "数字福建办"
    assert name_on(date(2023, 6, 1), known_at=then) == "数字办"
    assert everything_known(office).count() == 2


def test_correcting_a_stretch_of_the_past_keeps_both_sides() -> None:
    office = named("甲", Y2023)
    named("乙", date(2023, 3, 1), office, to=date(2023, 6, 1))
    assert [name_on(date(2023, m, 15)) for m in (2, 4, 7)] == ["甲", "乙", "甲"]
    assert versions(office).count() == 3


def test_closing_ends_the_present_and_keeps_the_past() -> None:
    office = named("甲", Y2023)
    close(office, actor=Actor.system("撤销"), on=Y2024)
    assert name_on(date(2023, 12, 31)) == "甲"
    assert name_on(Y2024) is None
    assert versions(office).get().recorded_by == "撤销"


def test_history_keeps_real_columns_and_the_author() -> None:
    owner = Party.objects.create(kind="agency")
    office = Office.objects.create(name="甲", owner=owner)
    row = record(office, actor=Actor(owner.pk, owner.pk, "person", "某处数据管理员"), note="依据文件")
    assert "owner_id" in {field.attname for field in OfficeHistory._meta.concrete_fields}
    assert getattr(row, "owner_id") == owner.pk  # noqa: B009  the column is made at run time
    assert (row.recorded_by, row.recorded_party, row.record_note) == ("某处数据管理员", owner.pk, "依据文件")
    assert row.is_current


def test_a_difference_names_fields_as_readers_do() -> None:
    office = named("甲", Y2023)
    first = versions(office).get()
    office.name, office.kind = "乙", "b"
    assert [(c.label, c.before, c.after) for c in diff(first, office)][:2] == [
        ("名称", "甲", "乙"),
        ("类别", "甲类", "乙类"),
    ]


def test_a_period_must_run_forward() -> None:
    with pytest.raises(ValueError, match="失效日期须晚于生效日期"):
        named("甲", Y2024, to=Y2023)


def test_the_database_itself_refuses_overlapping_versions() -> None:
    office = named("甲", Y2023)
    terms = {"subject": office.pk, "known_from": timezone.now(), "recorded_by": "旁路", "name": "乙", "kind": "a"}
    with pytest.raises(IntegrityError), transaction.atomic():
        OfficeHistory._default_manager.create(
            **terms, valid_from=Y2025, valid_to=None, known_to=None, noted_at=timezone.now()
        )


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(
    st.lists(
        st.tuples(st.integers(0, 60), st.one_of(st.none(), st.integers(1, 30)), st.sampled_from("甲乙丙")), max_size=8
    )
)
def test_history_equals_a_list_of_days_written_over_and_over(writes: list[tuple[int, int | None, str]]) -> None:
    office = Office.objects.create(name=f"处室{timezone.now().timestamp()}")
    model: dict[int, str] = {}
    for start, length, name in writes:
        end = None if length is None else Y2023 + timedelta(days=start + length)
        office.name = name
        record(office, actor=ACTOR, valid_from=Y2023 + timedelta(days=start), valid_to=end)
        for day in range(start, 100 if length is None else start + length):
            model[day] = name
    edges = {start + step for start, _, _ in writes for step in (-1, 0)}
    edges |= {start + (length or 0) + step for start, length, _ in writes for step in (-1, 0)}
    for day in {0, 99} | edges:
        rows = as_of(Office, Y2023 + timedelta(days=day)).filter(subject=office.pk)
        expected = [model[day]] if day in model else []
        assert [getattr(row, "name") for row in rows] == expected  # noqa: B009


@pytest.mark.django_db(transaction=True)
def test_writers_at_once_take_turns_and_never_overlap() -> None:
    office = Office.objects.create(name="甲")
    start = Barrier(4)
    try:
        threads = [Thread(target=_write, args=(office.pk, Y2023 + timedelta(days=n), start)) for n in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        covered = [as_of(Office, Y2023 + timedelta(days=n)).filter(subject=office.pk).count() for n in range(6)]
        assert covered[-1] == 1
        assert set(covered) <= {0, 1}
        assert everything_known(office).filter(known_from=None).count() == 0
        assert len(set(everything_known(office).values_list("known_from", flat=True))) == 4
    finally:
        OfficeHistory._default_manager.all().delete()
        Office.objects.all().delete()


def _write(pk: UUID, day: date, start: Barrier) -> None:
    try:
        office = Office.objects.get(pk=pk)
        start.wait(10)
        record(office, actor=ACTOR, valid_from=day)
    finally:
        connection.close()
