"""A small site which uses every part of this room, for tests that need pages."""

import tarfile
from collections.abc import Collection, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import IO, Any, cast
from uuid import UUID
from zoneinfo import ZoneInfo

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Case, QuerySet, Value, When
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import include, path
from django.utils.safestring import SafeString

import tulou
from tulou.kernel.permissions import action, public_page, signed_in
from tulou.kernel.ui.bulk import BulkAction
from tulou.kernel.ui.charts import Series, chart, choropleth
from tulou.kernel.ui.filters import ChoiceFilter, DayFilter, RegisterFilters
from tulou.kernel.ui.forms import FormPage, IdempotentForm, Section
from tulou.kernel.ui.pages import Crumb, Fact, ObjectPage, Tab, TimelineStep
from tulou.kernel.ui.registers import Button, RegisterView
from tulou.kernel.ui.tables import (
    DayColumn,
    DueColumn,
    NumberColumn,
    PartyColumn,
    RegisterTable,
    StatusColumn,
    TextColumn,
)
from tulou.kernel.workflow import Clock

OUTLINES = Path(tulou.__file__).parent / "node" / "sample" / "data" / "maps.tar.xz"
STATES = {"running": "办理中", "done": "已办结"}
performed: list[dict[str, Any]] = []
names: dict[UUID, str] = {}


def known_names(parties: Collection[UUID]) -> dict[UUID, str]:
    """What the organisations of a test are called."""
    return {party: names[party] for party in parties if party in names}


class ClockTable(RegisterTable):
    primary = "subject_label"
    subject_label = TextColumn(verbose_name="事项", linkify=lambda record: "/object/", limit=24)
    title = TextColumn(verbose_name="时限")
    state = StatusColumn(verbose_name="状态", labels=STATES)
    holder_organisation = PartyColumn(verbose_name="承办机构")
    due_on = DueColumn(verbose_name="到期", provisional="provisional", done=lambda record: not record.is_open)
    started_on = DayColumn(verbose_name="起算日")
    allowance = NumberColumn(verbose_name="期限（日）")


class ClockFilters(RegisterFilters):
    state = ChoiceFilter(label="状态", choices=list(STATES.items()))
    due_on = DayFilter(label="到期不晚于", lookup_expr="lte")

    class Meta:
        model = Clock
        fields = ()


def extend_one(clock: Clock, actor: object) -> None:
    """A command which refuses clocks that were extended before."""
    if clock.extensions:
        raise ValidationError("已经延长过一次，不能再次延长")
    clock.extensions = 1
    clock.save(update_fields=["extensions"])


@action("ui.demo")
class ClockRegister(RegisterView):
    code, title = "ui.clocks", "时限台账"
    lead = "每一项法定时限都能查到起算、到期和承办机构；到期日按国务院办公厅放假通知推算。"
    table_class, filterset_class = ClockTable, ClockFilters
    search_fields = ("subject_label", "title")
    search_hint = "输入事项或时限名称"
    default_columns = ("subject_label", "title", "state", "holder_organisation", "due_on", "allowance")
    bulk_actions = (
        BulkAction("extend", "批量延长", extend_one, asks="确认把所选时限各延长一次？", icon="clock"),
        BulkAction("secret", "督办", extend_one, action="ui.never"),
    )

    def queryset(self) -> QuerySet[Any]:
        state = Case(When(stopped_on=None, then=Value("running")), default=Value("done"))
        return Clock.objects.annotate(state=state).exclude(title="他机构时限").order_by("due_on", "pk")

    def buttons(self) -> Sequence[Button]:
        return (Button("登记事项", "/form/", "plus", "primary"), Button("隐藏", "/", action="ui.never"))


class DemandForm(IdempotentForm):
    sections = (
        Section("需求", ("name", "share", "channels", "reason"), "写清要什么、为什么要，提供方据此逐项答复。"),
        Section("附件", ("paper", "promise")),
    )
    name = forms.CharField(label="需求名称", max_length=80, help_text="一句话，例如：核验低保申请人车辆信息")
    share = forms.ChoiceField(
        label="共享方式",
        choices=[("api", "接口"), ("file", "文件"), ("preview", "页面核验")],
        help_text="按用途选择最小的一种",
    )
    channels = forms.MultipleChoiceField(
        label="使用范围", choices=[("a", "本级"), ("b", "设区市"), ("c", "县区")], widget=forms.CheckboxSelectMultiple
    )
    reason = forms.CharField(
        label="使用依据", widget=forms.Textarea(attrs={"rows": 3}), help_text="写明法律法规名称和条款"
    )
    paper = forms.FileField(label="证明材料", required=False, help_text="PDF 或图片，不超过 20 MB")
    promise = forms.BooleanField(label="已知悉并承诺按约定用途使用", help_text="超出用途使用将被停止授权")


@signed_in
class DemandPage(FormPage):
    title, lead = "提出数据需求", "草稿随时可以保存；提交后由归口单位在 2 个工作日内受理。"
    form_class, drafts, submit_label = DemandForm, True, "提交需求"

    def crumbs(self) -> Sequence[Crumb]:
        return (Crumb("时限台账", "/"), Crumb("提出数据需求"))

    @property
    def cancel_url(self) -> str:
        return "/"

    def perform(self, form: Any, *, draft: bool) -> str:
        facts = form.facts()
        if facts["name"] == "重名":
            raise ValidationError({"name": "已有同名需求，请改用其他名称", "elsewhere": "本单位今年的需求已满"})
        performed.append(facts)
        return f"/object/?made={len(performed)}"


