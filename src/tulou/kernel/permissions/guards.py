"""The three marks a view can carry: `action`, `signed_in`, `public_page`. A view without one is refused."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any, TypeVar, cast

from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.urls import reverse
from django.utils.decorators import method_decorator

from tulou.kernel.identity import actor_of
from tulou.kernel.permissions.decide import require

MARK = "tulou_guard"
View = TypeVar("View", bound=Callable[..., Any])


@dataclass(frozen=True)
class Guard:
    """What a view demands: `kind` is public, signed_in or action."""

    kind: str
    action: str = ""


def action(code: str) -> Callable[[View], View]:
    """Only for actors who may do this somewhere; the service still asks about the object itself."""

    def check(request: HttpRequest) -> HttpResponseBase | None:
        if refusal := _not_signed_in(request):
            return refusal
        require(actor_of(request), code)
        return None

    return _guarding(Guard("action", code), check)


def signed_in(view: View) -> View:
    """For anybody who is signed in."""
    return _guarding(Guard("signed_in"), _not_signed_in)(view)


def public_page(view: View) -> View:
    """For everybody, signed in or not."""
    return _guarding(Guard("public"), lambda request: None)(view)


def guard_of(view: Callable[..., Any]) -> Guard | None:
    """The mark of a view, or None; a REST path is marked when each of its operations is."""
    guard = getattr(view, MARK, None)
    if isinstance(guard, Guard):
        return guard
    marks = [guard_of(operation) for operation in _rest_operations(view)]
    return marks[0] if marks and all(mark is not None for mark in marks) else None


def _rest_operations(view: Callable[..., Any]) -> list[Callable[..., Any]]:
    """The functions behind a REST path: Django Ninja keeps them in the closure of the view that it makes."""
    for cell in getattr(view, "__closure__", None) or ():
        operations = getattr(cell.cell_contents, "operations", None)
        if operations:
            return [operation.view_func for operation in operations]
    return []


def _not_signed_in(request: HttpRequest) -> HttpResponseBase | None:
    if not actor_of(request).is_guest:
        return None
    wants_page = "text/html" in request.headers.get("Accept", "") and not request.headers.get("HX-Request")
    if wants_page:
        return redirect_to_login(request.get_full_path(), login_url=reverse("accounts:login"))
    return HttpResponse("请先登录后再操作。", status=401, content_type="text/plain; charset=utf-8")


def _guarding(guard: Guard, check: Callable[[HttpRequest], HttpResponseBase | None]) -> Callable[[View], View]:
    """A decorator for functions and for view classes."""

    def of_function(view: Callable[..., Any]) -> Callable[..., Any]:
        @wraps(view)
        def guarded(request: HttpRequest, *args: object, **kwargs: object) -> Any:
            refusal = check(request)
            return refusal if refusal is not None else view(request, *args, **kwargs)

        setattr(guarded, MARK, guard)
        return guarded

    def decorate(view: View) -> View:
        if isinstance(view, type):
            return cast(View, method_decorator(of_function, name="dispatch")(view))
        return cast(View, of_function(view))

    return decorate
