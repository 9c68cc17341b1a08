"""The quality of one entry: its score and how it is made, its rules with their last result, its tickets."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views import View

from tulou.domains.catalog.public import EntryInfo, items
from tulou.domains.quality import queries, rulebook, scoring, services
from tulou.domains.quality.forms import CheckForm, ReportForm
from tulou.domains.quality.models import CheckRun, RuleBinding
from tulou.domains.quality.policies import acts_for
from tulou.domains.quality.tables import ScoreFilters, ScoreTable
from tulou.domains.quality.vocabulary import Dimension
from tulou.kernel.identity import Actor, actor_of
from tulou.kernel.jobs import JobRun
from tulou.kernel.permissions import action, may
from tulou.kernel.ui.charts import Chart, Series, chart
from tulou.kernel.ui.forms import FormPage
from tulou.kernel.ui.pages import Crumb
from tulou.kernel.ui.registers import Button, Empty, RegisterView


@dataclass(frozen=True)
class RuleLine:
    """One rule of the list, with what the last check counted."""

    id: str
    name: str
    kind: str
    columns: str
    dimension: str
    blocks: bool
    weight: int
    failed: int | None
    share: Decimal | None
    url: str
    guard: bool = False


def entry_or_404(actor: Actor, entry_id: UUID) -> EntryInfo:
    """The entry, if this viewer may know of it."""
    found = queries.entry_for(actor, entry_id)
    if found is None:
        raise Http404
    return found


def crumbs_of(entry: EntryInfo) -> tuple[Crumb, ...]:
    """Below the entry's own page."""
    return (
        Crumb(entry.name, reverse("catalog:entry", args=[entry.id])),
        Crumb("数据质量", reverse("quality:entry", args=[entry.id])),
    )


def rule_lines(entry: EntryInfo, run: CheckRun | None, *, editable: bool) -> list[RuleLine]:
    """Every rule in force beside the last result; then what the platform itself asks."""
    schema = rulebook.known_columns(entry.id)
    labels = {column.name: column.label for column in schema.columns} if schema else {}
    counted = {line["id"]: line for line in run.asked} if run else {}
    lines = []
    for one in rulebook.standing(entry.id, schema):
        rule, result = one.rule, counted.get(one.rule.id)
        url = reverse("quality:rule", args=[one.binding]) if editable and one.binding else ""
        if editable and one.binding is None:
            url = f"{reverse('quality:new-rule', args=[entry.id, rule.kind])}?from={rule.id}"
        columns = "、".join(labels.get(name, name) for name in rule.columns) or "见表达式"
        lines.append(
            RuleLine(
                rule.id, rule.name, one.kind_title, columns, rule.dimension, one.blocks, rule.weight,
                result["failed"] if result else None, _share(run, result), url,
            )
        )  # fmt: skip
    guards = [line for line in counted.values() if line["guard"]]
    return [*lines, *(_guard_line(run, line) for line in guards)]


def _guard_line(run: CheckRun | None, line: dict[str, Any]) -> RuleLine:
    return RuleLine(
        line["id"], line["name"], "平台检核", "—", line["dimension"], True, line["weight"], line["failed"],
        _share(run, line), "", guard=True,
    )  # fmt: skip


def _share(run: CheckRun | None, line: dict[str, Any] | None) -> Decimal | None:
    if run is None or line is None or not run.rows:
        return None
    return Decimal(max(run.rows - line["failed"], 0)) / run.rows


def dimension_lines(run: CheckRun | None) -> list[tuple[str, Decimal | None, str]]:
    """The six dimensions with their scores; one without rules says so instead of claiming perfection."""
    scores = run.dimensions if run else {}
    return [(name, scores.get(name), "" if name in scores else "没有规则，不计分") for name in Dimension.values]


def trend(entry: UUID) -> Chart | None:
    """The scores of the last checks; nothing to see in fewer than two."""
    runs = queries.history(entry)
    if len(runs) < 2:
        return None
    days = [f"{timezone.localtime(run.at):%m-%d %H:%M}" for run in runs]
    totals = Series("总分", tuple(float(run.total) if run.total is not None else None for run in runs))
    return chart("质量得分走势", days, [totals], kind="line", unit="分")


def last_check(entry: UUID) -> JobRun | None:
    """The check of the standing table that was asked for last."""
    return JobRun.objects.filter(kind="quality.check", key=f"entry:{entry}").order_by("-created_at").first()


class EntryView(View):
    """A view of one entry's quality."""

    @property
    def actor(self) -> Actor:
        """Who looks."""
        return actor_of(self.request)

    @cached_property
    def entry(self) -> EntryInfo:
        """The entry, or 404."""
        return entry_or_404(self.actor, self.kwargs["entry"])

    @property
    def is_keeper(self) -> bool:
        """Whether the viewer sees to its rules."""
        return may(self.actor, "quality.define", organisation=self.entry.provider)


