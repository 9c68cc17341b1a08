"""机构、节点、职责、信息系统: the registers. Agencies can be read as of a day, under the names of that day."""

from datetime import date
from functools import cached_property
from typing import Any, ClassVar

from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils.dateparse import parse_date

from tulou.domains.directory import queries
from tulou.domains.directory.models import AgencyHistory, AgencyKind, Duty, InformationSystem, Node
from tulou.kernel.calendar import today
from tulou.kernel.identity import Actor
from tulou.kernel.permissions import signed_in
from tulou.kernel.ui.filters import ChoiceFilter, DayFilter, RegisterFilters
from tulou.kernel.ui.registers import Button, Empty, RegisterView
from tulou.kernel.ui.tables import CodeColumn, DayColumn, FlagColumn, NumberColumn, RegisterTable, TextColumn


def _agency_page(record: Any) -> str:
    return reverse("directory:agency", args=[record.subject])


class AgencyTable(RegisterTable):
    """Agencies as they were on the chosen day."""

    primary = "name"
    name = TextColumn(verbose_name="机构名称", linkify=_agency_page)
    short_name = TextColumn(verbose_name="简称")
    code = CodeColumn(verbose_name="机构代号")
    kind = TextColumn(verbose_name="机构类别")
    region = CodeColumn(verbose_name="行政区划")
    parent = TextColumn(verbose_name="上级机构", accessor="parent__short_name")
    node = TextColumn(verbose_name="所在节点", accessor="node__name")
    uscc = CodeColumn(verbose_name="统一社会信用代码")
    active = FlagColumn(verbose_name="存续")
    valid_from = DayColumn(verbose_name="此名称启用")


