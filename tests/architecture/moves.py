"""Who may make which move: every move of every flow asked for every role, at every organisation that is a part to it.

The answer is kept in `moves.txt`, so that a changed permission shows in a diff:
`python -m tests.architecture.renew` writes it anew.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from django.db import models

from tulou.domains.directory.models import Agency, AgencyKind, Node
from tulou.kernel.identity import Actor
from tulou.kernel.identity.models import Party, PartyKind
from tulou.kernel.permissions.models import Assignment
from tulou.kernel.permissions.registry import all_roles
from tulou.kernel.workflow import Flow, Stateful, all_flows

TABLE = Path(__file__).with_suffix(".txt")
RENEW = "RENEW_MOVES"
#: Fields that name an organisation by its party id, without a foreign key.
PARTIES = {"caller"}
FOREIGN, PLATFORM, NOBODY = "foreign", "platform", "—"
HEAD = """\
# Who may make which move. One block for each move; one line for each part that an organisation can have in the object
# (its field, or `foreign` for an organisation that has none; `platform` is the node itself), then the roles, held at
# that organisation, to which the move is open. Written by `python -m tests.architecture.renew`.
"""


@dataclass(frozen=True)
class Answer:
    """To whom one move is open, from one part."""

    flow: str
    move: str
    title: str
    part: str
    roles: tuple[str, ...]


def answers() -> list[Answer]:
    """Every answer, asked of the flows' own predicates against assignments in the database."""
    return [answer for flow in all_flows() for answer in _of_flow(flow)]


def render(found: list[Answer]) -> str:
    """The table as text."""
    lines = [HEAD]
    last = ""
    for answer in found:
        head = f"{answer.flow}.{answer.move} {answer.title}"
        if head != last:
            lines.append(f"\n{head}\n")
            last = head
        lines.append(f"    {answer.part:<12}{' '.join(answer.roles) or NOBODY}\n")
    return "".join(lines)


def _of_flow(flow: Flow[Any]) -> Iterator[Answer]:
    places: dict[str, Agency] = {}
    obj = _example(flow.model, places)
    places[FOREIGN] = _agency()
    people = {(part, role.code): _person(role.code, place) for part, place in places.items() for role in all_roles()}
    for move in flow.moves.values():
        for part in places:
            roles = [role.code for role in all_roles() if _open(obj, move, people[part, role.code])]
            yield Answer(flow.name, move.name, move.title, part, tuple(roles))
        by_itself = ("system",) if _open(obj, move, Actor.system("平台")) else ()
        yield Answer(flow.name, move.name, move.title, PLATFORM, by_itself)


def _open(obj: Stateful, move: Any, actor: Actor) -> bool:
    """Whether the move is open from any of its sources."""
    for source in move.sources:
        obj.status = str(source)
        if move.may(obj, actor):
            return True
    return False


def _example(model: type[models.Model], places: dict[str, Agency]) -> Any:
    """An unsaved object in which every organisation has a place of its own; a parent object is made likewise."""
    obj = model()
    for field in model._meta.concrete_fields:
        if isinstance(field, models.ForeignKey) and field.related_model is Agency:
            setattr(obj, field.name, places.setdefault(field.name, _agency()))
        elif field.name in PARTIES:
            setattr(obj, field.name, places.setdefault(field.name, _agency()).id)
        elif isinstance(field, models.ForeignKey) and _is_parent(field.related_model, model) and not field.null:
            setattr(obj, field.name, _example(field.related_model, places))
    return obj


def _is_parent(other: Any, model: type[models.Model]) -> bool:
    """Whether it is a stateful noun of the same domain, whose parts decide about this one too."""
    return issubclass(other, Stateful) and other._meta.app_label == model._meta.app_label


def _agency() -> Agency:
    node, _ = Node.objects.get_or_create(code="walk", defaults={"name": "样例节点", "kind": "province"})
    party = Party.objects.create(kind=PartyKind.AGENCY)
    code = f"walk-{party.pk.hex[-12:]}"
    return Agency.objects.create(
        pk=party.pk, code=code, name=code, short_name=code, kind=AgencyKind.DEPARTMENT, region="350000", node=node
    )


def _person(role: str, place: Agency) -> Actor:
    person = Party.objects.create(kind=PartyKind.PERSON)
    Assignment.objects.create(person=person, role=role, organisation_id=place.pk, valid_from=date(2023, 1, 1))
    return Actor(person.pk, place.pk, "person", role)
