"""催办: reminders at 50, 80 and 100 % of the time allowed. Safe to run as often as one likes."""

from datetime import date, datetime
from uuid import UUID

from django.db import transaction

from tulou.kernel.calendar import WorkCalendar, now, work_calendar
from tulou.kernel.calendar.models import Unit
from tulou.kernel.calendar.working import local_day
from tulou.kernel.outbox import publish
from tulou.kernel.workflow import counting
from tulou.kernel.workflow.events import ClockReminder
from tulou.kernel.workflow.models import Clock, Reminder

MARKS = (50, 80, 100)


def remind(at: datetime | None = None) -> int:
    """Send what is due and was not sent; returns how many. After a gap only the highest mark is sent."""
    moment = at or now()
    calendar = work_calendar()
    candidates = Clock.objects.filter(stopped_on=None, paused_on=None).order_by("pk").values_list("pk", flat=True)
    return sum(_remind_one(pk, calendar, moment) for pk in candidates.iterator())


def progress(clock: Clock, calendar: WorkCalendar, at: datetime) -> int:
    """Whole percent of the allowance that is used."""
    if clock.unit == Unit.HOURS:
        seconds = int((at - clock.started_at).total_seconds())
        return max(0, seconds * 100 // max(1, clock.allowance * 3600))
    day: date = local_day(at)
    return counting.used(clock, calendar, day) * 100 // max(1, clock.allowance)


@transaction.atomic
def _remind_one(pk: UUID, calendar: WorkCalendar, at: datetime) -> int:
    clock = Clock.objects.select_for_update().filter(pk=pk, stopped_on=None, paused_on=None).first()
    if clock is None:
        return 0
    percent = progress(clock, calendar, at)
    sent = set(clock.reminders.filter(round=clock.extensions).values_list("percent", flat=True))
    fresh = [mark for mark in MARKS if mark <= percent and mark not in sent]
    if not fresh:
        return 0
    Reminder.objects.bulk_create(
        Reminder(clock=clock, percent=mark, round=clock.extensions, sent_at=at) for mark in fresh
    )
    publish(
        ClockReminder(
            clock.pk,
            clock.subject_type,
            clock.subject,
            clock.clock,
            fresh[-1],
            clock.due_on,
            clock.provisional,
            clock.holder_organisation,
            clock.holder_role,
            clock.holder_person,
        )
    )
    return 1
