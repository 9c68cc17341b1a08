"""Requests and answers on bare ASGI (请求与应答): few, strict, and never waiting for ever.

Errors are `{code, message, remedy}` in Chinese. No answer is stored by
caches, none is framed or sniffed, and only the hub's pages may read it.
"""

import asyncio
import json
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl

Scope = Mapping[str, Any]
Message = dict[str, Any]
Send = Callable[[Message], Awaitable[None]]
Receive = Callable[[], Awaitable[Message]]

JSON = "application/json; charset=utf-8"
_ALWAYS = {
    "cache-control": "no-store",
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "content-security-policy": "default-src 'none'; frame-ancestors 'none'",
    "vary": "Origin, Accept",
}


class Refusal(Exception):
    """An answer that gives nothing, and says why and what to do."""

    def __init__(self, status: int, code: str, message: str, remedy: str = "") -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.message = message
        self.remedy = remedy

    def body(self) -> bytes:
        """The error as JSON."""
        told = {"code": self.code, "message": self.message, "remedy": self.remedy}
        return json.dumps(told, ensure_ascii=False).encode()


class ClientGone(Exception):
    """The client went away, or reads too slowly."""


@dataclass(frozen=True, slots=True)
class Request:
    """What was asked: lower-case header names; each query parameter at most once."""

    method: str
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]

    @classmethod
    def of(cls, scope: Scope) -> "Request":
        """Read a scope.

        Raises:
            Refusal: the query is not UTF-8, or names a parameter twice.
        """
        try:
            pairs = parse_qsl(bytes(scope["query_string"]).decode("ascii"), keep_blank_values=True, errors="strict")
        except (UnicodeDecodeError, ValueError):
            raise Refusal(400, "bad_query", "查询参数无法识别", "请用 UTF-8 百分号编码") from None
        query = dict(pairs)
        if len(query) != len(pairs):
            raise Refusal(400, "bad_query", "查询参数重复", "每个参数只能出现一次")
        headers = {
            bytes(name).decode("latin-1").lower(): bytes(value).decode("latin-1") for name, value in scope["headers"]
        }
        return cls(scope["method"], scope["path"], query, headers)


@dataclass(slots=True)
class Answer:
    """One answer on its way to one client; each send waits no longer than `patience`."""

    send: Send
    receive: Receive
    patience: float
    cors: Mapping[str, str] = field(default_factory=dict)
    started: bool = False

    async def whole(self, status: int, body: bytes, headers: Mapping[str, str]) -> None:
        """A short answer at once."""
        await self.start(status, {**headers, "content-length": str(len(body))})
        await self.part(body, last=True)

    async def start(self, status: int, headers: Mapping[str, str]) -> None:
        """Status and headers."""
        lines = {**_ALWAYS, **self.cors, **headers}
        encoded = [(name.encode(), value.encode("latin-1")) for name, value in lines.items()]
        self.started = True
        await self._sending({"type": "http.response.start", "status": status, "headers": encoded})

    async def part(self, body: bytes, *, last: bool = False) -> None:
        """A part of the body."""
        await self._sending({"type": "http.response.body", "body": body, "more_body": not last})

    async def _sending(self, message: Message) -> None:
        try:
            await asyncio.wait_for(self.send(message), self.patience)
        except (TimeoutError, OSError, RuntimeError) as gone:
            raise ClientGone from gone

    async def gone(self) -> None:
        """Return when the client has gone."""
        while (await self.receive())["type"] != "http.disconnect":
            pass


def cors(request: Request, origins: frozenset[str]) -> dict[str, str]:
    """Headers that let the hub's own pages read the answer, and no others."""
    origin = request.headers.get("origin", "")
    if origin not in origins:
        return {}
    return {
        "access-control-allow-origin": origin,
        "access-control-allow-methods": "GET, OPTIONS",
        "access-control-allow-headers": "Authorization, X-Purpose",
        "access-control-expose-headers": "X-Tulou-Evidence, Content-Disposition",
        "access-control-max-age": "600",
    }
