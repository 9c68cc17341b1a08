"""The moves of an entry, each on a page of its own; the bureau's two outcomes share one desk."""

from typing import Any

from django import forms
from django.urls import reverse

from tulou.domains.catalog import checks, queries, services
from tulou.domains.catalog.content import content_of, diff, working_content
from tulou.domains.catalog.models import Entry
from tulou.domains.catalog.policies import may_compile, may_review
from tulou.domains.catalog.presentation import groups, items
from tulou.domains.catalog.views.entry import entry_or_404
from tulou.domains.catalog.workflow import ENTRY
from tulou.kernel.calendar import today
from tulou.kernel.permissions import Forbidden, action
from tulou.kernel.ui.forms import FormPage, IdempotentForm
from tulou.kernel.ui.moves import MoveForm, MovePage
from tulou.kernel.ui.pages import Crumb


class EntryMove(MovePage):
    """A move of an entry; subclasses name it and call the service."""

    flow = ENTRY

    def get_object(self) -> Entry:
        """The entry, scoped to the viewer."""
        return entry_or_404(self.actor, self.kwargs["pk"])

    def crumbs(self) -> tuple[Crumb, ...]:
        """Below the entry."""
        return (Crumb("目录检索", reverse("catalog:search")), Crumb(self.object.name, self.object_url()))

    def object_url(self) -> str:
        """The entry's page."""
        return reverse("catalog:entry", args=[self.object.pk])


@action("catalog.endorse")
class Endorse(EntryMove):
    """部门审核通过, for a new entry."""

    move = "endorse"
    template_name = "catalog/endorse.html"

    def extra(self) -> dict[str, Any]:
        """What is agreed to."""
        content = working_content(self.object)
        return {
            "findings": checks.findings(content, on=today()),
            "changes": diff(content_of(self.object), content) if self.object.version else [],
            "content": content,
            "groups": groups(content, internal=True),
            "items": items(content),
        }

    def make(self, obj: Entry, **facts: Any) -> object:
        """Agree."""
        return services.endorse(obj, actor=self.actor, **facts)


@action("catalog.endorse")
class EndorseChange(Endorse):
    """部门审核通过, for a change."""

    move = "endorse_change"


@action("catalog.compile")
class Submit(EntryMove):
    """提交审核."""

    move = "submit"

    def make(self, obj: Entry, **facts: Any) -> object:
        """Send it to the bureau."""
        return services.submit(obj, actor=self.actor, **facts)


@action("catalog.compile")
class SubmitChange(Submit):
    """提交变更审核."""

    move = "submit_change"


@action("catalog.compile")
class Recall(EntryMove):
    """撤回修改."""

    move = "recall"

    def make(self, obj: Entry, **facts: Any) -> object:
        """Take it back."""
        return services.recall(obj, actor=self.actor, **facts)


@action("catalog.compile")
class RecallChange(Recall):
    """撤回变更修改."""

    move = "recall_change"


class ChangeForm(IdempotentForm):
    """Why a published entry changes, and since when the reason exists."""

    revision = forms.IntegerField(widget=forms.HiddenInput)
    reason = forms.CharField(
        label="变更原因",
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="例如：职责调整、信息系统升级、字段增减、共享类型调整；随版本公布",
    )
    trigger_on = forms.DateField(
        label="变更触发日期",
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
        help_text="引起变更的事项发生之日，例如新系统上线日；不能晚于今天。发起之日起按更新时限完成变更",
    )


@action("catalog.compile")
class Change(EntryMove):
    """发起变更."""

    move = "change"
    form_class = ChangeForm

    def form_kwargs(self) -> dict[str, Any]:
        """Today, unless the reason is older."""
        return {"initial": {"revision": self.object.revision, "trigger_on": today()}}

    def make(self, obj: Entry, **facts: Any) -> object:
        """Open the change; the clock starts."""
        return services.begin_change(obj, actor=self.actor, **facts)


@action("catalog.compile")
class AbandonChange(EntryMove):
    """放弃变更."""

    move = "abandon_change"

    def make(self, obj: Entry, **facts: Any) -> object:
        """Drop the draft."""
        return services.abandon_change(obj, actor=self.actor, **facts)