@signed_in
class DemoObject(ObjectPage):
    slot = "ui.demo"

    def get_object(self) -> Any:
        return None if self.request.GET.get("missing") else "residents"

    title = "居民婚姻登记信息"
    code_text = "350000001001-0007"
    status, status_label = "published", "已发布"

    def crumbs(self) -> Sequence[Crumb]:
        return (Crumb("数据目录", "/"), Crumb("居民婚姻登记信息"))

    def facts(self) -> Sequence[Fact]:
        return (
            Fact("提供单位", "福建省民政厅", "/"),
            Fact("更新周期", "每日"),
            Fact("共享类型", "有条件共享", help="须提出申请"),
            Fact("数据分级", "第3级"),
            Fact("有效数据量", "1,284.06万条"),
            Fact("最近更新", "2026年11月22日"),
        )

    def timeline(self) -> Sequence[TimelineStep]:
        at = datetime(2026, 11, 20, 9, 7, tzinfo=ZoneInfo("Asia/Shanghai"))
        return (
            TimelineStep("发布", "福建省数据管理局 · 目录审核员", at, "字段说明完整，同意发布。", "success", "/"),
            TimelineStep("退回修改", "福建省数据管理局 · 目录审核员", at, "请补充“登记机关”的代码表。", "warning"),
            TimelineStep("提交审核", "福建省民政厅 · 本部门审批人", at, tone="info"),
            TimelineStep("建立", "福建省民政厅 · 数据管理员", at),
        )

    def evidence_url(self) -> str:
        return "/"


def quality_panel(request: HttpRequest, obj: object) -> SafeString | None:
    """A panel that a higher room fills in."""
    return SafeString("<p>完整性 99.2%，准确性 97.8%</p>")


def hidden_panel(request: HttpRequest, obj: object) -> SafeString | None:
    """A panel with nothing to show to this viewer."""
    return None


CITIES = ("福州市", "厦门市", "莆田市", "三明市", "泉州市", "漳州市", "南平市", "龙岩市", "宁德市", "平潭综合实验区")


@signed_in
def everything(request: HttpRequest) -> HttpResponse:
    """Every component once."""
    amounts = (812, 640, 233, 187, 921, 402, 158, 201, 174, 66)
    months = [f"{month}月" for month in range(1, 13)]
    series = (
        Series("汇聚量", tuple(120 + 13 * month for month in range(12))),
        Series("调用量", tuple(90 + 21 * month if month != 4 else None for month in range(12))),
    )
    context = {
        "bars": chart("各地目录数", CITIES, (Series("目录", amounts),), kind="rank", unit="项"),
        "lines": chart("近一年汇聚与调用", months, series, kind="line", unit="万条"),
        "map": choropleth("各地有效数据量", dict(zip(CITIES, amounts, strict=True)), unit="万条"),
        "facts": (Fact("提供单位", "福建省民政厅"), Fact("联系电话", None)),
        "tabs": (Tab("概况", "?", True), Tab("质量", "?tab=q", False, 3)),
        "steps": [
            {"title": "提出", "state": "done"},
            {"title": "受理", "state": "done", "note": "1个工作日"},
            {"title": "答复", "state": "now"},
            {"title": "交付", "state": "next"},
        ],
        "changes": [
            {"title": "更新周期", "before": "每周", "after": "每日"},
            {"title": "备注", "before": "", "after": "新增"},
        ],
        "due": date(2026, 11, 25),
        "next": [
            {"title": "登记信息系统", "url": "/", "text": "说明系统承载哪些职责"},
            {"title": "编制目录", "text": "字段自动带出"},
        ],
    }
    return render(request, "ui_demo/everything.html", context)


@public_page
def outline(request: HttpRequest) -> HttpResponse:
    """The outline of the cities, from the sample province."""
    with tarfile.open(OUTLINES) as pack, cast(IO[bytes], pack.extractfile("maps/fujian_city.geojson")) as file:
        return HttpResponse(file.read(), content_type="application/geo+json")


@public_page
def failing(request: HttpRequest, kind: str) -> HttpResponse:
    """Fails as asked."""
    raise {"value": ValidationError("不该出现"), "zero": ZeroDivisionError("secret")}[kind]


handler400 = "tulou.kernel.ui.errors.bad_request"
handler403 = "tulou.kernel.ui.errors.forbidden"
handler404 = "tulou.kernel.ui.errors.not_found"
handler500 = "tulou.kernel.ui.errors.broken"
urlpatterns = [
    path("", ClockRegister.as_view(), name="register"),
    path("form/", DemandPage.as_view(), name="form"),
    path("object/", DemoObject.as_view(), name="object"),
    path("everything/", everything, name="everything"),
    path("failing/<str:kind>/", failing),
    path("outline/", outline),
    path("search/", everything, name="search"),
    path("switch/", everything, name="switch"),
    path("ui/", include("tulou.kernel.ui.urls")),
]
