"""What a check found, and what follows (检核结果): a score, tickets for what failed, verification of what was mended.

Promise: a batch is counted once, and a rule of an entry has one open ticket at most, however often it fails.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils import timezone

from tulou.domains.catalog.public import EntryInfo, entry
from tulou.domains.ingest.public import BatchInfo
from tulou.domains.quality import rulebook
from tulou.domains.quality.models import CheckRun, Ticket
from tulou.domains.quality.rulebook import Standing
from tulou.domains.quality.scoring import Line, scores_of
from tulou.domains.quality.vocabulary import Origin, RunKind, TicketStatus
from tulou.domains.quality.workflow import TICKET
from tulou.kernel.calendar import today
from tulou.kernel.evidence import record
from tulou.kernel.identity import Actor
from tulou.plane.connect import FAULTS
from tulou.plane.engine import CheckOutcome
from tulou.trust.ids import new_id

SYSTEM: Final = Actor.system("质量检核")
RECHECK: Final = "请在源头更正后重新报送"
_OF_THE_LAKE: Final = {"key.missing": "主键完整", "key.repeated": "主键不重复"}
_PLATFORM_NAME: Final = "平台通用检核（可读、无公式、未失真、主键不重复）"


@dataclass(frozen=True, slots=True)
class Asked:
    """A rule as a check asked it, with what it counted. `guard` is one of the platform's own, outside the score."""

    id: str
    name: str
    dimension: str
    severity: str
    weight: int
    ticket_above: int
    failed: int
    message: str = ""
    guard: bool = False

    def wants_ticket(self, rows: int) -> bool:
        """Whether so many failures must be mended at the source."""
        if self.severity == "block":
            return self.failed > 0
        return self.failed * 10_000 > rows * self.ticket_above

    @property
    def plain(self) -> dict[str, Any]:
        """As the check keeps it."""
        return {name: getattr(self, name) for name in self.__slots__}


@transaction.atomic
def note_batch(landed: BatchInfo) -> CheckRun | None:
    """Count what a landed batch found; None when this batch was counted before."""
    if CheckRun.objects.filter(batch=landed.id).exists():
        return None
    names = {rule["id"]: rule for rule in landed.rules}
    failures = {**landed.by_rule, **{rule: n for rule, n in landed.warned.items() if rule not in landed.by_rule}}
    asked = _asked(rulebook.only(rulebook.standing(landed.entry), names), failures, names)
    asked += _guards(landed, {one.id for one in asked} | {rule.id for rule in rulebook.built_in(landed.entry)}, names)
    run = CheckRun(
        entry_id=landed.entry,
        kind=RunKind.BATCH,
        batch=landed.id,
        label=f"批次 {landed.number}",
        rows=landed.sent,
        passed=landed.accepted,
        counts=landed.resubmits is None,
        began_at=landed.started_at or landed.registered_at,
    )
    return _conclude(run, asked)


@transaction.atomic
def note_check(entry_id: UUID, outcome: CheckOutcome, *, job: UUID, began: datetime) -> CheckRun | None:
    """Count what a check of the standing table found; None when this job was counted before."""
    if CheckRun.objects.filter(job=job).exists():
        return None
    asked = _asked(rulebook.only(rulebook.standing(entry_id), outcome.by_rule), outcome.by_rule, {})
    run = CheckRun(
        entry_id=entry_id,
        kind=RunKind.STANDING,
        job=job,
        label=f"全表检核 {timezone.localtime(began):%Y-%m-%d %H:%M}",
        rows=outcome.rows,
        passed=outcome.passed,
        began_at=began,
    )
    return _conclude(run, asked)


def _asked(
    rules: Sequence[Standing], failures: Mapping[str, int], told: Mapping[str, Mapping[str, str]]
) -> list[Asked]:
    """The rules with their failures; a rule without words of its own has those of the batch's receipt."""
    return [
        Asked(
            one.rule.id, one.rule.name, one.rule.dimension, one.rule.severity, one.rule.weight, one.ticket_above,
            failures.get(one.rule.id, 0), message=one.rule.message or told.get(one.rule.id, {}).get("reason", ""),
        )
        for one in rules
    ]  # fmt: skip


def _guards(landed: BatchInfo, known: set[str], names: Mapping[str, Mapping[str, str]]) -> list[Asked]:
    """What the platform itself refuses: one line for the score, and one for each that failed or has an open ticket."""
    found = {rule: count for rule, count in landed.by_rule.items() if rule not in known and count > 0}
    waiting = Ticket.objects.filter(entry=landed.entry, status=TicketStatus.FIXED).values_list("rule", flat=True)
    always = {*names, *_OF_THE_LAKE, *FAULTS} - known
    found |= {rule: 0 for rule in waiting if rule in always and rule not in found}
    whole = Asked(
        rulebook.PLATFORM, _PLATFORM_NAME, "规范性", "block", 1, 0, min(sum(found.values()), landed.sent), guard=True
    )
    return [whole, *(_guard(rule, count, names.get(rule, {})) for rule, count in sorted(found.items()))]


def _guard(rule: str, count: int, told: Mapping[str, str]) -> Asked:
    name = told.get("name") or _OF_THE_LAKE.get(rule) or ("来源可读" if rule in FAULTS else rule)
    message = told.get("reason") or FAULTS.get(rule, "")
    return Asked(rule, name, "规范性", "block", 0, 0, count, message=message, guard=True)


