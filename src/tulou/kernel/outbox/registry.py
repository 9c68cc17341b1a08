"""Which events exist and who handles them: data filled by decorators when Django starts."""

from collections.abc import Callable
from dataclasses import dataclass, is_dataclass
from typing import Any, TypeVar

from tulou.kernel.outbox import codec

E = TypeVar("E")


@dataclass(frozen=True, slots=True)
class EventType:
    """An event's name and version, its class, and the field that orders its deliveries, if any."""

    name: str
    version: int
    cls: type[Any]
    ordered_by: str | None

    def stream_of(self, event: object) -> str:
        """Deliveries of one stream to one handler keep their order; the empty stream promises none."""
        if self.ordered_by is None:
            return ""
        return f"{self.name.split('.')[0]}:{getattr(event, self.ordered_by)}"


@dataclass(frozen=True, slots=True)
class Handler:
    """A reaction to one event; its name is stored in deliveries, so a renamed function is a new handler."""

    name: str
    event: EventType
    run: Callable[[Any], None]


_events: dict[tuple[str, int], EventType] = {}
_by_class: dict[type[Any], EventType] = {}
_handlers: dict[str, Handler] = {}


def event(name: str, *, version: int = 1, ordered_by: str | None = None) -> Callable[[type[E]], type[E]]:
    """Declare a frozen dataclass as an event.

    `ordered_by` names a field: events of one domain with an equal value there
    reach each handler in the order of publication, and wait for one that fails.

    Raises:
        TypeError: the class is not a frozen dataclass, or a field cannot be encoded.
        ValueError: the name and version are taken.
    """

    def declare(cls: type[E]) -> type[E]:
        if not is_dataclass(cls) or not cls.__dataclass_params__.frozen:  # type: ignore[attr-defined]
            raise TypeError(f"event {cls.__name__} must be a frozen dataclass")
        codec.check(cls)
        known = _events.get((name, version))
        if known is not None and known.cls.__qualname__ != cls.__qualname__:
            raise ValueError(f"event {name} version {version} is declared twice")
        kind = EventType(name, version, cls, ordered_by)
        _events[name, version] = _by_class[cls] = kind
        return cls

    return declare


def handles(cls: type[E]) -> Callable[[Callable[[E], None]], Callable[[E], None]]:
    """Register a handler of an event. Its work and the mark that it is done commit together."""

    def register(function: Callable[[E], None]) -> Callable[[E], None]:
        name = f"{function.__module__}.{function.__qualname__}"
        _handlers[name] = Handler(name, type_of(cls), function)
        return function

    return register


def type_of(cls: type[Any]) -> EventType:
    """The declaration of an event class.

    Raises:
        TypeError: the class was never declared by `@event`.
    """
    if cls not in _by_class:
        raise TypeError(f"{cls.__name__} is not declared by @event")
    return _by_class[cls]


def known_event(name: str, version: int) -> EventType | None:
    """The declaration under a stored name and version."""
    return _events.get((name, version))


def handler(name: str) -> Handler | None:
    """The handler under a stored name."""
    return _handlers.get(name)


def handlers_of(name: str, version: int) -> list[Handler]:
    """Everyone who handles this event, in the order of their names."""
    found = [h for h in _handlers.values() if (h.event.name, h.event.version) == (name, version)]
    return sorted(found, key=lambda h: h.name)


def all_events() -> list[EventType]:
    """Every declared event, for the handbook and its test."""
    return sorted(_events.values(), key=lambda e: (e.name, e.version))


def all_handlers() -> list[Handler]:
    """Every handler, for the handbook and its test."""
    return sorted(_handlers.values(), key=lambda h: h.name)
