"""接口: who may call the HTTP API, and its description as a page and as a file.

Deny by default: without a session or a token nothing answers, and each operation asks its own permission besides.
A session must show the page's token against forgery for anything but reading.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from ninja.errors import HttpError
from ninja.security import APIKeyCookie, HttpBearer

from tulou.kernel.identity import Actor, actor_of
from tulou.portal.tokens import actor_with

SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
METHODS = ("get", "post", "put", "patch", "delete")


class SessionAuth(APIKeyCookie):
    """A signed-in browser."""

    def __init__(self) -> None:
        self.param_name = settings.SESSION_COOKIE_NAME
        super().__init__(csrf=True)

    def authenticate(self, request: HttpRequest, key: str | None) -> Actor | None:
        """The actor of the session; a guest is nobody."""
        actor = actor_of(request)
        return None if actor.is_guest else actor


class TokenAuth(HttpBearer):
    """A program with a token; it reads and does nothing else."""

    def authenticate(self, request: HttpRequest, token: str) -> Actor | None:
        """The actor of the token takes the place of the request's."""
        actor = actor_with(token)
        if actor is not None and request.method not in SAFE:
            raise HttpError(403, "访问令牌只能读取；需要办理的事项请登录后在页面上办理")
        if actor is not None:
            request.actor = actor  # type: ignore[attr-defined]
        return actor


Schema = Callable[[], dict[str, Any]]
_schema: list[Schema] = []


def register_schema(schema: Schema) -> None:
    """Name the function that describes the API; called by the node, which mounts it."""
    _schema[:] = [schema]


def schema() -> dict[str, Any]:
    """The OpenAPI description of this node."""
    return dict(_schema[0]()) if _schema else {"paths": {}}


@dataclass(frozen=True)
class Parameter:
    """One parameter of an operation."""

    name: str
    place: str
    required: bool
    type: str
    description: str


@dataclass(frozen=True)
class Operation:
    """One operation as the reference page shows it."""

    method: str
    path: str
    summary: str
    description: str
    tag: str
    parameters: list[Parameter]
    answers: str


def operations() -> Iterator[Operation]:
    """Every operation of the API, in the order of its paths."""
    for path, methods in schema().get("paths", {}).items():
        for method in METHODS:
            if told := methods.get(method):
                yield _operation(method, path, told)


def _operation(method: str, path: str, told: dict[str, Any]) -> Operation:
    places = {"path": "路径", "query": "查询", "header": "请求头", "cookie": "Cookie"}
    parameters = [
        Parameter(
            one["name"],
            places.get(one["in"], one["in"]),
            bool(one.get("required")),
            _type(one.get("schema", {})),
            str(one.get("description") or one.get("schema", {}).get("description") or ""),
        )
        for one in told.get("parameters", [])
    ]
    responses = {str(status): answer for status, answer in told.get("responses", {}).items()}
    content = list(responses.get("200", {}).get("content", {}).values())
    answers = _type(content[0].get("schema", {})) if content else ""
    return Operation(
        method.upper(),
        path,
        str(told.get("summary", "")),
        str(told.get("description", "")),
        "、".join(told.get("tags", [])),
        parameters,
        answers,
    )


def _type(told: dict[str, Any]) -> str:
    if "$ref" in told:
        return str(told["$ref"]).rpartition("/")[2]
    if told.get("type") == "array":
        return f"{_type(told.get('items', {}))}[]"
    if "anyOf" in told:
        return " | ".join(dict.fromkeys(_type(one) for one in told["anyOf"]))
    return str(told.get("format") or told.get("type") or told.get("title") or "")
