"""共享申请单: the form of a request. Every field says why it is asked; errors stand beside the field.

The items, the conditions on rows and the legal basis are drawn by the page itself, since they are tables.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, ClassVar, cast
from uuid import UUID

from django import forms
from django.http import QueryDict

from tulou.domains.catalog import public as catalog
from tulou.domains.law.public import BasisInfo
from tulou.domains.sharing import masking
from tulou.domains.sharing.asking import OPERATORS, RequestSpec, Wish
from tulou.domains.sharing.models import Frequency, Method, Request
from tulou.domains.sharing.policies import asks_for_everything
from tulou.kernel.calendar import today
from tulou.kernel.ui.forms import IdempotentForm, Section

CONDITIONS = 3
HALF_YEAR = timedelta(days=180)
DISPOSAL = (
    "使用期满或场景终止后，删除全部已取得的数据及其副本，并按要求提供删除情况说明；"
    "不向第三方转交，不用于授权以外的用途。"
)
_DAY = {"type": "date"}


def _day(**attrs: Any) -> forms.DateInput:
    return forms.DateInput(format="%Y-%m-%d", attrs={**_DAY, **attrs})


def _lines(rows: int) -> forms.Textarea:
    return forms.Textarea(attrs={"rows": rows})


@dataclass(frozen=True)
class ItemRow:
    """One line of the item table: what the catalogue says and what was chosen."""

    info: catalog.ItemInfo
    mask: str
    chosen: bool
    raw: bool
    reason: str
    refused: bool


@dataclass(frozen=True)
class Condition:
    """One condition on rows as typed."""

    number: int
    column: str
    op: str
    values: str


class AskForm(IdempotentForm):
    """What the applicant says."""

    scenario = forms.CharField(
        label="使用场景", max_length=200,
        help_text="在哪项业务、哪个环节使用，例如“城乡低保申请审核”。一次授权只用于一个场景",
    )  # fmt: skip
    matter = forms.CharField(
        label="业务事项", max_length=120, required=False, help_text="对应的权责清单事项名称或编码，便于提供方核对职责"
    )
    purpose = forms.CharField(
        label="使用用途", max_length=300, widget=_lines(3),
        help_text="拿到数据后做什么、得出什么结果。提供方据此判断是否必要；超出用途使用将被追究",
    )  # fmt: skip
    basis = forms.ChoiceField(
        label="使用依据", error_messages={"required": "请选择一条使用依据；没有依据不能申请"},
        help_text="履行职责所依据的现行条文。只列出今天有效的条文，选中后显示原文",
    )  # fmt: skip
    basis_note = forms.CharField(
        label="依据说明", max_length=300, required=False, help_text="条文怎样适用于本场景；条文本身很明确的可以不填"
    )
    whole_reason = forms.CharField(
        label="申请全部信息项的必要性", max_length=300, required=False, widget=_lines(2),
        help_text="只有选择了目录的全部信息项时才需要填写：逐项说明为什么缺一不可",
    )  # fmt: skip
    methods = forms.MultipleChoiceField(
        label="共享方式", choices=Method, widget=forms.CheckboxSelectMultiple,
        help_text="页面查询适合人工核对，文件适合批量比对，接口适合系统实时调用；只选需要的",
    )  # fmt: skip
    frequency = forms.ChoiceField(
        label="使用频率", choices=Frequency, initial=Frequency.ON_DEMAND, help_text="提供方据此安排更新和保障"
    )
    calls_per_day = forms.IntegerField(
        label="每日调用次数", min_value=0, max_value=10_000_000, initial=1000,
        help_text="达到后当日不再提供，防止异常调用；0 表示不限，一般不予批准",
    )  # fmt: skip
    rows_per_day = forms.IntegerField(
        label="每日数据行数", min_value=0, max_value=100_000_000_000, initial=0,
        help_text="按业务量估算，0 表示不限。下载文件时整份行数计入",
    )  # fmt: skip
    use_from = forms.DateField(label="使用起始", widget=_day(), help_text="最早从批准之日起算")
    use_to = forms.DateField(
        label="使用截止", widget=_day(), help_text="按场景需要填写，到期自动停止；仍需要的可以续期"
    )
    system = forms.ChoiceField(
        label="使用系统", required=False, help_text="由哪个本机构信息系统使用；选择接口方式时必填，凭据只发给它"
    )
    address = forms.CharField(
        label="系统网络地址",
        max_length=120,
        required=False,
        help_text="调用方的出口地址，便于提供方核对来源，例如 10.1.2.0/24",
    )
    processor = forms.CharField(
        label="受托处理者", max_length=120, required=False,
        help_text="委托其他单位处理这些数据的，写明单位全称；没有委托的留空",
    )  # fmt: skip
    contact = forms.CharField(label="联系岗位", max_length=80, help_text="写岗位，不写个人姓名；提供方有疑问时联系")
    phone = forms.CharField(label="联系电话", max_length=40, required=False, help_text="办公电话，只有办理双方可见")
    disposal = forms.CharField(
        label="数据处置承诺", max_length=300, widget=_lines(3), help_text="使用期满后怎样处置数据；到期后将据此检查"
    )
    items = forms.MultipleChoiceField(
        label="信息项", widget=forms.CheckboxSelectMultiple,
        error_messages={
            "required": "请至少选择一个信息项；只申请业务必需的信息项",
            "invalid_choice": "信息项 %(value)s 不在目录的现行版本中，请刷新后重选",
        },
    )  # fmt: skip
    rows = forms.CharField(label="数据范围", required=False)
    revision = forms.IntegerField(widget=forms.HiddenInput, required=False)

    sections: ClassVar[Sequence[Section]] = (
        Section("为什么使用", ("scenario", "matter", "purpose", "basis_note")),
        Section("怎样使用", ("methods", "frequency", "calls_per_day", "rows_per_day", "use_from", "use_to")),
        Section("由谁使用", ("system", "address", "processor", "contact", "phone")),
        Section("用后处置", ("disposal",)),
    )

    def __init__(
        self,
        *args: Any,
        items: Sequence[catalog.ItemInfo],
        bases: Sequence[BasisInfo],
        systems: Sequence[tuple[str, str]],
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.known_items, self.bases = items, bases
        self.fields["items"].choices = [(item.name, item.label) for item in items]  # type: ignore[attr-defined]
        self.fields["basis"].choices = [(str(basis.id), basis.citation) for basis in bases]  # type: ignore[attr-defined]
        self.fields["system"].choices = [("", "不指定"), *systems]  # type: ignore[attr-defined]
        self.names = [item.name for item in items]
        self.operators = list(OPERATORS.items())

    # What the page draws

    def drawn_sections(self) -> list[Any]:
        """The sections without the fields that the page draws as tables."""
        return [section for section in super().drawn_sections() if section.title != "其他"]

    def item_rows(self) -> list[ItemRow]:
        """The item table, as filled in or as it begins."""
        chosen = set(self._many("items"))
        return [
            ItemRow(
                item, masking.words(item.mask), item.name in chosen, bool(self._one(f"raw_{item.name}")),
                self._one(f"reason_{item.name}"), item.share_type == catalog.ShareType.REFUSED,
            )
            for item in self.known_items
        ]  # fmt: skip

    def conditions(self) -> list[Condition]:
        """The condition lines."""
        return [
            Condition(n, self._one(f"column_{n}"), self._one(f"op_{n}"), self._one(f"values_{n}"))
            for n in range(1, CONDITIONS + 1)
        ]

    def basis_now(self) -> str:
        """The chosen basis."""
        return self._one("basis")

    def _one(self, name: str) -> str:
        source: Mapping[str, Any] = self.data if self.is_bound else self.initial
        value = source.get(name, "")
        return str(value if value is not None else "")

    def _many(self, name: str) -> list[str]:
        if self.is_bound:
            return list(cast(QueryDict, self.data).getlist(name))
        return list(self.initial.get(name) or [])

    # What was said

    def clean(self) -> dict[str, Any]:
        """The tables, and the smallest set that does."""
        cleaned = super().clean() or {}
        everything = asks_for_everything(len(cleaned.get("items", [])), len(self.names))
        if everything and not cleaned.get("whole_reason"):
            self.add_error(
                "whole_reason",
                f"您选择了全部 {len(self.names)} 个信息项。请只保留业务必需的；确需全部的，请逐项说明必要性",
            )
        for line in self.conditions():
            if bool(line.column) != bool(line.values.strip()):
                self.add_error("rows", f"第{line.number}个条件不完整：请同时选择信息项并填写取值，或全部留空")
        start, end = cleaned.get("use_from"), cleaned.get("use_to")
        if start and end and end < start:
            self.add_error("use_to", "使用截止日期不能早于起始日期")
        return cleaned

    def spec(self, entry: UUID, renews: UUID | None) -> RequestSpec:
        """The request as the service takes it."""
        facts = self.cleaned_data
        wishes = [
            Wish(name, bool(self._one(f"raw_{name}")), self._one(f"reason_{name}").strip()[:300])
            for name in facts["items"]
        ]
        lines = [line for line in self.conditions() if line.column and line.values.strip()]
        return RequestSpec(
            entry=entry,
            basis=UUID(facts["basis"]),
            system=UUID(facts["system"]) if facts["system"] else None,
            wishes=wishes,
            rows=[{"column": line.column, "op": line.op, "values": _values(line)} for line in lines],
            renews=renews,
            **{name: facts[name] for name in _PLAIN},
        )


_PLAIN = (
    "contact", "phone", "scenario", "purpose", "basis_note", "matter", "methods", "frequency", "calls_per_day",
    "rows_per_day", "use_from", "use_to", "address", "processor", "disposal", "whole_reason",
)  # fmt: skip


def _values(line: Condition) -> list[str]:
    text = line.values.strip()
    if line.op != "in":
        return [text]
    return [part for part in text.replace("，", ",").replace("、", ",").replace(" ", ",").split(",") if part]


def fresh(region: str, items: Sequence[catalog.ItemInfo]) -> dict[str, Any]:
    """How a new form begins: half a year, the usual promise, and one's own region where the entry has regions."""
    start = today()
    return {
        "contact": "数据管理岗", "disposal": DISPOSAL, "use_from": start, "use_to": start + HALF_YEAR,
        "methods": [Method.PREVIEW], **_own_region(region, items),
    }  # fmt: skip


