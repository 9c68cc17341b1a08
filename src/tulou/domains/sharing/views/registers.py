"""我的申请, 待我办理, 收到的申请, 全部申请, 共享授权: the registers of sharing."""

from collections.abc import Sequence
from typing import Any, ClassVar

import django_filters
import django_tables2 as tables
from django.db.models import QuerySet
from django.urls import reverse

from tulou.domains.access import public as access
from tulou.domains.sharing import queries, services
from tulou.domains.sharing.models import Grant, GrantStatus, Request, RequestStatus
from tulou.kernel.identity import Actor, actor_of
from tulou.kernel.permissions import action, may
from tulou.kernel.ui.bulk import BulkAction
from tulou.kernel.ui.filters import ChoiceFilter, DayFilter, RegisterFilters
from tulou.kernel.ui.registers import Button, Empty, RegisterView
from tulou.kernel.ui.tables import (
    CodeColumn,
    DayColumn,
    DueColumn,
    NumberColumn,
    RegisterTable,
    StatusColumn,
    TextColumn,
)

ENDED = (GrantStatus.REVOKED, GrantStatus.EXPIRED)
SIDES = (("ours", "我方获得"), ("given", "我方提供"))


def _request_url(record: Request) -> str:
    return reverse("sharing:request", args=[record.pk])


class RequestTable(RegisterTable):
    """Requests with what was asked, where they stand and until when."""

    primary = "entry"
    number = CodeColumn(verbose_name="申请编号", linkify=_request_url)
    entry = TextColumn(verbose_name="目录", accessor="entry__name", linkify=_request_url)
    applicant = TextColumn(verbose_name="申请方", accessor="applicant__name")
    provider = TextColumn(verbose_name="提供方", accessor="provider__name")
    scenario = TextColumn(verbose_name="使用场景", limit=24)
    status = StatusColumn(verbose_name="状态")
    due_on = DueColumn(verbose_name="办理时限", provisional="due_provisional")
    wished = NumberColumn(verbose_name="申请项")
    granted = NumberColumn(verbose_name="同意项")
    created_at = DayColumn(verbose_name="提出日期")


class RequestFilters(RegisterFilters):
    """By state and day."""

    status = ChoiceFilter(label="状态", choices=RequestStatus.choices)
    since = DayFilter(label="提出不早于", field_name="created_at", lookup_expr="date__gte")

    class Meta:
        model = Request
        fields: ClassVar = ["status"]


class RequestRegister(RegisterView):
    """What the registers of requests have in common."""

    table_class, filterset_class = RequestTable, RequestFilters
    search_fields = ("number", "entry__name", "scenario", "applicant__name", "provider__name")
    search_hint = "输入编号、目录、场景或单位"

    def rows_for(self, actor: Actor) -> QuerySet[Request]:
        """Which requests."""
        raise NotImplementedError

    def queryset(self) -> QuerySet[Request]:
        """With due dates and counts."""
        return queries.counted(queries.with_due(self.rows_for(self.actor)))


@action("sharing.view")
class MyRequests(RequestRegister):
    """我的申请."""

    code, title = "sharing.mine", "我的申请"
    lead = "本机构提出的共享申请，办理到哪一步、何时答复。"
    default_columns = ("number", "entry", "provider", "scenario", "status", "due_on", "wished", "granted")
    template_name = "sharing/mine.html"
    empty = Empty("还没有申请", "在目录中检索需要的数据，打开目录后点“申请共享”。", "send")

    def rows_for(self, actor: Actor) -> QuerySet[Request]:
        """The agency's own."""
        return queries.asked_by_us(actor)

    def buttons(self) -> Sequence[Button]:
        """Where a request begins."""
        return [Button("检索目录并申请", reverse("catalog:search"), "search", "primary", action="sharing.request")]

    def extra(self) -> dict[str, Any]:
        """Unfinished drafts, above the register."""
        return {"drafts": list(queries.drafts(self.actor)[:20]) if may(self.actor, "sharing.request") else []}


@action("sharing.decide")
class ReceivedRequests(RequestRegister):
    """收到的申请."""

    code, title = "sharing.received", "收到的申请"
    lead = "其他单位申请本机构数据的全部记录。"
    default_columns = ("number", "entry", "applicant", "scenario", "status", "due_on", "wished", "granted")
    empty = Empty("还没有收到申请", "其他单位的申请经数据主管部门受理后出现在这里。", "inbox")

    def rows_for(self, actor: Actor) -> QuerySet[Request]:
        """What others asked of the agency."""
        return queries.asked_of_us(actor)


