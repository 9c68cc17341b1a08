"""台账 of batches and of sources."""

from typing import Any, ClassVar

from django.db.models import QuerySet
from django.urls import reverse

from tulou.domains.ingest import queries
from tulou.domains.ingest.models import Batch, Source
from tulou.domains.ingest.vocabulary import BatchStatus, SourceKind
from tulou.kernel.permissions import action
from tulou.kernel.ui.filters import ChoiceFilter, DayFilter, RegisterFilters
from tulou.kernel.ui.registers import Button, Empty, RegisterView
from tulou.kernel.ui.tables import CodeColumn, MomentColumn, NumberColumn, RegisterTable, StatusColumn, TextColumn


def _batch_url(record: Batch) -> str:
    return reverse("ingest:batch", args=[record.pk])


class LandedColumn(NumberColumn):
    """A count of the receipt; a batch that did not land has none."""

    def render(self, value: Any, record: Batch) -> str:  # type: ignore[override]
        """A dash where there is no receipt."""
        return super().render(value if record.receipt_leaf else None)

    def value(self, value: Any, record: Batch) -> Any:  # type: ignore[override]
        """Empty where there is no receipt."""
        return value if record.receipt_leaf else ""


class BatchTable(RegisterTable):
    """Batches with their counts."""

    primary = "number"
    number = CodeColumn(verbose_name="批次", linkify=_batch_url)
    entry = TextColumn(verbose_name="目录", accessor="entry__name", limit=24)
    provider = TextColumn(verbose_name="提供方", accessor="provider__short_name")
    status = StatusColumn(verbose_name="状态")
    source_name = TextColumn(verbose_name="来源", limit=24)
    kind = TextColumn(verbose_name="来源类型", accessor="get_kind_display", order_by="kind")
    sent = LandedColumn(verbose_name="送达")
    accepted = LandedColumn(verbose_name="入库")
    rejected = LandedColumn(verbose_name="退回")
    registered_at = MomentColumn(verbose_name="登记时间")
    finished_at = MomentColumn(verbose_name="结束时间")


class BatchFilters(RegisterFilters):
    """By state, kind of source and day."""

    status = ChoiceFilter(label="状态", choices=BatchStatus.choices)
    kind = ChoiceFilter(label="来源类型", choices=SourceKind.choices)
    since = DayFilter(label="登记自", field_name="registered_at", lookup_expr="date__gte")
    until = DayFilter(label="登记至", field_name="registered_at", lookup_expr="date__lte")

    class Meta:
        model = Batch
        fields: ClassVar = ["status", "kind"]


@action("ingest.read")
class BatchRegister(RegisterView):
    """汇聚批次."""

    code, title = "ingest.batches", "汇聚批次"
    lead = "每个批次一张回执：送达 = 入库 + 退回。"
    table_class, filterset_class = BatchTable, BatchFilters
    search_fields = ("number", "entry__name", "source_name", "provider__name", "sha256")
    search_hint = "输入批次编号、目录、来源名称或文件摘要"
    default_columns = ("number", "entry", "provider", "status", "sent", "accepted", "rejected", "registered_at")
    empty = Empty("还没有汇聚批次", "选择一条已发布的目录，放入文件或接入数据库表即可开始。", "database-import")

    def queryset(self) -> QuerySet[Batch]:
        """What the viewer may read."""
        return queries.visible_batches(self.actor)

    def buttons(self) -> list[Button]:
        """Where a batch begins."""
        return [
            Button("数据来源", reverse("ingest:sources"), "database", action="ingest.load"),
            Button("汇聚数据", reverse("ingest:start"), "plus", "primary", action="ingest.load"),
        ]


class SourceTable(RegisterTable):
    """Sources of the own agency."""

    primary = "title"
    title = TextColumn(verbose_name="来源", linkify=lambda record: reverse("ingest:source", args=[record.pk]), limit=40)
    entry = TextColumn(verbose_name="目录", accessor="entry__name")
    kind = TextColumn(verbose_name="类型", accessor="get_kind_display", order_by="kind")
    sha256 = CodeColumn(verbose_name="文件摘要")
    created_by = TextColumn(verbose_name="登记账号")
    created_at = MomentColumn(verbose_name="登记时间")


class SourceFilters(RegisterFilters):
    """By kind."""

    kind = ChoiceFilter(label="类型", choices=SourceKind.choices)

    class Meta:
        model = Source
        fields: ClassVar = ["kind"]


@action("ingest.load")
class SourceRegister(RegisterView):
    """数据来源."""

    code, title = "ingest.sources", "数据来源"
    lead = "本机构上传的文件和接入的数据库表。数据库口令加密保存，任何人都看不到。"
    table_class, filterset_class = SourceTable, SourceFilters
    search_fields = ("title", "entry__name", "sha256")
    search_hint = "输入来源或目录名称"
    default_columns = ("title", "entry", "kind", "created_by", "created_at")
    empty = Empty("还没有数据来源", "从“汇聚数据”选择目录，放入文件或接入数据库表。", "database")

    def queryset(self) -> QuerySet[Source]:
        """Those of the agencies for which the viewer loads data."""
        return queries.visible_sources(self.actor)

    def buttons(self) -> list[Any]:
        """Where a source begins."""
        return [Button("汇聚数据", reverse("ingest:start"), "plus", "primary", action="ingest.load")]
