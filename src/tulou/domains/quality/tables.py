"""Registers of quality: tickets, and entries by their score."""

from typing import Any, ClassVar

from django.urls import reverse

from tulou.domains.quality.models import CheckRun, Ticket
from tulou.domains.quality.vocabulary import Dimension, Origin, RunKind, Severity, TicketStatus
from tulou.kernel.ui.filters import ChoiceFilter, DayFilter, RegisterFilters
from tulou.kernel.ui.tables import (
    CodeColumn,
    DueColumn,
    FlagColumn,
    MomentColumn,
    NumberColumn,
    RegisterTable,
    StatusColumn,
    TextColumn,
)


class TicketTable(RegisterTable):
    """整改单."""

    primary = "title"
    number = CodeColumn(verbose_name="编号")
    title = TextColumn(
        verbose_name="问题", limit=40, linkify=lambda record: reverse("quality:ticket", args=[record.pk])
    )
    status = StatusColumn(verbose_name="状态")
    provider = TextColumn(verbose_name="数源单位", accessor="provider__name")
    origin = StatusColumn(verbose_name="发现方式")
    severity = TextColumn(verbose_name="严重程度")
    found = NumberColumn(verbose_name="累计问题行数")
    last_found = NumberColumn(verbose_name="最近问题行数")
    due_on = DueColumn(verbose_name="办理时限", provisional="provisional")
    reopened = NumberColumn(verbose_name="退回次数")
    reporter_label = TextColumn(verbose_name="提出方")
    created_at = MomentColumn(verbose_name="生成时间")

    def render_severity(self, record: Ticket) -> str:
        """The short word of a severity."""
        return "拦截" if record.severity == Severity.BLOCK else "提醒"


class TicketFilters(RegisterFilters):
    """What the office asks for most."""

    status = ChoiceFilter(label="状态", choices=TicketStatus.choices)
    origin = ChoiceFilter(label="发现方式", choices=Origin.choices)
    dimension = ChoiceFilter(label="质量维度", choices=Dimension.choices)
    due_on = DayFilter(label="到期不晚于", lookup_expr="lte")

    class Meta:
        model = Ticket
        fields: ClassVar = ["status", "origin", "dimension"]


class ScoreTable(RegisterTable):
    """Entries by the check that their score rests on."""

    primary = "entry"
    entry = TextColumn(
        verbose_name="目录",
        accessor="entry__name",
        linkify=lambda record: reverse("quality:entry", args=[record.entry_id]),
    )
    provider = TextColumn(verbose_name="提供方", accessor="entry__provider__name")
    total = NumberColumn(verbose_name="得分", places=2)
    label = TextColumn(verbose_name="依据的检核", limit=30)
    rows = NumberColumn(verbose_name="检核行数")
    passed = NumberColumn(verbose_name="通过行数")
    has_tickets = FlagColumn(verbose_name="有未办结整改单")
    at = MomentColumn(verbose_name="检核时间")

    def value_total(self, value: Any) -> Any:
        """The exact figure, for exports."""
        return value


class ScoreFilters(RegisterFilters):
    """By what was checked."""

    kind = ChoiceFilter(label="检核对象", choices=RunKind.choices)

    class Meta:
        model = CheckRun
        fields: ClassVar = ["kind"]
