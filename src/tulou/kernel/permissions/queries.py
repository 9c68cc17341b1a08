"""Which roles a person holds today, by own assignment or by keeping another's desk.

Within one request the answer is looked up once: a page asks many times. Giving or taking a role forgets it.
"""

from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import date
from typing import Any, TypeVar
from uuid import UUID

from django.utils import timezone

from tulou.kernel.permissions import registry
from tulou.kernel.permissions.models import Assignment, Delegation
from tulou.kernel.permissions.registry import Role

T = TypeVar("T")


@dataclass(frozen=True)
class Held:
    """A role in force, at an organisation as it is called today, within its narrowing."""

    role: Role
    organisation: UUID
    region: str
    theme: str
    for_person: UUID | None = None

    @property
    def is_delegated(self) -> bool:
        return self.for_person is not None


_remembered: ContextVar[dict[Hashable, Any] | None] = ContextVar("tulou_held", default=None)


@contextmanager
def remembering() -> Iterator[None]:
    """For one request, look up each person once, and whatever else is asked through `once`."""
    token = _remembered.set({})
    try:
        yield
    finally:
        _remembered.reset(token)


def forget() -> None:
    """Roles or successions changed: look again."""
    known = _remembered.get()
    if known is not None:
        known.clear()


def once(key: Hashable, look_up: Callable[[], T]) -> T:
    """The answer of `look_up`, asked at most once in a request until something is forgotten."""
    known = _remembered.get()
    if known is None:
        return look_up()
    if key not in known:
        known[key] = look_up()
    answer: T = known[key]
    return answer


def held_by(person: UUID, on: date | None = None) -> list[Held]:
    """Everything this person may use on this day, at whichever organisation. Delegated desks cannot be passed on."""
    day = on or timezone.localdate()
    return once((person, day), lambda: _look_up(person, day))


def _look_up(person: UUID, day: date) -> list[Held]:
    own = list(Assignment.objects.in_force(day).filter(person=person))
    desks = list(Delegation.objects.in_force(day).filter(keeper=person))
    kept = [(desk.giver_id, row) for desk in desks for row in _desk_rows(desk, day)]
    rows = [(None, row) for row in own] + kept
    today = registry.successors({row.organisation_id for _, row in rows})
    return [
        Held(role, today[row.organisation_id], row.region, row.theme, giver)
        for giver, row in rows
        if (role := registry.role(row.role)) is not None
    ]


def _desk_rows(desk: Delegation, day: date) -> list[Assignment]:
    """A desk is worth only what its owner holds on that day."""
    return list(
        Assignment.objects.in_force(day).filter(person=desk.giver_id, role=desk.role, organisation=desk.organisation_id)
    )


def workplaces(person: UUID) -> list[UUID]:
    """The organisations this person may act for today, own ones first."""
    held = held_by(person)
    ordered = [h.organisation for h in held if not h.is_delegated] + [h.organisation for h in held if h.is_delegated]
    return list(dict.fromkeys(ordered))
