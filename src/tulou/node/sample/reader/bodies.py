"""Bodies of the sample province (机构、职责、系统、账号): nodes, organisations by date, duties, systems, accounts."""

import base64
import hashlib
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache
from typing import Literal

from tulou.node.sample.counties import County, counties
from tulou.node.sample.reader.loading import SPECS, build, load_toml

OrganisationKind = Literal[
    "department", "bureau", "city", "county", "supervisor", "public_institution", "public_enterprise", "operator"
]


@dataclass(frozen=True, slots=True)
class NodeSpec:
    """One platform of the province: itself and the ten city nodes."""

    code: str
    name: str
    kind: str
    region: str
    organisation: str


@dataclass(frozen=True, slots=True)
class DatedName:
    """A name and the days on which it is in force; `valid_to` is the first day on which it is not."""

    name: str
    short: str
    valid_from: date
    valid_to: date | None = None
    verified: bool = False


@dataclass(frozen=True, slots=True)
class OrganisationSpec:
    """One body. `sample` marks bodies named by their kind, which stand for nobody in particular."""

    code: str
    kind: OrganisationKind
    parent: str
    region: str
    node: str
    names: tuple[DatedName, ...]
    sample: bool = False
    uscc: str = ""
    note: str = ""

    def name_on(self, day: date) -> DatedName | None:
        """The name in force on a day; None before the first and after the last."""
        for each in self.names:
            if each.valid_from <= day and (each.valid_to is None or day < each.valid_to):
                return each
        return None


@dataclass(frozen=True, slots=True)
class SuccessionSpec:
    """From a day on one body holds what another held."""

    predecessor: str
    successor: str
    kind: str
    on: date
    document: str
    verified: bool
    note: str


@dataclass(frozen=True, slots=True)
class DutySpec:
    """A sample item of a 权责清单."""

    code: str
    organisation: str
    name: str
    citation: str
    core_business: str


@dataclass(frozen=True, slots=True)
class SystemSpec:
    """A sample information system and the duties it serves."""

    code: str
    organisation: str
    name: str
    duties: tuple[str, ...]
    security_level: int
    database: str
    network: str = "政务外网"

    @property
    def description(self) -> str:
        """What the register says of the system."""
        return f"样例系统，不对应任何在用系统；数据库：{self.database}。"


@dataclass(frozen=True, slots=True)
class AssignmentSpec:
    """A role held at a body."""

    role: str
    organisation: str


@dataclass(frozen=True, slots=True)
class AccountSpec:
    """A sample account, named by its role and not by a person."""

    login: str
    label: str
    intro: str
    assignments: tuple[AssignmentSpec, ...]

    @property
    def password(self) -> str:
        """The password shown on the login page in sample mode."""
        return sample_password(self.login)


def sample_password(login: str) -> str:
    """A fixed password for a sample account: twenty letters in groups, the same on every installation.

    It is public by design; sample mode refuses to start with production settings.
    """
    digest = hashlib.sha256(f"tulou-sample-account:{login}".encode()).digest()
    text = base64.b32encode(digest).decode().lower()[:20]
    return "-".join(text[n : n + 5] for n in range(0, 20, 5))


@lru_cache(maxsize=1)
def nodes() -> tuple[NodeSpec, ...]:
    """The province and its ten city nodes."""
    raw = load_toml(SPECS / "organisations.toml")
    return tuple(build(NodeSpec, item, "节点") for item in raw["node"])


@lru_cache(maxsize=1)
def organisations() -> tuple[OrganisationSpec, ...]:
    """All bodies, the 84 counties last; a parent always stands before its children."""
    raw = load_toml(SPECS / "organisations.toml")
    named = []
    for item in raw["organisation"]:
        names = tuple(build(DatedName, name, f"机构“{item['code']}”的名称") for name in item["names"])
        named.append(replace(build(OrganisationSpec, item, "机构"), names=names))
    return (*named, *(_tenant(county) for county in counties()))


def _tenant(county: County) -> OrganisationSpec:
    """A county is a tenant of its city node: it has a body of its own and no platform."""
    name = DatedName(f"{county.name}数据主管部门（样例）", county.name, date(2021, 6, 1))
    note = county.note or f"{county.city}所辖，地市平台的租户"
    return OrganisationSpec(
        county.organisation, "county", county.node, county.code, county.node, (name,), sample=True, note=note
    )


@lru_cache(maxsize=1)
def successions() -> tuple[SuccessionSpec, ...]:
    """Which body came after which."""
    raw = load_toml(SPECS / "organisations.toml")
    return tuple(build(SuccessionSpec, item, "承继") for item in raw["succession"])


@lru_cache(maxsize=1)
def duties() -> tuple[DutySpec, ...]:
    """Sample duties of the main bodies."""
    return tuple(build(DutySpec, item, "职责") for item in load_toml(SPECS / "duties.toml")["duty"])


@lru_cache(maxsize=1)
def systems() -> tuple[SystemSpec, ...]:
    """Sample information systems."""
    return tuple(build(SystemSpec, item, "系统") for item in load_toml(SPECS / "systems.toml")["system"])


@lru_cache(maxsize=1)
def accounts() -> tuple[AccountSpec, ...]:
    """Sample accounts with their roles."""
    made = []
    for item in load_toml(SPECS / "accounts.toml")["account"]:
        held = tuple(build(AssignmentSpec, each, f"账号“{item['login']}”的角色") for each in item["assignments"])
        made.append(replace(build(AccountSpec, item, "账号"), assignments=held))
    return tuple(made)
