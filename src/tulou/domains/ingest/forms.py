"""Forms of aggregation: drop a file, name a table, settle the columns of a source."""

import re
from collections.abc import Sequence
from typing import Any

from django import forms
from django.http import QueryDict

from tulou.domains.catalog.public import ItemInfo
from tulou.domains.ingest.matching import may_be_left_out
from tulou.domains.ingest.models import Source
from tulou.domains.ingest.services import TableAddress
from tulou.domains.ingest.vocabulary import BY_EXTENSION
from tulou.kernel.ui.forms import IdempotentForm, Section

ACCEPTED = ",".join(f".{extension}" for extension in BY_EXTENSION)
_NAME = re.compile(r"[^\x00-\x1f\"\\]{1,63}")


class FileForm(IdempotentForm):
    """One file."""

    file = forms.FileField(
        label="数据文件",
        help_text="CSV、TSV、XLSX、JSON 或 Parquet，2 GB 以内；第一行为列名，编码和分隔符自动识别",
        error_messages={"required": "请选择要汇聚的数据文件", "empty": "文件是空的，请检查是否传错了文件"},
        widget=forms.ClearableFileInput(attrs={"accept": ACCEPTED}),
        allow_empty_file=True,
    )


class TableForm(IdempotentForm):
    """A table of a PostgreSQL database, kept as a source that can be read again and again."""

    sections = (
        Section("数据库", ("host", "port", "database", "sslmode")),
        Section("账号", ("user", "password"), "加密保存在本节点，保存后任何人都看不到，也不写入日志和留痕"),
        Section("数据表", ("schema", "table", "title", "timeout")),
    )
    host = forms.CharField(label="主机", max_length=253, help_text="来源数据库的主机名或 IP 地址，例如 10.20.1.15")
    port = forms.IntegerField(
        label="端口", initial=5432, min_value=1, max_value=65535, help_text="PostgreSQL 默认 5432"
    )
    database = forms.CharField(label="数据库", max_length=63, help_text="数据库名称")
    sslmode = forms.ChoiceField(
        label="加密连接",
        choices=[("prefer", "来源支持时加密"), ("require", "必须加密"), ("verify-full", "必须加密并核验证书")],
        help_text="跨网接入请选“必须加密”",
    )
    user = forms.CharField(
        label="用户名", max_length=63, help_text="建议由来源系统新建一个只读账号",
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )  # fmt: skip
    password = forms.CharField(
        label="口令", max_length=200, strip=False, help_text="只用于读取这张表",
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )  # fmt: skip
    schema = forms.CharField(label="模式", initial="public", max_length=63, help_text="数据表所在的模式，默认 public")
    table = forms.CharField(label="表或视图", max_length=63, help_text="整张表作为一个批次读取；大小写与来源一致")
    title = forms.CharField(label="来源名称", required=False, max_length=120, help_text="留空时用“模式.表名”")
    timeout = forms.IntegerField(
        label="读取时限（秒）", initial=600, min_value=5, max_value=7200, help_text="来源超过这么久没有应答就停止读取"
    )

    def clean(self) -> dict[str, Any]:
        """Names that a database could have."""
        for field in ("database", "schema", "table"):
            value = str(self.cleaned_data.get(field, ""))
            if value and not _NAME.fullmatch(value):
                self.add_error(field, "名称含有不允许的字符，请按来源数据库中的名称填写")
        return self.cleaned_data

    def address(self) -> TableAddress:
        """What was filled in."""
        return TableAddress(**{name: value for name, value in self.facts().items() if name != "title"})


class StructureForm(IdempotentForm):
    """For each item the column that fills it, and the columns that do not land."""

    def __init__(self, *args: Any, source: Source, items: Sequence[ItemInfo], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.items = items
        columns = [(name, name) for name in source.columns]
        for item in items:
            blank = "本次不报送" if may_be_left_out(item) else "请选择来源列"
            self.fields[f"item_{item.name}"] = forms.ChoiceField(
                label=item.label, choices=[("", blank), *columns], required=False,
                initial=source.mapping.get(item.name, ""),
            )  # fmt: skip
        self.fields["ignored"] = forms.MultipleChoiceField(
            label="不入库的来源列", choices=self._unused(columns), required=False, widget=forms.CheckboxSelectMultiple,
            initial=source.ignored, help_text="勾选的列不会读入数据湖；需要入库的列请先在目录中增加信息项",
        )  # fmt: skip

    def _unused(self, columns: Sequence[tuple[str, str]]) -> list[tuple[str, str]]:
        """Columns that no item takes, by what was posted or else by what is proposed; and those that were ticked."""
        used = {self[f"item_{item.name}"].value() for item in self.items}
        ticked = self.data.getlist("ignored") if isinstance(self.data, QueryDict) else []
        return [pair for pair in columns if pair[0] not in used or pair[0] in ticked]

    def clean(self) -> dict[str, Any]:
        """Every item that must be there has a column."""
        for item in self.items:
            if not self.cleaned_data.get(f"item_{item.name}") and not may_be_left_out(item):
                self.add_error(f"item_{item.name}", "主键或必填的信息项必须有来源列")
        return self.cleaned_data

    def mapping(self) -> dict[str, str]:
        """Item → column."""
        chosen = {item.name: self.cleaned_data[f"item_{item.name}"] for item in self.items}
        return {name: column for name, column in chosen.items() if column}

    def left_out(self) -> list[str]:
        """Items without a column."""
        return [item.name for item in self.items if not self.cleaned_data[f"item_{item.name}"]]
