"""Signing keys (签名密钥) and the folder that keeps them: private halves never leave it, old ones still verify.

A key's id is the fingerprint of its suite and its public half, so that neither
can be exchanged behind its id. Rotation is a new key of the same purpose: the
newest signs, all verify, until one is revoked.
"""

import contextlib
import fcntl
import hashlib
import os
import re
import secrets
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Protocol

from tulou.trust.canonical import canonical, parse
from tulou.trust.suites import suite as suite_named

_CLOCK_GRAIN_NS = 1_000_000_000
_UNDATED = datetime.min.replace(tzinfo=UTC)
_PURPOSE = re.compile(r"[a-z][a-z0-9-]{0,31}")


class UnknownKey(Exception):
    """The key is not listed, or it has been revoked."""


class KeyStoreProblem(Exception):
    """The key folder cannot be trusted or used; the message says what to do."""


@dataclass(frozen=True, slots=True)
class Key:
    """A key pair, or its public half alone (`private` is None)."""

    id: str
    suite: str
    public: bytes
    private: bytes | None = field(default=None, repr=False)
    purpose: str = ""
    created: datetime = _UNDATED
    revoked: datetime | None = None

    def public_entry(self) -> dict[str, Any]:
        """This key as a row of a public list."""
        return {
            "id": self.id,
            "suite": self.suite,
            "public": self.public.hex(),
            "purpose": self.purpose,
            "created": self.created.isoformat(),
            "revoked": self.revoked.isoformat() if self.revoked else None,
        }

    def public_half(self) -> "Key":
        """The same key without its private half."""
        return replace(self, private=None)


class KeySource(Protocol):
    """Where a verifier looks keys up: a `KeyStore` or a `PublicKeys`."""

    def get(self, key_id: str) -> Key:
        """The key of this id; raises UnknownKey."""
        ...


def fingerprint(suite: str, public: bytes) -> str:
    """The id of a key: 32 hexadecimal digits that bind its suite and its public half."""
    return hashlib.sha256(b"tulou-key\0" + suite.encode() + b"\0" + public).hexdigest()[:32]


def new_key(purpose: str, suite: str = "intl-1") -> Key:
    """A fresh key of this purpose."""
    private, public = suite_named(suite).generate()
    return Key(fingerprint(suite, public), suite, public, private, purpose, datetime.now(UTC))


class PublicKeys:
    """Keys known by their public halves: another node's list, or the list an auditor was given."""

    def __init__(self, entries: Iterable[dict[str, Any]]) -> None:
        keys = (_from_entry(entry) for entry in entries)
        self._keys = {key.id: key for key in keys}

    def get(self, key_id: str) -> Key:
        """The key of this id; raises UnknownKey."""
        try:
            return self._keys[key_id]
        except KeyError:
            raise UnknownKey(f"密钥 {key_id} 不在公钥清单中，请向签发节点索取最新清单") from None


