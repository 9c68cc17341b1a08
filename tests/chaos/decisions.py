"""Decisions under way on a node that is killed: a publication, and a provider's decision about a request.

Several people press at once, one of them twice. Promise: the decision is
wholly there (state, step, evidence, event, and what it brings about) or not at
all and can be repeated; who was told that it is done can rely on it.
"""

import threading
import time
from datetime import timedelta

import httpx

from tests.chaos.facts import demand
from tests.chaos.ground import NodeGround, form_with
from tulou.domains.access.models import Right
from tulou.domains.catalog import services as catalog
from tulou.domains.catalog.models import Entry
from tulou.domains.catalog.public import items
from tulou.domains.catalog.queries import version_content
from tulou.domains.ingest.tests.ground import SYSTEM, account_of
from tulou.domains.law.public import BasisUse, bases_in_force
from tulou.domains.sharing import masking
from tulou.domains.sharing import services as sharing
from tulou.domains.sharing.models import Grant, Request
from tulou.domains.sharing.services import RequestSpec, Wish
from tulou.kernel.calendar import today
from tulou.kernel.evidence import find
from tulou.kernel.identity import Actor
from tulou.kernel.outbox.models import OutboxEvent
from tulou.kernel.workflow import Stateful, timeline

DONE = httpx.codes.FOUND


class Presses:
    """The same form, sent by several browsers at the same moment."""

    def __init__(self, address: str, forms: list[tuple[httpx.Client, dict[str, str]]]) -> None:
        self.acknowledged = 0
        self._address = address
        self._threads = [threading.Thread(target=self._press, args=form) for form in forms]
        for thread in self._threads:
            thread.start()

    def _press(self, client: httpx.Client, form: dict[str, str]) -> None:
        try:
            answer = client.post(self._address, data=form)
        except httpx.TransportError:
            return  # whoever sees the connection break knows nothing, and may press again
        self.acknowledged += answer.status_code == DONE

    def wait(self) -> None:
        for thread in self._threads:
            thread.join()


class Decisions:
    """What both kinds have in common: press, see whether it took, press again where it did not."""

    name = ""
    address = ""

    def __init__(self, stage: NodeGround) -> None:
        self.stage, self.ground = stage, stage.ground
        self.taken = self.repeated = 0
        self.presses: Presses | None = None
        self.browsers = [stage.browser(actor) for actor in self.deciders()]

    def deciders(self) -> list[Actor]:
        """Two people who may decide."""
        raise NotImplementedError

    def prepare(self) -> None:
        """Something to decide."""
        raise NotImplementedError

    def form(self, client: httpx.Client) -> dict[str, str]:
        """The filled-in form of this browser."""
        raise NotImplementedError

    def taken_wholly(self) -> bool:
        """Whether it took; fails when it took in part."""
        raise NotImplementedError

    def begin(self) -> None:
        """The first presses twice, the second once, all at the same moment."""
        self.prepare()
        first, second = self.browsers
        mine, theirs = self.form(first), self.form(second)
        twin = httpx.Client(base_url=first.base_url, cookies=first.cookies, timeout=30)
        self.presses = Presses(self.address, [(first, mine), (twin, mine), (second, theirs)])

    def await_moment(self, fraction: float, span: float) -> None:
        """By the clock."""
        time.sleep(fraction * span)

    def settle(self) -> None:
        """Wait for the answers."""
        if self.presses is not None:
            self.presses.wait()

    def check(self) -> None:
        """Whole or absent; absent is repeated and then whole."""
        taken = self.taken_wholly()
        told = self.presses.acknowledged if self.presses else 0
        demand(taken or not told, f"{self.name}: acknowledged, but not there")
        self.taken += taken
        if not taken:
            self.repeated += 1
            answer = self.browsers[1].post(self.address, data=self.form(self.browsers[1]))
            demand(answer.status_code == DONE, f"{self.name} cannot be repeated: {answer.status_code}")
            demand(self.taken_wholly(), f"{self.name}: repeated, but not there")

    def told(self) -> dict[str, int]:
        """What happened, in figures."""
        return {"taken": self.taken, "repeated": self.repeated}


def once_or_never(about: str, found: dict[str, int]) -> bool:
    """All of these happened once, or none of them happened."""
    demand(set(found.values()) in ({0}, {1}), f"{about} took in part: {found}")
    return set(found.values()) == {1}


def counted(obj: Stateful, move: str) -> int:
    """How many steps of this name there are."""
    return sum(step.move == move for step in timeline(obj))


