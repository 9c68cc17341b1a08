"""The page of an entry: what it is, its items, its versions, and what others know of it; also as of a day."""

from collections.abc import Sequence
from datetime import date
from functools import cached_property
from typing import Any, NamedTuple

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.dateparse import parse_date
from django.views import View

from tulou.domains.catalog import checks, presentation, queries
from tulou.domains.catalog.content import Content, content_of, diff, working_content
from tulou.domains.catalog.models import Entry, IssuedCode
from tulou.domains.catalog.policies import may_compile
from tulou.domains.catalog.showing import showing
from tulou.domains.catalog.workflow import ENTRY
from tulou.kernel.calendar import today
from tulou.kernel.identity import Actor, actor_of
from tulou.kernel.permissions import may, signed_in
from tulou.kernel.ui.pages import Crumb, Fact, MoveLink, ObjectPage, TimelineStep, drawn
from tulou.kernel.workflow import timeline

#: What another agency may read of an entry's past: the office's and the bureau's exchange of remarks is theirs alone.
OPEN_MOVES = ("publish", "change", "publish_change", "retire")
REVIEW_MOVES = ("publish", "publish_change", "send_back", "send_back_change")


def entry_or_404(actor: Actor, pk: Any) -> Entry:
    """The entry, if this viewer may know of it."""
    rows = queries.visible(actor).select_related("draft", "reading", "duty", "system", "share_basis")
    found = rows.prefetch_related("items").filter(pk=pk).first()
    if found is None:
        raise Http404
    return found


class AsOf(NamedTuple):
    """A past day: which version was in use, and what it said."""

    on: date
    version: int
    content: Content | None


@signed_in
class EntryPage(ObjectPage):
    """The page that other rooms fill through the slots `catalog.entry`, `.badges` and `.actions`."""

    slot = "catalog.entry"
    flow = ENTRY
    template_name = "catalog/entry.html"
    overview_title = "目录信息"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """The page; what the slots ask of this entry is answered by the row at hand."""
        with showing([self.object]):
            return super().get(request, *args, **kwargs)

    def get_object(self) -> Entry:
        """The entry, scoped to the viewer."""
        return entry_or_404(self.actor, self.kwargs["pk"])

    @cached_property
    def is_own(self) -> bool:
        """Whether the viewer acts for the provider."""
        return queries.is_own(self.object, self.actor)

    @cached_property
    def sees_work(self) -> bool:
        """Whether the viewer takes part in preparing or reviewing it."""
        return self.is_own or may(self.actor, "catalog.review")

    @property
    def code_text(self) -> str:
        """The resource code, once it is given."""
        return self.object.resource_code or ""

    @cached_property
    def as_of(self) -> AsOf | None:
        """The past day that the address asks for."""
        asked = self.request.GET.get("on", "")
        if not asked:
            return None
        try:
            on = parse_date(asked)
        except ValueError:
            on = None
        if on is None:
            raise Http404
        kept = queries.content_on(self.object, on)
        return AsOf(on, *kept) if kept else AsOf(on, 0, None)

    @cached_property
    def content(self) -> Content | None:
        """What the page shows: the past version, else the published columns."""
        return self.as_of.content if self.as_of else content_of(self.object)

    def facts(self) -> Sequence[Fact]:
        """What everybody asks first."""
        entry = self.object
        return (
            Fact("提供方", entry.provider.name, url=reverse("directory:agency", args=[entry.provider_id])),
            Fact("共享类型", entry.get_share_type_display() or "未填写"),
            Fact("开放类型", entry.get_open_type_display() or "未填写"),
            Fact("更新周期", entry.get_update_cycle_display() or "未填写"),
            Fact("版本", f"第{entry.version}版" if entry.version else "尚未发布"),
            Fact("发布日期", f"{entry.published_on:%Y年%m月%d日}" if entry.published_on else "—"),
            Fact("挂接数据", f"{entry.zone} · {entry.table}" if entry.zone else "尚未挂接"),
            Fact("数据更新", f"{entry.data_updated_on:%Y年%m月%d日}" if entry.data_updated_on else "—"),
            Fact("数据量", f"{entry.data_rows:,} 行" if entry.zone else "—", help="当前有效的数据行数"),
        )

    def crumbs(self) -> Sequence[Crumb]:
        """Where the page stands."""
        return (Crumb("目录检索", reverse("catalog:search")), Crumb(self.object.provider.short_name))

    def moves(self) -> list[MoveLink]:
        """What the viewer can do next; a reviewer opens one desk for both outcomes."""
        entry, here = self.object, self.request.path
        names = [move.name for move in ENTRY.moves_for(entry, self.actor)]
        links: list[MoveLink] = []
        if may_compile(entry, self.actor) and entry.status in queries.IN_WORK:
            links.append(MoveLink("继续编制", f"{here}edit/", "edit"))
            if not self.findings and not entry.offered_on:
                links.append(MoveLink("提请部门审核", f"{here}offer/", "send"))
        if any(name in REVIEW_MOVES for name in names):
            links.append(MoveLink("审核", f"{here}review/", "clipboard-check"))
        others = [ENTRY.moves[name] for name in names if name not in REVIEW_MOVES]
        links += [MoveLink(move.title, self.move_url(move.name)) for move in others]
        if may(self.actor, "catalog.compile"):
            links.append(MoveLink("复制为新目录", f"{reverse('catalog:from-copy')}?source={entry.pk}", "copy"))
        return links

    @cached_property
    def findings(self) -> list[checks.Finding]:
        """What still stands between the working content and its submission."""
        if not self.is_own or self.object.status not in queries.IN_WORK:
            return []
        return checks.findings(working_content(self.object), on=today())

    def timeline(self) -> Sequence[TimelineStep]:
        """What happened; outsiders read the published steps alone."""
        steps = timeline(self.object)
        return drawn(list(steps if self.sees_work else steps.filter(move__in=OPEN_MOVES)))

    def extra(self) -> dict[str, Any]:
        """Groups, items, versions and the change in preparation."""
        entry, content = self.object, self.content
        draft = getattr(entry, "draft", None) if self.sees_work else None
        return {
            "as_of": self.as_of,
            "groups": presentation.groups(content, internal=self.is_own, entry=entry) if content else [],
            "items": presentation.items(content) if content else [],
            "versions": list(entry.versions.only("version", "published_at", "published_by", "reason", "entry")),
            "changes": diff(content_of(entry), draft.content) if draft else [],
            "draft": draft,
            "findings": self.findings,
            "may_compile": may_compile(entry, self.actor),
        }


