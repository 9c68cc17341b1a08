"""提出申请: write a request down, change it before it is endorsed, keep what is not finished yet.

Promise: a request that exists is complete and may be asked; what is not complete is a draft.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import transaction

from tulou.domains.catalog import public as catalog
from tulou.domains.directory.public import holder_today, system, systems_of
from tulou.domains.law.public import BasisUse, require_basis
from tulou.domains.sharing import masking, numbering
from tulou.domains.sharing.models import Draft, Grant, Method, Request, RequestedItem
from tulou.domains.sharing.workflow import REQUEST
from tulou.kernel.calendar import today
from tulou.kernel.identity import Actor
from tulou.kernel.permissions import require
from tulou.plane.tables.schema import SEALED_GRADE
from tulou.trust.plans import Mask

MOST_DRAFT = 60_000
OPERATORS = {"eq": "等于", "in": "属于其中之一", "prefix": "开头是", "ge": "不小于", "le": "不大于"}


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
    whole_reason: str = ""
    renews: UUID | None = None


@transaction.atomic
def draft_request(spec: RequestSpec, *, applicant: UUID, actor: Actor) -> Request:
    """Write a request down, complete; it goes nowhere until its own office endorsed it.

    Raises:
        ValidationError: field by field, what is missing or cannot be asked for.
    """
    require(actor, "sharing.request", organisation=applicant)
    entry = _askable(spec, applicant)
    request = Request(
        number=numbering.draw(today().year), entry_id=entry.id, provider_id=entry.provider, applicant_id=applicant
    )
    _fill(request, spec)
    request.renews = _renewed(spec.renews, request)
    request.full_clean(exclude=["status", "number", "rows"])
    REQUEST.begin(request, actor=actor)
    _add_items(request, spec.wishes)
    return request


@transaction.atomic
def revise_request(request: Request, spec: RequestSpec, *, actor: Actor, revision: int | None = None) -> Request:
    """Change a request that its own office has not endorsed yet; its items are written anew.

    Raises:
        ValidationError: it asks for what cannot be asked.
        MoveRefused: it is no longer with its writer, or somebody else changed it since the page was opened.
    """
    wished = [wish.name for wish in spec.wishes]
    known = REQUEST.advance(request, "revise", actor=actor, revision=revision, items=wished)
    _askable(spec, known.applicant_id)
    _fill(known, spec)
    known.full_clean(exclude=["status", "number", "rows"])
    known.save()
    known.items.all().delete()
    _add_items(known, spec.wishes)
    return known


def _fill(request: Request, spec: RequestSpec) -> None:
    basis = require_basis(spec.basis, on=today(), supports=BasisUse.REQUEST)
    request.basis_id = basis.id
    request.methods = list(spec.methods)
    request.rows = _checked_rows(request.entry_id, spec)
    request.system_id = _own_system(spec.system, request.applicant_id)
    for name in (
        "contact", "phone", "scenario", "purpose", "basis_note", "matter", "frequency", "calls_per_day",
        "rows_per_day", "use_from", "use_to", "address", "processor", "disposal", "whole_reason",
    ):  # fmt: skip
        setattr(request, name, getattr(spec, name))


def _askable(spec: RequestSpec, applicant: UUID) -> catalog.EntryInfo:
    entry = catalog.entry(spec.entry)
    if entry is None or not catalog.published(spec.entry):
        raise ValidationError({"entry": "该目录未发布或已停用，不能申请；请重新检索目录"})
    problems: dict[str, str] = {}
    if holder_today(entry.provider) == holder_today(applicant):
        problems["entry"] = "这是本机构自己的数据，无需申请，可直接在目录页查看"
    if entry.share_type == catalog.ShareType.REFUSED:
        problems["entry"] = "该目录为不予共享类，不能申请；依据见目录页"
    if not spec.wishes:
        problems["items"] = "请至少选择一个信息项；只申请业务必需的信息项"
    if spec.use_to < spec.use_from:
        problems["use_to"] = "使用截止日期不能早于起始日期"
    if spec.use_to < today():
        problems["use_to"] = "使用截止日期已过，请重新填写"
    if not spec.methods:
        problems["methods"] = "请至少选择一种共享方式"
    if Method.API in spec.methods and not spec.system:
        problems["system"] = "以接口方式使用的，请选择调用的信息系统；没有的先登记系统"
    if problems:
        raise ValidationError(problems)
    _check_wishes(entry.id, spec.wishes)
    return entry


def _check_wishes(entry: UUID, wishes: Sequence[Wish]) -> None:
    known = {item.name: item for item in catalog.items(entry)}
    for wish in wishes:
        if wish.name not in known:
            raise ValidationError({"items": f"信息项 {wish.name} 不在目录的现行版本中，请刷新后重选"})
        item = known[wish.name]
        if wish.raw and item.mask.kind != "none" and not wish.reason.strip():
            raise ValidationError({"items": f"“{item.label}”默认脱敏提供；申请明文请写明理由"})


def _own_system(wanted: UUID | None, applicant: UUID) -> UUID | None:
    """Only a system of the applicant may call on its behalf."""
    if wanted is None:
        return None
    known = system(wanted)
    if known is None or known.id not in {own.id for own in systems_of(known.agency)}:
        raise ValidationError({"system": "所选信息系统未登记或已停用，请重新选择"})
    if holder_today(known.agency) != holder_today(applicant):
        raise ValidationError({"system": "只能选择本机构的信息系统"})
    return known.id


def _renewed(wanted: UUID | None, request: Request) -> Grant | None:
    if wanted is None:
        return None
    grant = Grant.objects.filter(pk=wanted, entry=request.entry_id).first()
    if grant is None or holder_today(grant.consumer_id) != holder_today(request.applicant_id):
        raise ValidationError("续期的授权不属于本机构或不是该目录的授权，请从授权页面重新发起")
    return grant


def _checked_rows(entry: UUID, spec: RequestSpec) -> list[dict[str, object]]:
    known = {item.name: item for item in catalog.items(entry)}
    wished = {wish.name for wish in spec.wishes}
    checked: list[dict[str, object]] = []
    for row in spec.rows:
        name, op, values = str(row["column"]), str(row["op"]), row.get("values")
        if name not in known:
            raise ValidationError({"rows": f"数据范围中的信息项 {name} 不在目录中"})
        item = known[name]
        if op not in OPERATORS or not isinstance(values, list | tuple) or not values:
            raise ValidationError({"rows": f"数据范围“{item.label}”的条件不完整"})
        if name not in wished:
            raise ValidationError(
                {"rows": f"数据范围使用了未申请的信息项“{item.label}”；请同时申请该项，或改用其他条件"}
            )
        if problem := _unfit(item, op, [str(value) for value in values]):
            raise ValidationError({"rows": problem})
        checked.append({"column": name, "op": op, "values": [str(value) for value in values]})
    return checked


def _unfit(item: catalog.ItemInfo, op: str, values: Sequence[str]) -> str:
    """Why the gate could not apply this condition, or nothing."""
    if op != "in" and len(values) != 1:
        return f"数据范围“{item.label}”{OPERATORS[op]}只能填写一个取值"
    if op == "prefix" and item.type != "text":
        return f"“{item.label}”不是文本，不能用“开头是”；请改用其他比较方式"
    if item.grade >= SEALED_GRADE and item.type == "text" and op not in ("eq", "in"):
        return f"“{item.label}”加密存储，只能用“等于”或“属于其中之一”"
    return next((problem for value in values if (problem := masking.wrong_value(item.type, item.label, value))), "")


def _add_items(request: Request, wishes: Sequence[Wish]) -> None:
    known = {item.name: item for item in catalog.items(request.entry_id)}
    rows: list[RequestedItem] = []
    for order, wish in enumerate(wishes, start=1):
        item = known[wish.name]
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


@transaction.atomic
def keep_draft(
    content: Mapping[str, Any], *, entry: UUID, applicant: UUID, actor: Actor, draft: Draft | None = None
) -> Draft:
    """Keep what was typed so far, complete or not.

    Raises:
        ValidationError: more text than any request holds.
    """
    require(actor, "sharing.request", organisation=applicant)
    if sum(len(str(value)) for value in content.values()) > MOST_DRAFT:
        raise ValidationError("内容过长，无法保存草稿；请精简后再保存")
    kept = draft or Draft(entry_id=entry, applicant_id=applicant)
    kept.content, kept.kept_by = dict(content), actor.label
    kept.save()
    return kept


def drop_draft(draft: Draft, *, actor: Actor) -> None:
    """Throw a draft away, or clear it once it became a request."""
    require(actor, "sharing.request", organisation=draft.applicant_id)
    draft.delete()
