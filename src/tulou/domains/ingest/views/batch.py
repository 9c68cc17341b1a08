"""批次: its progress while it runs, what to do when it did not land, and its receipt once it did."""

from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.urls import NoReverseMatch, reverse
from django.views import View

from tulou.domains.access.public import issue_plan
from tulou.domains.ingest import queries, services
from tulou.domains.ingest.models import Batch
from tulou.domains.ingest.policies import may_load
from tulou.domains.ingest.reasons import explained
from tulou.domains.ingest.settling import own_rights
from tulou.domains.ingest.vocabulary import BatchStatus
from tulou.domains.ingest.workflow import BATCH
from tulou.kernel.identity import Actor, actor_of
from tulou.kernel.jobs import JobRun
from tulou.kernel.permissions import action
from tulou.kernel.ui.moves import MovePage
from tulou.kernel.ui.pages import Crumb, Fact, MoveLink, ObjectPage

WAITING = {"queued": "正在排队，前面的批次完成后自动开始", "running": "正在准备"}


def batch_or_404(actor: Actor, pk: UUID) -> Batch:
    """A batch whose metadata this viewer may read."""
    found = queries.visible_batches(actor).filter(pk=pk).first()
    if found is None:
        raise Http404
    return found


def trace_url(batch: Batch) -> str:
    """The page with every trace of a batch, where this node has one."""
    try:
        return f"{reverse('security:trace')}?{urlencode({'subject': f'batch:{batch.pk}'})}"
    except NoReverseMatch:
        return ""


def progress_of(batch: Batch) -> dict[str, Any]:
    """How far the batch is, for the progress bar."""
    run = JobRun.objects.filter(pk=batch.job).first() if batch.job else None
    message = (run.message or WAITING.get(run.state, "")) if run else "正在排队"
    if run is not None and run.cancel_requested:
        message = "正在取消"
    return {
        "batch": batch,
        "done": run.done if run else 0,
        "total": run.total if run else None,
        "message": message,
        "url": reverse("ingest:progress", args=[batch.pk]),
        "finished": batch.is_over,
    }


@action("ingest.read")
class BatchPage(ObjectPage):
    """The batch."""

    flow = BATCH
    template_name = "ingest/batch.html"
    move_icons = {"cancel": "ban", "retry": "refresh"}

    def get_object(self) -> Batch:
        """Scoped to the viewer."""
        return batch_or_404(self.actor, self.kwargs["pk"])

    @property
    def title(self) -> str:
        """The entry whose data it brings."""
        return f"{self.object.entry.name}"

    @property
    def code_text(self) -> str:
        """The number of batch and receipt."""
        return str(self.object.number)

    def crumbs(self) -> Sequence[Crumb]:
        """Below the register."""
        return (Crumb("汇聚批次", reverse("ingest:register")), Crumb(self.object.number))

    def facts(self) -> Sequence[Fact]:
        """Where the data came from and where they are."""
        batch = self.object
        return facts_of(batch, source_url=self._source_url(batch))

    def moves(self) -> list[MoveLink]:
        """Cancelling and repeating, and what the receipt leads to."""
        batch, links = self.object, super().moves()
        if batch.status == BatchStatus.LANDED:
            links = [MoveLink("查看回执", reverse("ingest:receipt", args=[batch.pk]), "file-certificate")]
        if batch.is_over and may_load(batch, self.actor):
            links.append(MoveLink("再报一批", reverse("ingest:entry", args=[batch.entry_id]), "upload"))
        return links

    def evidence_url(self) -> str:
        """Every trace."""
        return trace_url(self.object)

    def extra(self) -> dict[str, Any]:
        """Progress, reasons, and the chain of corrections."""
        batch = self.object
        own = may_load(batch, self.actor)
        correction = queries.correction_of(batch) if batch.status == BatchStatus.LANDED else None
        return {
            **progress_of(batch),
            "own": own,
            "reasons": explained(batch.by_rule, batch.rules),
            "warnings": explained(batch.warned, batch.rules),
            "correction": correction,
            "chain": [correction.root, *correction.later] if correction else [],
        }

    def _source_url(self, batch: Batch) -> str:
        return reverse("ingest:source", args=[batch.source_id]) if may_load(batch, self.actor) else ""


def facts_of(batch: Batch, *, source_url: str = "") -> tuple[Fact, ...]:
    """The description list of a batch and of its receipt."""
    where = f"{batch.zone} · {batch.table}"
    return (
        Fact("目录", batch.entry.name, url=reverse("catalog:entry", args=[batch.entry_id])),
        Fact("提供方", batch.provider.name),
        Fact("来源", batch.source_name, url=source_url),
        Fact("来源类型", batch.get_kind_display()),
        Fact("数据表", where, help="数据区 · 表"),
        Fact("登记", f"{batch.registered_by}"),
        Fact("内容摘要", batch.sha256 or batch.source.sha256 or "读取后计算", help="SHA-256"),
        *((Fact("来源位点", batch.position, help="读取时来源数据库的日志位点"),) if batch.position else ()),
        *((Fact("补报的批次", batch.resubmits.number, url=reverse("ingest:batch", args=[batch.resubmits_id])),)
          if batch.resubmits else ()),
    )  # fmt: skip


