"""What an attack on a bundle is, and what every attacker needs."""

import random
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from tests.proof.bundle_world import Members, World, members_of


@dataclass(frozen=True)
class Attack:
    """A bundle under attack, what the reader holds, and the faults (class, file) of which one must be named."""

    data: bytes
    expected: frozenset[tuple[str, str]]
    keys: list[dict[str, Any]] | None = None
    known: dict[str, Any] | None = None


Attacker = Callable[[World, random.Random], Attack]


class Arsenal(dict[str, list[Attacker]]):
    """Attackers by class; called with a class, it is the decorator that adds one."""

    def __call__(self, name: str) -> Callable[[Attacker], Attacker]:
        """Add the decorated attacker to this class."""

        def register(attacker: Attacker) -> Attacker:
            self.setdefault(name, []).append(attacker)
            return attacker

        return register


def names(part: str, *codes: str) -> frozenset[tuple[str, str]]:
    """Any of these fault classes, for this file."""
    return frozenset((code, part) for code in codes)


def genuine(world: World, rng: random.Random) -> Members:
    """The members of a genuine bundle of three to six records."""
    return members_of(world.build(sorted(rng.sample(world.picked, rng.randint(3, 6)))))


def pick(members: Members, rng: random.Random) -> int:
    """The place of some record."""
    return rng.choice([at for at, (name, _) in enumerate(members) if name.startswith("records/")])
