"""Evidence (存证): the leaf that records one act, the promise given for it, and the checkpoint that seals a log.

*Acknowledged* means that the leaf is durable and a promise was signed; the
sequencer then places it in the tree, and a signed checkpoint commits to every
leaf before it. The forms here are what leaves the node; how leaves are stored
is the kernel's affair.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Final, Protocol
from uuid import UUID

from tulou.trust.canonical import NotCanonical, canonical, parse
from tulou.trust.keys import Key, KeySource
from tulou.trust.merkle import DIGESTS, leaf_hash
from tulou.trust.signed import open_signed, sign

LEAF_VERSION: Final = 1
PROMISE: Final = "evidence-promise"
CHECKPOINT: Final = "evidence-checkpoint"
PURPOSE: Final = "evidence"

_KIND = re.compile(r"[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*){2}")
_SUBJECT = re.compile(r"[a-z][a-z0-9_]*:\S+")


@dataclass(frozen=True, slots=True)
class LeafActor:
    """Who acted: for which party, which person, in which role. Ids only, never names."""

    party: str | None
    person: str | None
    role: str


@dataclass(frozen=True, slots=True)
class Leaf:
    """One act, as it is hashed. `data` holds no personal value, only ids, counts and hashes."""

    id: UUID
    at: datetime
    node: str
    kind: str
    actor: LeafActor
    subjects: tuple[str, ...]
    data: dict[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Refuse a leaf whose meaning would be unclear to whoever reads it years later."""
        if not _KIND.fullmatch(self.kind):
            raise ValueError(f"存证种类“{self.kind}”应写作 领域.名词.动词，如 sharing.request.submit")
        wrong = [subject for subject in self.subjects if not _SUBJECT.fullmatch(subject)]
        if wrong:
            raise ValueError(f"存证对象“{wrong[0]}”应写作 类型:编号，如 grant:0199…")
        if self.at.tzinfo is None:
            raise ValueError("存证时间必须带时区，请使用 kernel.calendar.now()")

    def to_payload(self) -> dict[str, Any]:
        """The leaf as canonical JSON material."""
        return {
            "v": LEAF_VERSION,
            "id": str(self.id),
            "at": moment(self.at),
            "node": self.node,
            "kind": self.kind,
            "actor": {"party": self.actor.party, "person": self.actor.person, "role": self.actor.role},
            "subjects": list(self.subjects),
            "data": self.data,
        }

    def to_bytes(self) -> bytes:
        """The canonical bytes that are stored and hashed."""
        return canonical(self.to_payload())

    def hash(self, digest: str = "sha-256") -> bytes:
        """The leaf's hash in a log that hashes with `digest`."""
        return leaf_hash(self.to_bytes(), DIGESTS[digest])

    @classmethod
    def from_payload(cls, payload: dict[str, Any]) -> "Leaf":
        """Read a leaf back.

        Raises:
            NotCanonical: the payload is not exactly what `to_payload` writes.
        """
        try:
            if payload["v"] != LEAF_VERSION:
                raise NotCanonical(f"存证版本 {payload['v']} 无法识别，请升级程序")
            leaf = cls(
                id=UUID(payload["id"]),
                at=datetime.fromisoformat(payload["at"]),
                node=payload["node"],
                kind=payload["kind"],
                actor=LeafActor(**payload["actor"]),
                subjects=tuple(payload["subjects"]),
                data=payload["data"],
            )
        except (KeyError, TypeError, ValueError, AttributeError) as problem:
            raise NotCanonical("存证记录的字段不完整或类型不符") from problem
        if leaf.to_payload() != payload:
            raise NotCanonical("存证记录含有多余字段，或时间、编号的写法不规范")
        return leaf

    @classmethod
    def from_bytes(cls, data: bytes) -> "Leaf":
        """Read a leaf back from its canonical bytes; raises NotCanonical."""
        payload = parse(data)
        if not isinstance(payload, dict):
            raise NotCanonical("存证记录应为一个 JSON 对象")
        return cls.from_payload(payload)


@dataclass(frozen=True, slots=True)
class Promise:
    """A log's signed word that a leaf is durable and will be in its tree."""

    leaf_hash: bytes
    at: datetime
    log: str
    token: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """A log's signed commitment to its first `size` leaves."""

    origin: str
    size: int
    root: bytes
    at: datetime
    digest: str
    token: str = field(repr=False)


class EvidenceSink(Protocol):
    """Where acts are recorded: durable when `append` returns, one promise per leaf, in order."""

    def append(self, leaves: Sequence[Leaf]) -> list[Promise]:
        """Make the leaves durable and promise each."""
        ...


def promise(leaf_hash: bytes, *, log: str, at: datetime, key: Key) -> Promise:
    """Sign a promise for a leaf hash."""
    token = sign(PROMISE, {"v": 1, "leaf": leaf_hash.hex(), "at": moment(at), "log": log}, key)
    return Promise(leaf_hash, at.astimezone(UTC), log, token)


def open_promise(token: str, keys: KeySource) -> Promise:
    """Verify a promise; raises what `signed.open_signed` raises."""
    body = open_signed(PROMISE, token, keys, purpose=PURPOSE)
    return Promise(bytes.fromhex(body["leaf"]), datetime.fromisoformat(body["at"]), body["log"], token)


def checkpoint(*, origin: str, size: int, root: bytes, at: datetime, key: Key, digest: str = "sha-256") -> Checkpoint:
    """Sign a checkpoint. `digest` names the hash of the log's tree: it is the log's for life, whatever key signs."""
    if digest not in DIGESTS:
        raise ValueError(f"没有名为“{digest}”的杂凑算法，可用：{'、'.join(DIGESTS)}")
    payload = {"v": 1, "origin": origin, "size": size, "root": root.hex(), "at": moment(at), "digest": digest}
    return Checkpoint(origin, size, root, at.astimezone(UTC), digest, sign(CHECKPOINT, payload, key))


def open_checkpoint(token: str, keys: KeySource) -> Checkpoint:
    """Verify a checkpoint; raises what `signed.open_signed` raises."""
    body = open_signed(CHECKPOINT, token, keys, purpose=PURPOSE)
    at = datetime.fromisoformat(body["at"])
    return Checkpoint(body["origin"], body["size"], bytes.fromhex(body["root"]), at, body["digest"], token)


def moment(at: datetime) -> str:
    """A point in time as evidence writes it: UTC, microseconds always shown, so that one moment has one spelling."""
    return at.astimezone(UTC).isoformat(timespec="microseconds")
