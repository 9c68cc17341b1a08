"""The whole line, walked by its services: a batch in the lake, a request decided by items, a grant and its calls."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from importlib import import_module
from typing import Any, cast
from uuid import UUID

import psycopg
import pytest
from django.conf import settings
from django.db import connection, transaction
from django.test import Client, RequestFactory, override_settings
from psycopg import sql

from tulou.domains.access import public as access
from tulou.domains.access import signing
from tulou.domains.access.models import Plan
from tulou.domains.directory.models import Agency, AgencyKind
from tulou.domains.directory.services import AgencySpec, SystemSpec, found_agency, register_system
from tulou.domains.ingest import lake as room
from tulou.domains.ingest.models import Batch
from tulou.domains.ingest.tests.conftest import lake_url
from tulou.domains.ingest.tests.ground import MIXED, SYSTEM, Ground, found
from tulou.domains.law.models import BasisKind, BasisUse
from tulou.domains.law.services import BasisSpec, adopt_basis
from tulou.domains.sharing import services as sharing
from tulou.domains.sharing.models import Grant, Request
from tulou.domains.sharing.services import RequestSpec, Wish
from tulou.kernel.accounts import assign, create_account
from tulou.kernel.calendar import now, set_rule, today
from tulou.kernel.evidence import log, sequencer
from tulou.kernel.identity import Account, Actor, sessions
from tulou.plane.gateway.evidence import leaf_of
from tulou.plane.gateway.ledger import ADMIT, SETTLE
from tulou.trust.evidence import promise
from tulou.trust.evidence_sql import INSERT_ENTRY, entry_params
from tulou.trust.plans import Mask

__all__ = ["lake_url"]
CLOCKS = (
    "sharing.acceptance", "sharing.reply_unconditional", "sharing.reply_conditional", "sharing.delivery",
    "quality.acceptance", "quality.rectification",
)  # fmt: skip


@dataclass
class Line:
    """Everything that a trace can begin with, and everybody who might look."""

    ground: Ground
    batch: Batch
    request: Request
    grant: Grant
    plan: UUID
    call: UUID
    people: dict[str, Account]
    agencies: dict[str, Agency]

    def browser(self, who: str) -> Client:
        """A browser that is signed in as one of them."""
        return browser_of(self.people[who])

    def actor(self, who: str) -> Actor:
        """One of them as the services are told."""
        return Actor(self.people[who].party_id, self.agencies[who].id, "person", self.people[who].label)

    def call_again(self, rows: int, size: int) -> UUID:
        """One more call of the granted right."""
        return made_call(self.plan, rows, size)


def browser_of(account: Account) -> Client:
    """Open a session as the sign-in page does."""
    request = RequestFactory().get("/")
    request.session = import_module(settings.SESSION_ENGINE).SessionStore()
    sessions.open_session(request, account)
    request.session.save()
    client = Client(headers={"accept": "text/html"})
    client.cookies[settings.SESSION_COOKIE_NAME] = request.session.session_key or ""
    return client


def made_call(plan_id: UUID, rows: int, size: int) -> UUID:
    """What the gateway does for a call, in its own statements: admit, make the leaf durable, settle."""
    plan = Plan.objects.select_related("right").get(pk=plan_id)
    signed = signing.plan_of(plan.right, plan.id, "api", now(), plan.expires)
    told = {"channel": "api", "columns": ["code"], "filters": "", "rows": rows, "bytes": size, "sha256": "0" * 64}
    leaf = leaf_of(signed, "access.call.made", log.name(), told)
    given = promise(leaf.hash(), log=log.name(), at=leaf.at, key=log.signing_key())
    day = today().isoformat()
    with connection.cursor() as cursor:
        use: dict[str, Any] = {
            "plan": plan.id,
            "right": plan.right_id,
            "day": day,
            "rows": rows,
            "calls_quota": 0,
            "rows_quota": 0,
        }
        cursor.execute(ADMIT, use)
        cursor.execute(INSERT_ENTRY, entry_params(leaf, given))
        cursor.execute(SETTLE, {"right": plan.right_id, "day": day, "rows": 0, "bytes": size})
    return leaf.id


def an_account(role: str, agency: Agency) -> Account:
    """Somebody with one role at one agency."""
    account = create_account(
        f"line.{agency.code}.{role.replace('_', '-')}", f"{agency.name}{role}", "tu-lou-2026-yuan", actor=SYSTEM,
        must_change_password=False,
    )  # fmt: skip
    assign(account.party_id, role, agency.id, actor=SYSTEM)
    return account


@pytest.fixture(scope="module")
def line(
    django_db_setup: None, django_db_blocker: Any, lake_url: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Line]:
    """The line from duty to call, walked once for a module; every test sees it as it was left here."""
    place = override_settings(LAKE_URL=lake_url, LAKE_DATA=tmp_path_factory.mktemp("lake"))
    _empty(lake_url)
    with place, django_db_blocker.unblock(), transaction.atomic():
        room.lake.cache_clear()
        yield walked(found())
        room.lake().close()
        room.lake.cache_clear()
        transaction.set_rollback(True)


def _empty(lake_url: str) -> None:
    """Leave nothing of another module in the lake's catalogue."""
    with psycopg.connect(lake_url, autocommit=True) as catalogue:
        zones = catalogue.execute("SELECT nspname FROM pg_namespace WHERE nspname ~ '_(plain|sealed)$'").fetchall()
        for (zone,) in zones:
            catalogue.execute(sql.SQL("DROP SCHEMA {} CASCADE").format(sql.Identifier(zone)))


