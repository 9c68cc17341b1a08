"""Puts the actor on every request, keeps session rules, and sends whoever must change a password to do so."""

from collections.abc import Callable
from typing import Any

from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from tulou.kernel.identity import sessions
from tulou.kernel.identity.acting import actor_for
from tulou.kernel.identity.actor import GUEST
from tulou.kernel.identity.models import Account

WHILE_PASSWORD_EXPIRED = frozenset({"accounts:password", "accounts:logout"})


class ActingMiddleware:
    """After Django's authentication: `request.actor` and `request.acting` for the rest of the request."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        account = request.user
        if isinstance(account, Account) and not sessions.still_open(request, account):
            logout(request)
            account = request.user
        if isinstance(account, Account):
            request.acting, request.actor = actor_for(request, account)  # type: ignore[attr-defined]
        else:
            request.acting, request.actor = None, GUEST  # type: ignore[attr-defined]
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Callable[..., Any], args: tuple[object, ...], kwargs: dict[str, object]
    ) -> HttpResponse | None:
        """A first password is good for one thing only: to be changed."""
        account = request.user
        match = request.resolver_match
        if not isinstance(account, Account) or not account.must_change_password:
            return None
        if match is not None and match.view_name in WHILE_PASSWORD_EXPIRED:
            return None
        return redirect(reverse("accounts:password"))
