"""Pages of rules: choose a kind, fill its form, change it, set it aside, take what is suggested."""

from collections.abc import Sequence
from typing import Any, ClassVar
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from tulou.domains.catalog.public import EntryInfo, entry, items
from tulou.domains.quality import binding, queries, rulebook
from tulou.domains.quality.forms import ProposalsForm, RuleForm, SwitchForm
from tulou.domains.quality.models import RuleBinding
from tulou.domains.quality.views.entry import EntryView, crumbs_of, entry_or_404
from tulou.kernel.permissions import action, require
from tulou.kernel.temporal.recording import everything_known
from tulou.kernel.ui.forms import FormPage, IdempotentForm
from tulou.kernel.ui.pages import Crumb
from tulou.plane.rules import RULE_KINDS

#: What each kind is for, in the words of those who keep data.
USES = {
    "required": "每一行都要有值，例如姓名、代码",
    "type": "数值是数值、日期是日期",
    "length": "字符数有上下限，或固定",
    "pattern": "有固定写法，例如六位数字",
    "range": "数值或日期不能越界",
    "in_list": "只能取代码表中的值",
    "id_no": "校验码、出生日期真实，兼查15位旧号和小写x",
    "uscc": "字符集和校验码正确",
    "date": "以文本保存的日期真实存在",
    "unique": "一列或几列合起来不重复",
    "compare": "例如结束日期不早于开始日期",
    "expression": "以上都不合适时，自己写条件",
    "not_test_data": "查出“测试”“123456”一类的行",
    "not_scientific": "查出被电子表格改成 3.5E+17 的号码",
    "reference": "取值须在另一张已入库的表中存在",
}


@action("quality.define")
class ChooseKind(EntryView):
    """Which kind of rule: each with what it is for."""

    def get(self, request: HttpRequest, entry: UUID) -> HttpResponse:
        """The kinds as cards."""
        require(self.actor, "quality.define", organisation=self.entry.provider)
        kinds = [
            (kind.title, USES[code], kind.dimension, reverse("quality:new-rule", args=[entry, code]))
            for code, kind in RULE_KINDS.items()
        ]
        context = {"entry": self.entry, "kinds": kinds, "crumbs": crumbs_of(self.entry)}
        return render(request, "quality/kinds.html", context)


class RulePage(FormPage):
    """What all forms about rules share."""

    form_class: ClassVar[type[IdempotentForm]] = RuleForm
    entry: EntryInfo
    template_name = "quality/rule.html"

    def crumbs(self) -> Sequence[Crumb]:
        """Below the entry's quality."""
        return crumbs_of(self.entry)

    @property
    def cancel_url(self) -> str:
        """Back to the entry's rules."""
        return reverse("quality:entry", args=[self.entry.id])


@action("quality.define")
class NewRule(RulePage):
    """A new rule of a kind; `?from=` begins with a built-in one, to stand in its place."""

    submit_label, success = "保存规则", "规则已保存，下一批数据起生效"

    def prepare(self) -> None:
        """Only for the source's own people."""
        self.entry = entry_or_404(self.actor, self.kwargs["entry"])
        self.kind = self.kwargs["kind"]
        if self.kind not in RULE_KINDS:
            raise Http404
        require(self.actor, "quality.define", organisation=self.entry.provider)

    @property
    def title(self) -> str:  # type: ignore[override]
        """Which kind."""
        return f"新增规则：{RULE_KINDS[self.kind].title}"

    @property
    def lead(self) -> str:  # type: ignore[override]
        """What it is for."""
        return f"{self.entry.name} · {USES[self.kind]}"

    def form_kwargs(self) -> dict[str, Any]:
        """The entry's items, and what a built-in rule says."""
        kwargs: dict[str, Any] = {"kind": self.kind, "items": items(self.entry.id)}
        wanted = self.request.GET.get("from", "")
        rule = next((one for one in rulebook.built_in(self.entry.id) if one.id == wanted), None)
        if rule is not None:
            column = next(iter(rule.columns), "")
            kwargs["initial"] = {"rule": rule.id, "name": rule.name, "columns": column, "dimension": rule.dimension}
        return kwargs

    def perform(self, form: Any, *, draft: bool) -> str:
        """Bind it."""
        binding.bind_rule(self.entry.id, form.spec(), actor=self.actor)
        return self.cancel_url


