"""What every engine does, and what it says of itself as data."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from tulou.plane.connect import Source
from tulou.plane.rules import Rule
from tulou.plane.tables import TableRef, TableSchema

Progress = Callable[[int, int | None], None]
Cancelled = Callable[[], bool]


@dataclass(frozen=True, slots=True)
class Capabilities:
    """What an engine can do; callers read this instead of asking for its name."""

    name: str
    sealed_zones: bool
    keyed_history: bool
    distributed: bool
    source_kinds: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class BatchJob:
    """One batch: `mapping` gives the source's column for each column of the table."""

    batch_id: str
    ref: TableRef
    schema: TableSchema
    source: Source
    rules: Sequence[Rule]
    mapping: Mapping[str, str]
    source_org: str
    source_system: str


@dataclass(frozen=True, slots=True)
class BatchOutcome:
    """What became of a batch: sent = accepted + rejected, accepted = inserted + changed + unchanged."""

    batch_id: str
    ref: TableRef
    sent: int
    accepted: int
    rejected: int
    inserted: int
    changed: int
    unchanged: int
    by_rule: Mapping[str, int]
    warned: Mapping[str, int]
    sha256: str
    position: str
    started_at: datetime
    landed_at: datetime
    repeated: bool


@dataclass(frozen=True, slots=True)
class FailingRow:
    """A row of the standing table that broke rules, by its row key."""

    row_key: str
    rules: tuple[str, ...]
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class CheckOutcome:
    """What a check of the standing table found; `by_rule` counts all rules, `samples` are the first failing rows."""

    ref: TableRef
    rows: int
    passed: int
    by_rule: Mapping[str, int]
    samples: tuple[FailingRow, ...]


class Engine(Protocol):
    """Moves batches into the lake and checks what stands there."""

    @property
    def capabilities(self) -> Capabilities:
        """What this engine can do."""
        ...

    def run_batch(
        self, job: BatchJob, progress: Progress | None = None, cancelled: Cancelled | None = None
    ) -> BatchOutcome:
        """Read, type, check and land a batch, exactly once by its id."""
        ...

    def check_table(self, ref: TableRef, rules: Sequence[Rule], samples: int = 100) -> CheckOutcome:
        """Run rules over the current rows of a table."""
        ...