@signed_in
class CompareVersions(View):
    """Two versions side by side: `?from=1&to=2`; the draft of a change is `draft` for those who may see it."""

    def get(self, request: HttpRequest, pk: Any) -> HttpResponse:
        """The differences, and the choice of other versions."""
        entry = entry_or_404(actor_of(request), pk)
        versions = list(entry.versions.values_list("version", flat=True))
        newest = versions[0] if versions else 0
        after = request.GET.get("to") or str(newest)
        before = request.GET.get("from") or str(max(newest - 1, 0))
        old, new = (self._content(request, entry, side) for side in (before, after))
        if old is None or new is None:
            raise Http404
        context = {
            "entry": entry, "versions": versions, "before": before, "after": after, "changes": diff(old, new),
            "may_see_draft": self._may_see_draft(request, entry),
            "crumbs": [
                Crumb("目录检索", reverse("catalog:search")),
                Crumb(entry.name, reverse("catalog:entry", args=[entry.pk])),
            ],
        }  # fmt: skip
        return render(request, "catalog/compare.html", context)

    def _may_see_draft(self, request: HttpRequest, entry: Entry) -> bool:
        actor = actor_of(request)
        return hasattr(entry, "draft") and (queries.is_own(entry, actor) or may(actor, "catalog.review"))

    def _content(self, request: HttpRequest, entry: Entry, side: str) -> Content | None:
        if side == "draft":
            return dict(entry.draft.content) if self._may_see_draft(request, entry) else None
        if side == "0":
            return {}
        return queries.version_content(entry, int(side)) if side.isdecimal() and len(side) < 6 else None


@signed_in
def by_code(request: HttpRequest, code: str) -> HttpResponse:
    """A resource code resolves for ever, also after re-classification and retirement."""
    issued = IssuedCode.objects.filter(code=code.replace("\x00", "")).first()
    if issued is None or not queries.visible(actor_of(request)).filter(pk=issued.entry_id).exists():
        raise Http404
    return HttpResponseRedirect(reverse("catalog:entry", args=[issued.entry_id]))
