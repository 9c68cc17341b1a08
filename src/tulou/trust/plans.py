"""Access plans (访问计划): what one caller may take out of one table, decided by the hub and compiled by the gate.

A plan is pure data. `tulou.trust.signed` signs it, `tulou.plane.gate` compiles
it to SQL, and nothing leaves the lake without one.
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final, Literal

PLAN: Final = "access-plan"

BasisKind = Literal[
    "grant", "ownership", "stewardship", "subject", "open_licence", "authorisation", "contract", "break_glass"
]
Channel = Literal["preview", "file", "api"]
MaskKind = Literal["none", "keep", "hash", "month", "null"]
Operator = Literal["eq", "in", "prefix", "ge", "le"]


@dataclass(frozen=True, slots=True)
class Basis:
    """What a plan rests on: the kind of right, and the id of the record that proves it."""

    kind: BasisKind
    ref: str


@dataclass(frozen=True, slots=True)
class TableRef:
    """A table of the lake: its zone (one DuckLake catalogue) and its name."""

    zone: str
    name: str


@dataclass(frozen=True, slots=True)
class Mask:
    """How a column's values are changed on the way out.

    `keep` keeps `head` and `tail` characters and stars the rest; `hash` is a
    keyed hash whose key belongs to the plan's basis, so that two receivers
    cannot join; `month` cuts a date to its month; `null` gives nothing.
    """

    kind: MaskKind = "none"
    head: int = 0
    tail: int = 0


@dataclass(frozen=True, slots=True)
class PlanColumn:
    """One column of a plan, with its Chinese label and its mask."""

    name: str
    label: str
    mask: Mask = Mask()


@dataclass(frozen=True, slots=True)
class Predicate:
    """One condition on rows; a plan's predicates are all demanded (AND)."""

    column: str
    op: Operator
    values: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Quota:
    """Limits per working of the meter: calls and rows per calendar day, 0 for unlimited."""

    calls_per_day: int = 0
    rows_per_day: int = 0


@dataclass(frozen=True, slots=True)
class AccessPlan:
    """What one caller may read, why, and until when."""

    id: str
    node: str
    basis: Basis
    purpose: str
    caller: str
    entry: str
    table: TableRef
    columns: tuple[PlanColumn, ...]
    rows: tuple[Predicate, ...]
    channels: tuple[Channel, ...]
    quota: Quota
    not_before: datetime
    expires: datetime
    min_group: int = 0

    def in_force(self, at: datetime) -> bool:
        """Whether the plan may be used at this moment."""
        return self.not_before <= at < self.expires

    def to_payload(self) -> dict[str, Any]:
        """The plan as canonical JSON material: text, whole numbers, lists and objects only."""
        return {
            "id": self.id,
            "node": self.node,
            "basis": {"kind": self.basis.kind, "ref": self.basis.ref},
            "purpose": self.purpose,
            "caller": self.caller,
            "entry": self.entry,
            "table": {"zone": self.table.zone, "name": self.table.name},
            "columns": [
                {
                    "name": c.name,
                    "label": c.label,
                    "mask": {"kind": c.mask.kind, "head": c.mask.head, "tail": c.mask.tail},
                }
                for c in self.columns
            ],
            "rows": [{"column": p.column, "op": p.op, "values": list(p.values)} for p in self.rows],
            "channels": list(self.channels),
            "quota": {"calls_per_day": self.quota.calls_per_day, "rows_per_day": self.quota.rows_per_day},
            "not_before": self.not_before.astimezone(UTC).isoformat(),
            "expires": self.expires.astimezone(UTC).isoformat(),
            "min_group": self.min_group,
        }

    @classmethod
    def from_payload(cls, payload: dict[str, Any]) -> "AccessPlan":
        """Read a plan back from `to_payload`'s form.

        Raises:
            KeyError, TypeError, ValueError: the payload is not a plan.
        """
        return cls(
            id=payload["id"],
            node=payload["node"],
            basis=Basis(**payload["basis"]),
            purpose=payload["purpose"],
            caller=payload["caller"],
            entry=payload["entry"],
            table=TableRef(**payload["table"]),
            columns=tuple(PlanColumn(c["name"], c["label"], Mask(**c["mask"])) for c in payload["columns"]),
            rows=tuple(Predicate(p["column"], p["op"], tuple(p["values"])) for p in payload["rows"]),
            channels=tuple(payload["channels"]),
            quota=Quota(**payload["quota"]),
            not_before=datetime.fromisoformat(payload["not_before"]),
            expires=datetime.fromisoformat(payload["expires"]),
            min_group=payload["min_group"],
        )
