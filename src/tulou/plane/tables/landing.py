"""Landing a batch (批次入库): rows, history, rejected rows and the ledger in one lake transaction.

Promise: nothing is lost and nothing happens twice. A batch that was killed
left nothing; a batch that was committed answers every repetition with its
first outcome. sent = accepted + rejected; accepted = inserted + changed +
unchanged.
"""

import json
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

import duckdb
import pyarrow as pa

from tulou.plane.tables import shape
from tulou.plane.tables.problems import LakeProblem, LandingCancelled
from tulou.plane.tables.schema import TableRef
from tulou.plane.tables.seal import SealKeys
from tulou.plane.tables.staging import Staged, stage

_ATTEMPTS: Final = 8
BOUNDARIES: Final = ("locked", "staged", "rows_written", "rejected_written", "ledger_written", "committed")
_LEDGER_ROW: Final = (
    "batch_id, file_hash, source_position, sent, accepted, rejected, inserted, changed, unchanged, "
    "by_rule, warned, started_at, landed_at"
)

FAULTS: Final = pa.schema([("_row", pa.int64()), *((name, pa.string()) for name in ("rule", "reason", "raw"))])


@dataclass(frozen=True, slots=True)
class Origin:
    """Where the rows came from; known in full only when they were all read."""

    file_hash: str
    position: str = ""


@dataclass(frozen=True, slots=True)
class Landing:
    """A batch on its way in.

    `pieces` are streams of rows, all of one form, each read once (the engine
    holds on to what it has read of a stream until that ends, so a long source
    comes in several). `select` reads one as `incoming` and yields the business columns, `_row`
    (number in the source), `_broken` and `_warned` (lists of rule ids),
    `_reasons` (in Chinese) and `_raw` (the row as it came, where `_broken` is
    not empty). `faults`, asked for afterwards, are rows that never became
    values: `_row`, `rule`, `reason`, `raw`.
    """

    batch_id: str
    pieces: Iterable[pa.RecordBatchReader]
    select: str
    source_org: str
    source_system: str
    origin: Callable[[], Origin]
    faults: Callable[[], pa.Table] = lambda: FAULTS.empty_table()
    cancelled: Callable[[], bool] = lambda: False


@dataclass(frozen=True, slots=True)
class LandedBatch:
    """What the ledger holds of a batch; `repeated` when it had landed before this call."""

    batch_id: str
    table: TableRef
    file_hash: str
    position: str
    sent: int
    accepted: int
    rejected: int
    inserted: int
    changed: int
    unchanged: int
    by_rule: Mapping[str, int]
    warned: Mapping[str, int]
    started_at: datetime
    landed_at: datetime
    repeated: bool = False


def find_batch(cursor: duckdb.DuckDBPyConnection, ref: TableRef, batch_id: str) -> LandedBatch | None:
    """The ledger's row of a batch, marked as repeated."""
    query = f"SELECT {_LEDGER_ROW} FROM {shape.LEDGER} WHERE batch_id = ? AND table_name = ?"
    row = cursor.execute(query, [batch_id, ref.name]).fetchone()
    return _from_ledger(ref, row, repeated=True) if row else None


def list_batches(cursor: duckdb.DuckDBPyConnection, zone: str, since: datetime | None) -> list[LandedBatch]:
    """The ledger after a moment, oldest first."""
    after, values = ("WHERE landed_at > ?", [since]) if since else ("", [])
    query = f"SELECT table_name, {_LEDGER_ROW} FROM {shape.LEDGER} {after} ORDER BY landed_at, batch_id"
    rows = cursor.execute(query, values).fetchall()
    return [_from_ledger(TableRef(zone, row[0]), row[1:], repeated=False) for row in rows]


def land(
    cursor: duckdb.DuckDBPyConnection,
    ref: TableRef,
    landing: Landing,
    keys: SealKeys,
    still_locked: Callable[[], None],
    on_boundary: Callable[[str], None],
) -> LandedBatch:
    """Land the batch; the caller holds the table's writer lock."""
    known = find_batch(cursor, ref, landing.batch_id)
    if known is not None:
        return known
    schema = shape.stored_schema(cursor, ref)
    if schema is None:
        raise LakeProblem("no_table", f"数据表“{ref.name}”尚未建立", "请先发布目录并建表")
    started = _now()
    staged = stage(cursor, ref, schema, landing, keys)
    on_boundary("staged")
    if landing.cancelled():
        raise LandingCancelled
    commit = _Commit(cursor, ref, landing, staged, started, still_locked, on_boundary)
    return commit.run()


