"""逐项决定: the provider's desk sends its decisions here; a second click and a second approver change nothing."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse

from tulou.domains.catalog import public as catalog
from tulou.domains.sharing import services
from tulou.domains.sharing.desk import DecisionForm
from tulou.domains.sharing.policies import decides
from tulou.domains.sharing.views.request import RequestPage
from tulou.kernel.permissions import Forbidden, action
from tulou.kernel.ui import once
from tulou.kernel.ui.forms import refuse
from tulou.kernel.workflow import MoveRefused


@action("sharing.handle")
class Decide(RequestPage):
    """The request's page again where something is to be corrected; else back to it."""

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """A reloaded address leads to the request."""
        return HttpResponseRedirect(self.address)

    @property
    def address(self) -> str:
        """The request's page."""
        return reverse("sharing:request", args=[self.object.pk])

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Decide, once."""
        if not decides(self.object, self.actor):
            raise Forbidden(self.actor, "sharing.decide", organisation=self.object.provider_id)
        form = DecisionForm(request.POST, row=self.object, items=self.items, known=catalog.items(self.object.entry_id))
        if not form.is_valid():
            return self._again(form)
        try:
            fresh = self._once(form, request.POST.get("alike", ""))
        except (ValidationError, MoveRefused) as refusal:
            refuse(form, refusal)
            return self._again(form)
        if fresh:
            messages.success(request, "决定已办理")
        else:
            messages.info(request, "该决定已经提交过，没有重复办理")
        return HttpResponseRedirect(self.address)

    @transaction.atomic
    def _once(self, form: DecisionForm, alike: str) -> bool:
        token = form.cleaned_data["once"]
        if once.claim(token, self.actor) is not None:
            return False
        services.decide(self.object, form.decisions(alike), actor=self.actor)
        once.conclude(token, self.actor, self.address)
        return True

    def _again(self, form: DecisionForm) -> HttpResponse:
        """The page as it is now, with what was typed and what is wrong."""
        self.desk = form
        return render(self.request, self.template_name, self._context(), status=422)

    def move_url(self, move: str) -> str:
        """Moves are made below the request's own address."""
        return f"{self.address}{move}/"
