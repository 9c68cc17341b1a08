"""台账: the list page that most of the product consists of.

A room names a table, a filter set and a queryset scoped to the viewer. It gets search, filters that survive in the
address, sorting, paging, a choice of columns, export with evidence, and actions on many rows.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Literal

import django_filters
import django_tables2 as tables
from django.contrib import messages
from django.core.exceptions import BadRequest, PermissionDenied, ValidationError
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import render
from django.utils.cache import patch_vary_headers
from django.utils.functional import cached_property
from django.views import View

from tulou.kernel.identity import Actor, actor_of
from tulou.kernel.permissions import may
from tulou.kernel.ui import bulk, exports, once
from tulou.kernel.ui.bulk import BulkAction
from tulou.kernel.ui.tables import RegisterTable


@dataclass(frozen=True)
class Button:
    """A link of a page's heading. `action` is the permission that shows it."""

    title: str
    url: str
    icon: str = ""
    kind: Literal["primary", "secondary", "danger"] = "secondary"
    action: str | None = None


@dataclass(frozen=True)
class Empty:
    """What a register says when nothing was ever entered."""

    title: str = "还没有记录"
    text: str = ""
    icon: str = "inbox"


class RegisterView(View):
    """Subclass, name the parts, and decorate `as_view()` with the permission that opens it."""

    code: ClassVar[str]
    title: ClassVar[str]
    lead: ClassVar[str] = ""
    table_class: ClassVar[type[RegisterTable]]
    filterset_class: ClassVar[type[django_filters.FilterSet] | None] = None
    search_fields: ClassVar[Sequence[str]] = ()
    search_hint: ClassVar[str] = "输入名称或编号"
    default_columns: ClassVar[Sequence[str]] = ()
    page_sizes: ClassVar[Sequence[int]] = (20, 50, 100)
    bulk_actions: ClassVar[Sequence[BulkAction]] = ()
    exportable: ClassVar[bool] = True
    export_limit: ClassVar[int] = 50_000
    empty: ClassVar[Empty] = Empty()
    template_name: ClassVar[str] = "ui/register.html"

    # What a room overrides

    def queryset(self) -> QuerySet[Any]:
        """The rows this viewer may see; `select_related` what the columns show."""
        raise NotImplementedError(f"{type(self).__name__} must say which rows its viewer may see")

    def search(self, rows: QuerySet[Any], text: str) -> QuerySet[Any]:
        """Rows that match the search box: every word in at least one of `search_fields`."""
        for word in text.split():
            matches = Q()
            for field in self.search_fields:
                matches |= Q(**{f"{field}__icontains": word})
            rows = rows.filter(matches)
        return rows

    def buttons(self) -> Sequence[Button]:
        """Links of the heading, such as 新建."""
        return ()

    def extra(self) -> dict[str, Any]:
        """Further context for a room's own template."""
        return {}

    # Requests

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """The page, its table alone for htmx, or an export."""
        form = request.GET.get("export")
        if form:
            return self._export(form)
        part = getattr(request, "htmx", None)
        whole = not part or part.history_restore_request or part.target != "register"
        response = render(request, self.template_name if whole else "ui/_register.html", self._context())
        patch_vary_headers(response, ["HX-Request", "HX-Target"])
        return response

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """An action on the selected rows; the outcome is shown on the page that follows."""
        action = next((known for known in self.actions if known.code == request.POST.get("bulk")), None)
        if action is None:
            raise PermissionDenied("您不能批量办理此事项；如需办理，请联系本单位管理员开通相应角色")
        selected = request.POST.getlist("selection")
        if not selected:
            messages.warning(request, "请先勾选要办理的记录")
        elif self._first_time(request):
            rows = self._selected(selected)
            outcome = bulk.run(action, rows, actor=self.actor, selected=len(set(selected)))
            request.session[f"register:{self.code}:outcome"] = outcome.as_json()
        return HttpResponseRedirect(request.get_full_path())

    def _first_time(self, request: HttpRequest) -> bool:
        try:
            earlier = once.claim(request.POST.get("once", ""), self.actor)
        except ValueError as wrong:
            raise BadRequest("页面已过期，请刷新后重试") from wrong
        if earlier is not None:
            messages.info(request, "该操作已经提交过，没有重复办理")
        return earlier is None

    def _selected(self, selected: Sequence[str]) -> list[Any]:
        queryset = self.queryset()
        key = queryset.model._meta.pk
        try:
            wanted = {key.to_python(value) for value in selected}
        except ValidationError as wrong:
            raise BadRequest("所选记录的编号无效，请刷新后重选") from wrong
        return list(queryset.filter(pk__in=wanted))

    # Parts

    @property
    def actor(self) -> Actor:
        """Who looks."""
        return actor_of(self.request)

    @cached_property
    def actions(self) -> list[BulkAction]:
        """Actions on many rows that this viewer may use."""
        return [known for known in self.bulk_actions if known.action is None or may(self.actor, known.action)]

    @cached_property
    def text(self) -> str:
        """What the search box holds."""
        return self.request.GET.get("q", "").replace("\x00", "").strip()[:100]

    @cached_property
    def filterset(self) -> django_filters.FilterSet | None:
        """The filters with what the address says."""
        if self.filterset_class is None:
            return None
        return self.filterset_class(self.request.GET, queryset=self.queryset(), request=self.request)

    @cached_property
    def rows(self) -> QuerySet[Any]:
        """Filtered and searched rows. A filter that cannot be read narrows to nothing, never to everything."""
        rows = self.queryset()
        if self.filterset is not None:
            rows = self.filterset.qs if self.filterset.form.is_valid() else rows.none()
        return self.search(rows, self.text) if self.text and self.search_fields else rows

    @cached_property
    def size(self) -> int:
        """Rows on a page."""
        asked = self.request.GET.get("per_page", "")
        return int(asked) if asked.isdigit() and int(asked) in self.page_sizes else self.page_sizes[0]

    @property
    def asked_columns(self) -> list[str]:
        """Columns that the address names, to be kept when the filters change."""
        return [name for name in self.request.GET.getlist("col") if name in self.table_class.base_columns]

    @property
    def kept_parameters(self) -> list[tuple[str, str]]:
        """What the address says apart from columns and page, to be kept when the columns change."""
        kept = [(name, value) for name, values in self.request.GET.lists() for value in values if value]
        return [(name, value) for name, value in kept if name not in ("col", "page", "export")]

    def columns(self) -> list[str]:
        """Names of the shown columns: asked for in the address, else remembered, else the room's choice."""
        known = list(self.table_class.base_columns)
        remembered = f"register:{self.code}:columns"
        asked = self.asked_columns
        if asked and self.request.session.get(remembered) != asked:
            self.request.session[remembered] = asked
        chosen = asked or self.request.session.get(remembered) or list(self.default_columns) or known
        primary = self.table_class.primary or known[0]
        return [name for name in known if name in chosen or name == primary]

    def table(self, *, selectable: bool) -> RegisterTable:
        """The table with its chosen columns, sorted and paged."""
        shown = self.columns()
        extra = [("selection", tables.CheckBoxColumn(accessor="pk", orderable=False))] if selectable else []
        table = self.table_class(
            self.rows,
            exclude=[name for name in self.table_class.base_columns if name not in shown],
            extra_columns=extra,
            sequence=(["selection"] if selectable else []) + ["..."],
            empty_text="",
        )
        table.request = self.request
        if order := self.request.GET.getlist("sort"):
            table.order_by = order
        page = self.request.GET.get("page", "1")
        table.paginate(per_page=self.size)
        table.page = table.paginator.get_page(int(page) if page.isdecimal() else 1)
        return table

    def _export(self, form: str) -> HttpResponseBase:
        if not self.exportable or form not in exports.MEDIA:
            raise BadRequest("不支持的导出格式，请选择 CSV 或 XLSX")
        found = self.rows.count()
        if found > self.export_limit:
            messages.warning(
                self.request,
                f"共 {found:,} 条，超过单次导出上限 {self.export_limit:,} 条，没有导出。请用筛选缩小范围后再导出",
            )
            query = self.request.GET.copy()
            del query["export"]
            return HttpResponseRedirect(f"{self.request.path}?{query.urlencode()}")
        table = self.table(selectable=False)
        return exports.export(
            table,
            self.columns(),
            form,  # type: ignore[arg-type]
            code=self.code,
            title=self.title,
            actor=self.actor,
            query=self.request.GET.urlencode(),
        )

    def _context(self) -> dict[str, Any]:
        table = self.table(selectable=bool(self.actions))
        return {
            "register": self,
            "table": table,
            "filterset": self.filterset,
            "buttons": [b for b in self.buttons() if b.action is None or may(self.actor, b.action)],
            "narrowed": self._narrowed(),
            "all_columns": self._column_choices(),
            "once": once.new_token() if self.actions else "",
            "outcome": self.request.session.pop(f"register:{self.code}:outcome", None) if self.actions else None,
            **self.extra(),
        }

    def _column_choices(self) -> list[tuple[str, str, bool]]:
        shown = self.columns()
        headings = {name: bound.header for name, bound in self.table_class(self.queryset().none()).columns.items()}
        return [(name, str(headings[name]), name in shown) for name in self.table_class.base_columns]

    def _narrowed(self) -> bool:
        names = set(self.filterset.filters) if self.filterset is not None else set()
        asked = {
            name.removesuffix("_min").removesuffix("_max").removesuffix("_after").removesuffix("_before")
            for name, value in self.request.GET.items()
            if value
        }
        return bool(self.text or names & asked)
