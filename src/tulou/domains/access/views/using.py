"""取数: each way to the data issues a plan for this moment and sends the browser to the gateway."""

from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.contrib import messages
from django.core.exceptions import BadRequest, ValidationError
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.functional import cached_property
from django.views import View

from tulou.domains.access import queries
from tulou.domains.access.models import Right
from tulou.domains.access.panels import FORMATS
from tulou.domains.access.services import IssuedPlan, issue_key, issue_plan
from tulou.domains.directory.public import systems_of
from tulou.kernel.identity import Actor, actor_of
from tulou.kernel.permissions import action
from tulou.kernel.ui import once
from tulou.kernel.ui.forms import FormPage, IdempotentForm
from tulou.kernel.ui.pages import Crumb
from tulou.kernel.ui.places import Described, described

LOOK = timedelta(minutes=5)


def own_right(actor: Actor, pk: Any) -> Right:
    """A right of the viewer's own organisation; of others it is not even said that they exist."""
    found = Right.objects.filter(pk=pk, caller__in=queries.own_ids(actor)).first()
    if found is None:
        raise Http404
    return found


def crumbs_of(right: Right, name: str) -> tuple[Crumb, ...]:
    """Below the register."""
    return (
        Crumb("数据访问权利", reverse("access:rights")),
        Crumb(name, reverse("access:right", args=[right.pk])),
    )


class RightView(View):
    """A view of one right of the viewer's own organisation."""

    @property
    def actor(self) -> Actor:
        """Who takes."""
        return actor_of(self.request)

    @cached_property
    def right(self) -> Right:
        """The right, or 404."""
        return own_right(self.actor, self.kwargs["pk"])

    @cached_property
    def subject(self) -> Described:
        """The entry's name."""
        ref = f"entry:{self.right.entry}"
        return described([ref])[ref]

    def refused(self, refusal: ValidationError) -> HttpResponse:
        """Back to the right's page, which says what to do."""
        messages.error(self.request, "；".join(refusal.messages))
        return HttpResponseRedirect(reverse("access:right", args=[self.right.pk]))


@action("access.use")
class Preview(RightView):
    """页面预览: at most 50 rows, fetched by the page itself from the gateway."""

    def get(self, request: HttpRequest, pk: Any) -> HttpResponse:
        """A fresh plan for a few minutes."""
        try:
            issued = issue_plan(self.right.pk, channel="preview", actor=self.actor, ttl=LOOK)
        except ValidationError as refusal:
            return self.refused(refusal)
        context = {
            "right": self.right,
            "subject": self.subject,
            "crumbs": crumbs_of(self.right, self.subject.name),
            "url": issued.url,
            "token": issued.token,
            "plain_url": f"{issued.url}?{urlencode({'plan': issued.token, 'format': 'html'})}",
        }
        return render(request, "access/preview.html", context)


@action("access.use")
class TakeFile(RightView):
    """文件下载: the browser is sent to the streams process with a plan that lives for minutes."""

    def post(self, request: HttpRequest, pk: Any) -> HttpResponse:
        """Issue and lead on."""
        form = request.POST.get("format", "csv")
        if form not in dict(FORMATS):
            raise BadRequest("没有这种文件格式，请从页面上的格式中选择")
        try:
            issued = issue_plan(self.right.pk, channel="file", actor=self.actor)
        except ValidationError as refusal:
            return self.refused(refusal)
        place = issued.url.rsplit("/", 1)[0]
        query = urlencode({"plan": issued.token, "name": self.subject.name})
        return HttpResponseRedirect(f"{place}/{form}?{query}", status=303)

    def get(self, request: HttpRequest, pk: Any) -> HttpResponse:
        """A reloaded address leads to the right's page."""
        return HttpResponseRedirect(reverse("access:right", args=[self.right.pk]))


class KeyForm(IdempotentForm):
    """Which of the own systems will call."""

    system = forms.ChoiceField(
        label="调用系统", help_text="凭据只发给这一个信息系统；用途、范围和限额以授权为准，每次调用都留痕"
    )

    def __init__(self, *args: Any, systems: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["system"].choices = systems  # type: ignore[attr-defined]


@action("access.use")
class IssueKey(FormPage):
    """接口凭据: shown once on the page that follows the click, and never again."""

    title = "获取接口凭据"
    form_class = KeyForm
    submit_label = "生成凭据"

    def prepare(self) -> None:
        """Only for the own organisation's right."""
        self.right = own_right(self.actor, self.kwargs["pk"])
        ref = f"entry:{self.right.entry}"
        self.subject = described([ref])[ref]

    @property
    def lead(self) -> str:  # type: ignore[override]
        """What happens to an older one."""
        older = queries.key_of(self.right)
        also = f"{older.issued_at:%Y年%m月%d日}签发的凭据随即失效。" if older else ""
        return f"{self.subject.name}。凭据只显示一次，请在生成后立即保存到调用系统。{also}"

    @property
    def cancel_url(self) -> str:
        """Back to the right."""
        return reverse("access:right", args=[self.right.pk])

    def crumbs(self) -> tuple[Crumb, ...]:
        """Below the right."""
        return crumbs_of(self.right, self.subject.name)

    def form_kwargs(self) -> dict[str, Any]:
        """The systems of the caller."""
        found = [system for owner in queries.own_ids(self.actor) for system in systems_of(owner)]
        return {"systems": [(str(system.id), f"{system.name}（{system.code}）") for system in found]}

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Issue and show; a second click does not issue another, which would end the first."""
        self.prepare()
        form = self.form_class(request.POST, **self.form_kwargs())
        if not form.is_valid():
            return self._show(form, status=422)
        try:
            issued = self._issue(form)
        except ValidationError as refusal:
            form.add_error(None, refusal)
            return self._show(form, status=422)
        if issued is None:
            messages.info(request, "凭据已经生成过，只显示一次；没有保存的，请重新获取")
            return HttpResponseRedirect(self.cancel_url)
        context = {
            "page": self,
            "crumbs": self.crumbs(),
            "right": self.right,
            "subject": self.subject,
            "issued": issued,
        }
        return render(request, "access/key.html", context)

    @transaction.atomic
    def _issue(self, form: IdempotentForm) -> IssuedPlan | None:
        token = form.cleaned_data["once"]
        if once.claim(token, self.actor) is not None:
            return None
        issued = issue_key(self.right.pk, system=form.cleaned_data["system"], actor=self.actor)
        once.conclude(token, self.actor, self.cancel_url)
        return issued
