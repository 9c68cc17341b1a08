"""Pages of tickets: the register, the ticket with its samples, and a page for each move."""

from collections.abc import Sequence
from typing import Any, ClassVar
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views import View

from tulou.domains.access.public import issue_plan
from tulou.domains.catalog.public import items
from tulou.domains.ingest.public import own_rights
from tulou.domains.quality import queries, services
from tulou.domains.quality.forms import FixedForm
from tulou.domains.quality.models import Ticket
from tulou.domains.quality.policies import may_mend, may_verify
from tulou.domains.quality.tables import TicketFilters, TicketTable
from tulou.domains.quality.vocabulary import Origin
from tulou.domains.quality.workflow import TICKET
from tulou.kernel.identity import Actor, actor_of
from tulou.kernel.permissions import action
from tulou.kernel.ui.forms import IdempotentForm
from tulou.kernel.ui.moves import MoveForm, MovePage
from tulou.kernel.ui.pages import Crumb, Fact, ObjectPage
from tulou.kernel.ui.registers import Empty, RegisterView

ICONS = {
    "accept": "check", "start_fixing": "edit", "fixed": "send", "verify": "shield-check", "close": "circle-check",
    "reopen": "arrow-back-up", "escalate": "bell",
}  # fmt: skip


def ticket_for(actor: Actor, pk: UUID) -> Ticket | None:
    """The ticket, if this viewer may know of it."""
    return queries.tickets(actor).filter(pk=pk).first()


@action("quality.read")
class TicketRegister(RegisterView):
    """整改单."""

    code, title = "quality.tickets", "整改单"
    lead = "规则检核发现的和其他单位提出的数据问题，由数源单位整改，由质量管理员核验。"
    table_class, filterset_class = TicketTable, TicketFilters
    search_fields = ("number", "title", "provider__name")
    search_hint = "输入编号、目录或单位名称"
    default_columns = ("number", "title", "status", "provider", "origin", "found", "due_on", "created_at")
    empty = Empty("没有整改单", "数据入库时未通过规则的、其他单位提出异议的，会出现在这里。", "circle-check")

    def queryset(self) -> QuerySet[Ticket]:
        """Own tickets, or all for those who oversee."""
        return queries.with_due(queries.tickets(self.actor))


@action("quality.read")
class TicketPage(ObjectPage):
    """One ticket: what is wrong, how much, who does what next."""

    slot = "quality.ticket"
    flow = TICKET
    template_name = "quality/ticket.html"
    move_icons = ICONS

    def get_object(self) -> Ticket | None:
        """Scoped to the viewer."""
        return ticket_for(self.actor, self.kwargs["pk"])

    @property
    def title(self) -> str:
        """The fault."""
        return str(self.object.title)

    @property
    def code_text(self) -> str:
        """Its number."""
        return str(self.object.number)

    def crumbs(self) -> Sequence[Crumb]:
        """Below the register."""
        return (Crumb("整改单", reverse("quality:tickets")),)

    def facts(self) -> Sequence[Fact]:
        """What is wrong, where, found how."""
        row: Ticket = self.object
        facts = [
            Fact("目录", row.entry.name, url=reverse("catalog:entry", args=[row.entry_id])),
            Fact("数源单位", row.provider.name, help="目录的提供方，负责在源头更正"),
            Fact("发现方式", Origin(row.origin).label),
            Fact("问题说明", row.message or "—"),
        ]
        facts += self._of_report(row) if row.origin == Origin.REPORT else self._of_rule(row)
        if row.resolution:
            facts.append(Fact("整改结果", row.get_resolution_display()))
        return [*facts, Fact("退回整改", f"{row.reopened} 次")]

    def _of_rule(self, row: Ticket) -> list[Fact]:
        return [
            Fact("规则编号", row.rule, url=reverse("quality:entry", args=[row.entry_id])),
            Fact("质量维度", row.dimension),
            Fact("处理方式", row.get_severity_display()),
            Fact("累计问题行数", f"{row.found:,} 行", help="历次检核未通过行数之和，同一行可能多次计入"),
            Fact(
                "最近一次",
                f"{row.last_run.label}：{row.last_found:,} 行" if row.last_run else "—",
                url=self._batch(row),
            ),
        ]

    def _batch(self, row: Ticket) -> str:
        """The receipt, for those who may read it."""
        run = row.last_run
        if run is None or run.batch is None or not (may_mend(row, self.actor) or may_verify(row, self.actor)):
            return ""
        return reverse("ingest:batch", args=[run.batch])

    def _of_report(self, row: Ticket) -> list[Fact]:
        label = next((item.label for item in items(row.entry_id) if item.name == row.item), row.item)
        kept = "已提供（含敏感信息，只保存摘要）"
        return [
            Fact("提出单位", row.reporter.name if row.reporter else "—"),
            Fact("错误类型", row.get_error_type_display()),
            Fact("信息项", label or "整条目录"),
            Fact("记录标识", row.record_key or (kept if row.record_hash else "未提供")),
            Fact("主张的正确值", row.claim or (kept if row.claim_hash else "未提供")),
            Fact("佐证", row.evidence or "未提供"),
        ]

    def extra(self) -> dict[str, Any]:
        """The way to the samples, for the source alone."""
        return {"sample_url": reverse("quality:sample", args=[self.object.id]) if shows_samples(self) else ""}


