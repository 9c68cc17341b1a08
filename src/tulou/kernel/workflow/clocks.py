"""Starting, pausing, resuming, extending, stopping and handing over clocks. Called by `Flow` under its lock."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.core.exceptions import ImproperlyConfigured
from django.db import models, transaction

from tulou.kernel.calendar import deadline, now, work_calendar
from tulou.kernel.calendar.models import Unit
from tulou.kernel.calendar.working import due_moment, local_day
from tulou.kernel.evidence import record
from tulou.kernel.identity import Actor
from tulou.kernel.outbox import publish
from tulou.kernel.workflow import counting
from tulou.kernel.workflow.errors import ExtensionRefused, MoveRefused
from tulou.kernel.workflow.events import ClockRecounted
from tulou.kernel.workflow.models import Clock, Step


@dataclass(frozen=True)
class Holder:
    """Who must act before the clock runs out: an organisation, a role there, or one person."""

    organisation: UUID | None = None
    role: str = ""
    person: UUID | None = None


def start(obj: models.Model, code: str, *, holder: Holder, at: datetime) -> Clock:
    """Start a clock by the rule in force on the day."""
    day = local_day(at)
    rule = deadline(code, on=day)
    if open_clock(obj.pk, code) is not None:
        raise ImproperlyConfigured(f"{obj._meta.label_lower} 的时限 {code} 已在计时，须先由流程停止")
    clock = Clock(
        subject_type=obj._meta.label_lower,
        subject=obj.pk,
        subject_label=str(obj)[:200],
        clock=code,
        title=rule.title,
        rule=rule,
        unit=rule.unit,
        allowance=rule.amount,
        started_on=day,
        started_at=at,
        running_since=day,
        holder_organisation=holder.organisation,
        holder_role=holder.role,
        holder_person=holder.person,
    )
    _set_due(clock)
    clock.save(force_insert=True)
    return clock


def pause(obj: models.Model, code: str, *, at: datetime) -> None:
    """Stop counting while something is corrected; the days used so far stay used."""
    clock = _running(obj, code)
    if clock.unit == Unit.HOURS:
        raise ImproperlyConfigured(f"时限 {code} 按小时计，不得暂停")
    counting.pause(clock, local_day(at))
    clock.save(update_fields=["spans", "paused_on"])


def resume(obj: models.Model, code: str, *, at: datetime) -> None:
    """Go on counting with what is left."""
    clock = open_clock(obj.pk, code)
    if clock is None or clock.paused_on is None:
        raise MoveRefused(f"没有已暂停的时限“{code}”，无法恢复计时")
    counting.resume(clock, local_day(at))
    _set_due(clock)
    clock.save(update_fields=["running_since", "paused_on", "due_on", "provisional"])


def extend(obj: models.Model, code: str) -> None:
    """Add the extension that the rule grants, as often as it allows.

    Raises:
        ExtensionRefused: the rule grants none, or it was used.
    """
    clock = open_clock(obj.pk, code)
    if clock is None:
        raise MoveRefused(f"没有正在计时的时限“{code}”，无法延长")
    if clock.rule.extension == 0:
        raise ExtensionRefused(f"“{clock.title}”依{clock.rule.citation}不可延长，请在{clock.due_on}前办结")
    if clock.extensions >= clock.rule.max_extensions:
        raise ExtensionRefused(f"“{clock.title}”已延长{clock.extensions}次，依规定不得再延长，请在{clock.due_on}前办结")
    clock.allowance += clock.rule.extension
    clock.extensions += 1
    if clock.paused_on is None:
        _set_due(clock)
    clock.save(update_fields=["allowance", "extensions", "due_on", "due_at", "provisional"])


def stop(obj: models.Model, code: str, *, at: datetime) -> None:
    """The duty is done; nothing happens where no such clock runs."""
    clock = open_clock(obj.pk, code)
    if clock is not None:
        clock.stopped_on, clock.stopped_at = local_day(at), at
        clock.save(update_fields=["stopped_on", "stopped_at"])


@transaction.atomic
def escalate(clock: Clock, *, to: Holder, actor: Actor, reason: str) -> Clock:
    """Hand an open clock to a delegate or a higher desk; the days go on counting."""
    clock = Clock.objects.select_for_update().get(pk=clock.pk)
    if not clock.is_open:
        raise MoveRefused(f"“{clock.title}”已办结，无需升级督办")
    before = Holder(clock.holder_organisation, clock.holder_role, clock.holder_person)
    clock.holder_organisation, clock.holder_role, clock.holder_person = to.organisation, to.role, to.person
    clock.escalated_at = now()
    clock.save(update_fields=["holder_organisation", "holder_role", "holder_person", "escalated_at"])
    facts = {"clock": clock.clock, "from": _plain(before), "to": _plain(to)}
    subject = f"{clock.subject_type.split('.')[1]}:{clock.subject}"
    promise = record("workflow.clock.escalated", actor=actor, subjects=[subject, f"clock:{clock.pk}"], data=facts)
    Step.objects.create(
        flow="workflow.clock",
        subject_type=clock.subject_type,
        subject=clock.subject,
        move="escalate",
        label="升级督办",
        target="",
        revision=0,
        at=clock.escalated_at,
        person=actor.person,
        party=actor.party,
        actor_kind=actor.kind,
        actor_label=actor.label,
        note=reason,
        facts=facts,
        leaf_hash=promise.leaf_hash.hex(),
    )
    return clock


def recount(year: int) -> None:
    """Count every running clock anew after the notice of a year was imported; tell whose day moved."""
    calendar = work_calendar()
    running = Clock.objects.select_for_update().filter(stopped_on=None, paused_on=None, unit=Unit.WORKING)
    for clock in running.order_by("pk"):
        fresh = counting.due(clock, calendar)
        if (fresh.date, fresh.provisional) == (clock.due_on, clock.provisional):
            continue
        before, clock.due_on, clock.provisional = clock.due_on, fresh.date, fresh.provisional
        clock.save(update_fields=["due_on", "provisional"])
        publish(
            ClockRecounted(clock.pk, clock.subject_type, clock.subject, year, before, fresh.date, fresh.provisional)
        )


def open_clock(subject: UUID, code: str) -> Clock | None:
    """The clock of this code that is still open, locked."""
    open_ones = Clock.objects.select_for_update(of=("self",)).select_related("rule")
    return open_ones.filter(subject=subject, clock=code, stopped_on=None).first()


def _running(obj: models.Model, code: str) -> Clock:
    clock = open_clock(obj.pk, code)
    if clock is None or clock.paused_on is not None:
        raise MoveRefused(f"没有正在计时的时限“{code}”，无法暂停")
    return clock


def _set_due(clock: Clock) -> None:
    if clock.unit == Unit.HOURS:
        clock.due_at = due_moment(clock.started_at, clock.allowance)
        clock.due_on, clock.provisional = local_day(clock.due_at), False
        return
    fresh = counting.due(clock, work_calendar())
    clock.due_on, clock.provisional = fresh.date, fresh.provisional


def _plain(holder: Holder) -> dict[str, Any]:
    return {
        "organisation": str(holder.organisation) if holder.organisation else None,
        "role": holder.role,
        "person": str(holder.person) if holder.person else None,
    }
