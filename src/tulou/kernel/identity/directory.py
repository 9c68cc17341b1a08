"""Two questions this room cannot answer itself, and the hooks through which others do.

`permissions` says at which organisations a person works; the directory of agencies says what a party is called.
"""

from collections.abc import Callable, Collection
from uuid import UUID

Workplaces = Callable[[UUID], list[UUID]]
PartyNames = Callable[[Collection[UUID]], dict[UUID, str]]

_workplaces: list[Workplaces] = []
_names: list[PartyNames] = []


def register_workplaces(resolver: Workplaces) -> None:
    """Name the function that lists the organisations a person may act for."""
    if resolver not in _workplaces:
        _workplaces.append(resolver)


def register_party_names(resolver: PartyNames) -> None:
    """Name a function that turns party ids into the names of today; later ones are asked for what is still unknown."""
    if resolver not in _names:
        _names.append(resolver)


def workplaces_of(person: UUID) -> list[UUID]:
    """The organisations this person may act for, without repetition, in the order given."""
    return list(dict.fromkeys(place for resolver in _workplaces for place in resolver(person)))


def party_names(parties: Collection[UUID]) -> dict[UUID, str]:
    """A readable name for each of these parties; an unnamed one is shown by the tail of its id."""
    known: dict[UUID, str] = {}
    for resolver in _names:
        open_ids = [party for party in parties if party not in known]
        if open_ids:
            known.update(resolver(open_ids))
    return {party: known.get(party, f"主体…{str(party)[-6:]}") for party in parties}


def party_name(party: UUID | None) -> str:
    """The readable name of one party; empty for none."""
    return party_names([party])[party] if party is not None else ""
