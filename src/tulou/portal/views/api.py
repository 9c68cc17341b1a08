"""接口说明 and 访问令牌."""

from datetime import timedelta
from uuid import UUID

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from tulou.kernel.accounts.views import owner
from tulou.kernel.calendar import today
from tulou.kernel.identity import actor_of, party_name, party_names
from tulou.kernel.permissions import signed_in
from tulou.kernel.ui.forms import PageForm, refuse
from tulou.portal import tokens
from tulou.portal.api import operations, schema
from tulou.portal.models import ApiToken


class TokenForm(PageForm):
    """What a token is for, and until when."""

    name = forms.CharField(label="用途", max_length=80, help_text="调用接口的系统或程序，便于日后辨认和作废")
    expires_on = forms.DateField(
        label="截止日期",
        initial=lambda: today() + timedelta(days=90),
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
        help_text="最长一年；到期自动失效",
    )


@signed_in
@require_safe
def reference(request: HttpRequest) -> HttpResponse:
    """Every operation, drawn on the server: the page needs no script."""
    return render(request, "portal/api.html", {"operations": list(operations())})


@signed_in
@require_safe
def document(request: HttpRequest) -> HttpResponse:
    """The OpenAPI description, for programs."""
    return JsonResponse(schema(), json_dumps_params={"ensure_ascii": False})


@signed_in
@never_cache
def token_page(request: HttpRequest) -> HttpResponse:
    """One's own tokens; a new one is shown once, on this very answer."""
    actor, mine = actor_of(request), owner(request)
    form, issued, status = TokenForm(request.POST or None), "", 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                issued, status = tokens.issue(mine, actor=actor, **form.cleaned_data), 200
                form = TokenForm()
            except ValidationError as refusal:
                refuse(form, refusal)
    rows = list(ApiToken.objects.filter(account=mine)[:50])
    names = party_names({row.organisation for row in rows})
    context = {
        "form": form,
        "issued": issued,
        "rows": [(row, names[row.organisation], row.revoked_at is None and row.expires_on >= today()) for row in rows],
        "organisation": party_name(actor.party),
    }
    return render(request, "portal/tokens.html", context, status=status)


@signed_in
@require_POST
def revoke_token(request: HttpRequest, pk: UUID) -> HttpResponse:
    """End one; somebody else's looks as if it did not exist."""
    if tokens.revoke(owner(request), pk, actor=actor_of(request)):
        messages.success(request, "令牌已作废，立即失效")
    else:
        messages.info(request, "该令牌已经失效")
    return redirect("portal:tokens")
