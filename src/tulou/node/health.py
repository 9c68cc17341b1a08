"""`GET /healthz`: a line for each part of the node that must answer. 200 only when all do; no address, no secret."""

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass

import psycopg
from django.conf import settings
from django.db import DatabaseError, connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from tulou.kernel.jobs import alive
from tulou.kernel.permissions import public_page
from tulou.node.child import healthy


@dataclass(frozen=True)
class Part:
    """One line: what it is, whether it answers, and what an operator should look at."""

    name: str
    well: bool
    detail: str


@never_cache
@require_safe
@public_page
def healthz(request: HttpRequest) -> HttpResponse:
    """Text for people, JSON for those who ask for it."""
    parts = examine()
    status = 200 if all(part.well for part in parts) else 503
    if request.get_preferred_type(["text/plain", "application/json"]) != "application/json":
        lines = [f"{part.name} {'ok' if part.well else 'down'} {part.detail}" for part in parts]
        return HttpResponse("\n".join([*lines, ""]), status=status, content_type="text/plain; charset=utf-8")
    body = {"healthy": status == 200, "parts": {p.name: {"ok": p.well, "detail": p.detail} for p in parts}}
    return JsonResponse(body, status=status, json_dumps_params={"ensure_ascii": False})


def examine() -> list[Part]:
    """Ask every part; those behind the network are asked at the same time."""
    with ThreadPoolExecutor(3) as pool:
        waiting = [
            pool.submit(_part, "gateway", lambda: _gateway(settings.PORT + 1), "数据网关"),
            pool.submit(_part, "streams", lambda: _gateway(settings.PORT + 2), "文件网关"),
            pool.submit(_part, "lake", _lake, "数据湖"),
        ]
        here = [
            _part("database", _database, "数据库"),
            _part("worker", lambda: alive("worker"), "作业进程"),
            _part("clerk", lambda: alive("clerk"), "存证进程"),
        ]
        return here + [answer.result() for answer in waiting]


def _part(name: str, check: Callable[[], bool], title: str) -> Part:
    """A part that cannot be asked does not answer; the reason stands in the hub's log, not on the page."""
    try:
        well = check()
    except (DatabaseError, psycopg.Error, OSError):
        well = False
    return Part(name, well, f"{title}{'正常' if well else f'没有应答，见日志 {name}.log 或运行 tulou check'}")


def _database() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
        return bool(cursor.fetchone() == (1,))


def _gateway(port: int) -> bool:
    bind = settings.ENVIRONMENT.bind
    return healthy(f"http://{'127.0.0.1' if bind in ('0.0.0.0', 'localhost') else bind}:{port}/healthz")  # noqa: S104 - compared


def _lake() -> bool:
    with closing(psycopg.connect(settings.LAKE_URL, connect_timeout=3)) as catalogue:
        catalogue.execute("SELECT 1")
    return os.access(settings.LAKE_DATA, os.R_OK | os.W_OK | os.X_OK)