def _conclude(run: CheckRun, asked: Sequence[Asked]) -> CheckRun:
    scores = scores_of(run.rows, [Line(one.dimension, one.weight, one.failed) for one in asked])
    run.asked = [one.plain for one in asked]
    run.at = timezone.now()
    if scores is not None:
        run.total = scores.total
        run.by_dimension = {name: str(value) for name, value in scores.by_dimension.items()}
    run.save(force_insert=True)
    record(
        "quality.run.noted",
        actor=SYSTEM,
        subjects=[f"run:{run.id}", f"entry:{run.entry_id}", *([f"batch:{run.batch}"] if run.batch else [])],
        data={
            "kind": run.kind,
            "rows": run.rows,
            "passed": run.passed,
            "failed": {one.id: one.failed for one in asked if one.failed},
            "score": str(run.total) if run.total is not None else "",
        },
    )
    _follow_up(run, asked)
    return run


def _follow_up(run: CheckRun, asked: Sequence[Asked]) -> None:
    known = entry(run.entry_id)
    if known is None or run.rows == 0:
        return
    for one in asked:
        if one.id == rulebook.PLATFORM:
            continue
        if one.wants_ticket(run.rows):
            _found(run, one, known)
        elif one.failed == 0:
            _clean(run, one.id)


def _found(run: CheckRun, one: Asked, known: EntryInfo) -> None:
    """Add to the open ticket of the rule, or open one; of two at once the second adds to the first's."""
    ticket = _open_ticket(run.entry_id, one.id)
    if ticket is None:
        try:
            with transaction.atomic():
                _open(run, one, known)
            return
        except IntegrityError:
            ticket = _open_ticket(run.entry_id, one.id)
            if ticket is None:
                raise
    _add(ticket, run, one)


def _open_ticket(entry_id: UUID, rule: str) -> Ticket | None:
    rows = Ticket.objects.select_for_update(of=("self",)).exclude(status=TicketStatus.CLOSED)
    found: Ticket | None = rows.filter(entry=entry_id, rule=rule).first()
    return found


def _open(run: CheckRun, one: Asked, known: EntryInfo) -> Ticket:
    ticket_id = new_id()
    ticket = Ticket(
        id=ticket_id,
        number=ticket_number(ticket_id),
        title=f"{known.name[:80]}：{one.name}未通过",
        entry_id=run.entry_id,
        provider_id=known.provider,
        origin=Origin.RULE,
        rule=one.id,
        severity=one.severity,
        dimension=one.dimension,
        message=one.message or RECHECK,
        found=one.failed,
        last_found=one.failed,
        last_found_at=run.began_at,
        last_run=run,
        batch=run.batch,
        reporter_label=SYSTEM.label,
    )
    return TICKET.begin(ticket, actor=SYSTEM, rule=one.id, rows=run.rows, failed=one.failed, run=run.id)


def _add(ticket: Ticket, run: CheckRun, one: Asked) -> None:
    ticket.found += one.failed
    ticket.last_found, ticket.last_found_at, ticket.last_run = one.failed, run.began_at, run
    ticket.batch = run.batch or ticket.batch
    ticket.save(update_fields=["found", "last_found", "last_found_at", "last_run", "batch"])
    subjects = [f"ticket:{ticket.id}", f"run:{run.id}", f"entry:{run.entry_id}"]
    record("quality.ticket.found", actor=SYSTEM, subjects=subjects, data={"rule": one.id, "failed": one.failed})
    mended = ticket.status in (TicketStatus.FIXED, TicketStatus.VERIFIED)
    if mended and ticket.fixed_at is not None and run.began_at > ticket.fixed_at:
        note = f"{run.label}仍有 {one.failed:,} 行未通过，退回整改"
        changes = {"reopened": ticket.reopened + 1}
        TICKET.advance(ticket, "reopen", actor=SYSTEM, note=note, changes=changes, run=run.id, failed=one.failed)


def _clean(run: CheckRun, rule: str) -> None:
    ticket = _open_ticket(run.entry_id, rule)
    if ticket is not None and ticket.status == TicketStatus.FIXED:
        verify_by(ticket, run)


def verify_by(ticket: Ticket, run: CheckRun) -> bool:
    """Verify a mended ticket on the evidence of a later check in which its rule failed nowhere."""
    failed = {line["id"]: line["failed"] for line in run.asked}.get(ticket.rule)
    later = ticket.last_found_at is None or run.began_at > ticket.last_found_at
    if failed != 0 or not later or run.rows == 0:
        return False
    note = f"{run.label}检核 {run.rows:,} 行，该规则没有未通过的行，自动核验通过"
    TICKET.advance(ticket, "verify", actor=SYSTEM, note=note, run=run.id, rows=run.rows, failed=0)
    return True


def clean_run_since(ticket: Ticket) -> CheckRun | None:
    """The newest check that asked the ticket's rule after it last failed, if nothing failed in it."""
    if not ticket.rule:
        return None
    runs = CheckRun.objects.filter(entry=ticket.entry_id, rows__gt=0, asked__contains=[{"id": ticket.rule}])
    run = runs.order_by("-began_at").first()
    if run is None or (ticket.last_found_at is not None and run.began_at <= ticket.last_found_at):
        return None
    return run


def ticket_number(ticket_id: UUID) -> str:
    """`ZG`, the day, and the end of its id: unique without a sequence."""
    return f"ZG{today():%Y%m%d}-{ticket_id.hex[-10:].upper()}"
