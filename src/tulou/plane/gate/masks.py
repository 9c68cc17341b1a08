"""Masks (脱敏): how a value is changed on the way out, in SQL and, for sealed columns, on the decrypted text.

The keyed hash is HMAC-SHA256, written as two nested digests over blobs since
the engine has no HMAC. Its key belongs to the plan's basis: the same value
looks different to every receiver.
"""

import hashlib
import hmac

from tulou.plane.gate.problems import PlanProblem
from tulou.trust.plans import Mask, PlanColumn

_BLOCK = 64
_ORDERED = ("DATE", "TIMESTAMP")


def masked_sql(column: PlanColumn, source: str, sql_type: str, key: bytes) -> tuple[str, tuple[object, ...]]:
    """The masked value of a column in clear, as SQL with its parameters.

    Raises:
        PlanProblem: the mask does not fit the column's type.
    """
    mask = check_mask(column, sql_type)
    if mask.kind == "none":
        return source, ()
    if mask.kind == "null":
        return "CAST(NULL AS VARCHAR)", ()
    if mask.kind == "month":
        return f"strftime({source}, '%Y-%m')", ()
    if mask.kind == "hash":
        inner, outer = hmac_pads(key)
        text = f"encode(CAST({source} AS VARCHAR))"
        return f"sha256(?::BLOB || unhex(sha256(?::BLOB || {text})))", (outer, inner)
    size, kept = f"length({source})", mask.head + mask.tail
    stars = f"repeat('*', CAST({size} - {kept} AS BIGINT))"
    shown = f"left({source}, {mask.head}) || {stars} || right({source}, {mask.tail})"
    return f"CASE WHEN {size} <= {kept} THEN repeat('*', CAST({size} AS BIGINT)) ELSE {shown} END", ()


def check_mask(column: PlanColumn, sql_type: str) -> Mask:
    """The column's mask, once it is known to fit."""
    mask, label = column.mask, column.label or column.name
    if mask.kind not in {"none", "keep", "hash", "month", "null"}:
        raise PlanProblem("plan_mask", f"“{label}”的脱敏方式“{mask.kind}”无法识别", "请联系授权部门重新签发")
    if mask.kind == "keep" and sql_type != "VARCHAR":
        raise PlanProblem("plan_mask", f"“{label}”不是文本，不能保留首尾脱敏", "请改用其他脱敏方式后重新签发")
    if mask.kind == "keep" and not (0 <= mask.head <= 1000 and 0 <= mask.tail <= 1000):
        raise PlanProblem("plan_mask", f"“{label}”保留的字符数不合理", "请联系授权部门重新签发")
    if mask.kind == "month" and sql_type not in _ORDERED:
        raise PlanProblem("plan_mask", f"“{label}”不是日期，不能只保留到月份", "请改用其他脱敏方式后重新签发")
    return mask


def keep(text: str | None, mask: Mask) -> str | None:
    """`keep` on a decrypted text; the same law as the SQL, tested against it."""
    if text is None:
        return None
    hidden = len(text) - mask.head - mask.tail
    if hidden <= 0:
        return "*" * len(text)
    return text[: mask.head] + "*" * hidden + text[len(text) - mask.tail :]


def hmac_pads(key: bytes) -> tuple[bytes, bytes]:
    """The inner and the outer pad of HMAC-SHA256 (RFC 2104)."""
    block = (hashlib.sha256(key).digest() if len(key) > _BLOCK else key).ljust(_BLOCK, b"\0")
    return bytes(b ^ 0x36 for b in block), bytes(b ^ 0x5C for b in block)


def keyed_hash(key: bytes, value: str) -> str:
    """What the SQL of the `hash` mask yields."""
    return hmac.digest(key, value.encode(), "sha256").hex()
