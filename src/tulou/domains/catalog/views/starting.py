"""编制目录: the four ways to begin: from a file, from a database table, as a copy, or blank."""

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views import View

from tulou.domains.catalog import queries, reading, starting
from tulou.domains.catalog.models import Entry
from tulou.domains.catalog.views.editing import editable_or_refuse
from tulou.kernel.permissions import action
from tulou.kernel.ui.components import draw
from tulou.kernel.ui.forms import FormPage, IdempotentForm
from tulou.kernel.ui.pages import Crumb

NAME_HELP = "业务上的称呼，之后还可以改；留空时取文件名或表名"


@action("catalog.compile")
def start(request: HttpRequest) -> HttpResponse:
    """The choice of the four."""
    crumbs = [Crumb("我的目录", reverse("catalog:mine"))]
    return render(request, "catalog/start.html", {"crumbs": crumbs})


class Start(FormPage):
    """A page that begins an entry, or reads further columns into one (`?entry=`)."""

    submit_label = "读取结构并填写"
    success = ""

    def prepare(self) -> None:
        """The entry to read into, if the address names one."""
        asked = self.request.GET.get("entry", "")
        try:
            self.entry: Entry | None = editable_or_refuse(self.actor, UUID(asked)) if asked else None
        except ValueError:
            self.entry = None

    def crumbs(self) -> tuple[Crumb, ...]:
        """Below the choice, or below the entry."""
        if self.entry is not None:
            return (Crumb(self.entry.name, reverse("catalog:edit", args=[self.entry.pk])),)
        return (Crumb("我的目录", reverse("catalog:mine")), Crumb("编制目录", reverse("catalog:start")))

    @property
    def cancel_url(self) -> str:
        """One step up."""
        return self.crumbs()[-1].url

    @property
    def provider(self) -> UUID:
        """The agency acted for.

        Raises:
            ValidationError: none is chosen.
        """
        if self.actor.party is None:
            raise ValidationError("您当前没有所属机构，不能编制目录；请先在右上角选择办理机构")
        return self.actor.party

    def took(self, structure: reading.Structure, name: str) -> str:
        """Begin or add, say how much was read, and lead to the form."""
        if self.entry is not None:
            added = starting.add_structure(self.entry, structure, actor=self.actor)
            messages.success(self.request, f"读到 {len(structure.proposals)} 个字段，新增 {added} 个；已有的没有改动")
            return reverse("catalog:edit", args=[self.entry.pk])
        chosen = name or structure.name.rpartition("/")[2].rsplit(".", 1)[0 if structure.kind != "postgres" else -1]
        entry = starting.begin_from_structure(structure, chosen[:200], provider=self.provider, actor=self.actor)
        count = len(structure.proposals)
        messages.success(self.request, f"已读取 {count} 个字段并给出建议，请逐项核对后补全其余内容")
        return reverse("catalog:edit", args=[entry.pk])


class FileForm(IdempotentForm):
    """A file to read the structure of."""

    file = forms.FileField(
        label="数据文件",
        help_text="CSV、XLSX、JSON、Parquet，200 MB 以内；只读取表头和前一万行的结构，不保存文件，也不汇聚数据",
        widget=forms.ClearableFileInput(attrs={"accept": ",".join(f".{kind}" for kind in reading.KINDS)}),
    )
    name = forms.CharField(label="目录名称", required=False, max_length=200, help_text=NAME_HELP)


@action("catalog.compile")
class StartFromFile(Start):
    """Drop a file."""

    title = "从文件开始"
    lead = "读出字段名、类型和长度，并按内容建议分级和脱敏；您再逐项确认。"
    form_class = FileForm

    def perform(self, form: Any, *, draft: bool) -> str:
        """Read, begin, lead to the form."""
        upload = form.cleaned_data["file"]
        return self.took(reading.read_file(upload.file, upload.name), form.cleaned_data["name"].strip())


