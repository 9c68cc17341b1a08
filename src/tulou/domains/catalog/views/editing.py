"""编制: the form with its item rows, the live checklist, and the four ways to begin."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.forms import BaseForm
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views import View

from tulou.domains.catalog import checks, queries, services
from tulou.domains.catalog.content import Content, content_of, diff, digest, working_content
from tulou.domains.catalog.forms import MINOR_FORMATS, EntryForm, initial_of, posted_items
from tulou.domains.catalog.models import Entry
from tulou.domains.catalog.policies import may_compile
from tulou.domains.catalog.todos import RETURNED
from tulou.domains.catalog.views.entry import entry_or_404
from tulou.domains.catalog.vocabulary import Grade, ItemType, MaskRule, OpenType, ShareType
from tulou.domains.standards.public import code_tables
from tulou.kernel.calendar import today
from tulou.kernel.identity import Actor, actor_of
from tulou.kernel.permissions import Forbidden, action
from tulou.kernel.ui.forms import FormPage
from tulou.kernel.ui.pages import Crumb
from tulou.kernel.workflow import clocks_of, timeline


@dataclass(frozen=True)
class Row:
    """One item row of the form."""

    key: str
    item: Mapping[str, Any]
    reasons: Sequence[str] = ()


CHOICES = {
    "types": ItemType.choices,
    "grades": Grade.choices,
    "shares": ShareType.choices,
    "openings": OpenType.choices,
    "masks": MaskRule.choices,
}
BLANK_ITEM = {
    "type": ItemType.CHARACTER, "nullable": True, "grade": Grade.INTERNAL, "share_type": ShareType.UNCONDITIONAL,
    "open_type": OpenType.ON_REQUEST, "mask": MaskRule.NONE, "mask_head": 0, "mask_tail": 0,
}  # fmt: skip


def editable_or_refuse(actor: Actor, pk: Any) -> Entry:
    """An entry that this viewer may work on.

    Raises:
        Http404: unknown to the viewer.
        Forbidden: seen, but not the viewer's to edit.
    """
    entry = entry_or_404(actor, pk)
    if not may_compile(entry, actor):
        raise Forbidden(actor, "catalog.compile", reason="只有提供方的数据管理员可以编制")
    return entry


@action("catalog.compile")
class EditEntry(FormPage):
    """The form of an entry in preparation, or of a change."""

    title = "编制目录"
    form_class = EntryForm
    submit_label = "保存草稿"
    success = "已保存；可以随时回来继续填写"
    template_name = "catalog/edit.html"

    def prepare(self) -> None:
        """Only the provider's data managers; the page says when it is not the time to edit."""
        self.entry = editable_or_refuse(self.actor, self.kwargs["pk"])

    @cached_property
    def content(self) -> Content:
        """What is being worked on."""
        return working_content(self.entry)

    @property
    def lead(self) -> str:  # type: ignore[override]
        """Which entry, and in which state."""
        kind = f"变更第{self.entry.version}版" if self.entry.version else "新目录"
        return f"{self.entry.name} · {kind} · {self.entry.provider.name}"

    @property
    def entry_url(self) -> str:
        """The entry's page."""
        return reverse("catalog:entry", args=[self.entry.pk])

    def crumbs(self) -> tuple[Crumb, ...]:
        """Below one's own entries."""
        return (Crumb("我的目录", reverse("catalog:mine")), Crumb(self.entry.name, self.entry_url))

    @property
    def cancel_url(self) -> str:
        """Back to the entry."""
        return self.entry_url

    def form_kwargs(self) -> dict[str, Any]:
        """The content, with what tells another's saving in between."""
        base = {"revision": self.entry.revision, "base": digest(self.content)}
        return {"entry": self.entry, "initial": initial_of(self.content) | base}

    def perform(self, form: BaseForm, *, draft: bool) -> str:
        """Save; with the second button also ask for the office's agreement."""
        assert isinstance(form, EntryForm)
        content = form.content(posted_items(self.request.POST))
        facts = form.facts()
        services.save_content(self.entry, content, actor=self.actor, revision=facts["revision"], base=facts["base"])
        if "_offer" in self.request.POST:
            services.offer(self.entry, actor=self.actor)
            return self.entry_url
        return reverse("catalog:edit", args=[self.entry.pk])

    def extra(self) -> dict[str, Any]:
        """Rows, checklist, suggestions and the clock of a change."""
        posted = self.request.method == "POST"
        items = posted_items(self.request.POST) if posted else self.content["items"]
        shown = self.content | {"items": items}
        return {
            "entry": self.entry,
            "open_now": self.entry.status in queries.IN_WORK,
            "rows": self._rows(items),
            "blank": Row("__key__", BLANK_ITEM),
            "choices": CHOICES,
            "findings": checks.findings(shown, on=today()),
            "changes": diff(content_of(self.entry), self.content) if self.entry.version and not posted else [],
            "clock": clocks_of(self.entry).filter(stopped_on=None, clock="catalog.update").first(),
            "reading": getattr(self.entry, "reading", None),
            "returned": _remarks(self.entry),
            "suggestions": _suggestions(),
        }

    def _rows(self, items: Sequence[Mapping[str, Any]]) -> list[Row]:
        reading = getattr(self.entry, "reading", None)
        reasons: Mapping[str, Sequence[str]] = reading.columns if reading else {}
        return [
            Row(str(at), item, reasons.get(str(item.get("source_name")), ())) for at, item in enumerate(items, start=1)
        ]


@action("catalog.compile")
class Checklist(View):
    """What is still missing in the form as it stands, asked while somebody types; saves nothing."""

    def post(self, request: HttpRequest, pk: Any) -> HttpResponse:
        """The list alone."""
        entry = editable_or_refuse(actor_of(request), pk)
        form = EntryForm(request.POST, entry=entry, initial=initial_of(working_content(entry)))
        form.is_valid()
        for name in form.fields:
            form.cleaned_data.setdefault(name, None)
        found = checks.findings(form.content(posted_items(request.POST)), on=today())
        wrong = [checks.Finding(name, str(errors[0])) for name, errors in form.errors.items() if name in form.fields]
        known = {finding.field for finding in wrong}
        findings = [*(w for w in wrong if not form.fields[w.field].widget.is_hidden),
                    *(f for f in found if f.field not in known)]  # fmt: skip
        return render(request, "catalog/_checklist.html", {"findings": findings})


def _remarks(entry: Entry) -> str:
    """The reviewer's remarks, while the entry has not gone on since it came back."""
    last = timeline(entry).last()
    return last.note if last is not None and last.move in RETURNED else ""


def _suggestions() -> dict[str, Sequence[str]]:
    """Words used before, for the fields that are free but should not vary."""
    published = Entry.objects.filter(version__gt=0)
    return {
        "domains": sorted(set(published.exclude(domain="").values_list("domain", flat=True))),
        "themes": sorted(set(published.exclude(theme="").values_list("theme", flat=True))),
        "formats": MINOR_FORMATS,
        "tables": [table.code for table in code_tables()],
    }