@action("catalog.review")
class Retire(EntryMove):
    """停用目录."""

    move = "retire"

    def make(self, obj: Entry, **facts: Any) -> object:
        """Take it out of use."""
        return services.retire(obj, reason=facts["note"], actor=self.actor, revision=facts["revision"])


class OfferForm(IdempotentForm):
    """Nothing to fill in but the click."""


@action("catalog.compile")
class Offer(FormPage):
    """提请部门审核."""

    title = "提请部门审核"
    form_class = OfferForm
    submit_label = "确认提请"
    success = "已提请本部门审批人审核"

    def prepare(self) -> None:
        """Only the provider's data managers."""
        self.entry = entry_or_404(self.actor, self.kwargs["pk"])
        if not may_compile(self.entry, self.actor):
            raise Forbidden(self.actor, "catalog.compile")

    @property
    def lead(self) -> str:  # type: ignore[override]
        """What happens next."""
        return f"“{self.entry.name}”将列入本部门审批人的待办；审核通过后，由您提交数据主管部门审核。"

    @property
    def cancel_url(self) -> str:
        """Back to the entry."""
        return reverse("catalog:entry", args=[self.entry.pk])

    def perform(self, form: Any, *, draft: bool) -> str:
        """Say that it is ready."""
        services.offer(self.entry, actor=self.actor)
        return self.cancel_url


class ReviewForm(MoveForm):
    """Publish, or return with remarks."""

    decision = forms.ChoiceField(
        label="审核结论",
        choices=(("publish", "审核通过并发布"), ("send_back", "退回修改")),
        widget=forms.RadioSelect,
        help_text="发布后赋资源代码（变更沿用原代码），形成新版本，各单位可检索；退回须写明需要修改的内容",
    )
    note = forms.CharField(
        label="审核意见",
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text="退回时必填：逐条写明需要修改的字段和理由，提供方在待办中看到",
    )
    field_order = ["decision", "note"]


@action("catalog.review")
class Review(FormPage):
    """审核台 for one entry: what changed since the last version, what the machine found, and the decision."""

    title = "目录审核"
    form_class = ReviewForm
    submit_label = "确认审核结论"
    success = "审核结论已办理"
    template_name = "catalog/review.html"

    def prepare(self) -> None:
        """Only those whom the flow admits; never the provider itself."""
        self.entry = entry_or_404(self.actor, self.kwargs["pk"])
        if not may_review(self.entry, self.actor):
            raise Forbidden(self.actor, "catalog.review", reason="提供方不能审核本机构的目录")

    @property
    def lead(self) -> str:  # type: ignore[override]
        """Which entry, whose."""
        return f"{self.entry.name}（{self.entry.provider.name}）"

    def crumbs(self) -> tuple[Crumb, ...]:
        """Below the desk."""
        return (Crumb("目录审核", reverse("catalog:desk")), Crumb(self.entry.name, self.entry_url))

    @property
    def entry_url(self) -> str:
        """The entry's page."""
        return reverse("catalog:entry", args=[self.entry.pk])

    @property
    def cancel_url(self) -> str:
        """Back to the desk."""
        return reverse("catalog:desk")

    def form_kwargs(self) -> dict[str, Any]:
        """The revision that this page shows."""
        return {"initial": {"revision": self.entry.revision}}

    def extra(self) -> dict[str, Any]:
        """The submission beside the last version."""
        content = working_content(self.entry)
        previous = queries.version_content(self.entry, self.entry.version) or {}
        return {
            "entry": self.entry,
            "waiting": self.entry.status in queries.SUBMITTED,
            "findings": checks.findings(content, on=today()),
            "changes": diff(previous, content) if self.entry.version else [],
            "content": content,
            "groups": groups(content, internal=True),
            "items": items(content),
        }

    def perform(self, form: Any, *, draft: bool) -> str:
        """Publish or return; the desk shows what is next."""
        facts = form.facts()
        note, revision = facts["note"], facts["revision"]
        if facts["decision"] == "publish":
            services.publish(self.entry, actor=self.actor, note=note, revision=revision)
            return self.entry_url
        services.send_back(self.entry, remarks=note, actor=self.actor, revision=revision)
        return self.cancel_url
