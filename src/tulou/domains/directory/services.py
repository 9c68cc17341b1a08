"""Commands of the directory: found, rename and succeed agencies; register duties, systems and nodes.

Founding what is already there under the same code changes nothing, so that imports can be repeated.
"""

from dataclasses import dataclass
from datetime import date
from typing import TypeVar
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import transaction

from tulou.domains.directory.events import AgencySucceeded
from tulou.domains.directory.models import Agency, Duty, InformationSystem, Node, Succession
from tulou.kernel import temporal
from tulou.kernel.calendar import today
from tulou.kernel.evidence import record
from tulou.kernel.identity import Actor
from tulou.kernel.identity.models import Party, PartyKind
from tulou.kernel.outbox import publish
from tulou.kernel.permissions import require
from tulou.kernel.permissions.queries import forget

Registered = TypeVar("Registered", Duty, InformationSystem)


@dataclass(frozen=True, slots=True)
class AgencySpec:
    """What the directory must know to found an agency."""

    code: str
    name: str
    short_name: str
    kind: str
    region: str
    node: str
    parent: str | None = None
    uscc: str = ""
    valid_from: date | None = None


@dataclass(frozen=True, slots=True)
class DutySpec:
    """An item of the 权责清单 as it comes in."""

    code: str
    name: str
    citation: str
    core_business: str
    is_sample: bool = False


@dataclass(frozen=True, slots=True)
class SystemSpec:
    """An information system as it comes in."""

    code: str
    name: str
    description: str = ""
    security_level: int | None = None
    network: str = ""
    is_sample: bool = False


@transaction.atomic
def found_node(code: str, name: str, *, kind: str, region: str, parent: str | None, actor: Actor) -> Node:
    """Take a node into the register."""
    require(actor, "directory.maintain")
    known = Node.objects.filter(code=code).first()
    if known is not None:
        return known
    node = Node(code=code, name=name, kind=kind, region=region, parent=_node(parent) if parent else None)
    node.full_clean()
    node.save(force_insert=True)
    record("directory.node.found", actor=actor, subjects=[f"node:{node.id}"], data={"code": code, "name": name})
    return node


@transaction.atomic
def found_agency(spec: AgencySpec, *, actor: Actor) -> Agency:
    """Found an agency under a permanent party id.

    Raises:
        ValidationError: a field is wrong, or its node or parent is not registered.
    """
    require(actor, "directory.maintain")
    known = Agency.objects.filter(code=spec.code).first()
    if known is not None:
        return known
    party = Party.objects.create(kind=PartyKind.AGENCY)
    agency = Agency(
        id=party.id,
        code=spec.code,
        name=spec.name,
        short_name=spec.short_name,
        kind=spec.kind,
        region=spec.region,
        node=_node(spec.node),
        parent=_agency(spec.parent) if spec.parent else None,
        uscc=spec.uscc,
    )
    agency.full_clean()
    agency.save(force_insert=True)
    temporal.record(agency, actor=actor, valid_from=spec.valid_from)
    record("directory.agency.found", actor=actor, subjects=[f"agency:{agency.id}"], data={"name": agency.name})
    return agency


@transaction.atomic
def rename_agency(agency: Agency, *, name: str, short_name: str, on: date, document: str = "", actor: Actor) -> Agency:
    """Give an agency another name from a day on; its past keeps the old one.

    Raises:
        ValidationError: the name is empty or too long.
    """
    require(actor, "directory.maintain")
    row = Agency.objects.select_for_update().get(pk=agency.pk)
    before = row.name
    row.name, row.short_name = name, short_name
    row.full_clean()
    temporal.record(row, actor=actor, valid_from=on, note=document)
    if on <= today():
        row.save(update_fields=["name", "short_name"])
    record(
        "directory.agency.rename",
        actor=actor,
        subjects=[f"agency:{row.id}"],
        data={"before": before, "after": name, "on": on.isoformat(), "document": document},
    )
    return row


