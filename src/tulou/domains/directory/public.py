"""The door of the directory for other domains: who somebody is, what they are charged with, what they run."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from tulou.domains.directory import queries, roles
from tulou.domains.directory.models import Agency, Duty, InformationSystem, Node
from tulou.kernel import temporal

__all__ = [
    "AgencyInfo",
    "DutyInfo",
    "NodeInfo",
    "SystemInfo",
    "agencies",
    "agency",
    "agency_by_code",
    "all_agencies",
    "duties_of",
    "duty",
    "holder_today",
    "is_within",
    "name_on",
    "nodes",
    "predecessors",
    "roles",
    "system",
    "systems_of",
]


@dataclass(frozen=True, slots=True)
class AgencyInfo:
    """An agency as it is today."""

    id: UUID
    code: str
    name: str
    short_name: str
    kind: str
    region: str
    parent: UUID | None
    node: str
    is_government: bool
    active: bool


@dataclass(frozen=True, slots=True)
class DutyInfo:
    """An item of the 权责清单."""

    id: UUID
    code: str
    name: str
    agency: UUID
    citation: str
    core_business: str
    is_sample: bool


@dataclass(frozen=True, slots=True)
class SystemInfo:
    """An information system."""

    id: UUID
    code: str
    name: str
    agency: UUID
    is_sample: bool


@dataclass(frozen=True, slots=True)
class NodeInfo:
    """One running platform of the province."""

    code: str
    name: str
    kind: str
    region: str


def nodes() -> tuple[NodeInfo, ...]:
    """Every node, by region."""
    return tuple(NodeInfo(row.code, row.name, row.kind, row.region) for row in Node.objects.all())


def _agency_info(row: Agency) -> AgencyInfo:
    return AgencyInfo(
        id=row.id,
        code=row.code,
        name=row.name,
        short_name=row.short_name,
        kind=row.kind,
        region=row.region,
        parent=row.parent_id,
        node=row.node.code,
        is_government=row.is_government,
        active=row.active,
    )


def agency(agency_id: UUID) -> AgencyInfo | None:
    """The agency with this id, or None."""
    return agencies([agency_id]).get(agency_id)


def agency_by_code(code: str) -> AgencyInfo | None:
    """The agency with this code, or None."""
    row = Agency.objects.select_related("node").filter(code=code).first()
    return _agency_info(row) if row else None


def agencies(ids: Collection[UUID]) -> dict[UUID, AgencyInfo]:
    """Those of the agencies that exist, by id, in one query."""
    return {row.id: _agency_info(row) for row in Agency.objects.select_related("node").filter(pk__in=ids)}


def all_agencies(kinds: Iterable[str] | None = None) -> tuple[AgencyInfo, ...]:
    """Agencies that exist today, optionally only of some kinds, by region and code."""
    rows = Agency.objects.select_related("node").filter(active=True)
    if kinds is not None:
        rows = rows.filter(kind__in=list(kinds))
    return tuple(_agency_info(row) for row in rows)


def name_on(agency_id: UUID, on: date) -> str | None:
    """What an agency was called on a day, or None where it did not exist."""
    row = temporal.as_of(Agency, on).filter(subject=agency_id).first()
    return getattr(row, "name", None)


def holder_today(agency_id: UUID) -> UUID:
    """Who holds today what this agency held: itself, or the end of its chain of successions."""
    return queries.successors([agency_id])[agency_id]


def predecessors(agency_id: UUID) -> frozenset[UUID]:
    """The agency itself and every agency whose place it holds today."""
    return queries.predecessors(agency_id)


def is_within(agency_id: UUID, ancestor: UUID) -> bool:
    """Whether an agency is the other, or stands below it."""
    return ancestor in queries.ancestors(agency_id)


def _duty_info(row: Duty) -> DutyInfo:
    return DutyInfo(row.id, row.code, row.name, row.agency_id, row.citation, row.core_business, row.is_sample)


def duty(duty_id: UUID) -> DutyInfo | None:
    """The duty with this id, or None."""
    row = Duty.objects.filter(pk=duty_id).first()
    return _duty_info(row) if row else None


def duties_of(agency_id: UUID) -> tuple[DutyInfo, ...]:
    """The duties that an agency has today."""
    return tuple(_duty_info(row) for row in Duty.objects.filter(agency=agency_id, active=True))


def _system_info(row: InformationSystem) -> SystemInfo:
    return SystemInfo(row.id, row.code, row.name, row.agency_id, row.is_sample)


def system(system_id: UUID) -> SystemInfo | None:
    """The information system with this id, or None."""
    row = InformationSystem.objects.filter(pk=system_id).first()
    return _system_info(row) if row else None


def systems_of(agency_id: UUID) -> tuple[SystemInfo, ...]:
    """The information systems that an agency runs today."""
    return tuple(_system_info(row) for row in InformationSystem.objects.filter(agency=agency_id, active=True))
