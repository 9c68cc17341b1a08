"""汇聚数据: choose the entry, drop a file or name a table; a corrected file goes the same way."""

from functools import cached_property
from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views import View

from tulou.domains.catalog.public import EntryInfo, entry
from tulou.domains.ingest import queries, services
from tulou.domains.ingest.forms import FileForm, TableForm
from tulou.domains.ingest.freshness import freshness_of
from tulou.domains.ingest.models import Batch, Source
from tulou.domains.ingest.vocabulary import BatchStatus, SourceKind
from tulou.kernel.identity import Actor, actor_of
from tulou.kernel.permissions import action
from tulou.kernel.ui.forms import FormPage
from tulou.kernel.ui.pages import Crumb

STEPS = ("选择目录", "放入文件或接入库表", "核对结构", "入库与回执")


def steps_at(now: int) -> list[dict[str, str]]:
    """The four steps with the present one marked."""
    states = ["done"] * now + ["now"] + ["next"] * (len(STEPS) - now - 1)
    return [{"title": title, "state": state} for title, state in zip(STEPS, states, strict=True)]


def entry_or_404(actor: Actor, pk: UUID) -> EntryInfo:
    """An entry in use whose data this viewer may load."""
    found = entry(pk)
    if found is None or not queries.loadable_entry(actor, found):
        raise Http404
    return found


@action("ingest.load")
class ChooseEntry(View):
    """Step one: the agency's entries, those that are due first."""

    def get(self, request: HttpRequest) -> HttpResponse:
        """The list."""
        rows = [(known, freshness_of(known)) for known in queries.loadable_entries(actor_of(request))]
        rows.sort(key=lambda row: (row[1].on is not None, row[1].due_on is None, row[1].due_on, row[0].name))
        return render(request, "ingest/start.html", {"rows": rows, "steps": steps_at(0)})


class EntryForm(FormPage):
    """A page about one entry of the own agency."""

    def prepare(self) -> None:
        """404 for entries of others, and for those not in use."""
        self.entry = entry_or_404(self.actor, self.kwargs["pk"])

    def crumbs(self) -> tuple[Crumb, ...]:
        """Below the choice of an entry."""
        return (Crumb("汇聚数据", reverse("ingest:start")), Crumb(self.entry.name))

    @property
    def lead(self) -> str:  # type: ignore[override]
        """Which entry."""
        return f"{self.entry.name}（{self.entry.code}）"

    @property
    def cancel_url(self) -> str:
        """Back to the choice."""
        return reverse("ingest:start")


@action("ingest.load")
class DropFile(EntryForm):
    """Step two: a file; tables that are known already are offered beside it."""

    title = "汇聚数据"
    form_class = FileForm
    submit_label = "上传并核对结构"
    success = ""
    template_name = "ingest/drop.html"

    def perform(self, form: Any, *, draft: bool) -> str:
        """Keep the file and go on to the structure check."""
        upload = form.cleaned_data["file"]
        source = services.drop_file(self.entry.id, upload.file, upload.name, actor=self.actor)
        return reverse("ingest:source", args=[source.pk])

    def extra(self) -> dict[str, Any]:
        """Known tables, and the last batches."""
        tables = Source.objects.filter(entry=self.entry.id, kind=SourceKind.POSTGRES)[:20]
        recent = Batch.objects.filter(entry=self.entry.id)[:5]
        return {"entry": self.entry, "tables": tables, "recent": recent, "steps": steps_at(1)}


@action("ingest.load")
class NameTable(EntryForm):
    """Step two, the other way: a table of a PostgreSQL database."""

    title = "接入数据库表"
    form_class = TableForm
    submit_label = "测试连接并核对结构"
    success = "连接成功，来源已登记"

    def perform(self, form: Any, *, draft: bool) -> str:
        """Try, keep, go on to the structure check."""
        source = services.name_table(self.entry.id, form.address(), title=form.cleaned_data["title"], actor=self.actor)
        return reverse("ingest:source", args=[source.pk])


@action("ingest.load")
class Correct(FormPage):
    """补报: the corrected rows of a batch, or the whole corrected file, as a new batch that names the old one."""

    title = "补报更正后的数据"
    form_class = FileForm
    submit_label = "上传并核对结构"
    success = ""

    @cached_property
    def batch(self) -> Batch:
        """The batch whose rows were rejected, in the viewer's own agency."""
        found = queries.visible_batches(self.actor).filter(pk=self.kwargs["pk"], status=BatchStatus.LANDED).first()
        if found is None or not queries.loadable_entry(self.actor, entry(found.entry_id)):
            raise Http404
        return found

    def prepare(self) -> None:
        """404 before anything is shown."""
        self.entry = self.batch.entry

    @property
    def lead(self) -> str:  # type: ignore[override]
        """How much is open."""
        still = queries.correction_of(self.batch).open
        return f"批次 {self.batch.number} 还有 {still:,} 行未更正；可以只报更正的行，也可以报更正后的全部数据"

    def crumbs(self) -> tuple[Crumb, ...]:
        """Below the batch."""
        return (Crumb("汇聚批次", reverse("ingest:register")), Crumb(self.batch.number, self.cancel_url))

    @property
    def cancel_url(self) -> str:
        """Back to the batch."""
        return reverse("ingest:batch", args=[self.batch.pk])

    def perform(self, form: Any, *, draft: bool) -> str:
        """Keep the file and go on to the structure check, with the batch that it corrects."""
        upload = form.cleaned_data["file"]
        source = services.drop_file(self.batch.entry_id, upload.file, upload.name, actor=self.actor)
        return f"{reverse('ingest:source', args=[source.pk])}?corrects={self.batch.pk}"
