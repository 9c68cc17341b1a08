"""Cipher suites (密码套件): what a key may sign with, and which digest goes with it.

`intl-1` is Ed25519 with SHA-256; `gm-1` is SM2 with SM3, signing under the
customary identity 1234567812345678 (GB/T 35276), its Z value included. A suite
belongs to a key and is never read from a message, so that nobody can talk a
verifier into a weaker one. Every key and signature is in raw bytes: Ed25519
32-byte keys, SM2 32-byte private and 64-byte public (x, y) keys, and 64-byte
signatures (R‖S, r‖s) in both.
"""

from typing import Final, Protocol

import nacl.exceptions
import nacl.signing
from cryptography.hazmat.primitives import hashes

from tulou.trust import sm2


class Suite(Protocol):
    """One way to digest, to make keys, to sign and to verify."""

    @property
    def name(self) -> str:
        """The name written beside every key, such as `intl-1`."""
        ...

    def digest(self, data: bytes) -> bytes:
        """The 32-byte digest of the data."""
        ...

    def generate(self) -> tuple[bytes, bytes]:
        """A new (private, public) pair."""
        ...

    def sign(self, private: bytes, public: bytes, message: bytes) -> bytes:
        """The 64-byte signature of the message."""
        ...

    def verify(self, public: bytes, message: bytes, signature: bytes) -> bool:
        """Whether the signature is this key's over this message; never raises for bad input."""
        ...


def _hash(algorithm: hashes.HashAlgorithm, data: bytes) -> bytes:
    state = hashes.Hash(algorithm)
    state.update(data)
    return state.finalize()


class International:
    """Ed25519 (RFC 8032) with SHA-256."""

    name = "intl-1"

    def digest(self, data: bytes) -> bytes:
        """SHA-256."""
        return _hash(hashes.SHA256(), data)

    def generate(self) -> tuple[bytes, bytes]:
        """A new Ed25519 pair."""
        key = nacl.signing.SigningKey.generate()
        return bytes(key), bytes(key.verify_key)

    def sign(self, private: bytes, public: bytes, message: bytes) -> bytes:
        """An Ed25519 signature: the same bytes each time."""
        return nacl.signing.SigningKey(private).sign(message).signature

    def verify(self, public: bytes, message: bytes, signature: bytes) -> bool:
        """Check an Ed25519 signature."""
        try:
            nacl.signing.VerifyKey(public).verify(message, signature)
        except (nacl.exceptions.CryptoError, ValueError):
            return False
        return True


class National:
    """SM2 (GB/T 32918) with SM3 (GB/T 32905). Signatures differ each time: SM2 draws a fresh random number."""

    name = "gm-1"

    def digest(self, data: bytes) -> bytes:
        """SM3."""
        return _hash(hashes.SM3(), data)

    def generate(self) -> tuple[bytes, bytes]:
        """A new SM2 pair."""
        return sm2.generate()

    def sign(self, private: bytes, public: bytes, message: bytes) -> bytes:
        """An SM2 signature as r‖s."""
        return sm2.sm2().sign(private, public, message)

    def verify(self, public: bytes, message: bytes, signature: bytes) -> bool:
        """Check an SM2 signature given as r‖s."""
        return len(public) == len(signature) == 64 and sm2.sm2().verify(public, message, signature)


SUITES: Final[dict[str, Suite]] = {each.name: each for each in (International(), National())}


def suite(name: str) -> Suite:
    """The suite of this name.

    Raises:
        ValueError: there is none.
    """
    try:
        return SUITES[name]
    except KeyError:
        raise ValueError(f"没有名为“{name}”的密码套件，可用：{'、'.join(SUITES)}") from None
