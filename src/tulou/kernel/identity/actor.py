"""Who acts, for whom, on which session: the one value that every command takes."""

from dataclasses import dataclass
from typing import Literal
from uuid import UUID

from django.http import HttpRequest

ActorKind = Literal["person", "system", "node"]


@dataclass(frozen=True, slots=True)
class Actor:
    """`person` is the party of the one who acts, `party` the organisation acted for."""

    person: UUID | None
    party: UUID | None
    kind: ActorKind
    label: str
    session: UUID | None = None

    @classmethod
    def system(cls, name: str) -> "Actor":
        """A part of this node that acts by itself, such as the clerk."""
        return cls(person=None, party=None, kind="system", label=name)

    @classmethod
    def node(cls, party: UUID, label: str) -> "Actor":
        """Another node, known by its signature."""
        return cls(person=None, party=party, kind="node", label=label)

    @property
    def is_guest(self) -> bool:
        return self.kind == "person" and self.person is None

    @property
    def is_system(self) -> bool:
        return self.kind == "system"


GUEST = Actor(person=None, party=None, kind="person", label="访客")


def actor_of(request: HttpRequest) -> Actor:
    """The actor that `ActingMiddleware` found for this request; a guest where nobody is signed in."""
    actor = getattr(request, "actor", None)
    return actor if isinstance(actor, Actor) else GUEST
