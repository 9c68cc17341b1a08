"""The ground of these tests: two agencies and the bureau with people in their roles, and the sample's own forms."""

from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.test import Client

from tulou.domains.catalog import services
from tulou.domains.catalog.content import Content
from tulou.domains.catalog.models import Entry
from tulou.domains.directory.models import Agency, AgencyKind, Duty, InformationSystem, NodeKind
from tulou.domains.directory.services import (
    AgencySpec,
    DutySpec,
    SystemSpec,
    found_agency,
    found_node,
    register_duty,
    register_system,
)
from tulou.domains.law.services import BasisSpec, adopt_basis
from tulou.domains.standards.public import CodeSpec, EditionSpec, adopt_code_table
from tulou.kernel.calendar import set_rule
from tulou.kernel.identity import Account, Actor, Party
from tulou.kernel.permissions import Assignment
from tulou.kernel.ui.tests.conftest import signed_in_client
from tulou.node.sample import reader

SYSTEM = Actor.system("样例导入")
AGENCIES = {
    "mzt": ("福建省民政厅", AgencyKind.DEPARTMENT),
    "gat": ("福建省公安厅", AgencyKind.DEPARTMENT),
    "sjj": ("福建省数据管理局", AgencyKind.BUREAU),
}


@dataclass
class Ground:
    """Agencies by code; people are made when they are asked for."""

    agencies: dict[str, Agency]
    duties: dict[str, Duty]
    systems: dict[str, InformationSystem]
    accounts: dict[str, Account] = field(default_factory=dict)

    def account(self, place: str, role: str) -> Account:
        """Somebody who holds this role at that agency."""
        key = f"{place}.{role.replace('_', '-')}"
        if key not in self.accounts:
            person = Party.objects.create(kind="person")
            agency = self.agencies[place]
            Assignment.objects.create(person=person, role=role, organisation_id=agency.id, valid_from=date(2020, 1, 1))
            label = f"{agency.short_name}·{role}"
            self.accounts[key] = Account.objects.create(login=key, label=label, party=person)
        return self.accounts[key]

    def actor(self, place: str, role: str) -> Actor:
        """The same, as services see it."""
        account = self.account(place, role)
        return Actor(account.party_id, self.agencies[place].id, "person", account.label)

    def client(self, place: str, role: str) -> Client:
        """The same, as a signed-in browser."""
        client = Client()
        signed_in_client(client, self.account(place, role))
        return client

    @property
    def manager(self) -> Actor:
        """The civil affairs department's data manager."""
        return self.actor("mzt", "data_manager")

    def content(self, place: str = "mzt", **over: Any) -> Content:
        """A complete form: the county divisions of the sample, told by this agency."""
        spec = next(spec for spec in reader.entries() if spec.code == "mz-region-county")
        items = [
            {
                "name": i.name, "label": i.label, "source_name": i.source, "type": i.type, "length": i.length or None,
                "nullable": i.nullable, "is_key": i.key, "grade": i.grade, "code_table": i.code_table,
                "share_type": "unconditional", "open_type": "open",
            }
            for i in spec.item
        ]  # fmt: skip
        return {
            "name": spec.name, "abstract": spec.abstract, "category_class": spec.category.class_,
            "category_item": spec.category.item, "category_directory": spec.category.object,
            "category_path": list(spec.category_path), "domain": spec.domain, "theme": spec.theme,
            "keywords": list(spec.keywords), "region": spec.region, "duty": str(self.duties[place].id),
            "system": str(self.systems[place].id), "format_major": "spreadsheet", "format_minor": "csv",
            "update_cycle": "yearly", "retention": spec.retention, "destroy_rule": spec.destroy_rule,
            "share_type": "unconditional", "share_methods": ["file"], "open_type": "open", "grade": spec.grade,
            "contact": "数据管理岗", "phone": "0591-00000000", "table": spec.table, "items": items, **over,
        }  # fmt: skip

    def draft(self, place: str = "mzt", **over: Any) -> Entry:
        """An entry in preparation."""
        actor = self.actor(place, "data_manager")
        content = self.content(place, **over)
        return services.create_entry(content, provider=self.agencies[place].id, actor=actor)

    def submitted(self, place: str = "mzt", **over: Any) -> Entry:
        """An entry that waits for the bureau."""
        entry = self.draft(place, **over)
        services.endorse(entry, actor=self.actor(place, "office_approver"))
        return services.submit(entry, actor=self.actor(place, "data_manager"))

    def published(self, place: str = "mzt", **over: Any) -> Entry:
        """An entry in use."""
        entry = self.submitted(place, **over)
        return services.publish(entry, actor=self.actor("sjj", "catalog_reviewer"))


def lay() -> Ground:
    """Clocks, bodies, a duty and a system each, one article for refusals, the region table."""
    for clock, days in (("catalog.review", 5), ("catalog.update", 10)):
        set_rule(clock, title=clock, amount=days, valid_from=date(2020, 1, 1), citation="样例办法第九条")
    found_node("fujian", "福建省级平台", kind=NodeKind.PROVINCE, region="350000", parent=None, actor=SYSTEM)
    agencies = {
        code: found_agency(
            AgencySpec(code, name, name.removeprefix("福建"), kind, "350000", "fujian", valid_from=date(2018, 1, 1)),
            actor=SYSTEM,
        )
        for code, (name, kind) in AGENCIES.items()
    }
    duties, systems = {}, {}
    for code, agency in agencies.items():
        duty = DutySpec(f"QZ-{code}", f"{agency.short_name}的职责", "《行政区划管理条例》第三条", "行政区划")
        duties[code] = register_duty(duty, agency=agency, actor=SYSTEM)
        systems[code] = register_system(
            SystemSpec(f"S-{code}", f"{agency.short_name}的系统"), agency=agency, actor=SYSTEM
        )
    adopt_basis(
        BasisSpec(
            "pipl", "中华人民共和国个人信息保护法", "law", ["refuse_sharing"], date(2021, 11, 1), article="第十三条"
        ),
        actor=SYSTEM,
    )
    edition = EditionSpec("region", "行政区划代码", "2021", "样例", date(2021, 6, 1), "GB/T 2260")
    codes = [CodeSpec("350000", "福建省"), CodeSpec("350100", "福州市", "350000"), CodeSpec("110000", "北京市")]
    adopt_code_table(edition, codes, actor=SYSTEM)
    return Ground(agencies, duties, systems)