class Publications(Decisions):
    """An entry that two reviewers publish."""

    name = "publish"

    def deciders(self) -> list[Actor]:
        """Reviewers of another agency than the provider."""
        other = self.ground.other
        account = account_of("gat.second-reviewer", "catalog_reviewer", other)
        second = Actor(account.party_id, other.id, "person", account.label)
        return [self.ground.actor("catalog_reviewer", other), second]

    def prepare(self) -> None:
        number = Entry.objects.count()
        content = dict(version_content(self.ground.entry, 1) or {})
        content |= {"name": f"待审目录{number}", "table": f"waiting_{number}"}
        entry = catalog.create_entry(content, provider=self.ground.agency.id, actor=SYSTEM)
        catalog.endorse(entry, actor=SYSTEM)
        self.entry = catalog.submit(entry, actor=SYSTEM)
        self.address = f"/catalog/entry/{entry.pk}/review/"

    def form(self, client: httpx.Client) -> dict[str, str]:
        return {**form_with(client.get(self.address).text, "decision"), "decision": "publish", "note": "符合编制规范"}

    def taken_wholly(self) -> bool:
        row = Entry.objects.get(pk=self.entry.pk)
        told = OutboxEvent.objects.filter(name="catalog.entry_published", payload__entry=str(row.pk))
        kinds = [entry.leaf.kind for entry in find(f"entry:{row.pk}", limit=100)]
        return once_or_never(
            self.name,
            {
                "status": int(row.status == "published"),
                "version": row.version,
                "code": row.codes.count(),
                "step": counted(row, "publish"),
                "leaf": kinds.count("catalog.entry.publish"),
                "event": told.count(),
            },
        )


class Grants(Decisions):
    """A request whose items two people of the provider grant; the last item brings the grant and its right."""

    name = "grant"

    def deciders(self) -> list[Actor]:
        account = account_of("mzt.second-manager", "data_manager", self.ground.agency)
        second = Actor(account.party_id, self.ground.agency.id, "person", account.label)
        return [self.ground.manager, second]

    def prepare(self) -> None:
        ground = self.ground
        applicant, office = (ground.actor(role, ground.other) for role in ("data_user", "office_approver"))
        request = sharing.draft_request(self._spec(), applicant=ground.other.id, actor=applicant)
        sharing.endorse(request, actor=office)
        sharing.submit(request, actor=applicant)
        self.request = sharing.accept(request, actor=ground.actor("sharing_authority"))
        self.address = f"/sharing/request/{request.pk}/decide/"

    def _spec(self) -> RequestSpec:
        return RequestSpec(
            entry=self.ground.entry.id,
            contact="数据管理岗",
            scenario=f"区划核对{Request.objects.count()}",
            purpose="核对户籍地址所属县级区划",
            basis=bases_in_force(today(), BasisUse.REQUEST)[0].id,
            methods=["preview", "file"],
            frequency="monthly",
            use_from=today(),
            use_to=today() + timedelta(days=365),
            disposal="使用期满后三十日内删除",
            wishes=[Wish(item.name) for item in items(self.ground.entry.id)[:2]],
        )

    def form(self, client: httpx.Client) -> dict[str, str]:
        form = form_with(client.get(f"/sharing/request/{self.request.pk}/").text, "decision_")
        for item in self.request.items.all():
            form[f"decision_{item.pk}"] = "grant"
            form[f"mask_{item.pk}"] = masking.code(masking.of(item.mask))
        return form

    def taken_wholly(self) -> bool:
        row = Request.objects.get(pk=self.request.pk)
        grants = Grant.objects.filter(request=row)
        rights = Right.objects.filter(ref__in=[f"grant:{grant.pk}" for grant in grants])
        decided = OutboxEvent.objects.filter(name="sharing.request_decided", payload__request=str(row.pk))
        kinds = [entry.leaf.kind for entry in find(f"request:{row.pk}", limit=100)]
        found = {f"item {item.name}": counted(item, "grant") for item in row.items.all()}
        found |= {f"state of {item.name}": int(item.status == "granted") for item in row.items.all()}
        return once_or_never(
            self.name,
            found
            | {
                "status": int(row.status == "decided"),
                "step": counted(row, "conclude"),
                "leaf": kinds.count("sharing.request.conclude"),
                "event": decided.count(),
                "grant": grants.filter(status="in_use").count(),
                "right": rights.filter(status="active").count(),
            },
        )
