"""Commands of the sharing room: ask, endorse, accept, correct, decide item by item, and stop a grant."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import transaction

from tulou.domains.catalog import public as catalog
from tulou.domains.law.public import BasisUse, require_basis
from tulou.domains.sharing import delivery, numbering
from tulou.domains.sharing.models import Grant, ItemStatus, Method, Request, RequestedItem, RequestStatus
from tulou.domains.sharing.workflow import ITEM, REQUEST
from tulou.kernel.calendar import today
from tulou.kernel.identity import Actor
from tulou.kernel.permissions import require
from tulou.trust.plans import Mask

PLATFORM = Actor.system("共享受理")


@dataclass(frozen=True, slots=True)
class Wish:
    """One item asked for: masked unless its raw value is justified."""

    name: str
    raw: bool = False
    reason: str = ""


@dataclass(frozen=True, slots=True)
class RequestSpec:
    """A request as its form says (DOMAIN: 共享申请单)."""

    entry: UUID
    contact: str
    scenario: str
    purpose: str
    basis: UUID | None
    methods: Sequence[str]
    frequency: str
    use_from: date
    use_to: date
    disposal: str
    wishes: Sequence[Wish]
    phone: str = ""
    basis_note: str = ""
    matter: str = ""
    calls_per_day: int = 0
    rows_per_day: int = 0
    rows: Sequence[Mapping[str, object]] = field(default_factory=tuple)
    system: UUID | None = None
    address: str = ""
    processor: str = ""


@transaction.atomic
def draft_request(spec: RequestSpec, *, applicant: UUID, actor: Actor) -> Request:
    """Write a request down, complete; it goes nowhere until its own office endorsed it.

    Raises:
        ValidationError: field by field, what is missing or cannot be asked for.
    """
    require(actor, "sharing.request", organisation=applicant)
    entry = _askable(spec, applicant)
    basis = require_basis(spec.basis, on=today(), supports=BasisUse.REQUEST)
    request = Request(
        number=numbering.draw(today().year),
        entry_id=entry.id,
        provider_id=entry.provider,
        applicant_id=applicant,
        contact=spec.contact,
        phone=spec.phone,
        scenario=spec.scenario,
        purpose=spec.purpose,
        basis_id=basis.id,
        basis_note=spec.basis_note,
        matter=spec.matter,
        methods=list(spec.methods),
        frequency=spec.frequency,
        calls_per_day=spec.calls_per_day,
        rows_per_day=spec.rows_per_day,
        rows=_checked_rows(entry.id, spec.rows),
        use_from=spec.use_from,
        use_to=spec.use_to,
        system_id=spec.system,
        address=spec.address,
        processor=spec.processor,
        disposal=spec.disposal,
    )
    request.full_clean(exclude=["status", "number", "rows"])
    REQUEST.begin(request, actor=actor)
    _add_items(request, spec.wishes, actor)
    return request


def _askable(spec: RequestSpec, applicant: UUID) -> catalog.EntryInfo:
    entry = catalog.entry(spec.entry)
    if entry is None or not catalog.published(spec.entry):
        raise ValidationError({"entry": "该目录未发布或已停用，不能申请；请重新检索目录"})
    problems: dict[str, str] = {}
    if entry.provider == applicant:
        problems["entry"] = "这是本机构自己的数据，无需申请，可直接在目录页查看"
    if entry.share_type == catalog.ShareType.REFUSED:
        problems["entry"] = "该目录为不予共享类，不能申请；依据见目录页"
    if not spec.wishes:
        problems["items"] = "请至少选择一个信息项；只申请业务必需的信息项"
    if spec.use_to < today():
        problems["use_to"] = "使用截止日期已过，请重新填写"
    if not spec.methods:
        problems["methods"] = "请至少选择一种共享方式"
    if Method.API in spec.methods and not spec.system:
        problems["system"] = "以接口方式使用的，请选择调用的信息系统；没有的先登记系统"
    if problems:
        raise ValidationError(problems)
    return entry


def _checked_rows(entry: UUID, rows: Sequence[Mapping[str, object]]) -> list[dict[str, object]]:
    known = {item.name: item for item in catalog.items(entry)}
    checked: list[dict[str, object]] = []
    for row in rows:
        name, op, values = str(row["column"]), str(row["op"]), row.get("values")
        if name not in known:
            raise ValidationError({"rows": f"数据范围中的信息项 {name} 不在目录中"})
        if op not in ("eq", "in", "prefix", "ge", "le") or not isinstance(values, list | tuple) or not values:
            raise ValidationError({"rows": f"数据范围“{known[name].label}”的条件不完整"})
        checked.append({"column": name, "op": op, "values": [str(value) for value in values]})
    return checked


def _add_items(request: Request, wishes: Sequence[Wish], actor: Actor) -> None:
    known = {item.name: item for item in catalog.items(request.entry_id)}
    rows: list[RequestedItem] = []
    for order, wish in enumerate(wishes, start=1):
        item = known.get(wish.name)
        if item is None:
            raise ValidationError({"items": f"信息项 {wish.name} 不在目录的现行版本中，请刷新后重选"})
        if wish.raw and item.mask.kind != "none" and not wish.reason.strip():
            raise ValidationError({"items": f"“{item.label}”默认脱敏提供；申请明文请写明理由"})
        mask = Mask() if wish.raw else item.mask
        rows.append(
            RequestedItem(
                request=request,
                name=item.name,
                label=item.label,
                grade=item.grade,
                share_type=item.share_type,
                reason=wish.reason,
                wants_raw=wish.raw,
                mask={"kind": mask.kind, "head": mask.head, "tail": mask.tail},
                order=order,
            )
        )
    RequestedItem.objects.bulk_create(rows)


def endorse(request: Request, *, actor: Actor, note: str = "") -> Request:
    """The applying agency's own office stands behind the request."""
    return REQUEST.advance(request, "endorse", actor=actor, note=note)


