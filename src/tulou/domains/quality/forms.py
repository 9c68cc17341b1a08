"""Forms of quality. The form of a rule has the fields that its kind asks for, from the plane's own catalogue."""

from collections.abc import Sequence
from copy import deepcopy
from typing import Any

from django import forms

from tulou.domains.catalog.public import ItemInfo
from tulou.domains.quality.binding import TICKET_ABOVE, BindingSpec
from tulou.domains.quality.models import RuleBinding
from tulou.domains.quality.parameters import PARAMETERS
from tulou.domains.quality.vocabulary import Dimension, ErrorType, Resolution, Severity
from tulou.kernel.ui.forms import IdempotentForm, Section
from tulou.kernel.ui.moves import MoveForm
from tulou.plane.rules import RULE_KINDS, Rule


class RuleForm(IdempotentForm):
    """One rule of one kind."""

    name = forms.CharField(label="规则名称", max_length=80, help_text="一句话，例如：名称不超过30个字符")
    severity = forms.ChoiceField(
        label="未通过的行", choices=Severity.choices, help_text="影响使用的问题选拦截，其余选提醒"
    )
    dimension = forms.ChoiceField(label="质量维度", choices=Dimension.choices, help_text="按 GB/T 36344 的六个维度计分")
    weight = forms.IntegerField(
        label="权重", min_value=0, max_value=100, initial=1, help_text="0 表示只检核、不计分；一般为 1"
    )
    ticket_above = forms.IntegerField(
        label="生成整改单的比例（万分之）", min_value=0, max_value=10_000, initial=TICKET_ABOVE,
        help_text="仅对提醒类：未通过的行超过此比例才生成整改单；拦截类有一行即生成",
    )  # fmt: skip
    message = forms.CharField(
        label="提示", required=False, max_length=200, help_text="写给更正数据的人；留空时由系统按规则生成"
    )

    def __init__(
        self, *args: Any, kind: str, items: Sequence[ItemInfo], binding: RuleBinding | None = None, **kwargs: Any
    ) -> None:
        self.kind, self.binding = kind, binding
        parameters = deepcopy(PARAMETERS.get(kind, {}))
        self.parameters = tuple(parameters)
        if binding is not None:
            kwargs["initial"] = {**kept(binding), **kwargs.get("initial", {})}
        super().__init__(*args, **kwargs)
        self.fields.update(parameters)
        self._add_columns(items)
        if binding is None:
            self.fields["rule"] = forms.RegexField(
                r"[a-z0-9][a-z0-9_.]{0,79}", label="规则编号", required=False,
                error_messages={"invalid": "只能用小写字母、数字、点和下划线，以字母或数字开头"},
                help_text="回执和整改单以此称呼这条规则，保存后不能修改；留空时自动编号",
            )  # fmt: skip
            self.fields["dimension"].initial = RULE_KINDS[kind].dimension

    def _add_columns(self, items: Sequence[ItemInfo]) -> None:
        fewest, most = RULE_KINDS[self.kind].columns
        choices = [(item.name, f"{item.label}（{item.name}）") for item in items]
        if "sex" in self.fields:
            self.fields["sex"].choices = [("", "不核对"), *choices]  # type: ignore[attr-defined]  # a field with choices
        if self.kind == "expression":
            return
        if (fewest, most) == (1, 1):
            self.fields["columns"] = forms.ChoiceField(label="信息项", choices=choices, help_text="检核哪个信息项")
        elif (fewest, most) == (2, 2):
            for at, label in ((1, "前一列"), (2, "后一列")):
                field = forms.ChoiceField(label=label, choices=choices, help_text="两列的类型须相同")
                self.fields["columns" if at == 1 else "second"] = field
        else:
            self.fields["columns"] = forms.MultipleChoiceField(
                label="信息项", choices=choices, widget=forms.CheckboxSelectMultiple, help_text="这些信息项合起来不重复"
            )

    @property
    def sections(self) -> Sequence[Section]:  # type: ignore[override]
        """What is checked, what it is called, and what follows."""
        asked = tuple(name for name in ("columns", "second", *self.parameters) if name in self.fields)
        told = ("name", "rule", "message")
        return (
            Section("检核什么", asked, RULE_KINDS[self.kind].title),
            Section("如何称呼", told),
            Section("未通过时", ("severity", "ticket_above", "dimension", "weight")),
        )

    def spec(self) -> BindingSpec:
        """What was filled in, as the service takes it."""
        facts = self.cleaned_data
        columns = facts.get("columns") or []
        chosen = [columns] if isinstance(columns, str) else list(columns)
        chosen += [facts["second"]] if facts.get("second") else []
        params = {name: value for name in self.parameters if (value := self._parameter(name)) is not None}
        table = params.pop("code_table", "")
        fallback = ".".join([*(chosen or ["rule"]), self.kind])[:80]
        rule = Rule(
            id=self.binding.rule if self.binding else facts.get("rule") or fallback,
            name=facts["name"],
            kind=self.kind,
            columns=tuple(chosen),
            params=params,
            severity=facts["severity"],
            dimension=facts["dimension"],
            message=facts["message"],
            weight=facts["weight"],
        )
        return BindingSpec(rule, table, facts["ticket_above"])

    def _parameter(self, name: str) -> Any:
        value = self.cleaned_data.get(name)
        if name == "values":
            value = [line.strip() for line in str(value or "").splitlines() if line.strip()]
        return None if value in ("", None, []) else value


