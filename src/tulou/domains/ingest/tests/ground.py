"""The ground of these tests: an agency with people, a published entry, and files to drop."""

import io
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

from tulou.domains.catalog import services as catalog
from tulou.domains.catalog.models import Entry
from tulou.domains.directory.models import Agency, AgencyKind, NodeKind
from tulou.domains.directory.services import AgencySpec, DutySpec, found_agency, found_node, register_duty
from tulou.domains.ingest import services
from tulou.domains.ingest.models import Batch, Source
from tulou.kernel import jobs
from tulou.kernel.calendar import set_rule
from tulou.kernel.identity import Account, Actor, Party
from tulou.kernel.permissions import Assignment

SYSTEM = Actor.system("样例导入")
ITEMS: list[dict[str, Any]] = [
    {"name": "code", "label": "区划代码", "type": "C", "length": 6, "nullable": False, "is_key": True, "grade": 1},
    {"name": "name", "label": "名称", "type": "C", "length": 30, "nullable": False, "grade": 1},
    {"name": "people", "label": "人口", "type": "I", "nullable": True, "grade": 1},
]
GOOD = "区划代码,名称,人口\n350102,鼓楼区,669000\n350103,台江区,412000\n350104,仓山区,1140000\n"
MIXED = "区划代码,名称,人口\n350102,鼓楼区,669000\n350103,台江区,很多\n350104,,1140000\n350105,马尾区,292000\n"


@dataclass
class Ground:
    """Two agencies, one of which has a published entry."""

    agency: Agency
    other: Agency
    entry: Entry
    actors: dict[str, Actor] = field(default_factory=dict)

    def actor(self, role: str, agency: Agency | None = None) -> Actor:
        """Somebody who holds this role."""
        place = agency or self.agency
        key = f"{place.code}.{role.replace('_', '-')}"
        if key not in self.actors:
            account = account_of(key, role, place)
            self.actors[key] = Actor(account.party_id, place.id, "person", account.label)
        return self.actors[key]

    @property
    def manager(self) -> Actor:
        """The agency's data manager."""
        return self.actor("data_manager")

    def drop(self, text: str | bytes, name: str = "区划.csv", *, actor: Actor | None = None) -> Source:
        """An upload."""
        data = text.encode() if isinstance(text, str) else text
        return services.drop_file(self.entry.id, io.BytesIO(data), name, actor=actor or self.manager)

    def work(self) -> None:
        """Run what waits, as a worker would."""
        jobs.run_pending()

    def send(self, text: str | bytes, name: str = "区划.csv", *, resubmits: Batch | None = None) -> Batch:
        """An upload, started and run to its end."""
        started = services.start_batch(self.drop(text, name), actor=self.manager, resubmits=resubmits)
        self.work()
        return Batch.objects.get(pk=started.batch.pk)


def account_of(login: str, role: str, agency: Agency) -> Account:
    """An account named by its role."""
    person = Party.objects.create(kind="person")
    Assignment.objects.create(person=person, role=role, organisation_id=agency.id, valid_from=date(2020, 1, 1))
    return Account.objects.create(login=login, label=f"{agency.short_name}{role}", party=person)


def found() -> Ground:
    """Lay the ground."""
    for clock in ("catalog.review", "catalog.update"):
        set_rule(clock, title=clock, amount=5, valid_from=date(2020, 1, 1), citation="样例")
    found_node("fujian", "福建省级平台", kind=NodeKind.PROVINCE, region="350000", parent=None, actor=SYSTEM)
    mzt = AgencySpec("mzt", "省民政厅", "民政厅", AgencyKind.DEPARTMENT, "350000", "fujian")
    gat = AgencySpec("gat", "省公安厅", "公安厅", AgencyKind.DEPARTMENT, "350000", "fujian")
    agency, other = found_agency(mzt, actor=SYSTEM), found_agency(gat, actor=SYSTEM)
    duty = register_duty(DutySpec("QZ-1", "区划管理", "行政区划管理条例", "行政区划"), agency=agency, actor=SYSTEM)
    return Ground(agency, other, publish_entry(agency, duty.id))


def publish_entry(agency: Agency, duty: UUID, **over: Any) -> Entry:
    """A published entry."""
    content = {
        "name": "县级行政区划",
        "abstract": "县级以上行政区划",
        "category_class": "1",
        "category_item": "03",
        "category_directory": "001",
        "duty": str(duty),
        "no_system_reason": "手工维护",
        "format_major": "spreadsheet",
        "update_cycle": "yearly",
        "share_type": "unconditional",
        "share_methods": ["table", "file", "api"],
        "open_type": "open",
        "grade": 1,
        "retention": "长期",
        "destroy_rule": "不销毁",
        "domain": "民政",
        "region": "350000",
        "contact": "数据管理岗",
        "table": "region_county",
        "items": ITEMS,
        **over,
    }
    entry = catalog.create_entry(content, provider=agency.id, actor=SYSTEM)
    catalog.endorse(entry, actor=SYSTEM)
    catalog.submit(entry, actor=SYSTEM)
    return catalog.publish(entry, actor=SYSTEM)
