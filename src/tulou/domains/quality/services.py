"""Commands on tickets: report a fault, accept, mend, verify, send back, escalate, close; and ask for a check."""

import hashlib
import hmac
from dataclasses import dataclass
from uuid import UUID

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction

from tulou.domains.catalog.public import EntryInfo, ItemInfo, entry, items, published
from tulou.domains.quality import finding
from tulou.domains.quality.models import Ticket
from tulou.domains.quality.policies import acts_for
from tulou.domains.quality.vocabulary import ErrorType, Origin, Resolution, TicketStatus
from tulou.domains.quality.workflow import TICKET, officers
from tulou.kernel import jobs
from tulou.kernel.calendar import now, today
from tulou.kernel.evidence.guard import PersonalValue, refuse_personal
from tulou.kernel.identity import Actor
from tulou.kernel.permissions import Forbidden, may, require
from tulou.kernel.workflow import Clock, Holder, clocks_of
from tulou.kernel.workflow import escalate as hand_over
from tulou.trust.ids import new_id

SYSTEM = Actor.system("整改时限巡查")
SENSITIVE = 3
_WRITTEN = ("message", "record_key", "claim", "evidence")


@dataclass(frozen=True, slots=True)
class Report:
    """异议: what somebody who uses the data holds to be wrong with them."""

    entry: UUID
    error_type: str
    description: str
    item: str = ""
    record_key: str = ""
    claim: str = ""
    evidence: str = ""


@transaction.atomic
def report_issue(report: Report, *, actor: Actor) -> Ticket:
    """Tell the source that its data are wrong. What identifies a person is kept as a keyed hash only.

    Raises:
        ValidationError: field by field, what is missing or cannot be reported.
    """
    require(actor, "quality.report", organisation=actor.party)
    known, item = _reportable(report, actor)
    personal = known.contains_personal
    hides_claim = item is not None and (personal or item.grade >= SENSITIVE)
    ticket_id = new_id()
    ticket = Ticket(
        id=ticket_id,
        number=finding.ticket_number(ticket_id),
        title=f"{known.name[:80]}：{item.label if item else '整体'}{ErrorType(report.error_type).label}",
        entry_id=known.id,
        provider_id=known.provider,
        origin=Origin.REPORT,
        message=report.description.strip(),
        reporter_id=actor.party,
        reporter_label=actor.label,
        error_type=report.error_type,
        item=report.item,
        record_key="" if personal else report.record_key.strip(),
        record_hash=keyed_hash(known.id, report.record_key) if personal and report.record_key.strip() else "",
        claim="" if hides_claim else report.claim.strip(),
        claim_hash=keyed_hash(known.id, report.claim) if hides_claim and report.claim.strip() else "",
        evidence=report.evidence.strip(),
    )
    ticket.clean_fields(exclude=[field.name for field in Ticket._meta.fields if field.name not in _WRITTEN])
    return TICKET.begin(ticket, actor=actor, error_type=report.error_type, item=report.item)


def keyed_hash(entry_id: UUID, value: str) -> str:
    """A hash that tells equal values of one entry apart from others, and cannot be tried out without the node's key."""
    told = f"quality.claim:{entry_id}:{value.strip()}".encode()
    return hmac.new(settings.SECRET_KEY.encode(), told, hashlib.sha256).hexdigest()


def _reportable(report: Report, actor: Actor) -> tuple[EntryInfo, ItemInfo | None]:
    known = entry(report.entry)
    if known is None or not published(report.entry):
        raise ValidationError("该目录未发布或已停用，不能提出异议；请重新检索目录")
    problems: dict[str, str] = {}
    if acts_for(actor, known.provider):
        raise ValidationError("这是本机构提供的数据，无需提出异议，请直接更正后重新报送")
    item = next((one for one in items(report.entry) if one.name == report.item), None)
    if report.item and item is None:
        problems["item"] = "该信息项不在目录的现行版本中，请重新选择"
    if report.error_type not in ErrorType.values:
        problems["error_type"] = "请选择错误类型"
    if not report.description.strip():
        problems["description"] = "请说明问题，便于数源单位核查"
    for name in ("description", "evidence"):
        try:
            refuse_personal({name: getattr(report, name)})
        except PersonalValue:
            problems[name] = "请不要在此填写身份证号或手机号；具体记录请填在“记录标识”中，系统只保存摘要"
    if problems:
        raise ValidationError(problems)
    _demand_new(report, actor)
    return known, item


def _demand_new(report: Report, actor: Actor) -> None:
    same = Ticket.objects.filter(
        entry=report.entry, reporter=actor.party, item=report.item, error_type=report.error_type
    ).exclude(status=TicketStatus.CLOSED)
    kept = (report.record_key.strip(), keyed_hash(report.entry, report.record_key) if report.record_key else "")
    standing = next((one for one in same if (one.record_key or one.record_hash) in kept), None)
    if standing is not None:
        raise ValidationError(f"本机构已就该问题提出异议（{standing.number}），请在整改单中跟进")


