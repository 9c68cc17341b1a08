"""代办: one's own desks, given to a colleague for a time and taken back at any time."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views import View

from tulou.domains.directory.forms import DelegateForm
from tulou.kernel.accounts import delegate, end_delegation
from tulou.kernel.calendar import today
from tulou.kernel.identity import Account, Actor, actor_of, party_names
from tulou.kernel.permissions import Assignment, Delegation, signed_in
from tulou.kernel.permissions.registry import role_name
from tulou.kernel.ui.forms import FormPage
from tulou.kernel.ui.pages import Crumb


def own_desks(actor: Actor) -> list[Assignment]:
    """Roles that the viewer holds today, at every organisation."""
    return list(Assignment.objects.in_force(today()).filter(person=actor.person)) if actor.person else []


@signed_in
def desks(request: HttpRequest) -> HttpResponse:
    """What I gave, and what I keep for others."""
    person = actor_of(request).person
    rows = list(Delegation.objects.filter(Q(giver=person) | Q(keeper=person)).order_by("-valid_from")[:200])
    names = party_names({p for row in rows for p in (row.giver_id, row.keeper_id, row.organisation_id)})
    now = today()
    drawn = [
        {
            "row": row,
            "role": role_name(row.role),
            "organisation": names[row.organisation_id],
            "giver": names[row.giver_id],
            "keeper": names[row.keeper_id],
            "mine": row.giver_id == person,
            "live": row.ended_at is None and row.valid_to >= now,
        }
        for row in rows
    ]
    context = {"given": [d for d in drawn if d["mine"]], "kept": [d for d in drawn if not d["mine"]]}
    return render(request, "directory/desks.html", context)


@signed_in
class NewDesk(FormPage):
    """委托代办."""

    title = "委托代办"
    lead = "出差、休假时请同事代办您的岗位；代办人办理的事项同时记下双方，到期自动收回。"
    form_class = DelegateForm
    submit_label = "委托"
    success = "已委托代办"

    def crumbs(self) -> tuple[Crumb, ...]:
        """Below the list."""
        return (Crumb("代办", reverse("directory:desks")),)

    @property
    def cancel_url(self) -> str:
        """Back to the list."""
        return reverse("directory:desks")

    def form_kwargs(self) -> dict[str, Any]:
        """My desks, and the colleagues who work at the same organisations."""
        mine = own_desks(self.actor)
        names = party_names({row.organisation_id for row in mine})
        colleagues = Assignment.objects.in_force(today()).filter(organisation__in=[row.organisation_id for row in mine])
        people = Account.objects.filter(is_active=True, party__in=colleagues.values("person")).exclude(
            party=self.actor.person
        )
        choices = [
            (f"{row.role}@{row.organisation_id}", f"{role_name(row.role)}（{names[row.organisation_id]}）")
            for row in mine
        ]
        return {"desks": choices, "colleagues": people.order_by("label")}

    def perform(self, form: Any, *, draft: bool) -> str:
        """Give the desk."""
        facts = form.facts()
        role, _, place = facts["desk"].partition("@")
        keeper: Account = facts["keeper"]
        if not Assignment.objects.in_force(today()).filter(person=keeper.party_id, organisation=place).exists():
            raise ValidationError({"keeper": "代办人须是该岗位所在机构的人员，请另选"})
        delegate(
            keeper.party_id, role, UUID(place), actor=self.actor, reason=facts["reason"],
            valid_from=facts["valid_from"], valid_to=facts["valid_to"],
        )  # fmt: skip
        return self.cancel_url


@signed_in
class EndDesk(View):
    """收回代办; only the giver's own are found here."""

    def post(self, request: HttpRequest, pk: Any) -> HttpResponse:
        """Take the desk back."""
        actor = actor_of(request)
        row = Delegation.objects.filter(pk=pk, giver=actor.person).first() if actor.person else None
        if row is None:
            raise Http404
        end_delegation(row, actor=actor)
        messages.success(request, "已收回代办")
        return HttpResponseRedirect(reverse("directory:desks"))
