"""Every address of the node, by name, with the way to build it."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver, reverse

#: Answers of the frameworks that are no pages: the root of an API that has no documentation on this node.
NO_PAGES = {"api:api-root"}


@dataclass(frozen=True)
class Address:
    """One pattern: its full name, its route, its parameters in order, its view."""

    name: str
    route: str
    parameters: tuple[str, ...]
    view: Callable[..., Any]

    def path(self, keys: tuple[object, ...] = ()) -> str:
        """The address of one object."""
        return reverse(self.name, args=keys)


def addresses() -> list[Address]:
    """All of them."""
    return [found for found in _walk(get_resolver(), "", "") if found.name not in NO_PAGES]


def _walk(resolver: URLResolver, prefix: str, space: str) -> Iterator[Address]:
    for pattern in resolver.url_patterns:
        route = prefix + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            inner = f"{space}{pattern.namespace}:" if pattern.namespace else space
            yield from _walk(pattern, route, inner)
        elif isinstance(pattern, URLPattern):
            parameters = tuple(pattern.pattern.converters) or _unconverted(str(pattern.pattern))
            yield Address(f"{space}{pattern.name}", route, parameters, pattern.callback)


def _unconverted(route: str) -> tuple[str, ...]:
    return tuple(part.split(">")[0].split(":")[-1] for part in route.split("<")[1:])
