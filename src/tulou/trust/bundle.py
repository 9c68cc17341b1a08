"""Evidence bundles (证据包): what an outsider needs to check some acts offline, in one archive.

A zip of canonical JSON, uncompressed and with fixed dates, so that the same
facts give the same bytes (under `intl-1`; SM2 signs differently each time).
The manifest, signed by the node, names every part with its digest; `verifier`
refuses any archive of another form.

    manifest.json          signed: title, log, checkpoint, leaf hashes, parts with digests
    checkpoint.json        the signed checkpoint that all proofs lead to
    consistency.json       proofs from checkpoints that the reader may know
    index.txt              for people
    records/000001.json …  leaf, promise, index and inclusion proof, by index
"""

import io
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from typing import Any, Final

from tulou.trust.canonical import canonical
from tulou.trust.evidence import Checkpoint, Leaf, Promise, moment
from tulou.trust.keys import Key
from tulou.trust.signed import sign
from tulou.trust.suites import suite

BUNDLE: Final = "evidence-bundle"
PURPOSE: Final = "node"
MAX_RECORDS: Final = 50_000

DIGEST_OF_SUITE: Final = {"intl-1": "sha-256", "gm-1": "sm3"}
_BEIJING: Final = timezone(timedelta(hours=8))


@dataclass(frozen=True, slots=True)
class Record:
    """One leaf with all that proves it: the promise, its index in the log, its inclusion proof."""

    leaf: Leaf
    promise: Promise
    index: int
    proof: Sequence[bytes]


@dataclass(frozen=True, slots=True)
class Consistency:
    """The proof that the log of `second` leaves continues the one of `first`."""

    first: int
    second: int
    hashes: Sequence[bytes]

    def to_payload(self) -> dict[str, Any]:
        """The proof as canonical JSON material."""
        return {"first": self.first, "second": self.second, "hashes": [value.hex() for value in self.hashes]}


def build(
    *,
    title: str,
    records: Sequence[Record],
    checkpoint: Checkpoint,
    key: Key,
    created: datetime,
    consistency: Sequence[Consistency] = (),
) -> bytes:
    """The bundle of these records under this checkpoint, signed by the node's key.

    Raises:
        ValueError: a record stands twice, lies beyond the checkpoint, or there are too many for one archive.
    """
    ordered = sorted(records, key=lambda record: record.index)
    indices = [record.index for record in ordered]
    if len(set(indices)) != len(indices):
        raise ValueError("同一条存证在证据包中出现两次，请先去重")
    if indices and indices[-1] >= checkpoint.size:
        raise ValueError("有存证尚未进入检查点，请稍候一秒后重试")
    if len(ordered) > MAX_RECORDS:
        raise ValueError(f"一个证据包最多 {MAX_RECORDS} 条存证，请缩小范围分批导出")
    parts = {
        "checkpoint.json": canonical({"token": checkpoint.token}),
        "consistency.json": canonical([proof.to_payload() for proof in consistency]),
        "index.txt": _index(title, ordered, checkpoint, created).encode("utf-8"),
    }
    for position, record in enumerate(ordered, 1):
        parts[f"records/{position:06d}.json"] = canonical(_record_payload(record))
    manifest = {
        "v": 1,
        "title": title,
        "origin": checkpoint.origin,
        "created": moment(created),
        "checkpoint": {"size": checkpoint.size, "root": checkpoint.root.hex()},
        "digest": DIGEST_OF_SUITE[key.suite],
        "leaves": [record.promise.leaf_hash.hex() for record in ordered],
        "parts": [_listed(name, data, key) for name, data in parts.items()],
    }
    return _archive({"manifest.json": canonical({"token": sign(BUNDLE, manifest, key)}), **parts})


def known_checkpoint(checkpoint: Checkpoint, consistency: Sequence[Consistency] = ()) -> bytes:
    """The file that a reader keeps as `known.json`, to hold later bundles against."""
    return canonical({"token": checkpoint.token, "consistency": [proof.to_payload() for proof in consistency]})


def _record_payload(record: Record) -> dict[str, Any]:
    return {
        "index": record.index,
        "leaf": record.leaf.to_payload(),
        "promise": record.promise.token,
        "proof": [value.hex() for value in record.proof],
    }


def _listed(name: str, data: bytes, key: Key) -> dict[str, Any]:
    return {"name": name, "size": len(data), "digest": suite(key.suite).digest(data).hex()}


def _index(title: str, records: Sequence[Record], checkpoint: Checkpoint, created: datetime) -> str:
    lines = [
        f"证据包：{title}",
        f"日志：{checkpoint.origin}",
        f"检查点：{checkpoint.size} 条，{_beijing(checkpoint.at)}，根 {checkpoint.root.hex()}",
        f"导出时间：{_beijing(created)}（北京时间，下同）",
        "",
        "本文件仅供阅读，以核验程序的输出为准：",
        "    python verifier.py 本证据包.zip --keys keys.json",
        "",
    ]
    for position, record in enumerate(records, 1):
        leaf = record.leaf
        lines.append(f"{position:06d}  {_beijing(leaf.at)}  {leaf.kind}  {'、'.join(leaf.subjects)}  #{record.index}")
    return "\n".join(lines) + "\n"


def _beijing(at: datetime) -> str:
    return at.astimezone(UTC).astimezone(_BEIJING).strftime("%Y-%m-%d %H:%M:%S")


def _archive(parts: dict[str, bytes]) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_STORED) as archive:
        for name, data in parts.items():
            member = zipfile.ZipInfo(name, date_time=(1980, 1, 1, 0, 0, 0))
            member.create_system = 3
            member.external_attr = 0o600 << 16
            archive.writestr(member, data)
    return target.getvalue()
