"""Whole tables as files (文件下载): streamed in bounded memory, recorded before the first byte and before the last.

Promise: a file that ends well was recorded to its last byte; one that was
cut off, by the client, by revocation or by a fault, ends visibly broken and
is recorded as such.
"""

import asyncio
import contextlib
import hashlib
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import pyarrow as pa

from tulou.plane.gate import ReadRequest, count, read
from tulou.plane.gateway.asked import disposition, file_of
from tulou.plane.gateway.evidence import leaf_of
from tulou.plane.gateway.formats import FORMATS, Format, Sheet, TooManyRows
from tulou.plane.gateway.http import Answer, ClientGone, Refusal, Request
from tulou.plane.gateway.ledger import CHINA, Admission, Use, settlement
from tulou.plane.gateway.service import Service, use_of
from tulou.trust.evidence import Leaf
from tulou.trust.plans import AccessPlan

PREFIX = "/v1/files/"
_ASK_AGAIN_EVERY = 2.0


class Stopped(Exception):
    """The delivery must end before its end: `outcome` says why."""

    def __init__(self, outcome: str) -> None:
        super().__init__(outcome)
        self.outcome = outcome


@dataclass(slots=True)
class Delivery:
    """One file on its way: what was granted, what was read, what was sent."""

    plan: AccessPlan
    asked: ReadRequest
    form: str
    use: Use
    admission: Admission
    rows: int = 0
    size: int = 0
    digest: Any = field(default_factory=hashlib.sha256)
    settled: bool = False
    asked_again: float = field(default_factory=time.monotonic)

    def counted(self, batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        """The batches, their rows counted; none beyond what was reserved where rows are limited."""
        for batch in batches:
            self.rows += batch.num_rows
            if self.plan.quota.rows_per_day and self.rows > self.admission.reserved:
                raise Stopped("quota")
            yield batch


async def file(service: Service, request: Request, answer: Answer) -> None:
    """`GET /v1/files/{format}`."""
    form = request.path.removeprefix(PREFIX)
    if form not in FORMATS:
        raise Refusal(404, "format", "没有这种文件格式", f"可用：{'、'.join(FORMATS)}")
    plan = service.open_plan(request, "file")
    asked = file_of(request)
    use, admission = await _admit(service, plan, asked)
    delivery = Delivery(plan, asked, form, use, admission)
    chunks = _chunks(service, delivery, FORMATS[form])
    try:
        await _deliver(service, request, answer, delivery, chunks)
    finally:
        await asyncio.shield(service.in_thread(chunks.close))  # type: ignore[attr-defined]


async def _admit(service: Service, plan: AccessPlan, asked: ReadRequest) -> tuple[Use, Admission]:
    """A file under a row quota reserves all its rows, or is refused before its first byte."""
    if not plan.quota.rows_per_day:
        return await service.admit(plan, 0)
    if await service.ledger.revoked(use_of(plan)):
        raise Refusal(403, "revoked", "授权已撤销、暂停或失效", "如仍需要，请联系数据提供方或重新申请")
    rows = await service.in_thread(count, plan, service.lake, asked)
    use, admission = await service.admit(plan, rows)
    if admission.reserved < rows:
        await service.ledger.settle(use, admission, rows=0, size=0)
        left = f"文件有 {rows} 行，今日只剩 {admission.reserved} 行"
        raise Refusal(429, "quota", left, "请加筛选条件，或申请提高上限")
    return use, admission


def _chunks(service: Service, delivery: Delivery, form: Format) -> Iterator[bytes]:
    plan = delivery.plan
    batches = delivery.counted(read(plan, service.lake, delivery.asked))
    names = tuple(column.name for column in plan.columns)
    labels = tuple(column.label or column.name for column in plan.columns)
    yield from form.write(Sheet(batches, names, labels, service.settings.spool))


async def _deliver(
    service: Service, request: Request, answer: Answer, delivery: Delivery, chunks: Iterator[bytes]
) -> None:
    try:
        first = await service.in_thread(next, chunks, b"")
        started = await _record_start(service, delivery)
    except BaseException as fault:
        await service.ledger.settle(delivery.use, delivery.admission, rows=0, size=0)
        if isinstance(fault, TooManyRows):
            raise Refusal(
                413, "too_many_rows", "超过 Excel 的行数上限（1048575 行）", "请改用 CSV 或 Parquet"
            ) from None
        raise
    watch = asyncio.ensure_future(answer.gone())
    try:
        last = await _stream(service, request, answer, delivery, started, chunks, first, watch)
        await _record_end(service, delivery, started, "complete")
        await answer.part(last, last=True)
    except BaseException as fault:
        outcome = fault.outcome if isinstance(fault, Stopped) else "aborted"
        with contextlib.suppress(Exception):  # the cut itself is what the client must see
            await asyncio.shield(_record_end(service, delivery, started, outcome))
        raise
    finally:
        watch.cancel()


async def _stream(
    service: Service, request: Request, answer: Answer, delivery: Delivery, started: Leaf,
    chunks: Iterator[bytes], first: bytes, watch: "asyncio.Future[None]",
) -> bytes:  # fmt: skip
    """Send all chunks but the last, which is held back until the end is recorded."""
    today = datetime.now(CHINA).date()
    table = delivery.plan.table.name
    headers = {
        "content-type": FORMATS[delivery.form].media_type,
        "content-disposition": disposition(request, table, delivery.form, today),
        "x-tulou-evidence": str(started.id),
    }
    await answer.start(200, headers)
    held: bytes | None = first
    while held is not None:
        delivery.size += len(held)
        delivery.digest.update(held)
        following = await service.in_thread(next, chunks, None)
        if following is None:
            return held
        await _still_allowed(service, delivery, watch)
        await answer.part(held)
        held = following
    raise AssertionError("unreachable")


async def _still_allowed(service: Service, delivery: Delivery, watch: "asyncio.Future[None]") -> None:
    if watch.done():
        raise ClientGone
    if time.monotonic() - delivery.asked_again > _ASK_AGAIN_EVERY:
        if await service.ledger.revoked(delivery.use):
            raise Stopped("revoked")
        delivery.asked_again = time.monotonic()


async def _record_start(service: Service, delivery: Delivery) -> Leaf:
    told = {
        "channel": "file",
        "format": delivery.form,
        "columns": [column.name for column in delivery.plan.columns],
        "filters": service.digest(delivery.plan, delivery.asked),
    }
    leaf = leaf_of(delivery.plan, "access.delivery.started", service.settings.node, told)
    await service.evidence.append(leaf)
    return leaf


async def _record_end(service: Service, delivery: Delivery, started: Leaf, outcome: str) -> None:
    told = {
        "channel": "file",
        "delivery": str(started.id),
        "outcome": outcome,
        "rows": delivery.rows,
        "bytes": delivery.size,
        "sha256": delivery.digest.hexdigest(),
    }
    count = settlement(delivery.use, delivery.admission, rows=delivery.rows, size=delivery.size)
    leaf = leaf_of(delivery.plan, "access.delivery.finished", service.settings.node, told)
    await service.evidence.append(leaf, None if delivery.settled else count)
    delivery.settled = True  # a last byte that does not get through is told by one more leaf, and counted once