class AgencyFilters(RegisterFilters):
    """Kind, existence, and the day on which the register is read."""

    kind = ChoiceFilter(label="机构类别", choices=AgencyKind.choices)
    node = ChoiceFilter(label="所在节点", field_name="node__code")
    on = DayFilter(label="日期（当日的名称）", method="keep")

    class Meta:
        model = AgencyHistory
        fields: ClassVar = ["kind", "node", "on"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.filters["node"].extra["choices"] = list(Node.objects.values_list("code", "name"))

    def keep(self, rows: QuerySet[Any], name: str, value: date) -> QuerySet[Any]:
        """The day chooses the rows before any filter; see the register's queryset."""
        return rows


@signed_in
class Agencies(RegisterView):
    """机构, with `?on=` under the names of a past day."""

    code, title = "directory.agencies", "机构名录"
    table_class, filterset_class = AgencyTable, AgencyFilters
    search_fields = ("name", "short_name", "code", "uscc")
    search_hint = "输入机构名称、简称或代号"
    default_columns = ("name", "short_name", "kind", "region", "node", "active")
    empty = Empty("还没有机构", "机构由系统管理员登记或从文件导入。", "building")

    @cached_property
    def on(self) -> date:
        """The day that the address names; today otherwise."""
        try:
            return parse_date(self.request.GET.get("on", "")) or today()
        except ValueError:
            return today()

    @property
    def lead(self) -> str:  # type: ignore[override]
        """Which day is shown."""
        if self.on == today():
            return "机构的名称、类别和隶属按日期保存；选择日期可查看当日的名称。"
        return f"以下是{self.on:%Y年%m月%d日}的机构和当日的名称。"

    def queryset(self) -> QuerySet[Any]:
        """The history rows of the day."""
        return queries.agencies_on(self.on).order_by("region", "code")


class NodeTable(RegisterTable):
    """Platforms of the province."""

    primary = "name"
    name = TextColumn(verbose_name="节点名称", linkify=lambda record: reverse("directory:node", args=[record.pk]))
    code = CodeColumn(verbose_name="代号")
    kind = TextColumn(verbose_name="种类")
    region = CodeColumn(verbose_name="行政区划")
    parent = TextColumn(verbose_name="上级节点", accessor="parent__name")


@signed_in
class Nodes(RegisterView):
    """节点."""

    code, title = "directory.nodes", "平台节点"
    lead = "省级平台、各市级平台、部门系统和交易平台；节点之间只以签名消息往来。"
    table_class = NodeTable
    search_fields = ("name", "code")

    def queryset(self) -> QuerySet[Node]:
        """All nodes."""
        return Node.objects.select_related("parent")


def _agency_link(record: Any) -> str:
    return reverse("directory:agency", args=[record.agency_id])


class DutyTable(RegisterTable):
    """Items of the 权责清单."""

    primary = "name"
    code = CodeColumn(verbose_name="事项编码")
    name = TextColumn(verbose_name="事项名称", linkify=lambda record: reverse("directory:duty", args=[record.pk]))
    agency = TextColumn(verbose_name="责任机构", accessor="agency__name", linkify=_agency_link)
    citation = TextColumn(verbose_name="法定依据", limit=40)
    core_business = TextColumn(verbose_name="核心业务", limit=30)
    is_sample = FlagColumn(verbose_name="样例")
    active = FlagColumn(verbose_name="现行")


class OwnFilter(RegisterFilters):
    """Own agency or all."""

    own = ChoiceFilter(label="范围", choices=[("own", "本机构")], method="narrow")

    def narrow(self, rows: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        """Rows of the agency acted for."""
        actor: Actor = self.request.actor
        return rows.filter(Q(agency_id=actor.party) if actor.party else Q(pk__in=[]))


class DutyFilters(OwnFilter):
    """Own agency or all."""

    class Meta:
        model = Duty
        fields: ClassVar = ["own"]


@signed_in
class Duties(RegisterView):
    """职责事项."""

    code, title = "directory.duties", "职责事项"
    lead = "权责清单事项是编目的起点：每条目录都要对应一项法定职责。"
    table_class, filterset_class = DutyTable, DutyFilters
    search_fields = ("name", "code", "citation", "core_business", "agency__name")
    search_hint = "输入事项、依据或机构名称"
    default_columns = ("code", "name", "agency", "citation", "core_business", "is_sample")
    empty = Empty("还没有职责事项", "先登记本机构的权责清单事项，再编制目录。", "list-details")

    def queryset(self) -> QuerySet[Duty]:
        """All duties: what an agency is charged with is no secret."""
        return Duty.objects.select_related("agency")

    def buttons(self) -> list[Button]:
        """For data managers."""
        return [Button("登记职责", reverse("directory:new-duty"), "plus", "primary", action="directory.register")]


class SystemTable(RegisterTable):
    """Information systems."""

    primary = "name"
    code = CodeColumn(verbose_name="系统编码")
    name = TextColumn(verbose_name="系统名称", linkify=lambda record: reverse("directory:system", args=[record.pk]))
    agency = TextColumn(verbose_name="建设单位", accessor="agency__name", linkify=_agency_link)
    network = TextColumn(verbose_name="所在网络")
    security_level = NumberColumn(verbose_name="等级保护级别")
    is_sample = FlagColumn(verbose_name="样例")
    active = FlagColumn(verbose_name="在用")


class SystemFilters(OwnFilter):
    """Own agency or all."""

    class Meta:
        model = InformationSystem
        fields: ClassVar = ["own"]


@signed_in
class Systems(RegisterView):
    """信息系统."""

    code, title = "directory.systems", "信息系统"
    lead = "数据来自哪些信息系统；目录和汇聚任务都要指明来源系统。"
    table_class, filterset_class = SystemTable, SystemFilters
    search_fields = ("name", "code", "agency__name")
    search_hint = "输入系统或机构名称"
    default_columns = ("code", "name", "agency", "network", "security_level", "is_sample")
    empty = Empty("还没有信息系统", "先登记本机构的信息系统，再编制目录。", "server")

    def queryset(self) -> QuerySet[InformationSystem]:
        """All systems."""
        return InformationSystem.objects.select_related("agency")

    def buttons(self) -> list[Button]:
        """For data managers."""
        return [Button("登记信息系统", reverse("directory:new-system"), "plus", "primary", action="directory.register")]