@transaction.atomic
def succeed(
    predecessor: Agency, successor: Agency, *, kind: str, on: date, document: str = "", actor: Actor
) -> Succession:
    """Let one agency hold, from a day on, what another held. Nothing else is rewritten.

    Raises:
        ValidationError: the predecessor already has a successor, or the chain would close into a ring.
    """
    require(actor, "directory.maintain")
    moves = dict(Succession.objects.select_for_update().values_list("predecessor_id", "successor_id"))
    place: UUID | None = successor.id
    while place is not None:
        if place == predecessor.id:
            raise ValidationError({"successor": f"{successor.name}已承继自{predecessor.name}，不能互相承继"})
        place = moves.get(place)
    row = Succession(predecessor=predecessor, successor=successor, kind=kind, on=on, document=document)
    row.full_clean()
    row.save(force_insert=True)
    forget()
    _end_agency(predecessor, on=on, document=document, actor=actor)
    record(
        "directory.agency.succeed",
        actor=actor,
        subjects=[f"agency:{predecessor.id}", f"agency:{successor.id}"],
        data={"kind": kind, "on": on.isoformat(), "document": document},
    )
    publish(AgencySucceeded(predecessor=predecessor.id, successor=successor.id, on=on))
    return row


@transaction.atomic
def register_duty(spec: DutySpec, *, agency: Agency, actor: Actor) -> Duty:
    """Enter an item of the 权责清单 for an agency.

    Raises:
        ValidationError: a field is empty, or the code already belongs to another agency or name.
    """
    require(actor, "directory.register", organisation=agency.id)
    known = Duty.objects.filter(code=spec.code).first()
    if known is not None:
        return _same(known, known.agency_id == agency.id and known.name == spec.name, spec.code, "事项编码")
    duty = Duty(
        code=spec.code,
        name=spec.name,
        agency=agency,
        citation=spec.citation,
        core_business=spec.core_business,
        is_sample=spec.is_sample,
    )
    duty.full_clean()
    duty.save(force_insert=True)
    temporal.record(duty, actor=actor)
    subjects = [f"duty:{duty.id}", f"agency:{agency.id}"]
    record("directory.duty.register", actor=actor, subjects=subjects, data={"code": duty.code})
    return duty


@transaction.atomic
def register_system(spec: SystemSpec, *, agency: Agency, actor: Actor) -> InformationSystem:
    """Enter an information system of an agency; it becomes a party of its own.

    Raises:
        ValidationError: a field is wrong, or the code already belongs to another agency or name.
    """
    require(actor, "directory.register", organisation=agency.id)
    known = InformationSystem.objects.filter(code=spec.code).first()
    if known is not None:
        return _same(known, known.agency_id == agency.id and known.name == spec.name, spec.code, "系统编码")
    party = Party.objects.create(kind=PartyKind.INFORMATION_SYSTEM)
    system = InformationSystem(
        id=party.id,
        code=spec.code,
        name=spec.name,
        agency=agency,
        description=spec.description,
        security_level=spec.security_level,
        network=spec.network,
        is_sample=spec.is_sample,
    )
    system.full_clean()
    system.save(force_insert=True)
    temporal.record(system, actor=actor)
    record(
        "directory.system.register",
        actor=actor,
        subjects=[f"system:{system.id}", f"agency:{agency.id}"],
        data={"code": system.code},
    )
    return system


def _same(known: Registered, same: bool, code: str, label: str) -> Registered:
    if not same:
        raise ValidationError({"code": f"{label} {code} 已用于{known.agency.name}的“{known.name}”，请使用其他编码"})
    return known


def _end_agency(agency: Agency, *, on: date, document: str, actor: Actor) -> None:
    row = Agency.objects.select_for_update().get(pk=agency.pk)
    row.active = False
    temporal.record(row, actor=actor, valid_from=on, note=document)
    if on <= today():
        row.save(update_fields=["active"])


def _node(code: str) -> Node:
    node = Node.objects.filter(code=code).first()
    if node is None:
        raise ValidationError({"node": f"节点 {code} 未登记，请先登记节点"})
    return node


def _agency(code: str) -> Agency:
    agency = Agency.objects.filter(code=code).first()
    if agency is None:
        raise ValidationError({"parent": f"上级机构 {code} 未登记，请先登记上级机构"})
    return agency
