"""Reads: timelines, and clocks by what they belong to, who holds them and when they run out."""

from datetime import date
from uuid import UUID

from django.db import models
from django.db.models import Q, QuerySet

from tulou.kernel.calendar import add_working_days, now, today
from tulou.kernel.calendar.models import Unit
from tulou.kernel.identity import Actor
from tulou.kernel.permissions import roles_of
from tulou.kernel.permissions.registry import successors
from tulou.kernel.workflow.models import Clock, Step


def timeline(obj: models.Model) -> QuerySet[Step]:
    """Every step of one thing, oldest first."""
    return Step.objects.filter(subject=obj.pk, subject_type=obj._meta.label_lower).order_by("at", "id")


def clocks_of(obj: models.Model) -> QuerySet[Clock]:
    """Every clock of one thing, open ones first, then by due date."""
    rows = Clock.objects.filter(subject=obj.pk, subject_type=obj._meta.label_lower).select_related("rule")
    return rows.order_by(models.F("stopped_on").asc(nulls_first=True), "due_on")


def running() -> QuerySet[Clock]:
    """Clocks that count just now."""
    return Clock.objects.filter(stopped_on=None, paused_on=None)


def overdue(on: date | None = None) -> QuerySet[Clock]:
    """Running clocks whose day (or, for hours, moment) has passed."""
    day = on or today()
    late_days = ~Q(unit=Unit.HOURS) & Q(due_on__lt=day)
    late_hours = Q(unit=Unit.HOURS) & (Q(due_at__lt=now()) if on is None else Q(due_on__lt=day))
    return running().filter(late_days | late_hours).order_by("due_on")


def due_within(days: int, on: date | None = None) -> QuerySet[Clock]:
    """Running clocks that run out today or within so many working days; overdue ones are not among them."""
    day = on or today()
    last = add_working_days(day, days).date
    return running().filter(due_on__gte=day, due_on__lte=last).order_by("due_on")


def clocks_for(actor: Actor) -> QuerySet[Clock]:
    """Open clocks that wait for this actor: personally, by a role held or kept here, or for the whole organisation.

    A clock held by a role alone waits for whoever holds it, wherever.
    """
    if actor.person is None:
        return Clock.objects.none()
    mine = Q(holder_person=actor.person)
    if actor.party is not None:
        here = Q(holder_organisation__in=_predecessors(actor.party), holder_person=None)
        codes = ["", *(role.code for role in roles_of(actor))]
        mine |= here & Q(holder_role__in=codes)
        mine |= Q(holder_organisation=None, holder_person=None, holder_role__in=codes[1:])
    return Clock.objects.filter(mine, stopped_on=None).order_by("due_on")


def _predecessors(organisation: UUID) -> list[UUID]:
    """The ids under which this organisation holds clocks: its own and those it succeeded."""
    holders = Clock.objects.filter(stopped_on=None).exclude(holder_organisation=None)
    found = set(holders.values_list("holder_organisation", flat=True).distinct())
    today_of = successors([party for party in found | {organisation} if party is not None])
    return [party for party, heir in today_of.items() if heir == today_of[organisation]]
