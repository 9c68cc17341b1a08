"""Reads of the directory. Who exists and what they are charged with is no secret among those who are signed in."""

from collections.abc import Collection
from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from tulou.domains.directory.models import Agency, Succession
from tulou.kernel import temporal
from tulou.kernel.calendar import today
from tulou.kernel.permissions.queries import once

#: A chain of successions longer than this is a mistake in the data, not history.
LONGEST_CHAIN = 50


def successors(ids: Collection[UUID]) -> dict[UUID, UUID]:
    """For each organisation the one that stands in its place today; itself when nothing happened.

    The whole chain is read at once: successions are few, and the answer is asked for on every page.
    """
    moves = _moves()
    return {start: _end_of(start, moves) for start in ids}


def _moves() -> dict[UUID, UUID]:
    """Who followed whom until today; read once in a request."""
    day = today()
    known = Succession.objects.filter(on__lte=day).order_by()
    return once(("succession", day), lambda: dict(known.values_list("predecessor_id", "successor_id")))


def _end_of(start: UUID, moves: dict[UUID, UUID]) -> UUID:
    place = start
    for _ in range(LONGEST_CHAIN):
        if place not in moves:
            return place
        place = moves[place]
    raise ValueError(f"机构承继关系成环：{start}")


def predecessors(agency: UUID) -> frozenset[UUID]:
    """The agency itself and all whose chain of successions ends with it today."""
    moves = _moves()
    return frozenset({agency, *(start for start in moves if _end_of(start, moves) == agency)})


def agencies_on(on: date) -> "QuerySet[Any]":
    """The history rows of the agencies that existed on a day, with parent and node."""
    rows: QuerySet[Any] = temporal.as_of(Agency, on)
    return rows.select_related("parent", "node")


def names(ids: Collection[UUID]) -> dict[UUID, str]:
    """The names of today of these agencies."""
    return dict(Agency.objects.filter(pk__in=ids).values_list("id", "name"))


def ancestors(agency: UUID) -> list[UUID]:
    """The agency itself and everything above it, nearest first."""
    parents = dict(Agency.objects.values_list("id", "parent_id"))
    path: list[UUID] = []
    place: UUID | None = agency
    while place is not None and place not in path:
        path.append(place)
        place = parents.get(place)
    return path
