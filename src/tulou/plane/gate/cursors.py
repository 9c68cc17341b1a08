"""Cursors (翻页游标): where a page ended, opaque to the caller and good for the same question only.

The row key inside is a digest of the business key and could be guessed, so
a cursor is encrypted, and bound to the plan and to the request it came from.
"""

import base64
import binascii
import hashlib
import json
import os

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from tulou.plane.gate.problems import RequestProblem
from tulou.plane.gate.request import ReadRequest

_NONCE = 12


def seal_cursor(key: bytes, request: ReadRequest, row_key: str, sorted_by: str | None) -> str:
    """The cursor after a row."""
    nonce = os.urandom(_NONCE)
    inside = json.dumps([row_key, sorted_by]).encode()
    return base64.urlsafe_b64encode(nonce + AESGCM(key).encrypt(nonce, inside, _question(request))).decode().rstrip("=")


def open_cursor(key: bytes, request: ReadRequest) -> tuple[str, str | None]:
    """The row key and the sort value where the last page ended.

    Raises:
        RequestProblem: the cursor is damaged, or belongs to another plan or another question.
    """
    try:
        text = request.cursor.encode("ascii")
        sealed = base64.b64decode(text + b"=" * (-len(text) % 4), altchars=b"-_", validate=True)
        row_key, sorted_by = json.loads(AESGCM(key).decrypt(sealed[:_NONCE], sealed[_NONCE:], _question(request)))
    except (InvalidTag, ValueError, binascii.Error):
        raise RequestProblem("bad_cursor", "翻页游标无效", "请使用上一页返回的游标，且不要更改筛选和排序条件") from None
    return row_key, sorted_by


def _question(request: ReadRequest) -> bytes:
    filters = sorted([f.column, f.value] for f in request.filters)
    asked = json.dumps([filters, request.sort, request.descending], ensure_ascii=False)
    return hashlib.sha256(asked.encode()).digest()