@action("quality.read")
class EntryQuality(EntryView):
    """数据质量 of one entry."""

    def get(self, request: HttpRequest, entry: UUID) -> HttpResponse:
        """Score, rules, trend, tickets."""
        known, run = self.entry, queries.scored(entry)
        seen = list(queries.with_due(queries.tickets(self.actor)).filter(entry=entry).exclude(status="closed")[:20])
        disabled = list(RuleBinding.objects.filter(entry=entry, enabled=False)) if self.is_keeper else []
        context = {
            "entry": known,
            "crumbs": crumbs_of(known)[:1],
            "run": run,
            "dimensions": dimension_lines(run),
            "formula": scoring.FORMULA,
            "lines": rule_lines(known, run, editable=self.is_keeper),
            "chart": trend(entry),
            "tickets": seen,
            "others": queries.open_tickets(entry).count() - len(seen),
            "disabled": disabled,
            "is_keeper": self.is_keeper,
            "buttons": self.buttons(),
            "job": last_check(entry),
        }
        return render(request, "quality/entry.html", context)

    def buttons(self) -> Sequence[Button]:
        """What the viewer can do here."""
        known, found = self.entry, []
        if self.is_keeper:
            found.append(Button("新增规则", reverse("quality:kinds", args=[known.id]), "plus", "primary"))
            if rulebook.proposals(known.id):
                found.append(Button("采用建议规则", reverse("quality:proposals", args=[known.id]), "list-check"))
        if known.table is not None and services.may_check(known, self.actor):
            found.append(Button("全表检核", reverse("quality:check", args=[known.id]), "refresh"))
        if may_report(self.actor, known):
            found.append(Button("提出异议", reverse("quality:report", args=[known.id]), "message"))
        return found


def may_report(actor: Actor, entry: EntryInfo) -> bool:
    """People of other agencies who use data."""
    return not acts_for(actor, entry.provider) and may(actor, "quality.report", organisation=actor.party)


@action("quality.read")
class CheckProgress(EntryView):
    """How far the check is; asked by the page every two seconds."""

    def get(self, request: HttpRequest, entry: UUID) -> HttpResponse:
        """The progress component alone."""
        context = {"entry": self.entry, "job": last_check(self.entry.id)}
        return render(request, "quality/_check.html", context)


@action("quality.read")
class StartCheck(FormPage):
    """事后检核: rules over everything that stands in the table."""

    title, submit_label, success = "全表检核", "开始检核", "已开始检核，完成后得分自动更新"
    form_class = CheckForm

    def prepare(self) -> None:
        """Only for those who may ask for it; the service refuses the rest."""
        self.entry = entry_or_404(self.actor, self.kwargs["entry"])

    @property
    def lead(self) -> str:  # type: ignore[override]
        """What will happen."""
        return f"用现行规则检核“{self.entry.name}”已入库的全部现行数据，在后台运行，不影响使用。"

    @property
    def cancel_url(self) -> str:
        """Back to the entry."""
        return reverse("quality:entry", args=[self.entry.id])

    def crumbs(self) -> Sequence[Crumb]:
        """Below the entry."""
        return crumbs_of(self.entry)

    def perform(self, form: Any, *, draft: bool) -> str:
        """Enqueue and go back, where its progress shows."""
        services.start_check(self.entry.id, actor=self.actor)
        return self.cancel_url


@action("quality.report")
class ReportIssue(FormPage):
    """异议纠错."""

    title, submit_label, success = "提出数据异议", "提交异议", "异议已提交，数源单位将在规定时限内办理"
    form_class = ReportForm

    def prepare(self) -> None:
        """Any published entry can be objected to by those who use data."""
        self.entry = entry_or_404(self.actor, self.kwargs["entry"])

    @property
    def lead(self) -> str:  # type: ignore[override]
        """Where it goes."""
        return f"对“{self.entry.name}”的数据提出异议，由数源单位核查更正，质量管理员核验，办理过程您都能看到。"

    @property
    def cancel_url(self) -> str:
        """Back to the entry."""
        return reverse("catalog:entry", args=[self.entry.id])

    def crumbs(self) -> Sequence[Crumb]:
        """Below the entry."""
        return crumbs_of(self.entry)

    def form_kwargs(self) -> dict[str, Any]:
        """The items of the entry."""
        return {"items": items(self.entry.id)}

    def perform(self, form: Any, *, draft: bool) -> str:
        """Report and lead to the ticket."""
        report = services.Report(entry=self.entry.id, **form.facts())
        ticket = services.report_issue(report, actor=self.actor)
        return reverse("quality:ticket", args=[ticket.id])


@action("quality.read")
class ScoreRegister(RegisterView):
    """质量总览."""

    code, title = "quality.scores", "质量总览"
    lead = "每条目录以最近一次计分的检核为准；点开可见规则、公式和走势。"
    table_class, filterset_class = ScoreTable, ScoreFilters
    search_fields = ("entry__name", "entry__provider__name")
    search_hint = "输入目录或单位名称"
    default_columns = ("entry", "provider", "total", "rows", "passed", "has_tickets", "at")
    empty = Empty("还没有检核结果", "数据汇聚入库后自动检核；也可以在目录的数据质量页发起全表检核。", "gauge")

    def queryset(self) -> Any:
        """Own entries, or all for those who oversee."""
        return queries.newest_runs(self.actor).order_by("total", "-at")
