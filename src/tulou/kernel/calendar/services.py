"""Importing notices and setting deadline rules.

A notice may be imported again: the same content changes nothing, other content replaces that year's days and lets
every open clock be counted anew.
"""

import csv
import hashlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from django.core.exceptions import ValidationError
from django.db import connection, transaction

from tulou.kernel.calendar.arithmetic import LAST_DAYS_OF_DECEMBER, DayKind
from tulou.kernel.calendar.clock import now
from tulou.kernel.calendar.models import Day, DeadlineRule, Notice, Unit

DATA = Path(__file__).parent / "data"
UNVERIFIED = "国务院办公厅年度节假日安排通知（文号未核）"

Listener = Callable[[int], None]
_listeners: list[Listener] = []


@dataclass(frozen=True)
class NamedDay:
    """A day of a notice and the feast it belongs to."""

    kind: DayKind
    name: str = ""


def on_notice_imported(listener: Listener) -> Listener:
    """Call this function with the year, in the same transaction, whenever a notice changes the calendar."""
    if listener not in _listeners:
        _listeners.append(listener)
    return listener


@transaction.atomic
def import_notice(
    year: int,
    days: Mapping[date, NamedDay | DayKind],
    *,
    title: str = "",
    citation: str = "",
    source: str = "人工录入",
    verified: bool = False,
) -> Notice:
    """Make a year's notice known; return it unchanged if it is known with the same content.

    Raises:
        ValidationError: a day does not belong to that year's notice.
    """
    named = {day: value if isinstance(value, NamedDay) else NamedDay(value) for day, value in days.items()}
    _refuse_foreign(year, named)
    _lock_year(year)
    title = title or f"国务院办公厅关于{year}年部分节假日安排的通知"
    citation = citation or UNVERIFIED
    digest = _digest(named, title, citation)
    known = Notice.objects.filter(year=year).first()
    if known is not None and known.digest == digest:
        return known
    values = {
        "title": title,
        "citation": citation,
        "verified": verified,
        "source": source,
        "digest": digest,
        "imported_at": now(),
    }
    notice, _ = Notice.objects.update_or_create(year=year, defaults=values)
    notice.days.all().delete()
    Day.objects.bulk_create(Day(date=d, kind=v.kind, name=v.name, notice=notice) for d, v in sorted(named.items()))
    for listener in _listeners:
        listener(year)
    return notice


def load_known_notices(folder: Path = DATA) -> list[Notice]:
    """Import every notice that ships with the product (2004–2026); safe to repeat."""
    with (folder / "days-2004-2026.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    with (folder / "notices.csv").open(encoding="utf-8", newline="") as file:
        notices = list(csv.DictReader(file))
    return [_load(line, [row for row in rows if row["notice"] == line["year"]]) for line in notices]


def set_rule(
    clock: str,
    title: str,
    amount: int,
    *,
    citation: str,
    unit: str = Unit.WORKING,
    extension: int = 0,
    max_extensions: int = 1,
    valid_from: date,
    verified: bool = False,
) -> DeadlineRule:
    """Put a rule in force from a day; the rule before it ends there. Repeating it changes nothing."""
    values = {
        "title": title,
        "amount": amount,
        "unit": unit,
        "extension": extension,
        "max_extensions": max_extensions,
        "citation": citation,
        "verified": verified,
    }
    with transaction.atomic():
        rules = DeadlineRule.objects.select_for_update().filter(clock=clock)
        later = rules.filter(valid_from__gt=valid_from).order_by("valid_from").first()
        rules.filter(valid_from__lt=valid_from, valid_to=None).update(valid_to=valid_from)
        rules.filter(valid_from__lt=valid_from, valid_to__gt=valid_from).update(valid_to=valid_from)
        ending = later.valid_from if later else None
        rule, _ = DeadlineRule.objects.update_or_create(
            clock=clock, valid_from=valid_from, defaults={**values, "valid_to": ending}
        )
    return rule


def _load(line: dict[str, str], rows: Iterable[dict[str, str]]) -> Notice:
    days = {date.fromisoformat(row["date"]): NamedDay(DayKind(row["kind"]), row["name"]) for row in rows}
    return import_notice(
        int(line["year"]),
        days,
        citation=line["citation"] or UNVERIFIED,
        source="chinesecalendar 整理",
        verified=line["verified"] == "1",
    )


def _refuse_foreign(year: int, days: Mapping[date, NamedDay]) -> None:
    for day in days:
        own = day.year == year
        eve = day.year == year - 1 and day.month == 12 and day.day >= LAST_DAYS_OF_DECEMBER
        if not own and not eve:
            raise ValidationError(f"{day} 不属于{year}年的节假日安排，请核对日期与年度")


def _digest(days: Mapping[date, NamedDay], title: str, citation: str) -> str:
    lines = [title, citation, *(f"{day} {value.kind} {value.name}" for day, value in sorted(days.items()))]
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


def _lock_year(year: int) -> None:
    """Two imports of one year take turns."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('calendar'), %s)", [year])
