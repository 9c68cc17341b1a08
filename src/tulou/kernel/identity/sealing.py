"""Sealing of small secrets at rest with a key of this node's key folder, bound to whom they belong."""

import os
from pathlib import Path
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings

FILE = "account-seal.key"
NONCE = 12


class SealBroken(ValueError):
    """The secret was sealed with another key, for somebody else, or was changed."""


def seal(secret: str, owner: UUID) -> bytes:
    """The secret as bytes that only this node can open, and only for this owner."""
    nonce = os.urandom(NONCE)
    return nonce + AESGCM(_key()).encrypt(nonce, secret.encode(), owner.bytes)


def unseal(sealed: bytes, owner: UUID) -> str:
    """Open what `seal` made.

    Raises:
        SealBroken: it does not fit; the authenticator must be enrolled again.
    """
    try:
        return AESGCM(_key()).decrypt(sealed[:NONCE], sealed[NONCE:], owner.bytes).decode()
    except InvalidTag as problem:
        raise SealBroken("动态口令密钥无法解封：密钥文件已更换，请由管理员停用该账号的动态口令后重新绑定") from problem


def _key() -> bytes:
    """The key; made once, readable by its owner only. Two processes that make it at once agree on the first."""
    folder = Path(getattr(settings, "KEYS", settings.DATA / "keys"))
    path = folder / FILE
    if not path.exists():
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        draft = folder / f".{FILE}.{os.getpid()}"
        draft.touch(mode=0o600, exist_ok=True)
        draft.write_bytes(AESGCM.generate_key(256))
        try:
            os.link(draft, path)
        except FileExistsError:
            return path.read_bytes()
        finally:
            draft.unlink()
    return path.read_bytes()