class BoundRulePage(RulePage):
    """A page about one bound rule."""

    rule: RuleBinding

    def prepare(self) -> None:
        """The rule of an own entry; of others it is not even said that it exists."""
        found = queries.binding_for(self.actor, self.kwargs["pk"])
        known = entry(found.entry_id) if found else None
        if found is None or known is None:
            raise Http404
        require(self.actor, "quality.define", organisation=known.provider)
        self.rule, self.entry = found, known

    @property
    def lead(self) -> str:  # type: ignore[override]
        """Which rule of which entry."""
        return f"{self.entry.name} · {self.rule.name}（{self.rule.rule}）"


@action("quality.define")
class ChangeRule(BoundRulePage):
    """Change a rule; below, what it said before."""

    title, submit_label, success = "修改规则", "保存修改", "规则已修改，下一批数据起生效"

    def form_kwargs(self) -> dict[str, Any]:
        """What it says now."""
        return {"kind": self.rule.kind, "items": items(self.entry.id), "binding": self.rule}

    def extra(self) -> dict[str, Any]:
        """Its past, and the way to set it aside."""
        url = reverse("quality:disable" if self.rule.enabled else "quality:enable", args=[self.rule.id])
        return {"rule": self.rule, "switch_url": url, "history": list(everything_known(self.rule)[:20])}

    def perform(self, form: Any, *, draft: bool) -> str:
        """Change it."""
        binding.change_rule(self.rule, form.spec(), actor=self.actor)
        return self.cancel_url


@action("quality.define")
class SwitchRule(BoundRulePage):
    """Set a rule aside, or ask it again."""

    form_class = SwitchForm
    template_name = "ui/form.html"
    enables = False

    @property
    def title(self) -> str:  # type: ignore[override]
        """What is done."""
        return "重新启用规则" if self.enables else "停用规则"

    @property
    def submit_label(self) -> str:  # type: ignore[override]
        """What is done."""
        return "确认启用" if self.enables else "确认停用"

    @property
    def success(self) -> str:  # type: ignore[override]
        """What was done."""
        return "规则已启用" if self.enables else "规则已停用，历次检核结果保留"

    def perform(self, form: Any, *, draft: bool) -> str:
        """Switch it."""
        command = binding.enable_rule if self.enables else binding.disable_rule
        command(self.rule, reason=form.cleaned_data["note"], actor=self.actor)
        return self.cancel_url


@action("quality.define")
class TakeProposals(RulePage):
    """采用建议规则."""

    title, submit_label, success = "采用建议规则", "采用所选规则", "规则已采用，下一批数据起生效"
    form_class = ProposalsForm
    template_name = "ui/form.html"

    def prepare(self) -> None:
        """Only for the source's own people."""
        self.entry = entry_or_404(self.actor, self.kwargs["entry"])
        require(self.actor, "quality.define", organisation=self.entry.provider)

    @property
    def lead(self) -> str:  # type: ignore[override]
        """Whence they come."""
        return f"{self.entry.name}：以下规则由目录内容推出，尚未设定。"

    def form_kwargs(self) -> dict[str, Any]:
        """What is offered."""
        return {"offered": rulebook.proposals(self.entry.id)}

    def perform(self, form: Any, *, draft: bool) -> str:
        """Bind the chosen ones."""
        binding.adopt_proposals(self.entry.id, form.cleaned_data["rules"], actor=self.actor)
        return self.cancel_url