@action("ingest.read")
class Progress(View):
    """The progress bar alone; once the batch is over, the page is loaded anew."""

    def get(self, request: HttpRequest, pk: UUID) -> HttpResponse:
        """Asked every two seconds."""
        batch = batch_or_404(actor_of(request), pk)
        response = render(request, "ingest/_progress.html", progress_of(batch))
        if batch.is_over:
            response["HX-Refresh"] = "true"
        return response


def landed_or_404(actor: Actor, pk: UUID) -> Batch:
    """A batch that has a receipt."""
    batch = batch_or_404(actor, pk)
    if batch.status != BatchStatus.LANDED:
        raise Http404
    return batch


@action("ingest.read")
class Receipt(View):
    """回执, for paper and for the file."""

    def get(self, request: HttpRequest, pk: UUID) -> HttpResponse:
        """The whole of it on one page."""
        batch = landed_or_404(actor_of(request), pk)
        context = {
            "batch": batch,
            "facts": facts_of(batch),
            "reasons": explained(batch.by_rule, batch.rules),
            "trace_url": trace_url(batch),
            "crumbs": [
                Crumb("汇聚批次", reverse("ingest:register")),
                Crumb(batch.number, reverse("ingest:batch", args=[batch.pk])),
                Crumb("回执"),
            ],
        }
        return render(request, "ingest/receipt.html", context)


@action("ingest.read")
class ReceiptFile(View):
    """The receipt as JSON: metadata and the signed token, no row of data."""

    def get(self, request: HttpRequest, pk: UUID) -> HttpResponse:
        """One file."""
        batch = landed_or_404(actor_of(request), pk)
        names = ("sent", "accepted", "rejected", "inserted", "changed", "unchanged", "by_rule", "sha256", "position",
                 "zone", "table", "snapshot", "standing", "source_name", "kind", "receipt_leaf")  # fmt: skip
        told = {
            "number": batch.number,
            "entry": {"id": str(batch.entry_id), "code": batch.entry.resource_code, "name": batch.entry.name},
            "provider": {"id": str(batch.provider_id), "name": batch.provider.name},
            **{name: getattr(batch, name) for name in names},
            "landed_at": batch.finished_at,
            "signed": batch.receipt,
        }
        response = JsonResponse(told, json_dumps_params={"ensure_ascii": False, "indent": 2})
        response["Content-Disposition"] = f'attachment; filename="{batch.number}.json"'
        return response


@action("ingest.load")
class TakeRejected(View):
    """退回清单: the browser fetches the rejected rows of one batch from the gateway, with a plan for minutes."""

    def post(self, request: HttpRequest, pk: UUID) -> HttpResponse:
        """Issue the plan and lead on."""
        actor = actor_of(request)
        batch = landed_or_404(actor, pk)
        _, rejected = own_rights(batch.entry_id)
        if rejected is None or not may_load(batch, actor):
            raise Http404
        try:
            issued = issue_plan(rejected, channel="file", actor=actor)
        except ValidationError as refusal:
            messages.error(request, "；".join(refusal.messages))
            return HttpResponseRedirect(reverse("ingest:batch", args=[pk]))
        asked = {"plan": issued.token, "eq._batch": str(batch.pk), "name": f"退回清单_{batch.number}"}
        return HttpResponseRedirect(f"{issued.url}?{urlencode(asked)}", status=303)

    def get(self, request: HttpRequest, pk: UUID) -> HttpResponse:
        """A reloaded address leads back to the batch."""
        return HttpResponseRedirect(reverse("ingest:batch", args=[pk]))


class BatchMove(MovePage):
    """A move of a batch that its agency makes."""

    flow = BATCH

    def get_object(self) -> Batch:
        """Scoped to the viewer."""
        return batch_or_404(self.actor, self.kwargs["pk"])

    def crumbs(self) -> tuple[Crumb, ...]:
        """Below the batch."""
        return (Crumb("汇聚批次", reverse("ingest:register")), Crumb(self.object.number, self.object_url()))


@action("ingest.load")
class Cancel(BatchMove):
    """取消汇聚."""

    move = "cancel"

    def make(self, obj: Batch, **facts: Any) -> object:
        """Cancel."""
        return services.cancel_batch(obj, actor=self.actor, **facts)


@action("ingest.load")
class Retry(BatchMove):
    """重新汇聚."""

    move = "retry"

    def make(self, obj: Batch, **facts: Any) -> object:
        """Run again."""
        return services.retry_batch(obj, actor=self.actor, **facts)
