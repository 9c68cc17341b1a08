"""The gateway's ledger in the hub's database: is a plan still good, and what was used of its right today.

The tables belong to the hub's room `access`; this module is the contract:

- `access_plan(id uuid, right_id uuid, expires timestamptz, …)`: plans that were issued;
- `access_revocation(target uuid, lifted_at timestamptz, …)`: plans and rights, stopped while `lifted_at` is null;
- `access_meter("right" uuid, day date, calls int, rows bigint, bytes bigint, primary key ("right", day))`.

Promise: a call is counted, and its rows are reserved, in the one statement
that admits it, so that no number of callers at once can exceed a quota. What
was delivered is counted in the transaction that records it, so that meter and
log agree; what was reserved and not delivered is given back; a crash gives
nothing back.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID
from zoneinfo import ZoneInfo

from psycopg_pool import AsyncConnectionPool

CHINA: Final = ZoneInfo("Asia/Shanghai")

REVOKED: Final = """
SELECT EXISTS (SELECT 1 FROM access_revocation r WHERE r.lifted_at IS NULL AND r.target IN (p.id, p.right_id))
FROM access_plan p WHERE p.id = %(plan)s AND p.right_id = %(right)s
"""

ADMIT: Final = """
WITH standing AS (
    SELECT p.expires > now() AS live, EXISTS (
        SELECT 1 FROM access_revocation r WHERE r.lifted_at IS NULL AND r.target IN (p.id, p.right_id)) AS revoked
    FROM access_plan p WHERE p.id = %(plan)s AND p.right_id = %(right)s
),
used AS (
    INSERT INTO access_meter AS m ("right", day, calls, rows, bytes)
    SELECT %(right)s, %(day)s, 1, %(rows)s, 0 FROM standing
    WHERE live AND NOT revoked AND (%(rows_quota)s = 0 OR %(rows)s <= %(rows_quota)s)
    ON CONFLICT ("right", day) DO UPDATE SET calls = m.calls + 1, rows = m.rows + excluded.rows
    WHERE (%(calls_quota)s = 0 OR m.calls < %(calls_quota)s)
      AND (%(rows_quota)s = 0 OR m.rows + excluded.rows <= %(rows_quota)s)
    RETURNING m.calls
)
SELECT live, revoked, (SELECT calls FROM used), today.calls, today.rows
FROM standing LEFT JOIN access_meter today ON today."right" = %(right)s AND today.day = %(day)s
"""

SETTLE: Final = """
UPDATE access_meter SET rows = greatest(rows + %(rows)s, 0), bytes = bytes + %(bytes)s
WHERE "right" = %(right)s AND day = %(day)s
"""


@dataclass(frozen=True, slots=True)
class Use:
    """What a call is measured against: its plan, its right and the right's quotas (0 is unlimited)."""

    plan: UUID
    right: UUID
    calls_quota: int
    rows_quota: int


@dataclass(frozen=True, slots=True)
class Admission:
    """The ledger's answer; `admitted` calls were counted and `reserved` rows set aside on `day`."""

    known: bool
    live: bool
    revoked: bool
    admitted: bool
    calls_left: int | None
    rows_left: int | None
    reserved: int
    day: str


class Ledger:
    """The queries, over a pool of autocommit connections."""

    def __init__(self, pool: AsyncConnectionPool) -> None:
        self._pool = pool

    async def admit(self, use: Use, rows: int) -> Admission:
        """Count a call and reserve rows, if the plan stands and both quotas allow it."""
        day = datetime.now(CHINA).date().isoformat()
        values = {"plan": use.plan, "right": use.right, "day": day, "rows": rows,
                  "calls_quota": use.calls_quota, "rows_quota": use.rows_quota}  # fmt: skip
        async with self._pool.connection() as connection:
            row = await (await connection.execute(ADMIT, values)).fetchone()
        if row is None:
            return Admission(False, False, False, False, None, None, 0, day)
        live, revoked, counted, calls, used = row
        calls_left = max(use.calls_quota - (calls or 0), 0) if use.calls_quota else None
        rows_left = max(use.rows_quota - (used or 0), 0) if use.rows_quota else None
        admitted = counted is not None
        return Admission(True, live, revoked, admitted, calls_left, rows_left, rows if admitted else 0, day)

    async def revoked(self, use: Use) -> bool:
        """Whether the plan was stopped: asked again while a long file is streaming."""
        async with self._pool.connection() as connection:
            row = await (await connection.execute(REVOKED, {"plan": use.plan, "right": use.right})).fetchone()
        return row is None or bool(row[0])

    async def settle(self, use: Use, admission: Admission, *, rows: int, size: int) -> None:
        """Replace the reservation by what was delivered."""
        async with self._pool.connection() as connection:
            await connection.execute(SETTLE, settlement(use, admission, rows=rows, size=size))


def settlement(use: Use, admission: Admission, *, rows: int, size: int) -> dict[str, Any]:
    """The values of `SETTLE`, for one that commits together with the evidence of what was delivered."""
    return {"right": use.right, "day": admission.day, "rows": rows - admission.reserved, "bytes": size}
