"""The ground of these tests: a source, a data user, the data authority, people with roles, and a published entry."""

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from importlib import import_module
from typing import Any
from uuid import UUID

from django.conf import settings
from django.test import Client, RequestFactory
from django.utils import timezone

from tulou.domains.catalog import services as catalog
from tulou.domains.catalog.models import Entry
from tulou.domains.directory.models import Agency, AgencyKind, NodeKind
from tulou.domains.directory.services import AgencySpec, DutySpec, found_agency, found_node, register_duty
from tulou.domains.ingest.public import BatchInfo
from tulou.domains.quality import finding
from tulou.domains.quality.models import CheckRun, Ticket
from tulou.kernel.calendar import set_rule
from tulou.kernel.identity import Account, Actor, Party, sessions
from tulou.kernel.permissions import Assignment
from tulou.trust.ids import new_id

SYSTEM = Actor.system("样例导入")
CLOCKS = {"quality.accept": 2, "quality.rectify": 10, "quality.verify": 3, "catalog.review": 5, "catalog.update": 10}
ITEMS: list[dict[str, Any]] = [
    {"name": "code", "label": "区划代码", "type": "C", "length": 6, "nullable": False, "is_key": True, "grade": 1},
    {"name": "name", "label": "名称", "type": "C", "length": 30, "nullable": False, "grade": 1},
    {"name": "people", "label": "人口", "type": "I", "nullable": True, "grade": 1},
]
#: The built-in rules of this entry.
BUILT_IN = ("code.required", "name.required", "people.type")


@dataclass
class Ground:
    """The source mzt, the data user gat, the data authority sjj; one published entry of the source."""

    mzt: Agency
    gat: Agency
    sjj: Agency
    entry: Entry
    accounts: dict[str, Account] = field(default_factory=dict)

    def account(self, role: str, agency: Agency | None = None) -> Account:
        """The account of somebody who holds this role."""
        place = agency or self.mzt
        key = f"{place.code}.{role.replace('_', '-')}"
        if key not in self.accounts:
            person = Party.objects.create(kind="person")
            Assignment.objects.create(person=person, role=role, organisation_id=place.id, valid_from=date(2020, 1, 1))
            account = Account.objects.create(login=key, label=f"{place.short_name}{role}", party=person)
            self.accounts[key] = account
        return self.accounts[key]

    def actor(self, role: str, agency: Agency | None = None) -> Actor:
        """Somebody who holds this role, at work for that agency."""
        account = self.account(role, agency)
        return Actor(account.party_id, (agency or self.mzt).id, "person", account.label)

    @property
    def manager(self) -> Actor:
        """The source's data manager."""
        return self.actor("data_manager")

    @property
    def officer(self) -> Actor:
        """The quality officer of the data authority."""
        return self.actor("quality_officer", self.sjj)

    @property
    def user(self) -> Actor:
        """Somebody who uses the data."""
        return self.actor("data_user", self.gat)

    def browser(self, role: str, agency: Agency | None = None) -> Client:
        """A browser in which that account is signed in."""
        client, request = Client(), RequestFactory().get("/")
        request.session = import_module(settings.SESSION_ENGINE).SessionStore()
        sessions.open_session(request, self.account(role, agency))
        request.session.save()
        client.cookies[settings.SESSION_COOKIE_NAME] = request.session.session_key or ""
        return client

    def landed(self, sent: int = 100, by_rule: dict[str, int] | None = None, **over: Any) -> BatchInfo:
        """A batch that landed just now."""
        return batch_info(self.entry.id, self.mzt.id, sent, by_rule or {}, **over)

    def note(self, sent: int = 100, by_rule: dict[str, int] | None = None, **over: Any) -> CheckRun:
        """A batch that landed and was counted."""
        run = finding.note_batch(self.landed(sent, by_rule, **over))
        assert run is not None
        return run

    def ticket(self) -> Ticket:
        """A ticket that a failing batch opened."""
        self.note(100, {"name.required": 5})
        return Ticket.objects.get(entry=self.entry, rule="name.required")


def batch_info(entry: UUID, provider: UUID, sent: int, by_rule: dict[str, int], **over: Any) -> BatchInfo:
    """What aggregation tells of a batch that landed."""
    at: datetime = over.pop("at", timezone.now())
    batch_id, rejected = new_id(), min(sent, sum(by_rule.values()))
    facts: dict[str, Any] = {
        "id": batch_id, "number": f"HJ-{batch_id.hex[-10:]}", "entry": entry, "provider": provider, "status": "landed",
        "kind": "csv", "source_name": "区划.csv", "zone": "mzt_plain", "table": "region_county", "sha256": "",
        "position": "", "sent": sent, "accepted": sent - rejected, "rejected": rejected, "inserted": sent - rejected,
        "changed": 0, "unchanged": 0, "by_rule": by_rule, "warned": {}, "rules": (), "standing": sent, "snapshot": 1,
        "registered_at": at - timedelta(seconds=2), "started_at": at, "finished_at": at, "resubmits": None,
        "receipt_leaf": "", "problem": "", "remedy": "",
    }  # fmt: skip
    return BatchInfo(**{**facts, **over})


def found() -> Ground:
    """Lay the ground."""
    for clock, days in CLOCKS.items():
        set_rule(clock, title=clock, amount=days, valid_from=date(2020, 1, 1), citation="样例")
    found_node("fujian", "福建省级平台", kind=NodeKind.PROVINCE, region="350000", parent=None, actor=SYSTEM)
    specs = (
        AgencySpec("mzt", "省民政厅", "民政厅", AgencyKind.DEPARTMENT, "350000", "fujian"),
        AgencySpec("gat", "省公安厅", "公安厅", AgencyKind.DEPARTMENT, "350000", "fujian"),
        AgencySpec("sjj", "省数据管理局", "数据局", AgencyKind.BUREAU, "350000", "fujian"),
    )
    mzt, gat, sjj = (found_agency(spec, actor=SYSTEM) for spec in specs)
    return Ground(mzt, gat, sjj, publish_entry(mzt))


def publish_entry(agency: Agency, **over: Any) -> Entry:
    """A published entry of an agency."""
    duty = register_duty(DutySpec(f"QZ-{agency.code}-{new_id().hex[-6:]}", "区划管理", "条例", "区划"),
                         agency=agency, actor=SYSTEM)  # fmt: skip
    content = {
        "name": "县级行政区划", "abstract": "县级以上行政区划", "category_class": "1", "category_item": "03",
        "category_directory": "001", "duty": str(duty.id), "no_system_reason": "手工维护",
        "format_major": "spreadsheet", "update_cycle": "yearly", "share_type": "unconditional",
        "share_methods": ["table", "file", "api"], "open_type": "open", "grade": 1, "retention": "长期",
        "destroy_rule": "不销毁", "domain": "民政", "region": "350000", "contact": "数据管理岗",
        "table": "region_county", "items": ITEMS, **over,
    }  # fmt: skip
    entry = catalog.create_entry(content, provider=agency.id, actor=SYSTEM)
    catalog.endorse(entry, actor=SYSTEM)
    catalog.submit(entry, actor=SYSTEM)
    return catalog.publish(entry, actor=SYSTEM)
