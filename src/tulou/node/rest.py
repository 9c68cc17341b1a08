"""The HTTP API: one document for the node, one router for each domain that has `rest.py` with a `router`."""

from importlib import import_module
from importlib.util import find_spec

from django.apps import apps
from django.http import HttpRequest, HttpResponse, JsonResponse
from ninja import NinjaAPI
from ninja.errors import AuthenticationError

from tulou.portal.api import SessionAuth, TokenAuth, register_schema


def build_api() -> NinjaAPI:
    """Routers of the domains on this node, under their labels; nothing answers without a session or a token."""
    doors = [TokenAuth(), SessionAuth()]
    api = NinjaAPI(title="Tulou", version="1", docs_url=None, openapi_url=None, urls_namespace="api", auth=doors)
    api.add_exception_handler(AuthenticationError, _unauthorised)
    register_schema(api.get_openapi_schema)
    for config in apps.get_app_configs():
        if config.name.startswith("tulou.domains.") and find_spec(f"{config.name}.rest"):
            api.add_router(
                f"/{config.label}/", import_module(f"{config.name}.rest").router, tags=[str(config.verbose_name)]
            )
    return api


def _unauthorised(request: HttpRequest, problem: object) -> HttpResponse:
    """401, with what to do."""
    told = {"code": "unauthorised", "message": "请先登录，或在 Authorization 请求头中携带有效的访问令牌"}
    return JsonResponse(told, status=401, json_dumps_params={"ensure_ascii": False})
