"""Machine checks of a content (DOMAIN: 目录编制): what is missing or contradictory, each with the field and the remedy.

A draft may be saved with gaps; it may be submitted only without findings.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError

from tulou.domains.catalog.content import Content
from tulou.domains.catalog.vocabulary import Grade, MaskRule, OpenType, ShareType
from tulou.domains.law.public import BasisUse, require_basis
from tulou.plane.tables import Column, LakeProblem

REQUIRED: dict[str, str] = {
    "name": "请填写目录名称",
    "abstract": "请填写摘要：数据的内容和主要字段",
    "category_class": "请选择目录分类",
    "duty": "请选择权责清单事项；没有职责依据的数据不能编目",
    "format_major": "请选择格式大类",
    "update_cycle": "请选择更新周期",
    "share_type": "请选择共享类型",
    "open_type": "请选择开放类型",
    "retention": "请填写保存期限",
    "destroy_rule": "请填写销毁规则",
    "domain": "请选择数据领域",
    "region": "请选择区域范围",
    "contact": "请填写联系岗位，便于使用方咨询",
}


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing to put right: the field, and what to do."""

    field: str
    message: str

    @property
    def anchor(self) -> str:
        """Where the form has the field."""
        place, _, row = self.field.partition(".")
        if place == "items":
            return f"item-{row}" if row else "items"
        return f"id_{place}"


Refusals = dict[str, list[Finding]]


def findings(content: Content, *, on: date, refusals: Refusals | None = None) -> list[Finding]:
    """Everything that stands between this content and its submission, in the order of the form.

    `refusals` remembers what was found of each basis, for whoever checks many contents in a row.
    """
    return [
        *_missing(content),
        *_source(content),
        *_sharing(content, on, {} if refusals is None else refusals),
        *_security(content),
        *_items(content.get("items", [])),
        *_highest_grade(content),
    ]


def _missing(content: Content) -> list[Finding]:
    return [Finding(name, message) for name, message in REQUIRED.items() if not content.get(name)]


def _source(content: Content) -> list[Finding]:
    found = []
    if not content.get("system") and not content.get("no_system_reason"):
        found.append(Finding("system", "请选择信息系统；没有系统支撑的，请填写无系统原因"))
    if content.get("update_cycle") == "custom" and not content.get("update_days"):
        found.append(Finding("update_days", "更新周期为“自定义”时，请填写周期天数"))
    start, end = content.get("period_from"), content.get("period_to")
    if start and end and end < start:
        found.append(Finding("period_to", "时间范围的止期早于起期，请改正"))
    return found


def _sharing(content: Content, on: date, refusals: Refusals) -> list[Finding]:
    found = []
    share, opening = content.get("share_type"), content.get("open_type")
    if share == ShareType.CONDITIONAL and not content.get("share_condition"):
        found.append(Finding("share_condition", "有条件共享须写明共享范围、用途和条件"))
    if share == ShareType.REFUSED:
        basis = str(content.get("share_basis") or "")
        if basis not in refusals:
            refusals[basis] = _refusal(basis, on)
        found += refusals[basis]
    if share and share != ShareType.REFUSED and not content.get("share_methods"):
        found.append(Finding("share_methods", "请至少选择一种共享方式"))
    if opening in (OpenType.ON_REQUEST, OpenType.REFUSED) and not content.get("open_condition"):
        found.append(Finding("open_condition", "依申请开放须写明条件，不予开放须写明依据"))
    return found


def _refusal(basis: str, on: date) -> list[Finding]:
    try:
        require_basis(UUID(basis) if basis else None, on=on, supports=BasisUse.REFUSE_SHARING)
    except ValidationError as problem:
        return [Finding("share_basis", message) for message in problem.messages]
    return []


def _security(content: Content) -> list[Finding]:
    found = []
    if content.get("is_important") and not content.get("important_document"):
        found.append(Finding("important_document", "列入重要公共数据目录的，请填写认定文件"))
    if content.get("contains_personal") and not content.get("personal_basis"):
        found.append(Finding("personal_basis", "含个人信息的，请写明处理的法律依据（个人信息保护法第十三条）"))
    if (content.get("sensitive_personal") or content.get("minors")) and not content.get("contains_personal"):
        found.append(Finding("contains_personal", "含敏感个人信息或未成年人信息的，请同时勾选“含个人信息”"))
    if content.get("open_type") == OpenType.OPEN and int(content.get("grade") or 0) >= Grade.SENSITIVE:
        found.append(Finding("open_type", "3级、4级数据不能普遍开放，请改为依申请开放或不予开放"))
    return found


def _items(items: Sequence[Mapping[str, Any]]) -> list[Finding]:
    if not items:
        return [Finding("items", "请至少登记一个信息项；可从文件或数据库读取结构自动填写")]
    found: list[Finding] = []
    seen: set[str] = set()
    for row, item in enumerate(items, start=1):
        found += [Finding(f"items.{row}", f"信息项第{row}行：{message}") for message in _item_problems(item, seen)]
        seen.add(str(item.get("name")))
    return found


def _item_problems(item: Mapping[str, Any], seen: set[str]) -> list[str]:
    name, problems = str(item.get("name") or ""), []
    if name in seen:
        problems.append(f"英文名称 {name} 与前面的信息项重复")
    try:
        Column(name)
    except LakeProblem as problem:
        problems.append(str(problem))
    if not item.get("label"):
        problems.append("请填写中文名称")
    if item.get("is_key") and item.get("nullable"):
        problems.append("主键不能为空，请取消“可空”")
    if int(item.get("grade") or 0) == Grade.HIGH and item.get("share_type") == ShareType.UNCONDITIONAL:
        problems.append("4级信息项不能无条件共享")
    if item.get("mask") == MaskRule.KEEP and not (item.get("mask_head") or item.get("mask_tail")):
        problems.append("“保留首尾”请填写保留前几位或后几位")
    return problems


def _highest_grade(content: Content) -> list[Finding]:
    highest = max((int(item.get("grade") or 1) for item in content.get("items", [])), default=1)
    if int(content.get("grade") or 1) < highest:
        label = Grade(highest).label
        return [Finding("grade", f"数据分级不得低于最高的信息项（{label}）；就高从严（GB/T 43697-2024）")]
    return []