def accept(ticket: Ticket, *, actor: Actor, note: str = "", revision: int | None = None) -> Ticket:
    """The source takes the ticket on; its days to mend begin."""
    return TICKET.advance(ticket, "accept", actor=actor, note=note, revision=revision)


def start_fixing(ticket: Ticket, *, actor: Actor, note: str = "", revision: int | None = None) -> Ticket:
    """The source works on it."""
    return TICKET.advance(ticket, "start_fixing", actor=actor, note=note, revision=revision)


@transaction.atomic
def fixed(ticket: Ticket, *, resolution: str, note: str, actor: Actor, revision: int | None = None) -> Ticket:
    """The source says what it did. A clean check since the last failure verifies it at once.

    Raises:
        ValidationError: no result, or no explanation.
    """
    problems = {} if resolution in Resolution.values else {"resolution": "请选择整改结果"}
    if not note.strip():
        problems["note"] = "请说明整改情况：更正了什么、在哪一批次重新报送，或为何数据无误"
    if problems:
        raise ValidationError(problems)
    changes = {"resolution": resolution, "fixed_at": now()}
    TICKET.advance(ticket, "fixed", actor=actor, note=note, revision=revision, changes=changes, resolution=resolution)
    run = finding.clean_run_since(ticket) if resolution == Resolution.CORRECTED else None
    if run is not None:
        finding.verify_by(ticket, run)
    return ticket


def verify(ticket: Ticket, *, actor: Actor, note: str, revision: int | None = None) -> Ticket:
    """The quality officer has seen that it is mended.

    Raises:
        ValidationError: no word on how it was seen.
    """
    return TICKET.advance(ticket, "verify", actor=actor, note=_said(note, "请写明核验方式和结论"), revision=revision)


def close(ticket: Ticket, *, actor: Actor, note: str = "", revision: int | None = None) -> Ticket:
    """Done. The reporter or the quality officer says so, never the source."""
    return TICKET.advance(ticket, "close", actor=actor, note=note, revision=revision)


def reopen(ticket: Ticket, *, actor: Actor, note: str, revision: int | None = None) -> Ticket:
    """Send it back: it is not mended.

    Raises:
        ValidationError: no reason.
    """
    reason = _said(note, "请写明退回原因，数源单位据此继续整改")
    changes = {"reopened": ticket.reopened + 1}
    return TICKET.advance(ticket, "reopen", actor=actor, note=reason, revision=revision, changes=changes)


@transaction.atomic
def escalate(ticket: Ticket, *, actor: Actor, note: str, revision: int | None = None) -> Ticket:
    """Take it to the data authority: its days go on counting, now before the quality officers' eyes.

    Raises:
        ValidationError: no reason.
    """
    reason = _said(note, "请写明督办事由")
    TICKET.advance(ticket, "escalate", actor=actor, note=reason, revision=revision)
    to: Holder = officers(ticket)
    for clock in [clock for clock in clocks_of(ticket) if clock.is_open]:
        hand_over(clock, to=to, actor=actor, reason=reason)
    return ticket


def escalate_overdue() -> int:
    """Escalate what the source did not take on or mend in its days; how many."""
    waiting = (TicketStatus.ROUTED, TicketStatus.ACCEPTED, TicketStatus.FIXING, TicketStatus.REOPENED)
    count = 0
    for ticket in Ticket.objects.filter(status__in=waiting).order_by("created_at"):
        late = [clock for clock in clocks_of(ticket) if _is_late(clock)]
        if late:
            note = f"“{late[0].title}”已于{late[0].due_on:%Y年%m月%d日}到期，自动升级督办"
            escalate(ticket, actor=SYSTEM, note=note)
            count += 1
    return count


def _is_late(clock: Clock) -> bool:
    return clock.is_open and not clock.is_paused and clock.due_on < today()


def _said(note: str, ask: str) -> str:
    if not note.strip():
        raise ValidationError({"note": ask})
    return note


def start_check(entry_id: UUID, *, actor: Actor) -> UUID:
    """Ask for a check of the standing table (事后检核); one at a time for each entry. The id of its job.

    Raises:
        Forbidden: neither the source's data manager nor a quality officer.
        ValidationError: the entry has no table yet.
    """
    known = entry(entry_id)
    if known is None or known.table is None:
        raise ValidationError("该目录尚未入库数据，没有可检核的内容；请先完成数据汇聚")
    if not may_check(known, actor):
        raise Forbidden(
            actor, "quality.define", name="发起全表检核", reason="须由提供方数据管理员或质量管理员发起", ask=()
        )
    run = jobs.enqueue(
        "quality.check",
        actor=actor,
        key=f"entry:{entry_id}",
        title=f"全表检核 {known.name}",
        subjects=[f"entry:{entry_id}"],
        entry=entry_id,
    )
    return run.id


def may_check(known: EntryInfo, actor: Actor) -> bool:
    """The source itself, or whoever verifies."""
    own = may(actor, "quality.define", organisation=known.provider)
    return own or may(actor, "quality.verify", organisation=known.provider)