@dataclass(frozen=True, slots=True)
class _Commit:
    """The transaction, repeated as a whole when the catalogue reports a conflict."""

    cursor: duckdb.DuckDBPyConnection
    ref: TableRef
    landing: Landing
    staged: Staged
    started: datetime
    still_locked: Callable[[], None]
    on_boundary: Callable[[str], None]

    def run(self) -> LandedBatch:
        for attempt in range(_ATTEMPTS):
            try:
                return self._once()
            except duckdb.Error as error:
                self._roll_back()
                if "conflict" not in str(error).lower():
                    raise
                if attempt == _ATTEMPTS - 1:
                    raise LakeProblem("conflict", "数据表正被维护任务占用，多次重试未成功", "请稍后重试") from error
        raise AssertionError("unreachable")

    def _once(self) -> LandedBatch:
        self.cursor.execute("BEGIN")
        known = find_batch(self.cursor, self.ref, self.landing.batch_id)
        if known is not None:
            self._roll_back()
            return known
        landed = _now()
        inserted, changed, unchanged = self.staged.write_rows(self.landing, landed)
        self.on_boundary("rows_written")
        self.staged.write_rejected(self.landing, landed)
        self.on_boundary("rejected_written")
        batch = self._ledger_row(inserted, changed, unchanged, landed)
        self.on_boundary("ledger_written")
        self.still_locked()
        self.cursor.execute("COMMIT")
        self.on_boundary("committed")
        return batch

    def _ledger_row(self, inserted: int, changed: int, unchanged: int, landed: datetime) -> LandedBatch:
        staged, landing, origin = self.staged, self.landing, self.landing.origin()
        accepted = inserted + changed + unchanged
        if accepted + staged.rejected != staged.sent:
            raise LakeProblem("unbalanced", f"对账不平：送达 {staged.sent}，入库 {accepted}，退回 {staged.rejected}")
        batch = LandedBatch(
            batch_id=landing.batch_id, table=self.ref, file_hash=origin.file_hash, position=origin.position,
            sent=staged.sent, accepted=accepted, rejected=staged.rejected, inserted=inserted, changed=changed,
            unchanged=unchanged, by_rule=staged.by_rule, warned=staged.warned,
            started_at=self.started, landed_at=landed,
        )  # fmt: skip
        self.cursor.execute(
            f"INSERT INTO {shape.LEDGER} ({_LEDGER_ROW}, table_name, source_org, source_system) "
            "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            [
                batch.batch_id, batch.file_hash, batch.position, batch.sent, batch.accepted, batch.rejected,
                batch.inserted, batch.changed, batch.unchanged, _json(batch.by_rule), _json(batch.warned),
                batch.started_at, batch.landed_at, self.ref.name, landing.source_org, landing.source_system,
            ],
        )  # fmt: skip
        return batch

    def _roll_back(self) -> None:
        with suppress(duckdb.Error):  # a failed COMMIT has ended it already; a lost catalogue will
            self.cursor.execute("ROLLBACK")


def _from_ledger(ref: TableRef, row: Any, *, repeated: bool) -> LandedBatch:
    batch_id, file_hash, position, sent, accepted, rejected, inserted, changed, unchanged, *rest = row
    by_rule, warned, started, landed = rest
    return LandedBatch(
        batch_id, ref, file_hash, position, sent, accepted, rejected, inserted, changed, unchanged,
        json.loads(by_rule), json.loads(warned), started, landed, repeated,
    )  # fmt: skip


def _json(counts: Mapping[str, int]) -> str:
    return json.dumps(dict(counts), ensure_ascii=False, sort_keys=True)


def _now() -> datetime:
    """This moment in UTC, without a zone: the lake keeps all times so."""
    return datetime.now(UTC).replace(tzinfo=None)
