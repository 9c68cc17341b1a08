"""SM2 signatures (GB/T 32918) by the system's libcrypto where it can, else by GmSSL; both keep the same promise.

OpenSSL 3 signs about ten times as fast as GmSSL, but some distributions build
it without SM2: it is used only after it has verified the standard's own
example. Signatures are r‖s, keys raw, the Z value of the customary identity
1234567812345678 included.
"""

import ctypes
import functools
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import Final, Protocol

from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature, encode_dss_signature
from gmssl_pyx import GmsslInnerError, sm2_key_generate, sm2_sign, sm2_verify

IDENTITY: Final = b"1234567812345678"

# DER around a raw key: id-ecPublicKey on the SM2 curve.
_ALGORITHM: Final = bytes.fromhex("301306072a8648ce3d020106082a811ccf5501822d")
_PUBLIC: Final = bytes.fromhex("3059") + _ALGORITHM + bytes.fromhex("03420004")
_PRIVATE: Final = bytes.fromhex("308187020100") + _ALGORITHM + bytes.fromhex("046d306b0201010420")
_PRIVATE_TAIL: Final = bytes.fromhex("a14403420004")

# GB/T 32918.5 appendix A
_EXAMPLE_KEY: Final = bytes.fromhex(
    "09f9df311e5421a150dd7d161e4bc5c672179fad1833fc076bb08ff356f35020"
    "ccea490ce26775a52dc6ea718cc1aa600aed05fbf35e084a6632f6072da9ad13"
)
_EXAMPLE_SIGNATURE: Final = bytes.fromhex(
    "f5a03b0648d2c4630eeac513e1bb81a15944da3827d5b74143ac7eaceee720b3"
    "b1b6aa29df212fd8763182bc0d421ca1bb9038fd1f7f42d4840b69c485bbc1aa"
)


class Sm2(Protocol):
    """Who signs and verifies."""

    def sign(self, private: bytes, public: bytes, message: bytes) -> bytes:
        """The signature as r‖s."""
        ...

    def verify(self, public: bytes, message: bytes, signature: bytes) -> bool:
        """Whether r‖s is this key's signature of the message."""
        ...


def generate() -> tuple[bytes, bytes]:
    """A new (private, public) pair."""
    public, private = sm2_key_generate()
    return private, public


class Gmssl:
    """GmSSL, from the wheel that always comes along."""

    def sign(self, private: bytes, public: bytes, message: bytes) -> bytes:
        """The signature as r‖s."""
        return _raw(sm2_sign(private, public, message, signer_id=IDENTITY))

    def verify(self, public: bytes, message: bytes, signature: bytes) -> bool:
        """Whether r‖s is this key's signature of the message."""
        try:
            return bool(sm2_verify(public, message, _der(signature), signer_id=IDENTITY))
        except GmsslInnerError:
            return False


class Libcrypto:
    """The system's OpenSSL 3."""

    def __init__(self) -> None:
        """Load the library; raises OSError or AttributeError where it is absent or too old."""
        library = ctypes.CDLL("libcrypto.so.3")
        for name in ("EVP_sm3", "EVP_MD_CTX_new", "EVP_PKEY_CTX_new", "d2i_AutoPrivateKey", "d2i_PUBKEY"):
            getattr(library, name).restype = ctypes.c_void_p
        self._library = library

    def sign(self, private: bytes, public: bytes, message: bytes) -> bytes:
        """The signature as r‖s."""
        with self._context(_PRIVATE + private + _PRIVATE_TAIL + public, "d2i_AutoPrivateKey", "Sign") as context:
            signature, length = ctypes.create_string_buffer(80), ctypes.c_size_t(80)
            size = ctypes.c_size_t(len(message))
            if self._library.EVP_DigestSign(context, signature, ctypes.byref(length), message, size) != 1:
                raise ValueError("SM2 签名失败，请检查密钥文件是否完整")
            return _raw(signature.raw[: length.value])

    def verify(self, public: bytes, message: bytes, signature: bytes) -> bool:
        """Whether r‖s is this key's signature of the message."""
        der = _der(signature)
        try:
            with self._context(_PUBLIC + public, "d2i_PUBKEY", "Verify") as context:
                sizes = ctypes.c_size_t(len(der)), ctypes.c_size_t(len(message))
                verified = self._library.EVP_DigestVerify(context, der, sizes[0], message, sizes[1])
                return bool(verified == 1)
        except ValueError:
            return False
        finally:
            self._library.ERR_clear_error()

    @contextmanager
    def _context(self, der: bytes, reader: str, work: str) -> Iterator[ctypes.c_void_p]:
        library = self._library
        with ExitStack() as held:
            start = ctypes.c_char_p(der)
            key = ctypes.c_void_p(getattr(library, reader)(None, ctypes.byref(start), ctypes.c_long(len(der))))
            held.callback(library.EVP_PKEY_free, key)
            if not key:
                raise ValueError("不是有效的 SM2 密钥，请核对公钥清单")
            identity = ctypes.c_void_p(library.EVP_PKEY_CTX_new(key, None))
            held.callback(library.EVP_PKEY_CTX_free, identity)
            context = ctypes.c_void_p(library.EVP_MD_CTX_new())
            held.callback(library.EVP_MD_CTX_free, context)
            library.EVP_MD_CTX_set_pkey_ctx(context, identity)
            digest = ctypes.c_void_p(library.EVP_sm3())
            ready = library.EVP_PKEY_CTX_set1_id(identity, IDENTITY, len(IDENTITY)) == 1
            if not ready or getattr(library, f"EVP_Digest{work}Init")(context, None, digest, None, key) != 1:
                raise ValueError("系统的 libcrypto 不能使用该 SM2 密钥")
            yield context


@functools.cache
def sm2() -> Sm2:
    """The fastest that works here."""
    try:
        library = Libcrypto()
        if library.verify(_EXAMPLE_KEY, b"message digest", _EXAMPLE_SIGNATURE):
            return library
    except (OSError, AttributeError):
        return Gmssl()
    return Gmssl()


def _raw(der: bytes) -> bytes:
    r, s = decode_dss_signature(der)
    return r.to_bytes(32, "big") + s.to_bytes(32, "big")


def _der(raw: bytes) -> bytes:
    return encode_dss_signature(int.from_bytes(raw[:32], "big"), int.from_bytes(raw[32:], "big"))
