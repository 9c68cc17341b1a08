"""Signed tokens (签名凭据): a payload nobody can change, of a kind nobody can mistake for another.

`kind.key-id.payload.signature`, the last two in unpadded base64url. The
signature covers the kind and the key id, so that a promise never passes as an
access plan; the suite comes with the key. One payload has one token: any other
spelling of it is refused as forged.
"""

import base64
import binascii
import re
from typing import Any

from tulou.trust.canonical import NotCanonical, canonical, parse
from tulou.trust.keys import Key, KeySource, UnknownKey
from tulou.trust.suites import suite

__all__ = ["Forged", "UnknownKey", "WrongKind", "open_signed", "sign", "signer"]

_KIND = re.compile(r"[a-z][a-z0-9-]{0,63}")


class Forged(Exception):
    """The token is damaged, or was not signed by the key it names."""


class WrongKind(Exception):
    """The token is a signed thing of another kind, or its key serves another purpose."""


def sign(kind: str, payload: dict[str, Any], key: Key) -> str:
    """Sign a payload as a thing of this kind."""
    if not _KIND.fullmatch(kind):
        raise ValueError(f"凭据种类“{kind}”不合规，只能用小写字母、数字和连字符")
    if key.private is None:
        raise ValueError(f"密钥 {key.id} 只有公钥，不能签名；请在持有私钥的节点上操作")
    body = canonical(payload)
    signature = suite(key.suite).sign(key.private, key.public, _message(kind, key.id, body))
    return f"{kind}.{key.id}.{_encode(body)}.{_encode(signature)}"


def open_signed(kind: str, token: str, keys: KeySource, *, purpose: str | None = None) -> dict[str, Any]:
    """The payload of a token, once its kind, its key and its signature are proven.

    Raises:
        WrongKind: it is of another kind, or `purpose` is given and the key serves another one.
        UnknownKey: its key is not listed, or is revoked.
        Forged: it is damaged, respelled, or the signature is not that key's.
    """
    actual, key_id, body, signature = _split(token)
    if actual != kind:
        raise WrongKind(f"凭据种类不符：需要 {kind}，实为 {actual[:64]}")
    key = keys.get(key_id)
    if key.revoked is not None:
        raise UnknownKey(f"密钥 {key_id} 已于 {key.revoked:%Y-%m-%d} 吊销，其签发的凭据不再有效，请重新申请")
    if purpose is not None and key.purpose != purpose:
        raise WrongKind(f"密钥 {key_id} 的用途是“{key.purpose}”，不能用于签发 {kind}")
    if not suite(key.suite).verify(key.public, _message(kind, key_id, body), signature):
        raise Forged("签名与内容不符，凭据被改动或系伪造，请重新获取")
    try:
        payload = parse(body)
    except NotCanonical as problem:
        raise Forged("凭据内容不是规范编码，请重新获取") from problem
    if not isinstance(payload, dict):
        raise Forged("凭据内容不是一个对象，请重新获取")
    return payload


def signer(token: str) -> str:
    """The id of the key that a token names; nothing is proven by it."""
    return _split(token)[1]


def _split(token: str) -> tuple[str, str, bytes, bytes]:
    parts = token.split(".")
    if len(parts) != 4:
        raise Forged("凭据格式不完整，可能被截断，请重新获取")
    return parts[0], parts[1], _decode(parts[2]), _decode(parts[3])


def _message(kind: str, key_id: str, body: bytes) -> bytes:
    return b"tulou-signed-v1\0" + kind.encode() + b"\0" + key_id.encode() + b"\0" + body


def _encode(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def _decode(text: str) -> bytes:
    try:
        data = base64.b64decode(text.encode("ascii") + b"=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, UnicodeEncodeError) as problem:
        raise Forged("凭据含有无法识别的字符，请重新获取") from problem
    if _encode(data) != text:
        raise Forged("凭据的写法不规范，可能被改动，请重新获取")
    return data
