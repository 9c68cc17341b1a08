"""后台作业: one's own and one's organisation's; the operator sees the metadata of all."""

from typing import Any, ClassVar
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from tulou.domains.directory.public import roles
from tulou.kernel import jobs
from tulou.kernel.identity import Actor, actor_of
from tulou.kernel.jobs import JobRun
from tulou.kernel.permissions import may, signed_in
from tulou.kernel.ui import places
from tulou.kernel.ui.filters import ChoiceFilter, RegisterFilters
from tulou.kernel.ui.pages import Crumb, Fact
from tulou.kernel.ui.registers import Empty, RegisterView
from tulou.kernel.ui.tables import MomentColumn, NumberColumn, PartyColumn, RegisterTable, StatusColumn, TextColumn


def visible(actor: Actor) -> QuerySet[JobRun]:
    """Runs this viewer may see."""
    rows = JobRun.objects.all()
    if may(actor, roles.OPERATE):
        return rows
    mine = Q(person=actor.person)
    if actor.party is not None:
        mine |= Q(party=actor.party, actor_kind="person")
    return rows.filter(mine)


class JobTable(RegisterTable):
    """Runs, the newest first."""

    primary = "title"
    title = TextColumn(verbose_name="作业", linkify=lambda record: reverse("portal:job", args=[record.pk]))
    state = StatusColumn(verbose_name="状态", labels=dict(JobRun.State.choices))
    message = TextColumn(verbose_name="进展", limit=40)
    actor_label = TextColumn(verbose_name="发起方")
    party = PartyColumn(verbose_name="发起单位")
    attempts = NumberColumn(verbose_name="尝试次数")
    created_at = MomentColumn(verbose_name="发起时间")
    finished_at = MomentColumn(verbose_name="结束时间")


class JobFilters(RegisterFilters):
    """By state."""

    state = ChoiceFilter(label="状态", choices=JobRun.State.choices)

    class Meta:
        model = JobRun
        fields: ClassVar = ["state"]


@signed_in
class Jobs(RegisterView):
    """后台作业."""

    code, title = "portal.jobs", "后台作业"
    lead = "本人和本单位发起的作业；平台运营员可见全部作业的进度和错误，不含业务数据。"
    table_class, filterset_class = JobTable, JobFilters
    search_fields = ("title", "kind", "actor_label")
    search_hint = "输入作业名称"
    default_columns = ("title", "state", "message", "actor_label", "created_at", "finished_at")
    empty = Empty("还没有作业", "入库、检核等耗时的工作会在后台进行，进度在这里查看。", "hourglass")

    def queryset(self) -> QuerySet[JobRun]:
        """Own runs, or all for the operator."""
        return visible(self.actor).order_by("-created_at")


def _run(request: HttpRequest, pk: UUID) -> JobRun:
    found = visible(actor_of(request)).filter(pk=pk).first()
    if found is None:
        raise Http404
    return found


@signed_in
def job(request: HttpRequest, pk: UUID) -> HttpResponse:
    """One run: how far it is, why it failed, and what can be done."""
    run = _run(request, pk)
    context = {
        "run": run,
        "facts": _facts(run),
        "subjects": list(places.described(run.subjects).values()),
        "crumbs": [Crumb("后台作业", reverse("portal:jobs")), Crumb(run.title)],
        **_state(run),
    }
    return render(request, "portal/job.html", context)


def _state(run: JobRun) -> dict[str, Any]:
    active = run.state in (JobRun.State.QUEUED, JobRun.State.RUNNING)
    return {
        "active": active,
        "may_cancel": active and not run.cancel_requested,
        "may_retry": run.state in (JobRun.State.FAILED, JobRun.State.CANCELLED),
        "ended": not active,
        "progress_url": reverse("portal:job-progress", args=[run.pk]),
        "run": run,
    }


def _facts(run: JobRun) -> list[Fact]:
    times = (("发起时间", run.created_at), ("开始时间", run.started_at), ("结束时间", run.finished_at))
    return [
        Fact("作业类型", run.kind),
        Fact("发起方", run.actor_label),
        Fact("尝试次数", run.attempts),
        *[Fact(title, at.astimezone().strftime("%Y-%m-%d %H:%M:%S")) for title, at in times if at],
    ]


@signed_in
def progress(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The progress bar again, for a page that waits; reloads the page when the run has ended."""
    run = _run(request, pk)
    response = render(request, "portal/_progress.html", _state(run))
    if not _state(run)["active"]:
        response["HX-Refresh"] = "true"
    return response


@signed_in
@require_POST
def cancel_job(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Stop a run."""
    run = _run(request, pk)
    try:
        jobs.cancel(run.pk, actor=actor_of(request))
        messages.success(request, "已请求取消；正在运行的会在当前一步结束后停止")
    except ValidationError as refusal:
        messages.error(request, refusal.messages[0])
    return redirect("portal:job", pk=run.pk)


@signed_in
@require_POST
def retry_job(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Run it again."""
    run = _run(request, pk)
    try:
        jobs.retry(run.pk, actor=actor_of(request))
        messages.success(request, "已重新排队")
    except ValidationError as refusal:
        messages.error(request, refusal.messages[0])
    return redirect("portal:job", pk=run.pk)
