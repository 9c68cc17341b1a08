"""One running gateway (网关服务): its connections, and the checks that every call passes in order.

Signature and kind, in force, channel, purpose; then, in one statement, not
revoked and within quota; then the gate; then evidence; then the answer.
"""

import asyncio
import hashlib
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import Any, TypeVar
from uuid import UUID

from psycopg_pool import AsyncConnectionPool

from tulou.plane.gate import ReadRequest
from tulou.plane.gateway.evidence import GroupCommit
from tulou.plane.gateway.http import Refusal, Request
from tulou.plane.gateway.ledger import Admission, Ledger, Use
from tulou.plane.gateway.settings import Settings
from tulou.plane.gateway.tokens import open_plan
from tulou.plane.tables import Lake
from tulou.trust.keys import KeyStore
from tulou.trust.plans import AccessPlan, Channel

Result = TypeVar("Result")
_READERS = 8


class Service:
    """What all calls of one process share."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.keys = KeyStore(settings.keys)
        self.lake = Lake(settings.lake())
        self.threads = ThreadPoolExecutor(_READERS, thread_name_prefix="read")
        self.pool = AsyncConnectionPool(
            settings.database_url,
            kwargs={"autocommit": True, "connect_timeout": 5, "application_name": "tulou-gateway"},
            min_size=1,
            max_size=16,
            timeout=5,
            open=False,
        )
        self.ledger = Ledger(self.pool)
        self.evidence: GroupCommit

    async def open(self) -> None:
        """Connect."""
        await self.pool.open()
        self.evidence = GroupCommit(self.pool, self.keys, self.settings.node)

    async def close(self) -> None:
        """Let go of everything."""
        await self.evidence.close()
        await self.pool.close()
        self.threads.shutdown(wait=False, cancel_futures=True)
        self.lake.close()

    async def in_thread(self, work: Callable[..., Result], *args: Any) -> Result:
        """Run what blocks beside the loop."""
        return await asyncio.get_running_loop().run_in_executor(self.threads, work, *args)

    def open_plan(self, request: Request, channel: Channel) -> AccessPlan:
        """The plan of a request; raises Refusal."""
        return open_plan(request, channel, keys=self.keys, node=self.settings.node, at=datetime.now(UTC))

    async def admit(self, plan: AccessPlan, rows: int) -> tuple[Use, Admission]:
        """Count the call and reserve its rows, fewer where fewer are left.

        Raises:
            Refusal: revoked, unknown, or beyond a quota.
        """
        use = use_of(plan)
        admission = await self.ledger.admit(use, rows)
        for _ in range(3):
            left = admission.rows_left
            if admission.admitted or not _stands(admission) or admission.calls_left == 0 or not left or left >= rows:
                break
            admission = await self.ledger.admit(use, left)
        if not _stands(admission):
            raise Refusal(403, "revoked", "授权已撤销、暂停或失效", "如仍需要，请联系数据提供方或重新申请")
        if not admission.admitted:
            spent = "调用次数" if admission.calls_left == 0 else "数据行数"
            raise Refusal(429, "quota", f"今日{spent}已达授权上限", "请明日再试，或申请提高上限")
        return use, admission

    def digest(self, plan: AccessPlan, request: ReadRequest) -> str:
        """A keyed digest of what was asked: evidence is for ever, and a filter may hold a person's number."""
        told = "\x1f".join(f"{f.column}={f.value}" for f in sorted(request.filters, key=lambda f: (f.column, f.value)))
        asked = f"tulou-filter\x1f{told}\x1f{request.sort}\x1f{request.descending}\x1f{','.join(request.group_by)}"
        return self.lake.seal_keys.keyed_hash(plan.table.zone, asked)


def use_of(plan: AccessPlan) -> Use:
    """What a plan's calls are measured against."""
    return Use(UUID(plan.id), UUID(plan.basis.ref), plan.quota.calls_per_day, plan.quota.rows_per_day)


def _stands(admission: Admission) -> bool:
    return admission.known and admission.live and not admission.revoked


def sha256(body: bytes) -> str:
    """The digest that evidence keeps of a payload."""
    return hashlib.sha256(body).hexdigest()
