"""Deny by default: a view without a mark is refused, and every denial becomes a page that helps.

Stands before `ActingMiddleware`, so that roles are looked up once for the whole request.
"""

import logging
from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render

from tulou.kernel.identity import party_name
from tulou.kernel.permissions.denial import Forbidden
from tulou.kernel.permissions.guards import guard_of
from tulou.kernel.permissions.queries import remembering

log = logging.getLogger("tulou.permissions")


class GuardMiddleware:
    """Refuses unmarked views and renders denials."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        with remembering():
            return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Callable[..., Any], args: tuple[object, ...], kwargs: dict[str, object]
    ) -> HttpResponse | None:
        """Nobody opens a page that was not thought about."""
        if guard_of(view) is not None:
            return None
        log.error("view without a permission mark refused: %s %s", request.path, getattr(view, "__qualname__", view))
        text = "此页面未声明访问权限，系统按规定予以拒绝。请联系平台运维人员。"
        return HttpResponse(text, status=403, content_type="text/plain; charset=utf-8")

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """A denial as a page, or as data for programs."""
        if not isinstance(exception, Forbidden):
            return None
        log.info("denied: %s", exception)
        if "text/html" in request.headers.get("Accept", "") and not request.headers.get("HX-Request"):
            context = {"denial": exception, "acting_name": party_name(exception.actor.party)}
            return render(request, "permissions/forbidden.html", context, status=403)
        body = {"code": "forbidden", "action": exception.action, "message": str(exception), "ask": list(exception.ask)}
        return JsonResponse(body, status=403, json_dumps_params={"ensure_ascii": False})
