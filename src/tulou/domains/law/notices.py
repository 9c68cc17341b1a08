"""Importing the State Council's yearly notice (节假日安排), and saying what it did to the deadlines that run.

Days typed by hand are read line by line; a line that cannot be read is named with its number.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from django.core.exceptions import ValidationError
from django.db import transaction

from tulou.domains.law.models import NoticeAdoption
from tulou.kernel.calendar import DayKind, import_notice
from tulou.kernel.calendar.services import NamedDay
from tulou.kernel.evidence import record
from tulou.kernel.identity import Actor
from tulou.kernel.permissions import require
from tulou.kernel.workflow import Clock

_DAY = r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?"
_LINE = re.compile(rf"{_DAY}(?:\s*(?:至|到|~|—|–)\s*{_DAY})?\s*(\S{{0,40}})")
LONGEST = 15


@dataclass(frozen=True, slots=True)
class NoticeSpec:
    """A notice as somebody typed it in."""

    year: int
    citation: str
    holidays: Mapping[date, NamedDay]
    workdays: Mapping[date, NamedDay]
    title: str = ""
    verified: bool = False


def parse_days(text: str, kind: DayKind) -> dict[date, NamedDay]:
    """Days from lines such as `2027-01-01 元旦` or `2027-02-05 至 2027-02-12 春节`.

    Raises:
        ValidationError: a line that is no day, by its number.
    """
    days: dict[date, NamedDay] = {}
    for number, line in enumerate(text.splitlines(), start=1):
        if line.strip():
            start, end, name = _read(number, line.strip())
            for step in range((end - start).days + 1):
                days[start + timedelta(days=step)] = NamedDay(kind, name)
    return days


def _read(number: int, line: str) -> tuple[date, date, str]:
    found = _LINE.fullmatch(line)
    if found is None:
        raise ValidationError(
            f"第{number}行“{line[:30]}”不能识别，请按“2027-01-01 元旦”或“2027-02-05 至 2027-02-12 春节”填写"
        )
    try:
        start = date(int(found[1]), int(found[2]), int(found[3]))
        end = date(int(found[4]), int(found[5]), int(found[6])) if found[4] else start
    except ValueError as wrong:
        raise ValidationError(f"第{number}行“{line[:30]}”中的日期不存在，请改正") from wrong
    if not 0 <= (end - start).days < LONGEST:
        raise ValidationError(f"第{number}行的止日应不早于起日，且不超过{LONGEST}天")
    return start, end, found[7]


@transaction.atomic
def adopt_notice(spec: NoticeSpec, *, actor: Actor) -> NoticeAdoption:
    """Import a year's notice; running deadlines are counted anew, and what moved is kept.

    Raises:
        ValidationError: a day is both free and worked, does not belong to the year, or a worked day is no weekend.
    """
    require(actor, "law.maintain")
    _check(spec)
    before = {clock.pk: clock for clock in _running()}
    notice = import_notice(
        spec.year,
        {**spec.holidays, **spec.workdays},
        title=spec.title,
        citation=spec.citation,
        source=f"人工录入（{actor.label}）",
        verified=spec.verified,
    )
    after = list(_running())
    moved = [
        {
            "title": clock.title,
            "label": clock.subject_label,
            "before": before[clock.pk].due_on.isoformat(),
            "after": clock.due_on.isoformat(),
        }
        for clock in after
        if clock.due_on != before[clock.pk].due_on
    ]
    settled = sum(before[clock.pk].provisional and not clock.provisional for clock in after)
    record(
        "law.notice.adopt",
        actor=actor,
        subjects=[f"notice:{notice.id}"],
        data={"year": spec.year, "citation": spec.citation, "days": len(spec.holidays) + len(spec.workdays),
              "moved": len(moved), "settled": settled},
    )  # fmt: skip
    return NoticeAdoption.objects.create(
        year=spec.year, citation=notice.citation, adopted_by=actor.label, settled=settled, moved=moved
    )


def _running() -> list[Clock]:
    return list(Clock.objects.filter(stopped_on=None).order_by("due_on"))


def _check(spec: NoticeSpec) -> None:
    both = sorted(spec.holidays.keys() & spec.workdays.keys())
    if both:
        raise ValidationError({"workdays": f"{both[0]:%Y年%m月%d日}既列为放假又列为上班，请核对通知"})
    plain = [day for day in sorted(spec.workdays) if day.weekday() < 5]
    if plain:
        raise ValidationError({"workdays": f"{plain[0]:%Y年%m月%d日}不是周末，本来就上班，请核对日期"})
    if not spec.holidays:
        raise ValidationError({"holidays": "请至少填写一个放假日"})
