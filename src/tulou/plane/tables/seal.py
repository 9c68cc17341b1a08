"""Sealing (加密入库): level-4 values become ciphertext before they land, and join by a keyed hash.

Promise: neither the lake's files nor its catalogue, logs or backups ever
hold such a value in clear. Each table has a data key for each month, each
zone a key for its hashes; they live in a folder of their own (never in the
lake's backup). A destroyed key makes its values unreadable everywhere.
"""

import base64
import hashlib
import hmac
import os
import re
import secrets
from datetime import UTC, datetime
from pathlib import Path
from threading import Lock
from typing import Final

import pyarrow as pa
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from tulou.plane.tables.problems import LakeProblem
from tulou.plane.tables.schema import TableRef, check_ref
from tulou.plane.tables.session import require_private

_VERSION: Final = "s1"
_NONCE: Final = 12
_KEY_ID = re.compile(r"[0-9]{6}-[0-9a-f]{8}")


class SealKeys:
    """The keys of sealed columns, one file each (0600) below a folder (0700)."""

    def __init__(self, folder: Path) -> None:
        self._folder = require_private(folder)
        self._lock = Lock()

    def sealer(self, ref: TableRef, column: str) -> "Sealer":
        """What encrypts a column's values with this month's key of the table."""
        with self._lock:
            key_id, key = self._current(check_ref(ref))
        return Sealer(key_id, AESGCM(key), _bound_to(ref, column))

    def unseal(self, ref: TableRef, column: str, token: str) -> str:
        """The clear value of one ciphertext.

        Raises:
            LakeProblem: `key_destroyed`, or `seal_broken` when the text was changed or belongs elsewhere.
        """
        version, _, rest = token.partition(".")
        key_id, _, body = rest.partition(".")
        if version != _VERSION or not _KEY_ID.fullmatch(key_id):
            raise LakeProblem("seal_broken", "密文格式不正确，可能已被改动")
        path = self._table(check_ref(ref)) / f"{key_id}.key"
        if not path.exists():
            raise LakeProblem("key_destroyed", f"数据表“{ref.name}”该时段的密钥已销毁，数据不可恢复")
        return _open(AESGCM(path.read_bytes()), body, _bound_to(ref, column))

    def unseal_values(self, ref: TableRef, column: str, tokens: pa.Array) -> pa.Array:
        """The clear values of a whole column; NULL where the key has been destroyed.

        Raises:
            LakeProblem: `seal_broken`, as `unseal`.
        """
        ciphers: dict[str, AESGCM | None] = {}
        place, start = _bound_to(ref, column), len(_VERSION) + 1
        clear: list[str | None] = []
        for token in tokens.to_pylist():
            if token is None:
                clear.append(None)
                continue
            key_id, _, body = token[start:].partition(".")
            if not token.startswith(f"{_VERSION}.") or not _KEY_ID.fullmatch(key_id):
                raise LakeProblem("seal_broken", "密文格式不正确，可能已被改动")
            if key_id not in ciphers:
                path = self._table(check_ref(ref)) / f"{key_id}.key"
                ciphers[key_id] = AESGCM(path.read_bytes()) if path.exists() else None
            cipher = ciphers[key_id]
            clear.append(None if cipher is None else _open(cipher, body, place))
        return pa.array(clear, pa.string())

    def keyed_hash(self, zone: str, value: str) -> str:
        """The hash under which a sealed value is stored and joined in this zone."""
        return hmac.digest(self._join_key(zone), value.encode(), hashlib.sha256).hex()

    def hash_values(self, zone: str, values: pa.Array) -> pa.Array:
        """`keyed_hash` of a whole column."""
        key, digest, sha256 = self._join_key(zone), hmac.digest, hashlib.sha256
        texts = values.to_pylist()
        return pa.array([None if v is None else digest(key, v.encode(), sha256).hex() for v in texts], pa.string())

    def destroy(self, ref: TableRef, month: str | None = None) -> int:
        """Destroy a table's data keys, all or those of one month (`202601`); how many were destroyed."""
        if month is not None and not re.fullmatch(r"[0-9]{6}", month):
            raise LakeProblem("bad_month", "月份应为六位数字，例如 202601")
        with self._lock:
            found = sorted(self._table(check_ref(ref)).glob(f"{month or ''}*.key"))
            for path in found:
                _shred(path)
        return len(found)

    def _table(self, ref: TableRef) -> Path:
        return self._folder / ref.zone / ref.name

    def _current(self, ref: TableRef) -> tuple[str, bytes]:
        month = datetime.now(UTC).strftime("%Y%m")
        folder = require_private(require_private(self._folder / ref.zone) / ref.name)
        known = sorted(folder.glob(f"{month}-*.key"))
        if known:
            return known[0].stem, known[0].read_bytes()
        key_id, key = f"{month}-{secrets.token_hex(4)}", secrets.token_bytes(32)
        _write_key(folder / f"{key_id}.key", key)
        return key_id, key

    def _join_key(self, zone: str) -> bytes:
        check_ref(TableRef(zone, "join"))
        path = require_private(self._folder / zone) / "join.key"
        if not path.exists():
            _write_key(path, secrets.token_bytes(32))
        return path.read_bytes()


class Sealer:
    """Encrypts the values of one column; each value has its own nonce and is bound to its place."""

    def __init__(self, key_id: str, cipher: AESGCM, place: bytes) -> None:
        self._prefix = f"{_VERSION}.{key_id}."
        self._cipher = cipher
        self._place = place

    def seal_values(self, values: pa.Array) -> pa.Array:
        """The ciphertexts of a whole column."""
        encrypt, place, prefix, encode = self._cipher.encrypt, self._place, self._prefix, base64.b64encode
        nonces = os.urandom(_NONCE * len(values))
        sealed: list[str | None] = []
        for index, value in enumerate(values.to_pylist()):
            if value is None:
                sealed.append(None)
                continue
            nonce = nonces[index * _NONCE : (index + 1) * _NONCE]
            sealed.append(prefix + encode(nonce + encrypt(nonce, value.encode(), place)).decode())
        return pa.array(sealed, pa.string())


def _open(cipher: AESGCM, body: str, place: bytes) -> str:
    try:
        sealed = base64.b64decode(body, validate=True)
        return cipher.decrypt(sealed[:_NONCE], sealed[_NONCE:], place).decode()
    except (InvalidTag, ValueError) as error:
        raise LakeProblem("seal_broken", "密文校验失败，可能已被改动或不属于该字段") from error


def _bound_to(ref: TableRef, column: str) -> bytes:
    """What the ciphertext is bound to, so that it cannot be moved to another column or table."""
    return f"{ref.zone}/{ref.name}/{column}".encode()


def _write_key(path: Path, key: bytes) -> None:
    """Write a key durably; when another process was first, its key stands."""
    fresh = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        os.write(descriptor, key)
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
    try:
        os.link(fresh, path)
    except FileExistsError:
        pass  # the other's key is as good as ours
    finally:
        fresh.unlink()
    _sync_folder(path.parent)


def _shred(path: Path) -> None:
    """Overwrite a key before removing it; copies that the file system kept are beyond us."""
    with path.open("r+b") as file:
        file.write(secrets.token_bytes(path.stat().st_size))
        file.flush()
        os.fsync(file.fileno())
    path.unlink()
    _sync_folder(path.parent)


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
