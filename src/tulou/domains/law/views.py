"""法规依据、办理时限、节假日通知: registers and pages; an administrator imports a notice."""

from collections.abc import Sequence
from typing import Any, ClassVar

from django.db.models import Count, Q, QuerySet
from django.urls import reverse
from django.utils.safestring import SafeString

from tulou.domains.law.forms import NoticeForm
from tulou.domains.law.models import BasisKind, BasisUse, LegalBasis, NoticeAdoption
from tulou.domains.law.notices import adopt_notice
from tulou.domains.law.policies import in_force
from tulou.kernel.calendar import DeadlineRule, Notice, today
from tulou.kernel.permissions import action, signed_in
from tulou.kernel.ui.components import badge
from tulou.kernel.ui.filters import ChoiceFilter, RegisterFilters
from tulou.kernel.ui.forms import FormPage
from tulou.kernel.ui.pages import Crumb, Fact, ObjectPage
from tulou.kernel.ui.registers import Button, Empty, RegisterView
from tulou.kernel.ui.tables import DayColumn, MomentColumn, NumberColumn, RegisterTable, TextColumn
from tulou.kernel.workflow import Clock


def checked_badge(verified: bool) -> SafeString:
    """Whether the text was compared with the original."""
    return badge("已核", tone="success") if verified else badge("未核", tone="warning")


class CheckedColumn(TextColumn):
    """已核 or 未核; what is not checked says so wherever it is cited."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(empty_values=(None,), **kwargs)

    def render(self, value: bool) -> SafeString:
        """The mark."""
        return checked_badge(value)

    def value(self, value: bool) -> str:
        """For exports."""
        return "已核" if value else "未核"


class ForceColumn(TextColumn):
    """In force, lapsed, or not yet in force, today."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(accessor="valid_from", orderable=False, **kwargs)

    def render(self, record: Any) -> SafeString:
        """The mark."""
        words = self.value(record)
        return badge(words, tone={"现行": "success", "已失效": "neutral"}.get(words, "info"))  # type: ignore[arg-type]

    def value(self, record: Any) -> str:
        """The word."""
        day = today()
        if record.valid_from > day:
            return "尚未施行"
        return "已失效" if record.valid_to is not None and record.valid_to <= day else "现行"


