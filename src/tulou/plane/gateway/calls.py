"""Short calls (调用): previews and API pages. The evidence is committed before the body is sent."""

from dataclasses import replace
from typing import Any

from tulou.plane.gate import Page, ReadRequest, read_page
from tulou.plane.gateway.asked import page_of, preview_of
from tulou.plane.gateway.evidence import leaf_of
from tulou.plane.gateway.http import JSON, Answer, Request
from tulou.plane.gateway.ledger import Admission, Use, settlement
from tulou.plane.gateway.pages import as_json, as_table
from tulou.plane.gateway.service import Service, sha256
from tulou.trust.plans import AccessPlan, Channel


async def preview(service: Service, request: Request, answer: Answer) -> None:
    """`GET /v1/preview`: at most 50 rows, as JSON or as a table fragment."""
    plan = service.open_plan(request, "preview")
    wants_table = request.query.get("format") == "html" or "text/html" in request.headers.get("accept", "")
    await _answer(service, plan, preview_of(request), answer, "preview", as_table=wants_table)


async def data(service: Service, request: Request, answer: Answer) -> None:
    """`GET /v1/data`: one page of JSON with a cursor."""
    plan = service.open_plan(request, "api")
    await _answer(service, plan, page_of(request), answer, "api", as_table=False)


async def _answer(
    service: Service, plan: AccessPlan, asked: ReadRequest, answer: Answer, channel: Channel, *, as_table: bool
) -> None:
    use, admission = await service.admit(plan, asked.limit or 0)
    try:
        page = await service.in_thread(read_page, plan, service.lake, _within(plan, asked, admission))
    except BaseException:
        await service.ledger.settle(use, admission, rows=0, size=0)
        raise
    body = _body(plan, page, table=as_table)
    leaf = leaf_of(plan, "access.call.made", service.settings.node, _told(service, plan, asked, page, body, channel))
    await service.evidence.append(leaf, settlement(use, admission, rows=page.rows.num_rows, size=len(body)))
    kind = "text/html; charset=utf-8" if as_table else JSON
    await answer.whole(200, body, {"content-type": kind, "x-tulou-evidence": str(leaf.id), **_left(use, admission)})


def _within(plan: AccessPlan, asked: ReadRequest, admission: Admission) -> ReadRequest:
    """Where rows are limited, no more than were reserved."""
    return replace(asked, limit=admission.reserved) if plan.quota.rows_per_day else asked


def _body(plan: AccessPlan, page: Page, *, table: bool) -> bytes:
    return as_table(plan, page) if table else as_json(plan, page)


def _told(
    service: Service, plan: AccessPlan, asked: ReadRequest, page: Page, body: bytes, channel: Channel
) -> dict[str, Any]:
    return {
        "channel": channel,
        "columns": list(page.rows.column_names),
        "filters": service.digest(plan, asked),
        "rows": page.rows.num_rows,
        "bytes": len(body),
        "sha256": sha256(body),
    }


def _left(use: Use, admission: Admission) -> dict[str, str]:
    """What remains of today's calls after this one, where they are limited."""
    if admission.calls_left is None:
        return {}
    return {"x-tulou-calls-left": str(max(admission.calls_left - 1, 0)), "x-tulou-calls-quota": str(use.calls_quota)}
