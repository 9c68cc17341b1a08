"""待办: what waits for a person, told by each room and shown in the shell and on the workbench."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date

from tulou.kernel.identity import Actor


@dataclass(frozen=True)
class Todo:
    """One thing that waits for the viewer. `why` says what is asked, in a civil servant's words.

    Things with the same `about` are shown together under it; `reason` says why it is due on that day.
    """

    title: str
    url: str
    why: str
    due_on: date | None = None
    provisional: bool = False
    since: date | None = None
    source: str = ""
    about: str = ""
    reason: str = ""


@dataclass(frozen=True)
class TodoProvider:
    """A room's answers: how many wait, and which, the most urgent first; `register` names the page with all."""

    code: str
    title: str
    count: Callable[[Actor], int]
    items: Callable[[Actor, int], Sequence[Todo]]
    register: str = ""


_providers: dict[str, TodoProvider] = {}


def register_todo(provider: TodoProvider) -> None:
    """Add a room's provider."""
    _providers[provider.code] = provider


def providers() -> list[TodoProvider]:
    """Every provider, by title."""
    return sorted(_providers.values(), key=lambda provider: provider.title)


def todo_count(actor: Actor) -> int:
    """How many things wait for this actor in all rooms."""
    return sum(provider.count(actor) for provider in _providers.values())


def todos(actor: Actor, limit: int = 50) -> list[Todo]:
    """What waits, by due date, undated things last."""
    found = [todo for provider in providers() for todo in provider.items(actor, limit)]
    return sorted(found, key=lambda todo: (todo.due_on is None, todo.due_on or date.max, todo.since or date.max))[
        :limit
    ]
