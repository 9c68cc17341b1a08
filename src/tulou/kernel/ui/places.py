"""去处: where the page of a thing is, what it is called, and where its proof is shown, told by the rooms above.

Timelines, clocks, jobs and evidence name things as `type:id`; this room turns such references into names and links.
A page that does not exist on this node gives no link, and a thing that nobody can name shows the tail of its id.
"""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from uuid import UUID

from django.urls import NoReverseMatch, reverse

from tulou.kernel.identity import Actor

Names = Callable[[Collection[UUID]], Mapping[UUID, str]]
Opens = Callable[[Actor, str, UUID], bool]


@dataclass(frozen=True)
class Place:
    """A kind of thing: its title in Chinese, the page of one of them, and how to name several at once."""

    noun: str
    title: str
    url_name: str = ""
    names: Names | None = None


@dataclass(frozen=True)
class Described:
    """One thing as a page shows it."""

    reference: str
    title: str
    name: str
    url: str


_places: dict[str, Place] = {}
_proof: list[str] = []
_trace: list[tuple[str, Opens]] = []


def register_place(noun: str, title: str, url_name: str = "", *, names: Names | None = None) -> None:
    """Say where the page of a thing is; `noun` is the type in `type:id`, the last part of a model's label."""
    _places[noun] = Place(noun, title, url_name, names)


def register_proof(url_name: str) -> None:
    """Name the page that shows a leaf of the evidence log by its hash."""
    _proof[:] = [url_name]


def register_trace(url_name: str, opens: Opens) -> None:
    """Name the page that traces a thing by noun and id, and say whom it opens to."""
    _trace[:] = [(url_name, opens)]


def place(noun: str) -> Place | None:
    """What is known of a kind of thing; a model's label will do."""
    return _places.get(noun.rsplit(".", 1)[-1])


def nouns() -> list[str]:
    """Every kind of thing that a room told of."""
    return sorted(_places)


def url_of(noun: str, key: object) -> str:
    """The page of one thing, or an empty string."""
    known = place(noun)
    return _address(known.url_name, [key]) if known and known.url_name else ""


def proof_url(leaf_hash: str) -> str:
    """The page of a leaf, or an empty string."""
    return _address(_proof[0], [leaf_hash]) if _proof and leaf_hash else ""


def trace_url(actor: Actor, noun: str, key: UUID) -> str:
    """The page that traces one thing, or an empty string for those to whom it does not open."""
    noun = noun.rsplit(".", 1)[-1]
    return _address(_trace[0][0], [noun, key]) if _trace and _trace[0][1](actor, noun, key) else ""


def described(
    references: Iterable[str], known: Mapping[str, Mapping[UUID, str]] | None = None
) -> dict[str, Described]:  # fmt: skip
    """Names and links of these references; things of one kind are named in one question, those in `known` in none."""
    asked = dict.fromkeys(references)
    names = {noun: dict(given) for noun, given in (known or {}).items()}
    ids: dict[str, set[UUID]] = {}
    for reference in asked:
        noun, _, key = reference.partition(":")
        if (uuid := _uuid(key)) is not None and uuid not in names.get(noun, {}):
            ids.setdefault(noun, set()).add(uuid)
    for noun, keys in ids.items():
        if (row := _places.get(noun)) and row.names:
            names.setdefault(noun, {}).update(row.names(keys))
    return {reference: _described(reference, names) for reference in asked}


def _described(reference: str, known: Mapping[str, Mapping[UUID, str]]) -> Described:
    noun, _, key = reference.partition(":")
    row, uuid = _places.get(noun), _uuid(key)
    name = known.get(noun, {}).get(uuid, "") if uuid else ""
    shown = name or (f"…{key[-6:]}" if uuid else key)
    url = _address(row.url_name, [uuid]) if row and row.url_name and uuid else ""
    return Described(reference, row.title if row else noun, shown, url)


def _address(url_name: str, args: list[object]) -> str:
    try:
        return reverse(url_name, args=args)
    except NoReverseMatch:
        return ""


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