def shows_samples(page: TicketPage) -> bool:
    """Rejected rows are the source's own, and only a blocking rule rejects."""
    row: Ticket = page.object
    return row.batch is not None and row.severity == "block" and may_mend(row, page.actor)


@action("quality.rectify")
class TicketSample(View):
    """问题样本: rejected rows of the ticket's last batch, through the gate, for the source alone."""

    def get(self, request: HttpRequest, pk: UUID) -> HttpResponse:
        """A fresh plan for a few minutes; the rows come from the gateway straight to the page."""
        actor = actor_of(request)
        row = ticket_for(actor, pk)
        if row is None or row.batch is None or not may_mend(row, actor):
            raise Http404
        _, rejected = own_rights(row.entry_id)
        page = reverse("quality:ticket", args=[row.id])
        try:
            if rejected is None:
                raise ValidationError("该批次没有可查看的退回数据，请联系平台运维人员")
            issued = issue_plan(rejected, channel="preview", actor=actor)
        except ValidationError as refusal:
            messages.error(request, "；".join(refusal.messages))
            return HttpResponseRedirect(page)
        narrowed = {"eq._batch": str(row.batch)}
        context = {
            "ticket": row,
            "crumbs": (Crumb("整改单", reverse("quality:tickets")), Crumb(row.number, page)),
            "url": f"{issued.url}?{urlencode(narrowed)}",
            "token": issued.token,
            "plain_url": f"{issued.url}?{urlencode({**narrowed, 'plan': issued.token, 'format': 'html'})}",
        }
        return render(request, "quality/sample.html", context)


class TicketMove(MovePage):
    """One move of a ticket, by the command of the same name."""

    flow = TICKET
    form_class: ClassVar[type[IdempotentForm]] = MoveForm

    def get_object(self) -> Ticket | None:
        """Scoped to the viewer."""
        return ticket_for(self.actor, self.kwargs["pk"])

    def crumbs(self) -> Sequence[Crumb]:
        """Below the ticket."""
        return (Crumb("整改单", reverse("quality:tickets")), Crumb(self.object.number, self.object_url()))

    def make(self, obj: Any, **facts: Any) -> object:
        """Call the command."""
        return getattr(services, self.move)(obj, actor=self.actor, **facts)


@action("quality.rectify")
class SourceMove(TicketMove):
    """A move of the source."""


@action("quality.rectify")
class SubmitFixed(TicketMove):
    """The source says what it did."""

    form_class = FixedForm


@action("quality.verify")
class OfficerMove(TicketMove):
    """A move of the quality officer alone."""


@action("quality.read")
class SettlingMove(TicketMove):
    """A move of the quality officer or of whoever reported the fault; the policy decides which."""
