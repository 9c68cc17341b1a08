"""申请共享: the form from the entry's page, drafts of it, its revision, and copies of earlier requests."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.urls import reverse
from django.utils.functional import cached_property

from tulou.domains.catalog import public as catalog
from tulou.domains.directory.public import agency, systems_of
from tulou.domains.law.public import BasisUse, bases_in_force
from tulou.domains.sharing import forms, panels, queries, services
from tulou.domains.sharing.models import Draft, Request, RequestStatus
from tulou.kernel.calendar import today
from tulou.kernel.permissions import Forbidden, action, may
from tulou.kernel.ui.forms import FormPage
from tulou.kernel.ui.pages import Crumb

MANY = ("items", "methods")
NEVER_KEPT = ("csrfmiddlewaretoken", "once", "_draft", "revision")


class AskPage(FormPage):
    """What all ways of filling in a request have in common."""

    title = "申请共享"
    form_class = forms.AskForm
    submit_label = "提交本部门审核"
    success = "申请已保存，等待本部门审批人审核"
    drafts = True
    template_name = "sharing/ask.html"

    draft: Draft | None = None
    request_row: Request | None = None

    @property
    def entry_id(self) -> Any:
        """The entry that is asked for."""
        raise NotImplementedError

    @cached_property
    def entry(self) -> catalog.EntryInfo:
        """The entry, which every agency may know of once it is published."""
        found = catalog.entry(self.entry_id)
        if found is None or not found.version:
            raise Http404
        return found

    @cached_property
    def items(self) -> tuple[catalog.ItemInfo, ...]:
        """Its items."""
        return catalog.items(self.entry.id)

    def prepare(self) -> None:
        """Only those who ask for their agency, and not for what is their own."""
        if self.actor.party is None or not may(self.actor, "sharing.request", organisation=self.actor.party):
            raise Forbidden(self.actor, "sharing.request")

    @property
    def lead(self) -> str:  # type: ignore[override]
        """What, and whose."""
        provider = agency(self.entry.provider)
        return f"{self.entry.name}（{provider.name if provider else ''}）"

    @property
    def cancel_url(self) -> str:
        """Back to the entry."""
        return reverse("catalog:entry", args=[self.entry.id])

    def crumbs(self) -> tuple[Crumb, ...]:
        """Below the entry."""
        return (Crumb("目录检索", reverse("catalog:search")), Crumb(self.entry.name, self.cancel_url))

    def form_kwargs(self) -> dict[str, Any]:
        """What may be chosen today."""
        systems = [system for owner in queries.own_ids(self.actor) for system in systems_of(owner)]
        return {
            "items": self.items,
            "bases": bases_in_force(today(), BasisUse.REQUEST),
            "systems": [(str(system.id), system.name) for system in systems],
            "initial": self.beginning(),
        }

    def beginning(self) -> dict[str, Any]:
        """How the form starts."""
        home = agency(self.actor.party) if self.actor.party else None
        return forms.fresh(home.region if home else "", self.items)

    def extra(self) -> dict[str, Any]:
        """What the entry says, beside the form."""
        return {
            "entry": self.entry,
            "retired": not catalog.published(self.entry.id),
            "own": panels.owns(self.entry, self.actor),
            "earlier": list(queries.asked_by_us(self.actor).filter(entry=self.entry.id)[:5]),
        }

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """A draft is kept as it stands; anything else is checked whole."""
        if "_draft" not in request.POST:
            return super().post(request, *args, **kwargs)
        self.prepare()
        assert self.actor.party is not None  # prepare refused those who act for nobody
        try:
            kept = services.keep_draft(
                kept_content(request.POST), entry=self.entry.id, applicant=self.actor.party, actor=self.actor,
                draft=self.draft,
            )  # fmt: skip
        except ValidationError as refusal:
            form = self.form_class(request.POST, **self.form_kwargs())
            form.add_error(None, refusal)
            return self._show(form, status=422)
        messages.success(request, "草稿已保存，可以随时回来继续填写")
        return HttpResponseRedirect(reverse("sharing:draft", args=[kept.pk]))


def kept_content(data: QueryDict) -> dict[str, Any]:
    """What was typed, by field."""
    return {name: data.getlist(name) if name in MANY else data.get(name, "") for name in data if name not in NEVER_KEPT}


@action("sharing.request")
class Ask(AskPage):
    """A new request; `?copy=` fills it in as an earlier one, `?renew=` goes on where a grant ends."""

    @property
    def entry_id(self) -> Any:
        """From the address."""
        return self.kwargs["entry"]

    @cached_property
    def renews(self) -> Any:
        """The grant that is renewed, if the address names one of ours."""
        asked = self.request.GET.get("renew", "")
        rows = queries.grants(self.actor).filter(entry=self.entry.id, consumer__in=queries.own_ids(self.actor))
        return _found(rows, asked)

    def beginning(self) -> dict[str, Any]:
        """Empty, or as an earlier request or the renewed grant's was."""
        start = super().beginning()
        if self.renews is not None:
            return forms.renewed(forms.of_request(self.renews.request), self.renews.valid_to)
        earlier = _found(queries.asked_by_us(self.actor), self.request.GET.get("copy", ""))
        if earlier is None:
            return start
        dates = {name: start[name] for name in ("use_from", "use_to")}
        return {**forms.of_request(earlier), **dates}

    def extra(self) -> dict[str, Any]:
        """Whether it is a renewal."""
        return {**super().extra(), "renews": self.renews}

    def perform(self, form: Any, *, draft: bool) -> str:
        """Write it down."""
        spec = form.spec(self.entry.id, self.renews.pk if self.renews else None)
        assert self.actor.party is not None  # prepare refused those who act for nobody
        made = services.draft_request(spec, applicant=self.actor.party, actor=self.actor)
        return reverse("sharing:request", args=[made.pk])