def walked(ground: Ground) -> Line:
    """Every step by its service."""
    for clock in CLOCKS:
        set_rule(clock, clock, 5, valid_from=date(2020, 1, 1), citation="样例")
    agencies = _agencies(ground)
    people = {who: an_account(role, agencies[who]) for who, role in ROLES.items()}
    batch = ground.send(MIXED)
    line = Line(ground, batch, cast(Request, None), cast(Grant, None), UUID(int=0), UUID(int=0), people, agencies)
    line.request = _decided(line)
    line.grant = Grant.objects.get(request=line.request)
    line.plan = access.issue_plan(cast(UUID, line.grant.right), channel="api", actor=line.actor("user")).id
    line.call = made_call(line.plan, 2, 180)
    seal()
    return line


def seal() -> None:
    """What the clerk does all the time."""
    while sequencer.sequence():
        pass


ROLES = {
    "manager": "data_manager", "user": "data_user", "office": "office_approver", "authority": "sharing_authority",
    "reviewer": "catalog_reviewer", "auditor": "auditor", "operator": "operator", "stranger": "data_manager",
    "stranger_user": "data_user",
}  # fmt: skip


def _agencies(ground: Ground) -> dict[str, Agency]:
    def found(code: str, name: str, kind: AgencyKind) -> Agency:
        return found_agency(AgencySpec(code, name, name, kind, "350000", "fujian"), actor=SYSTEM)

    bureau = found("sjj", "省数据管理局", AgencyKind.BUREAU)
    company = found("jt", "省大数据集团", AgencyKind.OPERATOR)
    stranger = found("jtt", "省交通运输厅", AgencyKind.DEPARTMENT)
    own = {"manager": ground.agency, "user": ground.other, "office": ground.other, "operator": company}
    own |= {"stranger": stranger, "stranger_user": stranger}
    return {**dict.fromkeys(("authority", "reviewer", "auditor"), bureau), **own}


def _decided(line: Line) -> Request:
    """One item agreed to, one refused on a basis in force."""
    use = adopt_basis(
        BasisSpec("REQ", "样例使用条例", BasisKind.LAW, [BasisUse.REQUEST], date(2020, 1, 1)), actor=SYSTEM
    )
    deny = BasisSpec("REF", "样例保密法", BasisKind.LAW, [BasisUse.REFUSE_SHARING], date(2020, 1, 1))
    refusal = adopt_basis(deny, actor=SYSTEM)
    spec = RequestSpec(
        entry=line.ground.entry.id, contact="数据管理岗", scenario="户籍地址核对", purpose="核对户籍区划",
        basis=use.id, methods=["preview", "file", "api"], frequency="monthly", use_from=today(),
        use_to=today() + timedelta(days=90), disposal="使用期满后删除", wishes=[Wish("code"), Wish("people")],
        system=line_system(line),
    )  # fmt: skip
    request = sharing.draft_request(spec, applicant=line.agencies["user"].id, actor=line.actor("user"))
    sharing.endorse(request, actor=line.actor("office"))
    sharing.submit(request, actor=line.actor("user"))
    sharing.accept(request, actor=line.actor("authority"))
    code, people = request.items.order_by("order")
    sharing.grant_item(code, mask=Mask(), actor=line.actor("manager"))
    sharing.refuse_item(people, basis=refusal.id, opinion="涉密", actor=line.actor("manager"))
    request.refresh_from_db()
    return request


def line_system(line: Line) -> UUID:
    """The consumer's system that calls."""
    return register_system(SystemSpec("HJ-1", "户籍管理系统", "户籍"), agency=line.agencies["user"], actor=SYSTEM).id
