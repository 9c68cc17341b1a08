"""数据访问权利 and 副本登记: what one may use and used, and where copies of one's own data are."""

from collections.abc import Iterable, Sequence
from functools import cached_property
from typing import Any, ClassVar

import django_tables2 as tables
from django.db.models import QuerySet
from django.urls import reverse
from django.utils.html import format_html

from tulou.domains.access import queries
from tulou.domains.access.models import CopyHolder, Right, RightKind, RightStatus
from tulou.domains.access.panels import CHANNELS, use_context
from tulou.domains.access.workflow import RIGHT
from tulou.kernel.identity import party_name
from tulou.kernel.permissions import action
from tulou.kernel.ui import figures
from tulou.kernel.ui.filters import ChoiceFilter, RegisterFilters
from tulou.kernel.ui.pages import Crumb, Fact, ObjectPage
from tulou.kernel.ui.places import Described, described
from tulou.kernel.ui.registers import Empty, RegisterView
from tulou.kernel.ui.tables import (
    CodeColumn,
    DayColumn,
    MomentColumn,
    NumberColumn,
    PartyColumn,
    RegisterTable,
    StatusColumn,
    TextColumn,
)


class NamedColumn(tables.Column):  # type: ignore[misc]  # the library ships no types
    """An entry by the name that the catalogue gives, asked once for all rows of a page."""

    def __init__(self, *args: Any, page: str = "", **kwargs: Any) -> None:
        kwargs.setdefault("orderable", False)
        super().__init__(*args, **kwargs)
        self.page = page

    def render(self, value: Any, record: Any, table: tables.Table) -> Any:
        """The name, linked to the row's own page where it has one."""
        found = self._name(value, table)
        url = reverse(self.page, args=[record.pk]) if self.page else found.url
        return format_html('<a href="{}">{}</a>', url, found.name) if url else found.name

    def value(self, value: Any, table: tables.Table) -> str:
        """The name alone."""
        return self._name(value, table).name

    def _name(self, value: Any, table: tables.Table) -> Described:
        known: dict[str, Described] = getattr(table, "_named", {})
        ref = f"entry:{value}"
        if ref not in known:
            page = getattr(table, "page", None)
            rows: Iterable[Any] = [row.record for row in page.object_list] if page else []
            known = {**known, **described({ref, *(f"entry:{row.entry}" for row in rows)})}
            table._named = known
        return known[ref]


class RightTable(RegisterTable):
    """Rights with their use."""

    primary = "entry"
    entry = NamedColumn(verbose_name="目录", page="access:right")
    kind = TextColumn(verbose_name="依据类型", accessor="get_kind_display", order_by="kind")
    caller = PartyColumn(verbose_name="使用方")
    status = StatusColumn(verbose_name="状态")
    purpose = TextColumn(verbose_name="用途", limit=30)
    calls_today = NumberColumn(verbose_name="今日调用")
    calls_per_day = NumberColumn(verbose_name="每日上限（0为不限）")
    rows_today = NumberColumn(verbose_name="今日行数")
    used_on = DayColumn(verbose_name="最近使用")
    valid_to = DayColumn(verbose_name="到期")


class RightFilters(RegisterFilters):
    """By kind and state."""

    kind = ChoiceFilter(label="依据类型", choices=RightKind.choices)
    status = ChoiceFilter(label="状态", choices=RightStatus.choices)

    class Meta:
        model = Right
        fields: ClassVar = ["kind", "status"]


@action("access.view")
class RightRegister(RegisterView):
    """数据访问权利."""

    code, title = "access.rights", "数据访问权利"
    lead = "本机构可以使用的数据、依据、期限和用量。每次取数都核对权利并留痕。"
    table_class, filterset_class = RightTable, RightFilters
    search_fields = ("purpose", "scenario", "table")
    search_hint = "输入用途或场景"
    default_columns = ("entry", "kind", "status", "purpose", "calls_today", "rows_today", "used_on", "valid_to")
    empty = Empty("还没有可用的数据", "在目录中检索需要的数据并申请共享，获批后出现在这里。", "shield-check")

    def queryset(self) -> QuerySet[Right]:
        """The viewer's own; auditors and the authority see all."""
        return queries.with_use(queries.visible(self.actor))


class CopyTable(RegisterTable):
    """Registered copies."""

    primary = "entry"
    entry = NamedColumn(verbose_name="目录")
    holder = CodeColumn(verbose_name="持有者")
    place = CodeColumn(verbose_name="位置")
    rows = NumberColumn(verbose_name="行数")
    made_at = MomentColumn(verbose_name="形成时间")
    destroyed_at = MomentColumn(verbose_name="销毁时间")


@action("access.view")
class CopyRegister(RegisterView):
    """副本登记."""

    code, title = "access.copies", "副本登记"
    lead = "本机构数据在平台内的全部副本。销毁数据时，逐一通知持有者并核验。"
    table_class = CopyTable
    search_fields = ("holder", "place")
    search_hint = "输入持有者或位置"
    empty = Empty("没有登记的副本", "隔离区、服务库、临时导出等形成副本时自动登记。", "copy")

    def queryset(self) -> QuerySet[CopyHolder]:
        """Copies of what the viewer's organisation provides."""
        return queries.copies(self.actor)


@action("access.view")
class RightPage(ObjectPage):
    """One right: what it gives, how to take it, what was taken."""

    slot = "access.right"
    flow = RIGHT
    template_name = "access/right.html"

    def get_object(self) -> Right | None:
        """Scoped to the viewer."""
        return queries.visible(self.actor).filter(pk=self.kwargs["pk"]).first()

    @property
    def title(self) -> str:
        """The entry's name."""
        return self._named(f"entry:{self.object.entry}").name

    def _named(self, ref: str) -> Described:
        return self.names[ref]

    @cached_property
    def names(self) -> dict[str, Described]:
        """What the right is about and rests on."""
        return described([f"entry:{self.object.entry}", self.object.ref])

    def move_url(self, move: str) -> str:
        """Whoever established the right ends it, on that room's page."""
        return ""

    def crumbs(self) -> Sequence[Crumb]:
        """Below the register."""
        return (Crumb("数据访问权利", reverse("access:rights")),)

    def facts(self) -> Sequence[Fact]:
        """What the right says."""
        right, entry, ref = self.object, self._named(f"entry:{self.object.entry}"), self._named(self.object.ref)
        return (
            Fact("目录", entry.name, url=entry.url),
            Fact("依据", f"{right.get_kind_display()} · {ref.name}", url=ref.url),
            Fact("使用方", party_name(right.caller)),
            Fact("用途", right.purpose),
            Fact("使用场景", right.scenario or "—"),
            Fact("交付方式", "、".join(CHANNELS.get(channel, channel) for channel in right.channels)),
            Fact("生效", figures.moment(right.valid_from)),
            Fact("到期", figures.moment(right.valid_to)),
        )

    def extra(self) -> dict[str, Any]:
        """Columns and use."""
        return {"columns": columns_of(self.object.columns), **use_context(self.request, self.object)}


def columns_of(columns: Iterable[dict[str, Any]]) -> list[tuple[str, str, str]]:
    """Label, name and mask of each column."""
    return [(column["label"] or column["name"], column["name"], _mask(column["mask"])) for column in columns]


def _mask(mask: dict[str, Any]) -> str:
    if mask["kind"] == "keep":
        return f"只显示前{mask['head']}后{mask['tail']}位"
    return {"none": "明文", "hash": "加密摘要", "month": "只到月份", "null": "不提供"}.get(mask["kind"], "已脱敏")