class ForceFilter(RegisterFilters):
    """In force or not."""

    force = ChoiceFilter(label="效力", choices=[("now", "现行"), ("past", "已失效或未施行")], method="by_force")

    def by_force(self, rows: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        """By the periods."""
        day = today()
        now = Q(valid_from__lte=day) & (Q(valid_to=None) | Q(valid_to__gt=day))
        return rows.filter(now) if value == "now" else rows.exclude(now)


class BasisTable(RegisterTable):
    """Articles."""

    primary = "title"
    title = TextColumn(verbose_name="文件名称", linkify=lambda record: reverse("law:basis", args=[record.pk]))
    number = TextColumn(verbose_name="文号")
    article = TextColumn(verbose_name="条款")
    kind = TextColumn(verbose_name="效力级别")
    supports = TextColumn(verbose_name="可用于", orderable=False)
    valid_from = DayColumn(verbose_name="施行日期")
    valid_to = DayColumn(verbose_name="失效日期")
    force = ForceColumn(verbose_name="效力")
    verified = CheckedColumn(verbose_name="核对")

    def render_supports(self, value: Sequence[str]) -> str:
        """Uses in words."""
        return "、".join(BasisUse(use).label for use in value)


class BasisFilters(ForceFilter):
    """Rank, use, force."""

    kind = ChoiceFilter(label="效力级别", choices=BasisKind.choices)
    use = ChoiceFilter(label="可用于", choices=BasisUse.choices, field_name="supports", method="by_use")

    class Meta:
        model = LegalBasis
        fields: ClassVar = ["kind", "use", "force"]

    def by_use(self, rows: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        """Articles that can be cited for it."""
        return rows.filter(supports__contains=[value])


@signed_in
class Bases(RegisterView):
    """法规依据."""

    code, title = "law.bases", "法规依据"
    lead = "办理决定可以引用的条款；失效当日起不能再引用。标“未核”的尚未与原文核对。"
    table_class, filterset_class = BasisTable, BasisFilters
    search_fields = ("title", "number", "article", "text", "code")
    search_hint = "输入文件名称、文号或条文"
    default_columns = ("title", "article", "kind", "supports", "force", "verified")
    empty = Empty("还没有法规依据", "由系统管理员登记或从文件导入。", "scale")

    def queryset(self) -> QuerySet[LegalBasis]:
        """All articles."""
        return LegalBasis.objects.all()


@signed_in
class BasisPage(ObjectPage):
    """One article."""

    slot = "law.basis"
    template_name = "law/basis.html"

    def get_object(self) -> LegalBasis | None:
        """Any article."""
        return LegalBasis.objects.filter(pk=self.kwargs["pk"]).first()

    @property
    def code_text(self) -> str:
        """Its number in the register."""
        return str(self.object.code)

    def crumbs(self) -> Sequence[Crumb]:
        """Below the register."""
        return (Crumb("法规依据", reverse("law:bases")),)

    def facts(self) -> Sequence[Fact]:
        """What it is and when."""
        row = self.object
        return (
            Fact("文件名称", row.title),
            Fact("文号", row.number or "—"),
            Fact("条款", row.article or "全文"),
            Fact("效力级别", row.get_kind_display()),
            Fact("可用于", "、".join(BasisUse(use).label for use in row.supports) or "—"),
            Fact("施行日期", f"{row.valid_from:%Y年%m月%d日}"),
            Fact("失效日期", f"{row.valid_to:%Y年%m月%d日}" if row.valid_to else "现行有效"),
            Fact("核对", checked_badge(row.verified)),
        )

    def extra(self) -> dict[str, Any]:
        """Whether it may be cited today."""
        return {"in_force": in_force(self.object, today()), "waiting": self.object.valid_from > today()}


class DeadlineTable(RegisterTable):
    """Deadline rules."""

    primary = "title"
    title = TextColumn(verbose_name="时限名称")
    amount = TextColumn(verbose_name="期限")
    extension = TextColumn(verbose_name="可延长")
    citation = TextColumn(verbose_name="依据")
    valid_from = DayColumn(verbose_name="施行日期")
    valid_to = DayColumn(verbose_name="失效日期")
    force = ForceColumn(verbose_name="效力")
    verified = CheckedColumn(verbose_name="核对")
    clock = TextColumn(verbose_name="时限代码")

    def render_amount(self, record: DeadlineRule) -> str:
        """With its unit."""
        return f"{record.amount} {record.get_unit_display()}"

    def render_extension(self, record: DeadlineRule) -> str:
        """How much, how often."""
        if not record.extension:
            return "不可延长"
        return f"{record.extension} {record.get_unit_display()}，{record.max_extensions} 次"


class DeadlineFilters(ForceFilter):
    """Force."""

    class Meta:
        model = DeadlineRule
        fields: ClassVar = ["force"]


@signed_in
class Deadlines(RegisterView):
    """办理时限."""

    code, title = "law.deadlines", "办理时限"
    lead = "各类事项的法定和承诺时限及其依据；按起算日有效的规则计算，工作日以国务院办公厅年度通知为准。"
    table_class, filterset_class = DeadlineTable, DeadlineFilters
    search_fields = ("title", "citation", "clock")
    search_hint = "输入时限名称或依据"
    default_columns = ("title", "amount", "extension", "citation", "force", "verified")
    empty = Empty("还没有时限规则", "没有时限规则，事项不会计时；由系统管理员导入。", "clock")

    def queryset(self) -> QuerySet[DeadlineRule]:
        """All rules, past ones too."""
        return DeadlineRule.objects.all()


class NoticeTable(RegisterTable):
    """Notices."""

    primary = "title"
    year = TextColumn(verbose_name="年度")
    title = TextColumn(verbose_name="通知名称", linkify=lambda record: reverse("law:notice", args=[record.year]))
    citation = TextColumn(verbose_name="文号")
    days_changed = NumberColumn(verbose_name="调整天数")
    verified = CheckedColumn(verbose_name="核对")
    source = TextColumn(verbose_name="数据来源")
    imported_at = MomentColumn(verbose_name="导入时间")


@signed_in
class Notices(RegisterView):
    """节假日通知."""

    code, title = "law.notices", "节假日通知"
    table_class = NoticeTable
    search_fields = ("title", "citation")
    default_columns = ("title", "citation", "days_changed", "verified", "imported_at")
    empty = Empty("还没有节假日通知", "没有通知的年度按周末推算，时限标为暂定。", "calendar-due")

    @property
    def lead(self) -> str:  # type: ignore[override]
        """How many deadlines rest on years without a notice."""
        open_ones = Clock.objects.filter(stopped_on=None, provisional=True).count()
        tail = f"目前有 {open_ones} 个在办时限为暂定。" if open_ones else "目前没有暂定的在办时限。"
        return f"未导入通知的年度按周末推算并标“暂定”，导入后自动重算。{tail}"

    def queryset(self) -> QuerySet[Notice]:
        """All notices, newest first."""
        return Notice.objects.annotate(days_changed=Count("days")).order_by("-year")

    def buttons(self) -> list[Button]:
        """For administrators."""
        return [Button("导入通知", reverse("law:new-notice"), "upload", "primary", action="law.maintain")]


@signed_in
class NoticePage(ObjectPage):
    """One year's notice: its days, and what its import did."""

    template_name = "law/notice.html"

    def get_object(self) -> Notice | None:
        """The year's notice."""
        return Notice.objects.filter(year=self.kwargs["year"]).first()

    @property
    def title(self) -> str:
        """Its name."""
        return str(self.object.title)

    def crumbs(self) -> Sequence[Crumb]:
        """Below the register."""
        return (Crumb("节假日通知", reverse("law:notices")),)

    def facts(self) -> Sequence[Fact]:
        """Where it comes from."""
        row = self.object
        return (
            Fact("年度", f"{row.year}年"),
            Fact("文号", row.citation),
            Fact("核对", checked_badge(row.verified)),
            Fact("数据来源", row.source),
        )

    def extra(self) -> dict[str, Any]:
        """Days and effects."""
        days = list(self.object.days.all())
        return {
            "holidays": [day for day in days if day.kind == "holiday"],
            "workdays": [day for day in days if day.kind == "workday"],
            "adoptions": NoticeAdoption.objects.filter(year=self.object.year),
            "provisional": Clock.objects.filter(stopped_on=None, provisional=True).count(),
        }


@action("law.maintain")
class NewNotice(FormPage):
    """导入节假日通知."""

    title = "导入节假日通知"
    form_class = NoticeForm
    submit_label = "导入并重算时限"
    success = "通知已导入，受影响的时限已重算"

    @property
    def lead(self) -> str:  # type: ignore[override]
        """What it will touch."""
        open_ones = Clock.objects.filter(stopped_on=None, provisional=True).count()
        return f"导入后，该年度的工作日按通知计算。目前有 {open_ones} 个在办时限为暂定，跨入该年度的将重算。"

    def crumbs(self) -> tuple[Crumb, ...]:
        """Below the register."""
        return (Crumb("节假日通知", reverse("law:notices")),)

    @property
    def cancel_url(self) -> str:
        """Back to the register."""
        return reverse("law:notices")

    def form_kwargs(self) -> dict[str, Any]:
        """The first year without a notice."""
        last = Notice.objects.order_by("-year").values_list("year", flat=True).first()
        return {"initial": {"year": last + 1 if last else today().year}}

    def perform(self, form: Any, *, draft: bool) -> str:
        """Import and show the effect."""
        adoption = adopt_notice(form.spec(), actor=self.actor)
        return reverse("law:notice", args=[adoption.year])