class DatabaseForm(IdempotentForm):
    """A table of a PostgreSQL database, with credentials used once."""

    host = forms.CharField(label="主机", max_length=253, help_text="域名或 IP 地址，例如 10.1.2.3")
    port = forms.IntegerField(
        label="端口", min_value=1, max_value=65535, initial=5432, help_text="PostgreSQL 默认 5432"
    )
    database = forms.CharField(label="数据库", max_length=63, help_text="数据库名称")
    user = forms.CharField(
        label="用户名",
        max_length=63,
        help_text="建议使用只读账号",
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    password = forms.CharField(
        label="口令", max_length=200, strip=False, required=False,
        help_text="只在本次读取结构时使用，不保存；读取失败需要重新输入",
        widget=forms.PasswordInput(attrs={"autocomplete": "off"}),
    )  # fmt: skip
    table = forms.CharField(
        label="表或视图", max_length=127, help_text="模式名.表名，例如 public.marriage；省略模式时为 public"
    )
    name = forms.CharField(label="目录名称", required=False, max_length=200, help_text=NAME_HELP)

    def clean_table(self) -> str:
        """One or two names."""
        table: str = self.cleaned_data["table"].strip()
        if table.count(".") > 1 or not all(table.split(".")):
            raise forms.ValidationError("请按“模式名.表名”填写，例如 public.marriage")
        return table

    def spec(self) -> reading.DatabaseSpec:
        """Where to read."""
        names = ("host", "port", "database", "user", "password", "table")
        return reading.DatabaseSpec(**{name: self.cleaned_data[name] for name in names})


@action("catalog.compile")
class StartFromDatabase(Start):
    """Name a table."""

    title = "从数据库表开始"
    lead = "读取 PostgreSQL 表的字段、类型、主键和注释；不保存口令，也不汇聚数据。"
    form_class = DatabaseForm
    template_name = "catalog/database.html"

    def perform(self, form: Any, *, draft: bool) -> str:
        """Read, begin, lead to the form."""
        return self.took(reading.read_table(form.spec()), form.cleaned_data["name"].strip())


@action("catalog.compile")
class TryDatabase(View):
    """测试连接: says in a sentence whether the table can be reached."""

    def post(self, request: HttpRequest) -> HttpResponse:
        """The sentence alone."""
        form = DatabaseForm(request.POST)
        context: dict[str, Any] = {"tone": "success", "lines": []}
        if not form.is_valid():
            errors = [(form.fields[name].label, found[0]) for name, found in form.errors.items() if name in form.fields]
            context = {"tone": "danger", "lines": [f"{label}：{message}" for label, message in errors if label]}
        else:
            try:
                context["lines"] = [reading.try_table(form.spec())]
            except ValidationError as problem:
                context = {"tone": "danger", "lines": problem.messages}
        return HttpResponse(draw("catalog/_tried.html", request, **context))


class EntryChoice(forms.ModelChoiceField):  # type: ignore[type-arg]  # generic in the stubs alone
    """Entries by name and agency."""

    def label_from_instance(self, obj: Any) -> str:
        """What the list shows."""
        return f"{obj.name}（{obj.provider.short_name}）"


class CopyForm(IdempotentForm):
    """Which entry to copy, under which name; other agencies' entries are copied from their own page."""

    source = EntryChoice(
        queryset=Entry.objects.none(),
        label="复制哪一条",
        help_text="本机构的目录；复制其他机构的，请在其目录页面点“复制为新目录”。只复制内容，不复制数据和办理过程",
        empty_label="请选择",
    )
    name = forms.CharField(label="新目录名称", max_length=200, help_text="本机构内不能与已有目录重名")

    def __init__(self, *args: Any, entries: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["source"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = entries


def _is_id(text: str) -> bool:
    try:
        UUID(text)
    except ValueError:
        return False
    return True


@action("catalog.compile")
class StartFromCopy(Start):
    """Copy an entry."""

    title = "复制已有目录"
    lead = "以一条相近的目录为起点，再改不同的部分。"
    form_class = CopyForm
    submit_label = "复制并编辑"

    def form_kwargs(self) -> dict[str, Any]:
        """Entries that may be copied, one's own first."""
        asked = self.request.GET.get("source", "")
        offered = Q(provider_id__in=queries.own_ids(self.actor))
        if _is_id(asked):
            offered |= Q(pk=asked)
        entries = queries.visible(self.actor).filter(offered).order_by("name")
        return {"entries": entries, "initial": {"source": asked}}

    def perform(self, form: Any, *, draft: bool) -> str:
        """Copy and lead to the form."""
        facts = form.facts()
        copy = starting.begin_copy(facts["source"], facts["name"].strip(), provider=self.provider, actor=self.actor)
        messages.success(self.request, f"已复制“{facts['source'].name}”，请修改不同的部分")
        return reverse("catalog:edit", args=[copy.pk])


class BlankForm(IdempotentForm):
    """A name is enough."""

    name = forms.CharField(
        label="目录名称", max_length=200, help_text="业务上的称呼，例如：婚姻登记信息；本机构内不能重名"
    )


@action("catalog.compile")
class StartBlank(Start):
    """Nothing but a name."""

    title = "空白目录"
    lead = "没有现成文件或数据库表时使用。"
    form_class = BlankForm
    submit_label = "开始编制"

    def perform(self, form: Any, *, draft: bool) -> str:
        """Begin and lead to the form."""
        name = form.cleaned_data["name"].strip()
        return reverse("catalog:edit", args=[starting.begin_blank(name, provider=self.provider, actor=self.actor).pk])
