"""The ASGI application: routes, refusals, and one sentence for every fault.

Nothing of a token or of a fault's inside reaches an answer or a log.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable

import duckdb
import psycopg
from psycopg_pool import PoolClosed, PoolTimeout

from tulou.plane.gate import GateProblem, PlanProblem
from tulou.plane.gateway.calls import data, preview
from tulou.plane.gateway.files import PREFIX, Stopped, file
from tulou.plane.gateway.http import JSON, Answer, ClientGone, Receive, Refusal, Request, Scope, Send, cors
from tulou.plane.gateway.service import Service
from tulou.plane.gateway.settings import Settings
from tulou.plane.tables import LakeProblem

log = logging.getLogger("tulou.gateway")
Handler = Callable[[Service, Request, Answer], Awaitable[None]]

_DATABASE = (psycopg.Error, PoolTimeout, PoolClosed)


class Gateway:
    """The application of one process; it connects when the first request comes, since the server has no lifespan."""

    def __init__(self, settings: Callable[[], Settings]) -> None:
        self._settings = settings
        self._service: Service | None = None
        self._opening = asyncio.Lock()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request."""
        if scope["type"] != "http":
            return
        service = await self._opened()
        answer = Answer(send, receive, service.settings.patience)
        try:
            request = Request.of(scope)
            answer.cors = cors(request, service.settings.origins)
            await _route(request)(service, request, answer)
        except ClientGone:
            log.info("client left %s", scope["path"])
        except Exception as fault:  # every fault becomes one Chinese sentence, or a visible break of a started file
            await _refuse(answer, fault)

    async def _opened(self) -> Service:
        async with self._opening:
            if self._service is None:
                service = Service(self._settings())
                await service.open()
                self._service = service
        return self._service

    async def close(self) -> None:
        """Let go of all connections."""
        if self._service is not None:
            await self._service.close()
            self._service = None


def _route(request: Request) -> Handler:
    if request.method == "OPTIONS":
        return _preflight
    handler = {"/v1/preview": preview, "/v1/data": data, "/healthz": healthz}.get(request.path)
    if handler is None and request.path.startswith(PREFIX):
        handler = file
    if handler is None:
        raise Refusal(404, "not_found", "没有这个地址", "请查阅接口说明")
    if request.method != "GET":
        raise Refusal(405, "method", "只支持 GET 请求", "请改用 GET")
    return handler


async def _preflight(service: Service, request: Request, answer: Answer) -> None:
    await answer.whole(204 if answer.cors else 403, b"", {})


async def healthz(service: Service, request: Request, answer: Answer) -> None:
    """200 when the hub's database and the lake's catalogue answer."""
    async with service.pool.connection() as connection:
        await connection.execute("SELECT 1")
    async with await psycopg.AsyncConnection.connect(service.settings.lake_url, connect_timeout=5) as catalogue:
        await catalogue.execute("SELECT 1")
    await answer.whole(200, b'{"gateway": "ok"}', {"content-type": JSON})


async def _refuse(answer: Answer, fault: Exception) -> None:
    refusal = _refusal(fault)
    if answer.started:
        log.warning("delivery broken off: %s", refusal.code)
        raise ClientGone  # the server closes the connection, and the client sees that the file is not whole
    try:
        await answer.whole(refusal.status, refusal.body(), {"content-type": JSON})
    except ClientGone:
        log.info("client left before the refusal")


def _refusal(fault: Exception) -> Refusal:
    if isinstance(fault, Refusal):
        return fault
    if isinstance(fault, GateProblem):
        status = 409 if isinstance(fault, PlanProblem) else 400
        return Refusal(status, fault.code, fault.message, fault.remedy)
    if isinstance(fault, Stopped):
        return Refusal(403, fault.outcome, "交付已停止：授权已撤销或已达上限", "请联系数据提供方")
    if isinstance(fault, _DATABASE):
        log.error("database: %s", type(fault).__name__)
        return Refusal(
            503, "evidence_unavailable", "暂时不能留痕，因此不提供数据", "请稍后重试；持续出现请联系平台运维"
        )
    if isinstance(fault, duckdb.Error | LakeProblem):
        log.error("lake: %s", type(fault).__name__)
        return Refusal(503, "lake_unavailable", "数据湖暂时不可用", "请稍后重试；持续出现请联系平台运维")
    log.error("fault: %s", type(fault).__name__, exc_info=fault)
    return Refusal(500, "fault", "服务出现故障，数据未提供", "请稍后重试；持续出现请联系平台运维")
