"""Who walks, and which objects they are led to: examples of each noun with the agencies that have a part in them."""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import timedelta
from importlib import import_module
from typing import Any
from uuid import UUID, uuid4

from django.conf import settings
from django.test import Client, RequestFactory

from tulou.domains.access.models import Right
from tulou.domains.catalog import services as catalog
from tulou.domains.catalog.models import Entry, IssuedCode
from tulou.domains.directory.models import Agency, Duty, InformationSystem, Node
from tulou.domains.ingest.models import Batch, Source
from tulou.domains.law.models import LegalBasis
from tulou.domains.quality.models import RuleBinding, Ticket
from tulou.domains.sharing.models import Draft, Grant, Request
from tulou.domains.standards.models import CodeTable
from tulou.kernel.accounts import delegate
from tulou.kernel.calendar import today
from tulou.kernel.evidence.models import EvidenceEntry
from tulou.kernel.identity import Account, sessions
from tulou.kernel.jobs import JobRun
from tulou.kernel.permissions.models import Assignment, Delegation
from tulou.node.sample import holdings, reader
from tulou.node.sample.people import acting
from tulou.portal import tokens
from tulou.portal.models import ApiToken

#: One account for each role, and more where agency matters.
WALKERS = (
    "mz-data", "mz-approver", "ga-data", "gaj-consumer", "rs-consumer", "rs-approver", "fuzhou-data",
    "bureau-reviewer", "bureau-sharing", "bureau-quality", "bureau-admin", "bureau-leader", "operator", "auditor",
)  # fmt: skip


@dataclass(frozen=True)
class Walker:
    """An account with its roles and the agency it acts for."""

    login: str
    roles: frozenset[str]
    agency: UUID
    account: UUID


@dataclass(frozen=True)
class Example:
    """One object: how it stands in an address, and whose it is. Values of `parts` are agencies or accounts."""

    noun: str
    keys: tuple[object, ...]
    parts: dict[str, UUID | None] = field(default_factory=dict)
    published: bool = True


def walker(login: str) -> Walker:
    """The walker behind a login of the sample."""
    actor = acting(login)
    spec = next(spec for spec in reader.accounts() if spec.login == login)
    home = spec.assignments[0].organisation
    roles = frozenset(given.role for given in spec.assignments if given.organisation == home)
    if actor.party is None:
        raise LookupError(login)
    return Walker(login, roles, actor.party, Account.objects.get(login=login).pk)


def browser(login: str, accept: str = "text/html") -> Client:
    """A signed-in browser."""
    account = Account.objects.get(login=login)
    request = RequestFactory().get("/")
    request.session = import_module(settings.SESSION_ENGINE).SessionStore()
    sessions.open_session(request, account)
    request.session.save()
    client = Client(headers={"accept": accept})
    client.cookies[settings.SESSION_COOKIE_NAME] = request.session.session_key or ""
    return client


def add_unfinished_work() -> None:
    """What the sample leaves out: an entry and a request that are still being written, a desk kept for another."""
    spec = next(spec for spec in reader.entries() if spec.code == "mz-region-county")
    content = holdings.content_of(spec) | {"name": "编制中的目录（样例）", "table": "unfinished"}
    manager, user = acting("mz-data"), acting("gaj-consumer")
    if manager.party is None or manager.person is None or user.party is None:
        raise LookupError("mz-data")
    catalog.create_entry(content, provider=manager.party, actor=manager)
    Draft.objects.create(entry=_entry(spec.code), applicant_id=user.party, content={}, kept_by=user.label)
    tokens.issue(Account.objects.get(login="mz-data"), name="走查", expires_on=today(), actor=manager)
    keeper = acting("secondee").person
    if keeper is not None:
        delegate(
            keeper,
            "data_manager",
            manager.party,
            actor=manager,
            reason="出差",
            valid_from=today(),
            valid_to=today() + timedelta(days=5),
        )


def examples() -> dict[str, list[Example]]:
    """Examples of every noun that stands in an address."""
    found: dict[str, list[Example]] = defaultdict(list)
    for make in (_of_directory, _of_entries, _of_batches, _of_quality, _of_sharing, _of_evidence):
        for example in make():
            found[example.noun].append(example)
    return found