@action("sharing.read_all")
class AllRequests(RequestRegister):
    """全部申请."""

    code, title = "sharing.all", "全部申请"
    lead = "各单位已提交的共享申请。"
    default_columns = ("number", "entry", "applicant", "provider", "status", "due_on", "wished", "granted")
    empty = Empty("还没有申请", "各单位提交申请后出现在这里。", "list-details")

    def rows_for(self, actor: Actor) -> QuerySet[Request]:
        """Everything this viewer may see."""
        return queries.requests(actor)


def endorse_one(row: Request, actor: Actor) -> object:
    """Endorse one of a selection."""
    return services.endorse(row, actor=actor, note="批量审核通过")


def accept_one(row: Request, actor: Actor) -> object:
    """Accept one of a selection."""
    return services.accept(row, actor=actor, note="批量受理")


@action("sharing.handle")
class Desk(RequestRegister):
    """待我办理."""

    code, title = "sharing.desk", "待我办理"
    lead = "等待您办理的共享申请，时限近的在前；打开一条可逐项决定。"
    default_columns = ("number", "entry", "applicant", "scenario", "status", "due_on", "wished")
    bulk_actions = (
        BulkAction(
            "endorse", "批量部门审核通过", endorse_one, action="sharing.endorse", asks="确认以本部门名义同意所选申请？"
        ),
        BulkAction(
            "accept", "批量受理", accept_one, action="sharing.accept", asks="确认受理所选申请？受理后提供方开始计时。"
        ),
    )
    empty = Empty("没有等待您办理的申请", "有新的申请时会在这里和工作台提醒。", "clipboard-check")

    def rows_for(self, actor: Actor) -> QuerySet[Request]:
        """What waits."""
        return queries.desk(actor)

    def queryset(self) -> QuerySet[Request]:
        """The most urgent first."""
        return queries.by_due(super().queryset())


class UseColumn(tables.Column):  # type: ignore[misc]  # the library ships no types
    """Today's calls and rows of a grant, asked once for all rows of a page."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(accessor="right", orderable=False, **kwargs)

    def render(self, value: Any, table: tables.Table) -> str:
        """Calls and rows."""
        if not hasattr(table, "_used"):
            page = getattr(table, "page", None)
            rows = [row.record for row in page.object_list] if page else table.data
            table._used = access.used_today([row.right for row in rows if row.right])
        used = table._used.get(value)
        return f"{used.calls:,} 次 / {used.rows:,} 行" if used else "0 次"


class GrantTable(RegisterTable):
    """Grants with their state, today's use and end."""

    primary = "entry"
    entry = TextColumn(
        verbose_name="目录", accessor="entry__name", linkify=lambda record: reverse("sharing:grant", args=[record.pk])
    )
    number = CodeColumn(verbose_name="申请编号", accessor="request__number")
    consumer = TextColumn(verbose_name="使用方", accessor="consumer__name")
    provider = TextColumn(verbose_name="提供方", accessor="provider__name")
    scenario = TextColumn(verbose_name="使用场景", accessor="request__scenario", limit=24)
    status = StatusColumn(verbose_name="状态")
    due_on = DueColumn(verbose_name="交付时限", provisional="due_provisional")
    use = UseColumn(verbose_name="今日用量")
    valid_to = DueColumn(verbose_name="到期", done=lambda record: record.status in ENDED)


class GrantFilters(RegisterFilters):
    """By side and state."""

    side = django_filters.ChoiceFilter(label="方向", choices=SIDES, method="by_side", empty_label="全部")
    status = ChoiceFilter(label="状态", choices=GrantStatus.choices)
    until = DayFilter(label="到期不晚于", field_name="valid_to", lookup_expr="lte")

    class Meta:
        model = Grant
        fields: ClassVar = ["status"]

    def by_side(self, rows: QuerySet[Grant], name: str, value: str) -> QuerySet[Grant]:
        """Granted to us, or by us."""
        own = queries.own_ids(actor_of(self.request))
        return rows.filter(consumer__in=own) if value == "ours" else rows.filter(provider__in=own)


@action("sharing.view")
class GrantRegister(RegisterView):
    """共享授权."""

    code, title = "sharing.grants", "共享授权"
    lead = "本机构获得的和提供的共享授权，用量与期限。"
    table_class, filterset_class = GrantTable, GrantFilters
    search_fields = ("request__number", "entry__name", "request__scenario", "consumer__name", "provider__name")
    search_hint = "输入编号、目录、场景或单位"
    default_columns = ("entry", "consumer", "provider", "scenario", "status", "use", "valid_to")
    empty = Empty("还没有授权", "申请获得同意后自动形成授权。", "key")

    def queryset(self) -> QuerySet[Grant]:
        """Scoped to the viewer."""
        return queries.with_due(queries.grants(self.actor))
