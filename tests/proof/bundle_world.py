"""The ground on which bundles are attacked: two logs, their keys, genuine bundles, and an insider's tools.

Everything under `intl-1` follows from the seed; SM2 keys and signatures are
fresh each time.
"""

import base64
import hashlib
import io
import json
import random
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import nacl.signing

from tulou.trust import bundle, evidence, keys, merkle
from tulou.trust.canonical import canonical
from tulou.trust.keys import Key
from tulou.trust.signed import sign
from tulou.trust.suites import suite

START = datetime(2026, 3, 1, 8, 0, tzinfo=UTC)
SIZE, OLD_SIZE = 300, 170

Members = list[tuple[str, bytes]]


def seeded_key(purpose: str, label: str, suite_name: str) -> Key:
    """A key that follows from its label under intl-1, a fresh one under gm-1."""
    if suite_name != "intl-1":
        return keys.new_key(purpose, suite_name)
    private = hashlib.sha256(f"{purpose}/{label}".encode()).digest()
    public = bytes(nacl.signing.SigningKey(private).verify_key)
    return Key(keys.fingerprint(suite_name, public), suite_name, public, private, purpose, START)


@dataclass
class Log:
    """One evidence log in memory, with its promises and the checkpoints of two sizes."""

    origin: str
    key: Key
    digest: str
    leaves: list[evidence.Leaf] = field(default_factory=list)
    promises: list[evidence.Promise] = field(default_factory=list)

    @property
    def hashes(self) -> list[bytes]:
        """The leaf hashes in order."""
        return [promise.leaf_hash for promise in self.promises]

    def add(self, leaf: evidence.Leaf) -> None:
        """Promise and place one leaf."""
        self.leaves.append(leaf)
        self.promises.append(evidence.promise(leaf.hash(self.digest), log=self.origin, at=leaf.at, key=self.key))

    def checkpoint(self, size: int, key: Key | None = None) -> evidence.Checkpoint:
        """The checkpoint of the first `size` leaves."""
        root = merkle.root(self.hashes[:size], merkle.DIGESTS[self.digest])
        at = START + timedelta(days=2, seconds=size)
        return evidence.checkpoint(
            origin=self.origin, size=size, root=root, at=at, key=key or self.key, digest=self.digest
        )

    def record(self, index: int, size: int, key: Key | None = None) -> bundle.Record:
        """One leaf with its proofs, the promise signed again when a key is given."""
        promise = self.promises[index]
        if key is not None:
            promise = evidence.promise(promise.leaf_hash, log=promise.log, at=promise.at, key=key)
        proof = merkle.inclusion_proof(self.hashes[:size], index, merkle.DIGESTS[self.digest])
        return bundle.Record(self.leaves[index], promise, index, proof)

    def consistency(self, first: int, second: int) -> bundle.Consistency:
        """The proof between two sizes."""
        proof = merkle.consistency_proof(self.hashes[:second], first, merkle.DIGESTS[self.digest])
        return bundle.Consistency(first, second, proof)


class World:
    """A node with its log, a neighbour with another, and the keys of both in one list."""

    def __init__(self, seed: int, suite_name: str = "intl-1") -> None:
        self.rng = random.Random(seed)
        self.suite = suite_name
        self.node = seeded_key("node", f"{seed}", suite_name)
        self.evidence = seeded_key("evidence", f"{seed}", suite_name)
        self.plans = seeded_key("plans", f"{seed}", suite_name)
        self.neighbour = seeded_key("evidence", f"{seed}/neighbour", suite_name)
        self.stranger = seeded_key("node", f"{seed}/stranger", suite_name)
        self.strange_evidence = seeded_key("evidence", f"{seed}/stranger", suite_name)
        digest = bundle.DIGEST_OF_SUITE[suite_name]
        self.log = self._grow(Log("fujian/evidence", self.evidence, digest))
        self.other_log = self._grow(Log("xiamen/evidence", self.neighbour, digest))
        self.forked = self._grow(Log("fujian/evidence", self.evidence, digest))
        self.picked = sorted(self.rng.sample(range(OLD_SIZE), 6))
        rest = [index for index in range(OLD_SIZE) if index not in self.picked]
        self.others = sorted(self.rng.sample(rest, 6))

    def _grow(self, log: Log) -> Log:
        for number in range(SIZE):
            self._act(log, number)
        return log

    def _act(self, log: Log, number: int) -> None:
        log.add(
            evidence.Leaf(
                id=UUID(int=self.rng.getrandbits(128)),
                at=START + timedelta(minutes=number),
                node=log.origin.split("/")[0],
                kind=self.rng.choice(["sharing.request.submit", "sharing.item.grant", "ingest.batch.land"]),
                actor=evidence.LeafActor(f"party-{number % 7}", None, "数据管理员"),
                subjects=(f"grant:{number % 11}", f"entry:{number % 5}"),
                data={"rows": number, "note": f"第{number}次"},
            )
        )

    def key_list(self) -> list[dict[str, Any]]:
        """The list that an auditor holds."""
        return [key.public_entry() for key in (self.node, self.evidence, self.plans, self.neighbour)]

    def build(self, indices: Sequence[int], size: int = SIZE, log: Log | None = None) -> bytes:
        """A genuine bundle."""
        source = log or self.log
        return bundle.build(
            title="授权 grant:3 的全程留痕",
            records=[source.record(index, size) for index in indices],
            checkpoint=source.checkpoint(size),
            key=self.node,
            created=START + timedelta(days=3),
            consistency=[source.consistency(OLD_SIZE, size)],
        )

    def resign(self, members: Members, *, key: Key | None = None, **changes: Any) -> Members:
        """What an insider with the node's key can do: a manifest that fits these members as they are."""
        signer = key or self.node
        parts = [(name, data) for name, data in members if name != "manifest.json"]
        point = _payload(dict(parts)["checkpoint.json"])
        records = [json.loads(data) for name, data in parts if name.startswith("records/")]
        digest = merkle.DIGESTS[self.log.digest]
        manifest = {
            "v": 1,
            "title": "授权 grant:3 的全程留痕",
            "origin": point["origin"],
            "created": evidence.moment(START + timedelta(days=3)),
            "checkpoint": {"size": point["size"], "root": point["root"]},
            "digest": bundle.DIGEST_OF_SUITE[signer.suite],
            "leaves": [merkle.leaf_hash(canonical(record["leaf"]), digest).hex() for record in records],
            "parts": [
                {"name": name, "size": len(data), "digest": suite(signer.suite).digest(data).hex()}
                for name, data in parts
            ],
            **changes,
        }
        return [("manifest.json", canonical({"token": sign(bundle.BUNDLE, manifest, signer)})), *parts]


def _payload(data: bytes) -> dict[str, Any]:
    body = json.loads(data)["token"].split(".")[2]
    payload: dict[str, Any] = json.loads(base64.urlsafe_b64decode(body + "=" * (-len(body) % 4)))
    return payload


def members_of(data: bytes) -> Members:
    """The members of a bundle, in order."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return [(info.filename, archive.read(info)) for info in archive.infolist()]


def member_info(name: str) -> zipfile.ZipInfo:
    """The one permitted form of a member."""
    info = zipfile.ZipInfo(name, date_time=(1980, 1, 1, 0, 0, 0))
    info.create_system = 3
    info.external_attr = 0o600 << 16
    return info


def pack(members: Members) -> bytes:
    """An archive of the permitted form, whatever its members."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_STORED) as archive:
        for name, data in members:
            archive.writestr(member_info(name), data)
    return target.getvalue()