class KeyStore:
    """A folder of keys: 0700, one 0600 file per key, `<purpose>.<id>.json`."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._keys: dict[str, Key] = {}
        self._seen: int | None = None
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        _refuse_open(folder, "700")

    def create(self, purpose: str, suite: str = "intl-1") -> Key:
        """Make a new key of this purpose; it signs from now on, and older ones still verify."""
        if not _PURPOSE.fullmatch(purpose):
            raise ValueError(f"密钥用途“{purpose}”不合规，只能用小写字母、数字和连字符")
        with self._locked():
            return self._add(purpose, suite)

    def ensure(self, purpose: str, suite: str = "intl-1") -> Key:
        """The current key of this purpose, made now if there is none; safe when several processes start at once."""
        with self._locked():
            newest = self._newest(purpose)
            return newest or self._add(purpose, suite)

    def current(self, purpose: str) -> Key:
        """The newest key of this purpose that is not revoked: the one that signs.

        Raises:
            UnknownKey: there is none; `create` one.
        """
        newest = self._newest(purpose)
        if newest is None:
            raise UnknownKey(f"没有用途为“{purpose}”的可用密钥，请先生成密钥")
        return newest

    def get(self, key_id: str) -> Key:
        """The key of this id, whatever its age.

        Raises:
            UnknownKey: this folder has no such key.
        """
        self._refresh()
        try:
            return self._keys[key_id]
        except KeyError:
            raise UnknownKey(f"密钥 {key_id} 不在本节点的密钥库中") from None

    def revoke(self, key_id: str, at: datetime | None = None) -> Key:
        """Revoke a key: nothing it ever signed is believed again, since its holder chooses the dates it writes."""
        with self._locked():
            key = replace(self.get(key_id), revoked=at or datetime.now(UTC))
            self._write(key)
            return key

    def public_list(self) -> list[dict[str, Any]]:
        """Every key's public half, oldest first, revoked ones marked: the list to hand to auditors and peers."""
        self._refresh()
        return [key.public_entry() for key in sorted(self._keys.values(), key=_age)]

    def _newest(self, purpose: str) -> Key | None:
        self._refresh()
        mine = [key for key in self._keys.values() if key.purpose == purpose and key.revoked is None]
        return max(mine, key=_age, default=None)

    def _add(self, purpose: str, suite: str) -> Key:
        key = new_key(purpose, suite)
        self._write(key)
        return key

    def _write(self, key: Key) -> None:
        private = key.private.hex() if key.private else None
        body = canonical({"v": 1, "private": private, **key.public_entry()})
        draft = self._folder / f".{key.id}.{secrets.token_hex(4)}"
        handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "wb") as file:
            file.write(body)
            file.flush()
            os.fsync(file.fileno())
        draft.rename(self._folder / f"{key.purpose}.{key.id}.json")
        folder = os.open(self._folder, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
        self._keys[key.id] = key

    def _refresh(self) -> None:
        changed = self._folder.stat().st_mtime_ns
        if changed == self._seen:
            return
        read_at = time.time_ns()
        paths = sorted(self._folder.glob("[a-z]*.json"))
        self._keys = {key.id: key for key in map(_load, paths)}
        # A second change in the same tick of the clock leaves the same time behind: only a folder at rest is trusted.
        self._seen = changed if read_at - changed > _CLOCK_GRAIN_NS else None

    @contextlib.contextmanager
    def _locked(self) -> Iterator[None]:
        handle = os.open(self._folder / ".lock", os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX)
            yield
        finally:
            os.close(handle)


def _age(key: Key) -> tuple[datetime, str]:
    return key.created, key.id


def _load(path: Path) -> Key:
    _refuse_open(path, "600")
    try:
        body = parse(path.read_bytes())
        key = _from_entry(body)
        private = bytes.fromhex(body["private"]) if body["private"] else None
    except (ValueError, KeyError, TypeError) as problem:
        raise KeyStoreProblem(f"密钥文件 {path.name} 已损坏，请从备份恢复该文件，或移走后重新生成密钥") from problem
    return replace(key, private=private)


def _from_entry(entry: dict[str, Any]) -> Key:
    public = bytes.fromhex(entry["public"])
    if fingerprint(suite_named(entry["suite"]).name, public) != entry["id"]:
        raise ValueError(f"密钥 {entry['id']} 的编号与其套件、公钥不符，请重新索取公钥清单")
    revoked = entry.get("revoked")
    return Key(
        id=entry["id"],
        suite=entry["suite"],
        public=public,
        purpose=entry["purpose"],
        created=datetime.fromisoformat(entry["created"]),
        revoked=datetime.fromisoformat(revoked) if revoked else None,
    )


def _refuse_open(path: Path, mode: str) -> None:
    if path.stat().st_mode & 0o077:
        raise KeyStoreProblem(f"{path} 可被其他用户读取，密钥可能已经泄露；请执行 chmod {mode} {path} 并考虑更换密钥")