def _of_directory() -> list[Example]:
    browser("mz-data")
    sessions_of = Account.objects.get(login="mz-data").sign_ins.latest("started_at")
    desk = Delegation.objects.latest("created_at")
    token = ApiToken.objects.get(name="走查")
    account = Account.objects.get(login="rs-consumer")
    given = Assignment.objects.get(person=account.party_id)
    return [
        Example("agency", (Agency.objects.get(code="mzt").pk,)),
        Example("node", (Node.objects.get(code="fujian").pk,)),
        Example("duty", (Duty.objects.latest("code").pk,)),
        Example("system", (InformationSystem.objects.latest("code").pk,)),
        Example("basis", (LegalBasis.objects.latest("code").pk,)),
        Example("year", (2026,)),
        Example("table", (CodeTable.objects.latest("code").code,)),
        Example("account", (account.pk,)),
        Example("assignment", (account.pk, given.pk)),
        Example("session", (sessions_of.pk,), {"account": sessions_of.account_id}),
        Example("desk", (desk.pk,), {"account": Account.objects.get(party=desk.giver_id).pk}),
        Example("token", (token.pk,), {"account": token.account_id}),
        Example("letter", (uuid4(),)),
        Example("tile", (0, 0)),
    ]


def _of_entries() -> list[Example]:
    rows = [_entry("mz-region-county"), _entry("ga-person"), Entry.objects.get(name="编制中的目录（样例）")]
    found = [Example("entry", (row.pk,), {"provider": row.provider_id}, row.version > 0) for row in rows]
    kinds = [Example("rule-kind", (row.pk, "required"), {"provider": row.provider_id}) for row in rows[:2]]
    return [*found, *kinds, Example("code", (IssuedCode.objects.latest("code").code,))]


def _of_batches() -> list[Example]:
    found = []
    for code in ("mz-region-county", "ga-person"):
        batch = Batch.objects.filter(entry=_entry(code)).latest("registered_at")
        source = Source.objects.filter(entry=batch.entry_id).latest("id")
        found.append(Example("batch", (batch.pk,), {"provider": batch.provider_id}))
        found.append(Example("source", (source.pk,), {"provider": source.provider_id}))
        run = JobRun.objects.get(pk=str(batch.job))
        found.append(Example("job", (run.pk,), {"party": run.party}))
    return found


def _of_quality() -> list[Example]:
    tickets = [Ticket.objects.filter(entry=_entry("ga-person")).latest("id"), *Ticket.objects.exclude(
        entry=_entry("ga-person"))[:1]]  # fmt: skip
    parts = [{"provider": row.provider_id, "reporter": row.reporter_id} for row in tickets]
    found = [Example("ticket", (row.pk,), whose) for row, whose in zip(tickets, parts, strict=True)]
    for code in ("mz-region-county", "ga-person"):
        rule = RuleBinding.objects.filter(entry=_entry(code)).latest("id")
        found.append(Example("rule", (rule.pk,), {"provider": rule.entry.provider_id}))
    return found


def _of_sharing() -> list[Example]:
    found = []
    for row in Request.objects.all():
        whose: dict[str, UUID | None] = {"provider": row.provider_id, "applicant": row.applicant_id}
        found += [Example("request", (row.pk,), whose), Example("traced", ("request", row.pk), whose)]
    for grant in Grant.objects.all():
        whose = {"provider": grant.provider_id, "applicant": grant.consumer_id}
        found += [Example("grant", (grant.pk,), whose), Example("traced", ("grant", grant.pk), whose)]
        for kind in ("grant", "ownership"):
            right = Right.objects.filter(entry=grant.entry_id, kind=kind).latest("created_at")
            found.append(Example("right", (right.pk,), {"caller": right.caller}))
    draft = Draft.objects.latest("updated_at")
    return [*found, Example("sharing-draft", (draft.pk,), {"applicant": draft.applicant_id})]


def _of_evidence() -> list[Example]:
    found = []
    for code in ("ga-person",):
        batch = Batch.objects.filter(entry=_entry(code)).latest("registered_at")
        found.append(Example("traced", ("batch", batch.pk), {"provider": batch.provider_id}))
        land = EvidenceEntry.objects.filter(kind="ingest.batch.land").latest("at")
        found.append(Example("leaf", (bytes(land.leaf_hash).hex(),), _parts_of(land)))
    accepted = EvidenceEntry.objects.filter(kind="sharing.request.accept").latest("at")
    return [*found, Example("leaf", (bytes(accepted.leaf_hash).hex(),), _parts_of(accepted))]


def _parts_of(row: Any) -> dict[str, UUID | None]:
    """The agencies behind the batch or request that a leaf names."""
    keys = dict(subject.split(":", 1) for subject in row.subjects)
    if "batch" in keys:
        return {"provider": Batch.objects.get(pk=keys["batch"]).provider_id, "actor": row.party}
    request = Request.objects.get(pk=keys["request"])
    return {"provider": request.provider_id, "applicant": request.applicant_id, "actor": row.party}


def _entry(code: str) -> Entry:
    found = holdings.entry_of(next(spec for spec in reader.entries() if spec.code == code))
    if found is None:
        raise LookupError(code)
    return found