def submit(request: Request, *, actor: Actor) -> Request:
    """Send it; the acceptance clock starts by the rules in force today."""
    require_basis(request.basis_id, on=today(), supports=BasisUse.REQUEST)
    return REQUEST.advance(request, "submit", actor=actor)


def accept(request: Request, *, actor: Actor, note: str = "") -> Request:
    """Take it in; the provider's reply clock starts."""
    return REQUEST.advance(request, "accept", actor=actor, note=note)


def query(request: Request, *, question: str, actor: Actor) -> Request:
    """Ask the applicant to correct; the reply clock pauses.

    Raises:
        ValidationError: no question: the applicant must know what to correct.
    """
    if not question.strip():
        raise ValidationError({"note": "请一次性写明需要补正的内容"})
    return REQUEST.advance(request, "query", actor=actor, note=question)


@transaction.atomic
def correct(request: Request, *, answer: str, actor: Actor, changes: Mapping[str, object] | None = None) -> Request:
    """Answer a correction, possibly changing scenario, purpose or disposal; the reply clock goes on.

    Raises:
        ValidationError: no answer.
    """
    if not answer.strip():
        raise ValidationError({"note": "请写明补正的内容"})
    allowed = {"scenario", "purpose", "basis_note", "matter", "disposal", "contact", "phone"}
    kept = {name: value for name, value in (changes or {}).items() if name in allowed}
    return REQUEST.advance(request, "correct", actor=actor, note=answer, changes=kept)


def extend(request: Request, *, reason: str, actor: Actor) -> Request:
    """The authority consents to the one extension that the rule allows.

    Raises:
        ValidationError: no reason.
    """
    if not reason.strip():
        raise ValidationError({"note": "请写明延期理由"})
    return REQUEST.advance(request, "extend", actor=actor, note=reason)


def withdraw(request: Request, *, actor: Actor, reason: str = "") -> Request:
    """The applicant takes the request back before it is decided."""
    return REQUEST.advance(request, "withdraw", actor=actor, note=reason)


@transaction.atomic
def grant_item(item: RequestedItem, *, mask: Mask, actor: Actor, opinion: str = "") -> RequestedItem:
    """Agree to share one item in a given form.

    Raises:
        ValidationError: the request is not with the provider.
    """
    _with_provider(item)
    values = {"mask": {"kind": mask.kind, "head": mask.head, "tail": mask.tail}, "opinion": opinion}
    ITEM.advance(item, "grant", actor=actor, note=opinion, changes=values, name=item.name, mask=mask.kind)
    _conclude_when_done(item.request)
    return item


@transaction.atomic
def refuse_item(item: RequestedItem, *, basis: UUID | None, opinion: str, actor: Actor) -> RequestedItem:
    """Refuse one item. Only a cited law, administrative regulation or State Council decision in force can support it.

    Raises:
        ValidationError: the basis is missing, not in force today, or of a rank that cannot support a refusal.
    """
    _with_provider(item)
    cited = require_basis(basis, on=today(), supports=BasisUse.REFUSE_SHARING)
    changes = {"basis_id": cited.id, "opinion": opinion}
    ITEM.advance(item, "refuse", actor=actor, note=opinion, changes=changes, name=item.name, basis=cited.code)
    _conclude_when_done(item.request)
    return item


def _with_provider(item: RequestedItem) -> None:
    request = Request.objects.select_for_update(of=("self",)).get(pk=item.request_id)
    if request.status != RequestStatus.ACCEPTED:
        state = request.get_status_display()
        raise ValidationError(f"申请当前为“{state}”，不在提供方办理阶段，不能决定信息项；请刷新页面")
    item.request = request


def _conclude_when_done(request: Request) -> None:
    if request.items.filter(status=ItemStatus.PENDING).exists():
        return
    REQUEST.advance(request, "conclude", actor=PLATFORM)
    if request.items.filter(status=ItemStatus.GRANTED).exists():
        delivery.begin(request, actor=PLATFORM)


def suspend_grant(grant: Grant, *, reason: str, actor: Actor) -> Grant:
    """Stop a grant for the time being; every channel refuses at once."""
    return delivery.stop(grant, "suspend", reason=_reason(reason), actor=actor)


def resume_grant(grant: Grant, *, reason: str, actor: Actor) -> Grant:
    """Let a suspended grant work again."""
    return delivery.stop(grant, "resume", reason=_reason(reason), actor=actor)


def revoke_grant(grant: Grant, *, reason: str, actor: Actor) -> Grant:
    """End a grant for good; every channel refuses at once."""
    return delivery.stop(grant, "revoke", reason=_reason(reason), actor=actor)


def _reason(reason: str) -> str:
    if not reason.strip():
        raise ValidationError({"note": "请写明理由，使用方将看到"})
    return reason
