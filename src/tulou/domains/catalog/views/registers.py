"""我的目录 and 审核台: the registers in which an agency and the bureau keep their work."""

from typing import Any, ClassVar

import django_tables2 as tables
from django.db.models import QuerySet
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from tulou.domains.catalog import checks, queries, services
from tulou.domains.catalog.content import working_content
from tulou.domains.catalog.models import Entry
from tulou.domains.catalog.vocabulary import EntryStatus, ShareType, UpdateCycle
from tulou.kernel.calendar import today
from tulou.kernel.identity import Actor
from tulou.kernel.permissions import action
from tulou.kernel.ui.bulk import BulkAction
from tulou.kernel.ui.components import badge
from tulou.kernel.ui.filters import ChoiceFilter, RegisterFilters
from tulou.kernel.ui.registers import Button, Empty, RegisterView
from tulou.kernel.ui.tables import (
    CodeColumn,
    DayColumn,
    DueColumn,
    MomentColumn,
    NumberColumn,
    RegisterTable,
    StatusColumn,
    TextColumn,
)


class ChecksColumn(tables.Column):  # type: ignore[misc]  # the library ships no types
    """How many machine checks are left before the entry can go on."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(accessor="pk", orderable=False, **kwargs)

    def render(self, record: Entry, table: RegisterTable) -> SafeString:
        """A badge; entries that are not being worked on have nothing left."""
        left = self.value(record, table)
        if left == "":
            return format_html('<span class="tu-hint">{}</span>', "—")
        return badge("齐全", tone="success") if left == 0 else badge(f"还差 {left} 处", tone="warning")

    def value(self, record: Entry, table: RegisterTable) -> int | str:
        """The count, for exports; a basis that many entries cite is looked up once."""
        if record.status not in (*queries.IN_WORK, *queries.SUBMITTED):
            return ""
        known: checks.Refusals = table.__dict__.setdefault("refusals", {})
        return len(checks.findings(working_content(record), on=today(), refusals=known))


class EntryTable(RegisterTable):
    """Entries with their state of work."""

    primary = "name"
    name = TextColumn(verbose_name="目录名称", linkify=lambda record: reverse("catalog:entry", args=[record.pk]))
    resource_code = CodeColumn(verbose_name="资源代码")
    status = StatusColumn(verbose_name="状态")
    left = ChecksColumn(verbose_name="待完善")
    due_on = DueColumn(verbose_name="办理时限", provisional="due_provisional")
    version = NumberColumn(verbose_name="版本")
    share_type = StatusColumn(verbose_name="共享类型")
    update_cycle = TextColumn(verbose_name="更新周期")
    data_updated_on = DayColumn(verbose_name="数据更新")
    data_rows = NumberColumn(verbose_name="数据量（行）")
    updated_at = MomentColumn(verbose_name="最近修改")


class EntryFilters(RegisterFilters):
    """The few that narrow an agency's own list."""

    status = ChoiceFilter(label="状态", choices=EntryStatus.choices)
    share_type = ChoiceFilter(label="共享类型", choices=ShareType.choices)
    update_cycle = ChoiceFilter(label="更新周期", choices=UpdateCycle.choices)

    class Meta:
        model = Entry
        fields: ClassVar = ["status", "share_type", "update_cycle"]


@action("catalog.own")
class OwnEntries(RegisterView):
    """我的目录."""

    code, title = "catalog.mine", "我的目录"
    lead = "本机构编制和发布的全部目录。"
    table_class, filterset_class = EntryTable, EntryFilters
    search_fields = ("name", "resource_code", "abstract")
    search_hint = "输入目录名称或资源代码"
    default_columns = ("name", "resource_code", "status", "left", "due_on", "share_type", "data_updated_on")
    empty = Empty("还没有目录", "从一个文件或数据库表开始，字段会自动读出来，再补充几项即可。", "folder")

    def queryset(self) -> QuerySet[Entry]:
        """The agency's own, the draft and the items fetched along."""
        return queries.with_due(queries.own(self.actor)).select_related("draft").prefetch_related("items")

    def buttons(self) -> list[Button]:
        """Where an entry begins."""
        return [Button("编制目录", reverse("catalog:start"), "plus", "primary", action="catalog.compile")]


class DeskTable(RegisterTable):
    """The queue of the review desk."""

    primary = "name"
    name = TextColumn(verbose_name="目录名称", linkify=lambda record: reverse("catalog:review", args=[record.pk]))
    provider = TextColumn(verbose_name="提供方", accessor="provider__name")
    status = StatusColumn(verbose_name="事项")
    left = ChecksColumn(verbose_name="机器检查")
    due_on = DueColumn(verbose_name="审核时限", provisional="due_provisional")
    version = NumberColumn(verbose_name="已有版本")
    share_type = StatusColumn(verbose_name="共享类型")
    grade = TextColumn(verbose_name="分级", accessor="get_grade_display", order_by="grade")
    updated_at = MomentColumn(verbose_name="提交时间")


class DeskFilters(RegisterFilters):
    """By kind of submission."""

    status = ChoiceFilter(label="事项", choices=[(value, EntryStatus(value).label) for value in queries.SUBMITTED])

    class Meta:
        model = Entry
        fields: ClassVar = ["status"]


def publish_one(entry: Entry, actor: Actor) -> object:
    """Publish one entry of a selection."""
    return services.publish(entry, actor=actor, note="批量审核通过")


@action("catalog.review")
class ReviewDesk(RegisterView):
    """审核台."""

    code, title = "catalog.desk", "目录审核"
    lead = "各单位提交的目录和变更，按提交先后排列；打开一条可与上一版本对照。"
    table_class, filterset_class = DeskTable, DeskFilters
    search_fields = ("name", "provider__name")
    search_hint = "输入目录或单位名称"
    default_columns = ("name", "provider", "status", "left", "due_on", "share_type", "updated_at")
    bulk_actions = (
        BulkAction(
            "publish", "批量发布", publish_one, action="catalog.review",
            asks="确认发布所选目录？机器检查未通过的和本机构的不会发布。",
        ),
    )  # fmt: skip
    empty = Empty("没有待审核的目录", "各单位提交后会出现在这里，并在您的待办中提醒。", "clipboard-check")

    def queryset(self) -> QuerySet[Entry]:
        """The queue, oldest first."""
        return queries.with_due(queries.waiting_for_review()).select_related("draft").prefetch_related("items")
