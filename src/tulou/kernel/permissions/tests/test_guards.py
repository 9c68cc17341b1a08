"""Every view says who may open it; a view that does not is refused."""

import json
from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory
from django.views import View
from ninja import NinjaAPI

from tulou.kernel.accounts.desks import assign
from tulou.kernel.accounts.urls import urlpatterns as account_pages
from tulou.kernel.identity import GUEST, Actor
from tulou.kernel.permissions import Forbidden, action, guard_of, public_page, signed_in
from tulou.kernel.permissions.guards import Guard
from tulou.kernel.permissions.middleware import GuardMiddleware
from tulou.kernel.permissions.tests.conftest import acting, organisation, person

pytestmark = pytest.mark.django_db


def page(request: HttpRequest) -> HttpResponse:
    return HttpResponse("页面")


def visit(view: Any, actor: Actor, **headers: str) -> HttpResponse:
    request = RequestFactory().get("/somewhere/", headers=headers)
    request.actor = actor  # type: ignore[attr-defined]
    middleware = GuardMiddleware(lambda r: HttpResponse())
    refused = middleware.process_view(request, view, (), {})
    if refused is not None:
        return refused
    try:
        response: HttpResponse = view(request)
    except Forbidden as denial:
        answer = middleware.process_exception(request, denial)
        assert answer is not None
        return answer
    return response


def clerk() -> Actor:
    who, here = person(), organisation()
    assign(who.pk, "t.writer", here.pk, actor=Actor.system("安装"))
    return acting(who, here)


def test_a_view_without_a_mark_is_refused() -> None:
    assert visit(page, clerk()).status_code == 403
    assert guard_of(page) is None


def test_a_public_page_is_for_everybody() -> None:
    assert visit(public_page(page), GUEST).status_code == 200


def test_a_guest_is_sent_to_sign_in_and_a_programme_is_told() -> None:
    answer = visit(signed_in(page), GUEST, accept="text/html")
    assert (answer.status_code, answer["Location"]) == (302, "/login/?next=/somewhere/")
    assert visit(action("t.write")(page), GUEST, accept="application/json").status_code == 401
    assert visit(signed_in(page), clerk()).status_code == 200


def test_an_action_is_for_those_who_may() -> None:
    assert visit(action("t.write")(page), clerk()).status_code == 200
    answer = visit(action("t.decide")(page), clerk(), accept="application/json")
    assert answer.status_code == 403
    assert json.loads(answer.content)["action"] == "t.decide"


def test_view_classes_carry_their_mark() -> None:
    @action("t.write")
    class Page(View):
        def get(self, request: HttpRequest) -> HttpResponse:
            return HttpResponse("页面")

    view = Page.as_view()
    assert guard_of(view) == Guard("action", "t.write")
    assert visit(view, clerk()).status_code == 200
    assert visit(view, GUEST).status_code == 401


def test_a_rest_path_is_marked_when_each_of_its_operations_is() -> None:
    api = NinjaAPI(urls_namespace="guards-test")

    @api.get("/marked")
    @action("t.write")
    def marked(request: HttpRequest) -> dict[str, str]:
        return {}

    @api.get("/bare")
    def bare(request: HttpRequest) -> dict[str, str]:
        return {}

    @api.get("/half")
    @action("t.write")
    def half(request: HttpRequest) -> dict[str, str]:
        return {}

    @api.post("/half")
    def other_half(request: HttpRequest) -> dict[str, str]:
        return {}

    views: dict[str, Any] = {str(pattern.pattern): pattern.callback for pattern in api.urls[0]}
    assert guard_of(views["marked"]) == Guard("action", "t.write")
    assert guard_of(views["bare"]) is None
    assert guard_of(views["half"]) is None


def test_a_denial_is_a_page_that_helps(client: Client) -> None:
    denied = Forbidden(clerk(), "t.decide", reason="当前身份没有含此操作的角色", ask=("某厅账号管理员",))
    request = RequestFactory().get("/", headers={"accept": "text/html"})
    request.actor, request.user, request.session = denied.actor, AnonymousUser(), client.session  # type: ignore[attr-defined]
    answer = GuardMiddleware(lambda r: HttpResponse()).process_exception(request, denied)
    assert answer is not None
    assert answer.status_code == 403
    for said in ("没有权限", "审批", "当前身份没有含此操作的角色", "某厅账号管理员"):
        assert said in answer.content.decode()


def test_every_page_of_sign_in_is_marked() -> None:
    unmarked = [str(pattern.pattern) for pattern in account_pages if guard_of(pattern.callback) is None]
    assert unmarked == []
