"""Evidence of calls and deliveries (调用留痕): durable before the answer, many calls in one commit.

Promise: `append` returns only when the leaf is committed and promised, and
with it the meter's count of what it tells. What arrives while a commit is under
way goes together into the next.
"""

import asyncio
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Final
from uuid import UUID

from psycopg_pool import AsyncConnectionPool

from tulou.plane.gateway.ledger import SETTLE
from tulou.trust.evidence import PURPOSE, Leaf, LeafActor, Promise, promise
from tulou.trust.evidence_sql import INSERT_ENTRY, entry_params
from tulou.trust.ids import new_id
from tulou.trust.keys import KeyStore
from tulou.trust.plans import AccessPlan

BATCH: Final = 256
Settlement = Mapping[str, Any]


def leaf_of(plan: AccessPlan, kind: str, node: str, data: Mapping[str, Any], *, id: UUID | None = None) -> Leaf:
    """A leaf about one use of a plan."""
    table = f"table:{plan.table.zone}.{plan.table.name}"
    subjects = (f"plan:{plan.id}", f"right:{plan.basis.ref}", f"entry:{plan.entry}", table)
    about = {
        "plan": plan.id,
        "basis": {"kind": plan.basis.kind, "ref": plan.basis.ref},
        "entry": plan.entry,
        "purpose": plan.purpose,
        **data,
    }
    actor = LeafActor(plan.caller, None, "caller")
    return Leaf(id or new_id(), datetime.now(UTC), node, kind, actor, subjects, about)


class GroupCommit:
    """An evidence sink for many concurrent callers."""

    def __init__(self, pool: AsyncConnectionPool, keys: KeyStore, log: str) -> None:
        self._pool, self._keys, self._log = pool, keys, log
        self._waiting: list[tuple[Leaf, Settlement | None, asyncio.Future[Promise]]] = []
        self._arrived = asyncio.Event()
        self._task = asyncio.get_running_loop().create_task(self._run())

    async def append(self, leaf: Leaf, settling: Settlement | None = None) -> Promise:
        """Make the leaf durable, and in the same transaction count what it says was delivered.

        Raises:
            psycopg.Error, PoolTimeout: it is not durable, and nothing may leave.
        """
        done: asyncio.Future[Promise] = asyncio.get_running_loop().create_future()
        self._waiting.append((leaf, settling, done))
        self._arrived.set()
        return await done

    async def close(self) -> None:
        """Stop; whoever still waits is refused."""
        self._task.cancel()
        for _, _, done in self._waiting:
            done.cancel()

    async def _run(self) -> None:
        while True:
            await self._arrived.wait()
            batch, self._waiting = self._waiting[:BATCH], self._waiting[BATCH:]
            if not self._waiting:
                self._arrived.clear()
            try:
                promises = await self._commit([(leaf, settling) for leaf, settling, _ in batch])
            except Exception as fault:  # whatever it is, each caller must be told that nothing is durable
                for _, _, done in batch:
                    if not done.done():
                        done.set_exception(fault)
                continue
            for (_, _, done), given in zip(batch, promises, strict=True):
                if not done.done():
                    done.set_result(given)

    async def _commit(self, told: list[tuple[Leaf, Settlement | None]]) -> list[Promise]:
        leaves = [leaf for leaf, _ in told]
        # In one order whoever commits, so that two processes that count for the same rights do not block each other.
        settling = sorted((one for _, one in told if one), key=lambda one: (str(one["right"]), one["day"]))
        key = self._keys.ensure(PURPOSE)
        promises = [promise(leaf.hash(), log=self._log, at=leaf.at, key=key) for leaf in leaves]
        params = [entry_params(leaf, given) for leaf, given in zip(leaves, promises, strict=True)]
        async with self._pool.connection() as connection, connection.transaction(), connection.cursor() as cursor:
            if len(params) == 1:
                await cursor.execute(INSERT_ENTRY, params[0])
            else:
                await cursor.executemany(INSERT_ENTRY, params)
            for one in settling:
                await cursor.execute(SETTLE, one)
        return promises
