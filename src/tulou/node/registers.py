"""Registers that move between nodes as JSON lines: 机构、职责、信息系统、代码表、法规依据.

Each line is taken by the domain's own command, so that an import obeys the rules which a page obeys; taking a line
again changes nothing.
"""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from django.core.exceptions import ObjectDoesNotExist, ValidationError
from django.db import transaction

from tulou.domains.directory import services as directory
from tulou.domains.directory.models import Agency, Duty, InformationSystem, Node
from tulou.domains.law import services as law
from tulou.domains.law.models import LegalBasis
from tulou.domains.standards import public as standards
from tulou.domains.standards.models import CodeTable
from tulou.kernel.identity import Actor
from tulou.kernel.permissions import Forbidden

Line = Mapping[str, Any]


@dataclass(frozen=True)
class Register:
    """One register: its lines, and the command that takes a line."""

    title: str
    lines: Callable[[], Iterable[Line]]
    take: Callable[[dict[str, Any], Actor], object]


@dataclass(frozen=True)
class Refusal:
    """A line that was not taken, and why."""

    number: int
    reason: str


def export(name: str) -> Iterator[str]:
    """The register's lines, in an order that an import can follow (parents before children)."""
    for line in REGISTERS[name].lines():
        yield json.dumps(line, ensure_ascii=False, sort_keys=True, default=str)


def take(name: str, lines: Iterable[str], *, actor: Actor) -> tuple[int, list[Refusal]]:
    """Take lines one by one; how many were taken, and which were refused."""
    taken, refused = 0, []
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            with transaction.atomic():
                REGISTERS[name].take(_dated(json.loads(line)), actor)
        except ValidationError as fault:
            refused.append(Refusal(number, "；".join(fault.messages)))
        except Forbidden as fault:
            refused.append(Refusal(number, str(fault)))
        except json.JSONDecodeError as fault:
            refused.append(Refusal(number, f"不是一行 JSON（第 {fault.colno} 个字符）"))
        except (TypeError, KeyError, AttributeError) as fault:
            refused.append(Refusal(number, f"字段不符：{fault}"))
        except ObjectDoesNotExist:
            refused.append(Refusal(number, f"机构 {json.loads(line).get('agency')} 未登记，请先导入机构"))
        else:
            taken += 1
    return taken, refused


def _dated(line: dict[str, Any]) -> dict[str, Any]:
    """Dates travel as text."""
    return {
        key: date.fromisoformat(value) if key in ("valid_from", "valid_to") and value else value
        for key, value in line.items()
    }


# -- directory


def _nodes() -> Iterator[Line]:
    for row in _parents_first(Node.objects.select_related("parent").order_by("code")):
        parent = row.parent.code if row.parent else None
        yield {"code": row.code, "name": row.name, "kind": row.kind, "region": row.region, "parent": parent}


def _take_node(line: dict[str, Any], actor: Actor) -> object:
    return directory.found_node(line.pop("code"), line.pop("name"), actor=actor, **line)


def _agencies() -> Iterator[Line]:
    for row in _parents_first(Agency.objects.select_related("parent", "node").order_by("code")):
        spec = directory.AgencySpec(
            code=row.code,
            name=row.name,
            short_name=row.short_name,
            kind=row.kind,
            region=row.region,
            node=row.node.code,
            parent=row.parent.code if row.parent else None,
            uscc=row.uscc,
        )
        yield {key: value for key, value in asdict(spec).items() if key != "valid_from"}


def _parents_first(rows: Iterable[Any]) -> Iterator[Any]:
    """Each row after the row that it hangs from."""
    waiting, given = list(rows), set()
    while waiting:
        ready = [row for row in waiting if row.parent_id is None or row.parent_id in given]
        yield from ready
        given |= {row.pk for row in ready}
        waiting = [row for row in waiting if row.pk not in given] if ready else []


def _duties() -> Iterator[Line]:
    for row in Duty.objects.select_related("agency").order_by("code"):
        spec = directory.DutySpec(row.code, row.name, row.citation, row.core_business, row.is_sample)
        yield {**asdict(spec), "agency": row.agency.code}


def _take_duty(line: dict[str, Any], actor: Actor) -> object:
    agency = Agency.objects.get(code=line.pop("agency"))
    return directory.register_duty(directory.DutySpec(**line), agency=agency, actor=actor)


def _systems() -> Iterator[Line]:
    for row in InformationSystem.objects.select_related("agency").order_by("code"):
        spec = directory.SystemSpec(row.code, row.name, row.description, row.security_level, row.network, row.is_sample)
        yield {**asdict(spec), "agency": row.agency.code}


def _take_system(line: dict[str, Any], actor: Actor) -> object:
    agency = Agency.objects.get(code=line.pop("agency"))
    return directory.register_system(directory.SystemSpec(**line), agency=agency, actor=actor)


# -- standards and law


def _code_tables() -> Iterator[Line]:
    """Editions in force today."""
    for row in CodeTable.objects.order_by("code"):
        edition = standards.code_table(row.code)
        if edition is not None:
            spec = standards.EditionSpec(
                row.code, row.name, edition.version, edition.source, edition.valid_from, row.standard
            )
            yield {**asdict(spec), "codes": [asdict(value) for value in standards.codes(row.code)]}


def _take_code_table(line: dict[str, Any], actor: Actor) -> object:
    codes = [standards.CodeSpec(**value) for value in line.pop("codes")]
    return standards.adopt_code_table(standards.EditionSpec(**line), codes, actor=actor)


def _bases() -> Iterator[Line]:
    for row in LegalBasis.objects.order_by("code"):
        yield {name: getattr(row, name) for name in law.BasisSpec.__dataclass_fields__}


REGISTERS: dict[str, Register] = {
    "nodes": Register("节点", _nodes, _take_node),
    "agencies": Register(
        "机构", _agencies, lambda line, actor: directory.found_agency(directory.AgencySpec(**line), actor=actor)
    ),
    "duties": Register("职责", _duties, _take_duty),
    "systems": Register("信息系统", _systems, _take_system),
    "codes": Register("代码表", _code_tables, _take_code_table),
    "laws": Register("法规依据", _bases, lambda line, actor: law.adopt_basis(law.BasisSpec(**line), actor=actor)),
}
