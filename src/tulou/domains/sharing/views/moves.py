"""办理页 of a request and of a grant: one move each, with an opinion."""

from typing import Any, ClassVar

from django import forms
from django.http import Http404
from django.urls import reverse

from tulou.domains.sharing import queries, services
from tulou.domains.sharing.models import Grant, Request
from tulou.domains.sharing.views.request import request_or_404
from tulou.domains.sharing.workflow import GRANT, REQUEST
from tulou.kernel.permissions import action
from tulou.kernel.ui.forms import IdempotentForm
from tulou.kernel.ui.moves import MoveForm, MovePage
from tulou.kernel.ui.pages import Crumb


class RequestMove(MovePage):
    """A move of a request."""

    flow = REQUEST

    def get_object(self) -> Request:
        """Scoped to the viewer."""
        return request_or_404(self.actor, self.kwargs["pk"])

    def crumbs(self) -> tuple[Crumb, ...]:
        """Below the request."""
        return (Crumb(self.object.number, self.object_url()),)

    @property
    def lead(self) -> str:  # type: ignore[override]
        """Which request."""
        return f"{self.object.number}　申请“{self.object.entry.name}”，场景：{self.object.scenario}"


class NeededNote(MoveForm):
    """A move that needs its reason."""

    note = forms.CharField(
        label="内容", max_length=2000, widget=forms.Textarea(attrs={"rows": 5}), help_text="写入办理过程，双方都能看到"
    )


@action("sharing.endorse")
class Endorse(RequestMove):
    """部门审核通过."""

    move = "endorse"

    def make(self, obj: Request, **facts: Any) -> object:
        """Stand behind it."""
        return services.endorse(obj, actor=self.actor, **facts)


@action("sharing.endorse")
class SendBack(RequestMove):
    """退回修改."""

    move = "send_back"
    form_class = NeededNote

    def make(self, obj: Request, **facts: Any) -> object:
        """Say what to change."""
        return services.send_back(obj, remarks=facts["note"], actor=self.actor, revision=facts["revision"])


@action("sharing.request")
class Recall(RequestMove):
    """撤回修改."""

    move = "recall"

    def make(self, obj: Request, **facts: Any) -> object:
        """Take it back to change it."""
        return services.recall(obj, actor=self.actor, **facts)


@action("sharing.request")
class Submit(RequestMove):
    """提交申请."""

    move = "submit"

    def make(self, obj: Request, **facts: Any) -> object:
        """Send it; the acceptance clock starts."""
        return services.submit(obj, actor=self.actor, **facts)


@action("sharing.request")
class Withdraw(RequestMove):
    """撤回申请."""

    move = "withdraw"

    def make(self, obj: Request, **facts: Any) -> object:
        """Take it back for good."""
        return services.withdraw(obj, reason=facts["note"], actor=self.actor, revision=facts["revision"])


@action("sharing.accept")
class Accept(RequestMove):
    """受理."""

    move = "accept"

    def make(self, obj: Request, **facts: Any) -> object:
        """Take it in; the provider's clock starts."""
        return services.accept(obj, actor=self.actor, **facts)


@action("sharing.accept")
class Query(RequestMove):
    """要求补正."""

    move = "query"
    form_class = NeededNote

    def make(self, obj: Request, **facts: Any) -> object:
        """Ask once for everything; the clock pauses."""
        return services.query(obj, question=facts["note"], actor=self.actor, revision=facts["revision"])


@action("sharing.accept")
class Extend(RequestMove):
    """同意延期."""

    move = "extend"
    form_class = NeededNote

    def make(self, obj: Request, **facts: Any) -> object:
        """The one extension that the rule allows."""
        return services.extend(obj, reason=facts["note"], actor=self.actor, revision=facts["revision"])


class CorrectForm(NeededNote):
    """The answer, and what of the request it changes."""

    note = forms.CharField(
        label="补正说明", max_length=2000, widget=forms.Textarea(attrs={"rows": 4}),
        help_text="逐条回答补正要求；提交后继续计时",
    )  # fmt: skip
    scenario = forms.CharField(label="使用场景", max_length=200, help_text="需要更准确的，在此修改")
    purpose = forms.CharField(
        label="使用用途", max_length=300, widget=forms.Textarea(attrs={"rows": 3}), help_text="需要更具体的，在此修改"
    )
    basis_note = forms.CharField(label="依据说明", max_length=300, required=False, help_text="补充条文怎样适用")
    matter = forms.CharField(label="业务事项", max_length=120, required=False, help_text="补充权责清单事项")
    disposal = forms.CharField(
        label="数据处置承诺",
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="需要更明确的，在此修改",
    )


@action("sharing.request")
class Correct(RequestMove):
    """提交补正."""

    move = "correct"
    form_class = CorrectForm

    def form_kwargs(self) -> dict[str, Any]:
        """As the request says now."""
        names = ("scenario", "purpose", "basis_note", "matter", "disposal", "revision")
        return {"initial": {name: getattr(self.object, name) for name in names}}

    def make(self, obj: Request, **facts: Any) -> object:
        """Answer; the clock goes on."""
        said = {name: value for name, value in facts.items() if name not in ("note", "revision")}
        changes = {name: value for name, value in said.items() if value != getattr(obj, name)}
        return services.correct(
            obj, answer=facts["note"], changes=changes, actor=self.actor, revision=facts["revision"]
        )


class GrantMove(MovePage):
    """A move of a grant, by its provider or the authority, with a reason that the consumer reads."""

    flow = GRANT
    form_class: ClassVar[type[IdempotentForm]] = NeededNote

    def get_object(self) -> Grant:
        """Scoped to the viewer."""
        found = queries.grants(self.actor).filter(pk=self.kwargs["pk"]).first()
        if found is None:
            raise Http404
        return found

    def crumbs(self) -> tuple[Crumb, ...]:
        """Below the grant."""
        return (Crumb("共享授权", reverse("sharing:grants")), Crumb(str(self.object), self.object_url()))


@action("sharing.handle")
class Suspend(GrantMove):
    """暂停."""

    move = "suspend"

    def make(self, obj: Grant, **facts: Any) -> object:
        """Every channel refuses at once."""
        return services.suspend_grant(obj, reason=facts["note"], actor=self.actor, revision=facts["revision"])


@action("sharing.handle")
class Resume(GrantMove):
    """恢复."""

    move = "resume"

    def make(self, obj: Grant, **facts: Any) -> object:
        """It works again."""
        return services.resume_grant(obj, reason=facts["note"], actor=self.actor, revision=facts["revision"])


@action("sharing.handle")
class Revoke(GrantMove):
    """撤销."""

    move = "revoke"

    def make(self, obj: Grant, **facts: Any) -> object:
        """For good."""
        return services.revoke_grant(obj, reason=facts["note"], actor=self.actor, revision=facts["revision"])
