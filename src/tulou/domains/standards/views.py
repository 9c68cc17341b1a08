"""代码表: the register, a table with its editions, and the codes of an edition with search."""

from functools import cached_property
from typing import Any, ClassVar

from django.db.models import Count, QuerySet
from django.http import Http404
from django.urls import reverse

from tulou.domains.standards.models import Code, CodeTable, CodeTableVersion
from tulou.domains.standards.queries import version_in_force
from tulou.kernel.calendar import today
from tulou.kernel.permissions import signed_in
from tulou.kernel.ui.filters import ChoiceFilter, RegisterFilters
from tulou.kernel.ui.pages import Crumb
from tulou.kernel.ui.registers import Empty, RegisterView
from tulou.kernel.ui.tables import CodeColumn, NumberColumn, RegisterTable, TextColumn


class TableTable(RegisterTable):
    """Code tables."""

    primary = "name"
    name = TextColumn(verbose_name="名称", linkify=lambda record: reverse("standards:table", args=[record.code]))
    code = CodeColumn(verbose_name="编号")
    standard = TextColumn(verbose_name="所依标准")
    editions = NumberColumn(verbose_name="版本数")


@signed_in
class CodeTables(RegisterView):
    """代码表."""

    code, title = "standards.tables", "代码表"
    lead = "信息项引用的代码表；每个版本从启用之日起有效，旧版本永久保留。"
    table_class = TableTable
    search_fields = ("name", "code", "standard")
    search_hint = "输入代码表名称或标准号"
    empty = Empty("还没有代码表", "代码表由目录审核员导入。", "book")

    def queryset(self) -> QuerySet[CodeTable]:
        """All tables."""
        return CodeTable.objects.annotate(editions=Count("versions"))


class CodeRows(RegisterTable):
    """Codes of one edition."""

    primary = "value"
    value = CodeColumn(verbose_name="代码")
    label = TextColumn(verbose_name="含义")
    parent = CodeColumn(verbose_name="上级代码")


class CodeFilters(RegisterFilters):
    """Which edition."""

    edition = ChoiceFilter(label="版本", empty_label="现行版本", method="keep")

    class Meta:
        model = Code
        fields: ClassVar = ["edition"]

    def __init__(self, *args: Any, queryset: Any = None, **kwargs: Any) -> None:
        super().__init__(*args, queryset=queryset, **kwargs)
        code = self.request.resolver_match.kwargs["code"]
        versions = CodeTableVersion.objects.filter(table__code=code).order_by("-valid_from")
        self.filters["edition"].extra["choices"] = [(v, v) for v in versions.values_list("version", flat=True)]

    def keep(self, rows: QuerySet[Code], name: str, value: str) -> QuerySet[Code]:
        """The edition chooses the rows before any filter; see the register's queryset."""
        return rows


@signed_in
class Codes(RegisterView):
    """The codes of the edition in force, or of the one that `?edition=` names."""

    code = "standards.codes"
    table_class, filterset_class = CodeRows, CodeFilters
    search_fields = ("value", "label")
    search_hint = "输入代码或含义"
    page_sizes = (50, 100, 200)
    template_name = "standards/table.html"
    empty = Empty("该版本没有代码")

    @cached_property
    def known(self) -> CodeTable:
        """The table that the address names."""
        found = CodeTable.objects.filter(code=self.kwargs["code"]).first()
        if found is None:
            raise Http404
        return found

    @cached_property
    def editions(self) -> list[CodeTableVersion]:
        """Its editions, newest first."""
        return list(self.known.versions.annotate(size=Count("codes")).order_by("-valid_from"))

    @cached_property
    def edition(self) -> CodeTableVersion | None:
        """The edition shown."""
        asked = self.request.GET.get("edition", "")
        if asked:
            chosen = next((edition for edition in self.editions if edition.version == asked), None)
            if chosen is None:
                raise Http404
            return chosen
        current = version_in_force(self.known.code, today())
        return current or (self.editions[0] if self.editions else None)

    @property
    def title(self) -> str:  # type: ignore[override]
        """The table's name."""
        return self.known.name

    @property
    def lead(self) -> str:  # type: ignore[override]
        """Standard and number."""
        return f"编号 {self.known.code}" + (f" · 依据 {self.known.standard}" if self.known.standard else "")

    def queryset(self) -> QuerySet[Code]:
        """The edition's codes, by value."""
        return Code.objects.filter(version=self.edition).order_by("value") if self.edition else Code.objects.none()

    def extra(self) -> dict[str, Any]:
        """The editions to choose from."""
        return {
            "edition": self.edition,
            "editions": self.editions,
            "crumbs": [Crumb("代码表", reverse("standards:tables"))],
        }
