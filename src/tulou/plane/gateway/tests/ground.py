"""A gateway over a real database, a real lake and real keys, with the tables that other rooms own."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from threading import Thread
from typing import Any, TypeVar, cast

import httpx
import psycopg

from tulou.plane.gate.tests.ground import plan_for
from tulou.plane.gateway.application import Gateway
from tulou.plane.gateway.settings import Settings
from tulou.plane.tables import Lake, TableRef
from tulou.trust.evidence import Leaf
from tulou.trust.keys import Key, KeyStore
from tulou.trust.plans import AccessPlan, Channel, PlanColumn, Predicate, Quota
from tulou.trust.signed import sign

Result = TypeVar("Result")
HUB = "http://localhost:8000"
NO_QUOTA = Quota()

TABLES = """
CREATE TABLE access_plan (id uuid PRIMARY KEY, right_id uuid NOT NULL, expires timestamptz NOT NULL);
CREATE TABLE access_revocation (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(), target uuid NOT NULL, reason text NOT NULL DEFAULT '',
    since timestamptz NOT NULL DEFAULT now(), lifted_at timestamptz);
CREATE TABLE access_meter (
    "right" uuid, day date, calls int NOT NULL, rows bigint NOT NULL, bytes bigint NOT NULL,
    PRIMARY KEY ("right", day));
CREATE TABLE evidence_entry (
    id uuid PRIMARY KEY, at timestamptz NOT NULL, kind text NOT NULL, leaf bytea NOT NULL,
    leaf_hash bytea NOT NULL UNIQUE, promise text NOT NULL, seq bigint UNIQUE, subjects text[] NOT NULL,
    party uuid, person uuid);
"""


class Background:
    """An event loop in a thread of its own, so that tests stay plain functions."""

    def __init__(self) -> None:
        self.loop = asyncio.new_event_loop()
        self._thread = Thread(target=self.loop.run_forever, daemon=True)
        self._thread.start()

    def run(self, work: Awaitable[Result]) -> Result:
        async def outer() -> Result:
            return await work

        return asyncio.run_coroutine_threadsafe(outer(), self.loop).result(120)

    def close(self) -> None:
        self.loop.call_soon_threadsafe(self.loop.stop)
        self._thread.join()
        self.loop.close()


@dataclass
class Ground:
    """What a test has at hand."""

    settings: Settings
    lake: Lake
    keys: KeyStore
    gateway: Gateway
    background: Background
    table: TableRef

    def plan(
        self,
        *columns: PlanColumn | str,
        rows: tuple[Predicate, ...] = (),
        channels: tuple[Channel, ...] = ("preview", "file", "api"),
        quota: Quota = NO_QUOTA,
        **changes: Any,
    ) -> AccessPlan:
        """A plan that the hub has issued: it stands in the hub's tables."""
        made = replace(plan_for(self.table, columns or ("code", "name"), rows), channels=channels, quota=quota)
        return self.issue(replace(made, **changes))

    def issue(self, plan: AccessPlan) -> AccessPlan:
        """Let a plan stand in the hub's tables."""
        self.sql("INSERT INTO access_plan VALUES (%s, %s, %s)", plan.id, plan.basis.ref, plan.expires)
        return plan

    def token(self, plan: AccessPlan, key: Key | None = None, kind: str = "access-plan") -> str:
        return sign(kind, plan.to_payload(), key or self.keys.ensure("plans"))

    def sql(self, query: str, *values: object) -> list[tuple[Any, ...]]:
        with psycopg.connect(self.settings.database_url, autocommit=True) as connection:
            cursor = connection.execute(query.encode(), values)
            return cursor.fetchall() if cursor.description else []

    def get(self, path: str, token: str = "", **headers: str) -> httpx.Response:
        """One request."""
        return self.background.run(self._get(path, token, headers))

    def all_at_once(self, count: int, path: str, token: str) -> list[httpx.Response]:
        """The same request many times at once."""

        async def every() -> list[httpx.Response]:
            return await asyncio.gather(*(self._get(path, token, {}) for _ in range(count)))

        return self.background.run(every())

    async def _get(self, path: str, token: str, headers: dict[str, str]) -> httpx.Response:
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        if token:
            sent["authorization"] = f"Bearer {token}"
        transport = httpx.ASGITransport(app=cast(Any, self.gateway), raise_app_exceptions=False)
        async with httpx.AsyncClient(transport=transport, base_url="http://gateway", timeout=60) as client:
            return await client.request("GET", path, headers=sent)

    def leaves(self, plan: AccessPlan) -> list[dict[str, Any]]:
        """What evidence says of a plan, oldest first."""
        query = "SELECT leaf FROM evidence_entry WHERE %s = ANY(subjects) ORDER BY at, id"
        return [Leaf.from_bytes(bytes(row[0])).to_payload() for row in self.sql(query, f"plan:{plan.id}")]

    def used(self, plan: AccessPlan) -> tuple[int, int, int]:
        """Calls, rows and bytes of the plan's right."""
        found = self.sql('SELECT calls, rows, bytes FROM access_meter WHERE "right" = %s', plan.basis.ref)
        return (found[0][0], found[0][1], found[0][2]) if found else (0, 0, 0)


def running(factory: Callable[[], Settings], background: Background) -> Gateway:
    """A gateway made inside its loop."""

    async def make() -> Gateway:
        return Gateway(factory)

    return background.run(make())
