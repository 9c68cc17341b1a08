"""The lake of one node (数据湖): zones, tables, landings and the ledger."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from threading import Lock

import duckdb
import psycopg
from psycopg import sql

from tulou.plane.tables import shape
from tulou.plane.tables.landing import LandedBatch, Landing, find_batch, land, list_batches
from tulou.plane.tables.problems import LakeProblem, explained
from tulou.plane.tables.schema import TableRef, TableSchema, Zone, check_ref
from tulou.plane.tables.seal import SealKeys
from tulou.plane.tables.session import Attachment, Limits, Session
from tulou.plane.tables.staging import teach_unsealing
from tulou.plane.tables.writer import writing


@dataclass(frozen=True, slots=True)
class LakeConfig:
    """Where the lake is, and what a session may use."""

    catalogue_dsn: str
    data_path: Path
    seal_keys: SealKeys
    spill: Path
    memory: str = "1GB"
    threads: int = 2
    patience: float = 600.0


def _pass_by(boundary: str) -> None:
    """In service nothing happens at a commit boundary; the chaos tests put something here."""


class Lake:
    """The door to all lake tables of a node."""

    def __init__(self, config: LakeConfig, on_boundary: Callable[[str], None] = _pass_by) -> None:
        self.config = config
        self.seal_keys = config.seal_keys
        self._on_boundary = on_boundary
        self._readers: dict[str, Session] = {}
        self._lock = Lock()

    @staticmethod
    def path(ref: TableRef) -> str:
        """The table's name in a session's SQL."""
        return shape.path(ref)

    @staticmethod
    def rejected_path(ref: TableRef) -> str:
        """The name of its companion table of rejected rows."""
        return shape.rejected_path(ref)

    def ensure_zone(self, zone: Zone) -> None:
        """Create the zone unless it stands.

        Raises:
            LakeProblem: it stands, but sealed otherwise.
        """
        if self._is_sealed(zone.name) not in {None, zone.sealed}:
            raise LakeProblem("zone_differs", f"数据区“{zone.name}”已存在，且加密方式不同", "请改用其他名称")
        with self._changing(TableRef(zone.name, "ledger"), sealed=zone.sealed) as cursor:
            shape.create_ledger(cursor)

    def ensure_table(self, ref: TableRef, schema: TableSchema) -> TableSchema:
        """Create the table, or widen it; the schema that stands afterwards."""
        standing = self.describe(ref)
        if standing is not None and shape.merge(standing, schema) == standing:
            return standing
        with self._changing(ref) as cursor:
            cursor.execute("BEGIN")
            standing = shape.stored_schema(cursor, ref)
            if standing is None:
                shape.create(cursor, ref, schema)
                standing = schema
            else:
                standing = shape.widen(cursor, ref, standing, schema)
            cursor.execute("COMMIT")
        return standing

    def describe(self, ref: TableRef) -> TableSchema | None:
        """The schema of a table, or None when it does not stand."""
        with self.reading(ref.zone) as cursor:
            return shape.stored_schema(cursor, ref)

    def land(self, ref: TableRef, landing: Landing) -> LandedBatch:
        """Land one batch exactly once; a batch id that already landed returns its first outcome.

        Raises:
            LakeProblem: nothing was kept; the message says what to do.
            LandingCancelled: nothing was kept.
        """
        known = self.batch(ref, landing.batch_id)
        if known is not None:
            return known
        config = self.config
        with writing(config.catalogue_dsn, ref, patience=config.patience, cancelled=landing.cancelled) as lock:
            self._on_boundary("locked")
            with self._open(ref.zone, application=lock.application) as session, session.cursor() as cursor:
                try:
                    return land(cursor, ref, landing, self.seal_keys, lock.check, self._on_boundary)
                except duckdb.Error as error:
                    raise explained(error) from error

    def batch(self, ref: TableRef, batch_id: str) -> LandedBatch | None:
        """What the ledger says of a batch."""
        with self.reading(ref.zone) as cursor:
            return find_batch(cursor, ref, batch_id)

    def ledger(self, zone: str, since: datetime | None = None) -> list[LandedBatch]:
        """The batches that landed in a zone after a moment (UTC), oldest first."""
        with self.reading(zone) as cursor:
            return list_batches(cursor, zone, since)

    def standing(self, ref: TableRef, batch_id: str) -> tuple[int, int | None]:
        """How many current rows the table has now, and the snapshot with which a batch landed."""
        with self.reading(ref.zone) as cursor:
            rows = cursor.execute(f"SELECT count(*) FROM {shape.path(ref)} WHERE is_current").fetchone() or (0,)
            landed = f"SELECT snapshot_id FROM {shape.LEDGER} WHERE batch_id = ? AND table_name = ?"
            found = cursor.execute(landed, [batch_id, ref.name]).fetchone()
        return int(rows[0]), int(found[0]) if found else None

    @contextmanager
    def reading(self, zone: str) -> Iterator[duckdb.DuckDBPyConnection]:
        """A fresh cursor that can read this zone and nothing else."""
        check_ref(TableRef(zone, "any"))
        with self._lock:
            if zone not in self._readers:
                self._readers[zone] = self._open(zone, application="tulou-reader", read_only=True)
            session = self._readers[zone]
        try:
            with session.cursor() as cursor:
                yield cursor
        except (duckdb.IOException, duckdb.ConnectionException, duckdb.TransactionException, duckdb.FatalException):
            self._forget(zone, session)
            raise

    @contextmanager
    def checking(self, ref: TableRef) -> Iterator[tuple[duckdb.DuckDBPyConnection, str]]:
        """A session of its own for checks, and the table's current rows as SQL with sealed columns in clear."""
        with self._open(ref.zone, application="tulou-check", read_only=True) as session, session.cursor() as cursor:
            schema = shape.stored_schema(cursor, ref)
            if schema is None:
                raise LakeProblem("no_table", f"数据表“{ref.name}”尚未建立", "请先发布目录并建表")
            yield cursor, teach_unsealing(cursor, ref, schema, self.seal_keys)

    def close(self) -> None:
        """Close all sessions."""
        with self._lock:
            for session in self._readers.values():
                session.close()
            self._readers.clear()

    def _forget(self, zone: str, session: Session) -> None:
        """Let the next reader attach anew: the catalogue's connection may be dead."""
        with self._lock:
            if self._readers.get(zone) is session:
                del self._readers[zone]

    def _open(self, zone: str, *, application: str, sealed: bool = False, read_only: bool = False) -> Session:
        config = self.config
        return Session(
            Limits(config.spill, config.memory, config.threads),
            Attachment(config.catalogue_dsn, zone, config.data_path / zone, sealed, read_only, application),
        )

    @contextmanager
    def _changing(self, ref: TableRef, *, sealed: bool = False) -> Iterator[duckdb.DuckDBPyConnection]:
        """A cursor that may write, while nobody else writes this table."""
        patience = self.config.patience
        with (
            writing(self.config.catalogue_dsn, ref, patience=patience, cancelled=lambda: False) as lock,
            self._open(ref.zone, application=lock.application, sealed=sealed) as session,
            session.cursor() as cursor,
        ):
            yield cursor

    def _is_sealed(self, zone: str) -> bool | None:
        """How the zone was made, or None when it does not stand."""
        query = sql.SQL("SELECT value FROM {}.ducklake_metadata WHERE key = 'encrypted'").format(sql.Identifier(zone))
        with psycopg.connect(self.config.catalogue_dsn, connect_timeout=10) as connection:
            try:
                row = connection.execute(query).fetchone()
            except psycopg.errors.UndefinedTable:
                return None
        return bool(row and row[0] == "true")