@action("sharing.request")
class ContinueDraft(AskPage):
    """A draft, filled in further until it is a request."""

    @property
    def entry_id(self) -> Any:
        """The draft's."""
        found = queries.drafts(self.actor).filter(pk=self.kwargs["pk"]).first()
        if found is None:
            raise Http404
        self.draft = found
        return found.entry_id

    def prepare(self) -> None:
        """The draft is the agency's own, or it does not exist."""
        super().prepare()
        self.entry  # noqa: B018 - fetches the draft, or 404

    def beginning(self) -> dict[str, Any]:
        """As it was left."""
        return dict(self.draft.content) if self.draft else {}

    def perform(self, form: Any, *, draft: bool) -> str:
        """The draft becomes a request."""
        assert self.draft is not None  # prepare fetched it
        made = services.draft_request(
            form.spec(self.entry.id, None), applicant=self.draft.applicant_id, actor=self.actor
        )
        services.drop_draft(self.draft, actor=self.actor)
        return reverse("sharing:request", args=[made.pk])


@action("sharing.request")
class Revise(AskPage):
    """A request that is still with its own office, changed."""

    title = "修改申请"
    drafts = False

    @property
    def entry_id(self) -> Any:
        """The request's."""
        found = queries.asked_by_us(self.actor).filter(pk=self.kwargs["pk"]).first()
        if found is None:
            raise Http404
        self.request_row = found
        return found.entry_id

    def prepare(self) -> None:
        """Only while it is in writing."""
        super().prepare()
        self.entry  # noqa: B018 - fetches the request, or 404

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Later than that there is nothing to change."""
        self.prepare()
        if self.request_row is not None and self.request_row.status != RequestStatus.DRAFT:
            messages.warning(request, f"申请现在是“{self.request_row.get_status_display()}”，不能修改")
            return HttpResponseRedirect(self.cancel_url)
        return super().get(request, *args, **kwargs)

    @property
    def cancel_url(self) -> str:
        """Back to the request."""
        return reverse("sharing:request", args=[self.kwargs["pk"]])

    def beginning(self) -> dict[str, Any]:
        """As it was written."""
        assert self.request_row is not None  # prepare fetched it
        return {**forms.of_request(self.request_row), "revision": self.request_row.revision}

    def perform(self, form: Any, *, draft: bool) -> str:
        """Write it anew."""
        assert self.request_row is not None  # prepare fetched it
        revision = form.cleaned_data["revision"]
        services.revise_request(self.request_row, form.spec(self.entry.id, None), actor=self.actor, revision=revision)
        return self.cancel_url


@action("sharing.request")
class DropDraft(ContinueDraft):
    """Throw a draft away."""

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Gone."""
        self.prepare()
        assert self.draft is not None  # prepare fetched it
        services.drop_draft(self.draft, actor=self.actor)
        messages.success(request, "草稿已删除")
        return HttpResponseRedirect(reverse("sharing:mine"))

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """A reloaded address leads to the list."""
        return HttpResponseRedirect(reverse("sharing:mine"))


def _found(rows: Any, key: str) -> Any:
    """The row with this id among those the viewer may see; a mistyped or foreign id is nobody's."""
    try:
        return rows.filter(pk=key).first() if key else None
    except ValidationError:
        return None