def kept(binding: RuleBinding) -> dict[str, Any]:
    """A bound rule as the form shows it."""
    params = {name: "\n".join(value) if isinstance(value, list) else value for name, value in binding.params.items()}
    fewest, most = RULE_KINDS[binding.kind].columns
    columns: Any = binding.columns if most > 2 else next(iter(binding.columns), "")
    return {
        "name": binding.name, "severity": binding.severity, "dimension": binding.dimension, "weight": binding.weight,
        "ticket_above": binding.ticket_above, "message": binding.message, "code_table": binding.code_table,
        "columns": columns, "second": binding.columns[1] if (fewest, most) == (2, 2) else "", **params,
    }  # fmt: skip


class SwitchForm(IdempotentForm):
    """Why a rule is set aside or asked again."""

    note = forms.CharField(
        label="原因", max_length=200, widget=forms.Textarea(attrs={"rows": 3}), help_text="写入规则的变更记录"
    )


class ProposalsForm(IdempotentForm):
    """Which of the suggested rules are taken."""

    rules = forms.MultipleChoiceField(
        label="建议规则", required=False, widget=forms.CheckboxSelectMultiple,
        help_text="由目录的长度、代码表和名称推出；采用后仍可修改",
    )  # fmt: skip

    def __init__(self, *args: Any, offered: Sequence[Rule], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        words = {"block": "拦截", "warn": "提醒"}
        choices = [(r.id, f"{r.name}（{RULE_KINDS[r.kind].title}，{words[r.severity]}）") for r in offered]
        self.fields["rules"].choices = choices  # type: ignore[attr-defined]  # a field with choices
        self.fields["rules"].initial = [rule.id for rule in offered]


class ReportForm(IdempotentForm):
    """异议纠错: what is wrong, where, and what would be right."""

    item = forms.ChoiceField(label="信息项", required=False, help_text="整条目录的问题可以不选")
    error_type = forms.ChoiceField(label="错误类型", choices=ErrorType.choices, help_text="最接近的一种")
    description = forms.CharField(
        label="问题说明", max_length=500, widget=forms.Textarea(attrs={"rows": 4}),
        help_text="哪里不对、如何发现；请不要填写身份证号、手机号等个人信息",
    )  # fmt: skip
    record_key = forms.CharField(
        label="记录标识", required=False, max_length=200, help_text="例如区划代码；含个人信息的目录只保存摘要"
    )
    claim = forms.CharField(
        label="您认为的正确值",
        required=False,
        max_length=300,
        help_text="敏感信息项只保存摘要，请线下向数源单位提供佐证",
    )
    evidence = forms.CharField(
        label="佐证", required=False, max_length=500, help_text="文件名称和文号、公告网址或来源目录，便于数源单位核查"
    )

    def __init__(self, *args: Any, items: Sequence[ItemInfo], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [("", "整条目录"), *((item.name, item.label) for item in items)]
        self.fields["item"].choices = choices  # type: ignore[attr-defined]  # a field with choices


class FixedForm(MoveForm):
    """What the source did."""

    resolution = forms.ChoiceField(label="整改结果", choices=Resolution.choices, help_text="经核实无误的，请说明依据")
    field_order = ("resolution", "note")


class CheckForm(IdempotentForm):
    """Nothing to fill in: the button alone asks for the check."""
