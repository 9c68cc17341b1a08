"""The query of a call as a request to the gate (调用参数): every parameter known, or the call is refused."""

import re
from datetime import date
from urllib.parse import quote

from tulou.plane.gate import MAX_PAGE, Filter, ReadRequest
from tulou.plane.gateway.http import Refusal, Request

PREVIEW_ROWS, DEFAULT_PAGE = 50, 1000
_FILTER = "eq."
_UNSAFE = re.compile(r'[\x00-\x1f\x7f/\\:*?"<>|]+')


def page_of(request: Request) -> ReadRequest:
    """`limit`, `cursor`, `sort` (`-name` for descending), `group_by`, and `eq.<column>=<value>`."""
    known = {"limit", "cursor", "sort", "group_by"}
    limit = _limit(request.query.get("limit", str(DEFAULT_PAGE)), MAX_PAGE)
    sort = request.query.get("sort", "")
    groups = tuple(filter(None, request.query.get("group_by", "").split(",")))
    return ReadRequest(
        filters=_filters(request, known),
        sort=sort.removeprefix("-"),
        descending=sort.startswith("-"),
        limit=limit,
        cursor=request.query.get("cursor", ""),
        group_by=groups,
    )


def preview_of(request: Request) -> ReadRequest:
    """At most 50 rows."""
    return ReadRequest(
        filters=_filters(request, {"limit"}), limit=_limit(request.query.get("limit", str(PREVIEW_ROWS)), PREVIEW_ROWS)
    )


def file_of(request: Request) -> ReadRequest:
    """All rows, narrowed by equality at most."""
    return ReadRequest(filters=_filters(request, {"name"}))


def _limit(text: str, most: int) -> int:
    if not re.fullmatch(r"[0-9]{1,9}", text) or not 1 <= int(text) <= most:
        raise Refusal(400, "bad_limit", f"limit 应为 1 到 {most} 的整数", "请调整 limit；需要全部数据时请下载文件")
    return int(text)


def _filters(request: Request, known: set[str]) -> tuple[Filter, ...]:
    filters = []
    for name, value in request.query.items():
        if name.startswith(_FILTER):
            filters.append(Filter(name.removeprefix(_FILTER), value))
        elif name not in known and name not in {"plan", "format"}:
            raise Refusal(400, "bad_query", f"没有参数“{name[:64]}”", "筛选请写作 eq.信息项=取值")
    return tuple(filters)


def disposition(request: Request, table: str, form: str, on: date) -> str:
    """The header that names a file: Chinese, and without anything that a path could be made of."""
    wanted = _UNSAFE.sub("_", request.query.get("name", "")).strip(" ._")[:80]
    name = f"{wanted or f'数据_{table}'}_{on:%Y%m%d}.{form}"
    return f"attachment; filename=\"data_{on:%Y%m%d}.{form}\"; filename*=UTF-8''{quote(name, safe='')}"