def _own_region(region: str, items: Sequence[catalog.ItemInfo]) -> dict[str, Any]:
    column = next((item.name for item in items if item.code_table.startswith("region")), "")
    stem = region.rstrip("0")
    stem += "0" * (len(stem) % 2)
    if not column or len(stem) < 2:
        return {}
    return {"column_1": column, "op_1": "prefix", "values_1": stem}


def of_request(request: Request) -> dict[str, Any]:
    """The form as an earlier request filled it in."""
    items = list(request.items.all())
    facts: dict[str, Any] = {name: getattr(request, name) for name in _PLAIN}
    facts |= {"basis": str(request.basis_id), "system": str(request.system_id or "")}
    facts["items"] = [item.name for item in items]
    for item in items:
        facts |= {f"raw_{item.name}": "1" if item.wants_raw else "", f"reason_{item.name}": item.reason}
    for n, row in enumerate(request.rows[:CONDITIONS], 1):
        facts |= {f"column_{n}": row["column"], f"op_{n}": row["op"], f"values_{n}": "，".join(row["values"])}
    return facts


def renewed(facts: Mapping[str, Any], end: date) -> dict[str, Any]:
    """The form for going on where a grant ends."""
    start = max(end + timedelta(days=1), today())
    return {**facts, "use_from": start, "use_to": start + HALF_YEAR}
