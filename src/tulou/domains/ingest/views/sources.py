"""核对结构: the columns of a source beside the items of its entry; then the batch is started."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.forms import BoundField
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views import View

from tulou.domains.catalog.public import ItemInfo, items
from tulou.domains.ingest import queries, services
from tulou.domains.ingest.forms import StructureForm
from tulou.domains.ingest.models import Batch, Source
from tulou.domains.ingest.views.starting import steps_at
from tulou.kernel.identity import Actor, actor_of
from tulou.kernel.permissions import action
from tulou.kernel.ui.forms import FormPage
from tulou.kernel.ui.pages import Crumb

SEPARATORS = {",": "逗号", "\t": "制表符", ";": "分号", "|": "竖线"}
ENCODINGS = {"utf-8": "UTF-8", "gb18030": "GB18030（含 GBK）", "utf-16-le": "UTF-16", "utf-16-be": "UTF-16"}
TYPES = {"text": "文本", "integer": "整数", "date": "日期", "timestamp": "日期时间", "boolean": "是否"}
LOOKS = {
    "id_no": "身份证号", "uscc": "统一社会信用代码", "region_code": "行政区划代码", "phone": "手机号",
    "email": "电子邮箱", "date": "日期", "timestamp": "日期时间",
}  # fmt: skip


@dataclass(frozen=True)
class Line:
    """One item, the field that chooses its column, and what that column looks like."""

    item: ItemInfo
    field: BoundField
    look: Mapping[str, Any] | None

    @property
    def kind(self) -> str:
        """The type that the entry demands, in words."""
        length = f"，{self.item.length} 字以内" if self.item.type == "text" and self.item.length else ""
        return f"{TYPES.get(self.item.type, '小数')}{length}"


def source_or_404(actor: Actor, pk: UUID) -> Source:
    """A source of an agency for which the viewer loads data."""
    found = queries.visible_sources(actor).filter(pk=pk).first()
    if found is None:
        raise Http404
    return found


@action("ingest.load")
class SourcePage(FormPage):
    """Step three: every item has its column, every column its place; then start."""

    title = "核对结构"
    form_class = StructureForm
    submit_label = "开始汇聚"
    success = ""
    template_name = "ingest/source.html"

    def prepare(self) -> None:
        """404 for sources of others."""
        self.source = source_or_404(self.actor, self.kwargs["pk"])

    @cached_property
    def items(self) -> Sequence[ItemInfo]:
        """The entry's items as published."""
        return items(self.source.entry_id)

    @cached_property
    def corrects(self) -> Batch | None:
        """The batch that this source corrects, if the address names one of the same entry."""
        try:
            asked = UUID(self.request.GET.get("corrects", ""))
        except ValueError:
            return None
        return queries.visible_batches(self.actor).filter(pk=asked, entry=self.source.entry_id).first()

    def form_kwargs(self) -> dict[str, Any]:
        """The source and the items."""
        return {"source": self.source, "items": self.items}

    def perform(self, form: Any, *, draft: bool) -> str:
        """Settle the columns and start; the same content again leads to the receipt that stands."""
        services.settle_columns(
            self.source, form.mapping(), left_out=form.left_out(), ignored=form.cleaned_data["ignored"],
            actor=self.actor,
        )  # fmt: skip
        started = services.start_batch(self.source, actor=self.actor, resubmits=self.corrects)
        if not started.fresh:
            messages.info(self.request, f"相同内容已由批次 {started.batch.number} 办理，没有重复入库")
        return reverse("ingest:batch", args=[started.batch.pk])

    @property
    def lead(self) -> str:  # type: ignore[override]
        """Which source for which entry."""
        return f"{self.source.title} → {self.source.entry.name}"

    def crumbs(self) -> tuple[Crumb, ...]:
        """Below the entry."""
        above = reverse("ingest:entry", args=[self.source.entry_id])
        return (Crumb("汇聚数据", reverse("ingest:start")), Crumb(self.source.entry.name, above), Crumb("核对结构"))

    @property
    def cancel_url(self) -> str:
        """Back to the entry."""
        return reverse("ingest:entry", args=[self.source.entry_id])

    def extra(self) -> dict[str, Any]:
        """The comparison, without any value of the data."""
        found = services.matching_of(self.source)
        return {
            "source": self.source,
            "matching": found,
            "looks": self._looks(),
            "reading": self._reading(),
            "corrects": self.corrects,
            "steps": steps_at(2),
            "unused": [name for name in self.source.columns if name not in found.mapping.values()],
            "rows": max((column["rows"] for column in self.source.structure), default=0),
        }

    def lines(self, form: StructureForm) -> list[Line]:
        """The table of the page."""
        looks = {column["name"]: column for column in self._looks()}
        return [
            Line(item, form[f"item_{item.name}"], looks.get(form[f"item_{item.name}"].value() or ""))
            for item in self.items
        ]

    def _show(self, form: Any, *, status: int) -> HttpResponse:
        form.lines = self.lines(form)
        return super()._show(form, status=status)

    def _looks(self) -> list[dict[str, Any]]:
        return [
            {
                **column,
                "kind": LOOKS.get(column["looks_like"]) or TYPES.get(column["type"], "小数"),
                "empty": 1 - column["filled"] / column["rows"] if column["rows"] else None,
            }
            for column in self.source.structure
        ]

    def _reading(self) -> list[tuple[str, str]]:
        options = self.source.options
        told = [
            ("编码", ENCODINGS.get(options.get("encoding", ""), options.get("encoding", ""))),
            ("分隔符", SEPARATORS.get(options.get("separator", ""), options.get("separator", ""))),
            ("地址", f"{options['host']}:{options['port']}/{options['database']}" if "host" in options else ""),
            ("数据表", f"{options['schema']}.{options['table']}" if "table" in options else ""),
        ]
        return [pair for pair in told if pair[1]]


@action("ingest.load")
class LookAgain(View):
    """Read the structure of a source anew."""

    def post(self, request: HttpRequest, pk: UUID) -> HttpResponse:
        """Read, and back to the check."""
        source = services.look_again(source_or_404(actor_of(request), pk), actor=actor_of(request))
        if source.problem is None:
            messages.success(request, "已重新读取来源的结构")
        return HttpResponseRedirect(reverse("ingest:source", args=[pk]))
