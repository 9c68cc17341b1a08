#!/usr/bin/env python3
"""Offline verifier of evidence bundles (证据包核验程序): one file, standard library only, Python 3.9 or later.

    python verifier.py 证据包.zip --keys keys.json [--checkpoint known.json] [--json]

It believes nothing but the public keys it is given. It shares no line with the
code that builds bundles: its own Ed25519, SM2, SM3, Merkle and archive reading
are here, so that an outsider can read everything he relies on in one sitting.
Every departure from the one permitted form is a fault, and each fault is named.
"""

from __future__ import annotations

import argparse
import base64
import binascii
import functools
import hashlib
import io
import json
import re
import struct
import sys
import zlib
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

# ---- 一、杂凑与签名算法 ----


def sha256(data: bytes) -> bytes:
    return hashlib.sha256(data).digest()


def sm3(data: bytes) -> bytes:
    """SM3 (GB/T 32905), from the interpreter's OpenSSL where it has it."""
    if "sm3" in hashlib.algorithms_available:
        return hashlib.new("sm3", data).digest()
    return sm3_pure(data)


def _rotate(x: int, n: int) -> int:
    n %= 32
    return (x << n | x >> (32 - n)) & 0xFFFFFFFF


def sm3_pure(data: bytes) -> bytes:
    state = list(
        struct.unpack(">8I", bytes.fromhex("7380166f4914b2b9172442d7da8a0600a96f30bc163138aae38dee4db0fb0e4e"))
    )
    padded = data + b"\x80" + bytes((55 - len(data)) % 64) + struct.pack(">Q", len(data) * 8)
    for start in range(0, len(padded), 64):
        w = list(struct.unpack(">16I", padded[start : start + 64]))
        for j in range(16, 68):
            x = w[j - 16] ^ w[j - 9] ^ _rotate(w[j - 3], 15)
            w.append(x ^ _rotate(x, 15) ^ _rotate(x, 23) ^ _rotate(w[j - 13], 7) ^ w[j - 6])
        a, b, c, d, e, f, g, h = state
        for j in range(64):
            turned = _rotate(a, 12)
            ss1 = _rotate((turned + e + _rotate(0x79CC4519 if j < 16 else 0x7A879D8A, j)) & 0xFFFFFFFF, 7)
            ff = a ^ b ^ c if j < 16 else a & b | a & c | b & c
            gg = e ^ f ^ g if j < 16 else e & f | ~e & g
            tt1 = (ff + d + (ss1 ^ turned) + (w[j] ^ w[j + 4])) & 0xFFFFFFFF
            tt2 = (gg + h + ss1 + w[j]) & 0xFFFFFFFF
            a, b, c, d = tt1, a, _rotate(b, 9), c
            e, f, g, h = tt2 ^ _rotate(tt2, 9) ^ _rotate(tt2, 17), e, _rotate(f, 19), g
        state = [x ^ y for x, y in zip(state, (a, b, c, d, e, f, g, h))]  # noqa: B905 - strict= needs Python 3.10
    return struct.pack(">8I", *state)


def _twofold(add: Callable[[Any, Any], Any], zero: Any, m: int, p: Any, n: int, q: Any) -> Any:
    """m·p + n·q with a complete addition law."""
    table, total = (zero, p, q, add(p, q)), zero
    for bit in range(max(m.bit_length(), n.bit_length()) - 1, -1, -1):
        total = add(total, total)
        choice = (m >> bit & 1) + 2 * (n >> bit & 1)
        total = add(total, table[choice]) if choice else total
    return total


P25519 = 2**255 - 19
L25519 = 2**252 + 27742317777372353535851937790883648493
D25519 = -121665 * pow(121666, -1, P25519) % P25519


def _edwards_add(p: tuple[int, ...], q: tuple[int, ...]) -> tuple[int, ...]:
    a, b = (p[1] - p[0]) * (q[1] - q[0]) % P25519, (p[1] + p[0]) * (q[1] + q[0]) % P25519
    c, d = 2 * p[3] * q[3] * D25519 % P25519, 2 * p[2] * q[2] % P25519
    e, f, g, h = b - a, d - c, d + c, b + a
    return e * f % P25519, g * h % P25519, f * g % P25519, e * h % P25519


def _edwards_point(data: bytes) -> tuple[int, ...] | None:
    y = int.from_bytes(data, "little")
    sign, y = y >> 255, y & (2**255 - 1)
    square = (y * y - 1) * pow(D25519 * y * y + 1, -1, P25519) % P25519
    x = pow(square, (P25519 + 3) // 8, P25519)
    if (x * x - square) % P25519:
        x = x * pow(2, (P25519 - 1) // 4, P25519) % P25519
    if y >= P25519 or (x * x - square) % P25519 or (x == 0 and sign):
        return None
    x = P25519 - x if x & 1 != sign else x
    return x, y, 1, x * y % P25519


def verify_ed25519(public: bytes, message: bytes, signature: bytes) -> bool:
    """RFC 8032 §5.1.7, without the cofactor."""
    if len(public) != 32 or len(signature) != 64:
        return False
    key, base = _edwards_point(public), _edwards_point(b"\x58" + b"\x66" * 31)
    s = int.from_bytes(signature[32:], "little")
    if key is None or base is None or s >= L25519:
        return False
    k = int.from_bytes(hashlib.sha512(signature[:32] + public + message).digest(), "little") % L25519
    negated = (P25519 - key[0], key[1], 1, P25519 - key[3])
    x, y, z, _ = _twofold(_edwards_add, (0, 1, 1, 0), s, base, k, negated)
    inverse = pow(z, -1, P25519)
    x, y = x * inverse % P25519, y * inverse % P25519
    return bool((y | (x & 1) << 255).to_bytes(32, "little") == signature[:32])


SM2_P = 0xFFFFFFFEFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF00000000FFFFFFFFFFFFFFFF
SM2_A = SM2_P - 3
SM2_B = 0x28E9FA9E9D9F5E344D5A9E4BCF6509A7F39789F515AB8F92DDBCBD414D940E93
SM2_N = 0xFFFFFFFEFFFFFFFFFFFFFFFFFFFFFFFF7203DF6B21C6052B53BBF40939D54123
SM2_G = (
    0x32C4AE2C1F1981195F9904466A39C9948FE30BBFF2660BE1715A4589334C74C7,
    0xBC3736A2F4F6779C59BDCEE36B692153D0A9877CC62A474002DF32E52139F0A0,
)


def _sm2_add(p: tuple[int, int, int], q: tuple[int, int, int]) -> tuple[int, int, int]:
    """Renes, Costello, Batina 2016: the complete addition law in projective coordinates."""
    xx, yy, zz = p[0] * q[0] % SM2_P, p[1] * q[1] % SM2_P, p[2] * q[2] % SM2_P
    xy, xz, yz = p[0] * q[1] + q[0] * p[1], p[0] * q[2] + q[0] * p[2], p[1] * q[2] + q[1] * p[2]
    xy, yz, low = xy % SM2_P, yz % SM2_P, (SM2_A * xz + 3 * SM2_B * zz) % SM2_P
    high = (SM2_A * xx + 3 * SM2_B * xz - SM2_A * SM2_A * zz) % SM2_P
    slope = (3 * xx + SM2_A * zz) % SM2_P
    return (
        (xy * (yy - low) - yz * high) % SM2_P,
        (slope * high + (yy + low) * (yy - low)) % SM2_P,
        (yz * (yy + low) + xy * slope) % SM2_P,
    )


def verify_sm2(public: bytes, message: bytes, signature: bytes, identity: bytes = b"1234567812345678") -> bool:
    """GB/T 32918.2 §7, the digest taken over Z and the message."""
    if len(public) != 64 or len(signature) != 64:
        return False
    x, y = int.from_bytes(public[:32], "big"), int.from_bytes(public[32:], "big")
    r, s = int.from_bytes(signature[:32], "big"), int.from_bytes(signature[32:], "big")
    t = (r + s) % SM2_N
    on_curve = x < SM2_P and y < SM2_P and (y * y - x * x * x - SM2_A * x - SM2_B) % SM2_P == 0
    if not (on_curve and 0 < r < SM2_N and 0 < s < SM2_N and t):
        return False
    curve = b"".join(n.to_bytes(32, "big") for n in (SM2_A, SM2_B, *SM2_G))
    z = sm3(struct.pack(">H", len(identity) * 8) + identity + curve + public)
    point = _twofold(_sm2_add, (0, 1, 0), s, (*SM2_G, 1), t, (x, y, 1))
    if point[2] == 0:
        return False
    e = int.from_bytes(sm3(z + message), "big")
    return bool((e + point[0] * pow(point[2], -1, SM2_P) % SM2_P) % SM2_N == r)


DIGESTS = {"sha-256": sha256, "sm3": sm3}
SUITES = {"intl-1": (verify_ed25519, "sha-256"), "gm-1": (verify_sm2, "sm3")}


@functools.lru_cache(maxsize=4096)
def _signed_by(suite: str, public: bytes, message: bytes, signature: bytes) -> bool:
    return bool(SUITES[suite][0](public, message, signature))


# ---- 二、默克尔树（RFC 6962 / RFC 9162） ----


def _climb(node: int, last: int, proof: list[bytes]) -> Iterator[tuple[bool, bytes]]:
    """For each sibling, whether it stands on the left; raises Fault when the proof has another length."""
    for sibling in proof:
        if last == 0:
            raise Fault("not-included", "证明路径过长")
        left = bool(node & 1) or node == last
        yield left, sibling
        while left and not node & 1 and node:
            node, last = node >> 1, last >> 1
        node, last = node >> 1, last >> 1
    if last:
        raise Fault("not-included", "证明路径过短")


def included(leaf: bytes, index: int, size: int, proof: list[bytes], digest: Callable[[bytes], bytes]) -> bytes:
    """The root to which the proof leads."""
    if not 0 <= index < size:
        raise Fault("not-included", f"记录序号 {index} 不在检查点的前 {size} 条之内")
    for left, sibling in _climb(index, size - 1, proof):
        leaf = digest(b"\x01" + (sibling + leaf if left else leaf + sibling))
    return leaf


def continued(first: int, second: int, proof: list[bytes], old: bytes, digest: Any) -> tuple[bytes, bytes]:
    """The two roots, of `first` and of `second` leaves, to which the consistency proof leads; 0 < first < second."""
    path = proof if first & (first - 1) else [old, *proof]
    if not path:
        raise Fault("inconsistent", "一致性证明为空")
    node, last = first - 1, second - 1
    while node & 1:
        node, last = node >> 1, last >> 1
    was = now = path[0]
    for left, sibling in _climb(node, last, path[1:]):
        was = digest(b"\x01" + sibling + was) if left else was
        now = digest(b"\x01" + (sibling + now if left else now + sibling))
    return was, now


# ---- 三、规范 JSON、签名凭据与公钥清单 ----


@dataclass(eq=False)
class Fault(Exception):
    """One thing that is wrong: its class, what is wrong, in which file of the bundle, in which record."""

    code: str
    message: str
    part: str = ""
    leaf: str = ""


@dataclass
class Report:
    ok: bool
    faults: list[Fault]
    summary: dict[str, Any] = field(default_factory=dict)


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    if len(dict(pairs)) != len(pairs):
        raise ValueError("repeated key")
    return dict(pairs)


def _refuse(text: str) -> Any:
    raise ValueError(text)


def parse(data: bytes) -> Any:
    """Canonical JSON, and nothing else."""
    try:
        value = json.loads(data.decode("utf-8"), object_pairs_hook=_object, parse_float=_refuse, parse_constant=_refuse)
        again = json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode("utf-8")
    except (ValueError, RecursionError):
        raise Fault("malformed", "不是规范编码的 JSON，内容被改动或截断") from None
    if again != data:
        raise Fault("malformed", "JSON 的写法不规范（空格、键序或转义被改动）")
    return value


def shaped(value: Any, **fields: type) -> dict[str, Any]:
    """The object, once it has exactly these fields of these types."""
    if not isinstance(value, dict) or set(value) != set(fields):
        raise Fault("malformed", f"字段应当恰为 {'、'.join(sorted(fields))}")
    wrong = [name for name, kind in fields.items() if type(value[name]) is not kind]
    if wrong:
        raise Fault("malformed", f"字段 {wrong[0]} 的类型不符")
    return value


def unhex(text: Any) -> bytes:
    if not isinstance(text, str) or not re.fullmatch("[0-9a-f]{64}", text):
        raise Fault("malformed", "杂凑值应为 64 位小写十六进制")
    return bytes.fromhex(text)


def _unbase64(text: str) -> bytes:
    try:
        data = base64.b64decode(text.encode("ascii") + b"=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, UnicodeEncodeError):
        data = b""
    if not data or base64.urlsafe_b64encode(data).rstrip(b"=").decode() != text:
        raise Fault("forged", "签名凭据含有改动过的字符")
    return data


class Keys:
    """The public keys that the reader trusts; the suite is a key's own, never a message's."""

    def __init__(self, listed: Any) -> None:
        self.faults: list[Fault] = []
        self._keys: dict[str, dict[str, Any]] = {}
        entries = listed.get("keys") if isinstance(listed, dict) else listed
        for entry in entries if isinstance(entries, list) else []:
            try:
                self._add(entry)
            except (KeyError, TypeError, ValueError, AttributeError):
                self.faults.append(Fault("bad-keys", f"公钥清单中有无法识别的一项：{str(entry)[:60]}", "keys"))
        if not self._keys and not self.faults:
            self.faults.append(Fault("bad-keys", "公钥清单为空，请向签发节点索取", "keys"))

    def _add(self, entry: dict[str, Any]) -> None:
        suite, public, key_id = entry["suite"], bytes.fromhex(entry["public"]), entry["id"]
        fingerprint = hashlib.sha256(b"tulou-key\0" + suite.encode() + b"\0" + public).hexdigest()[:32]
        if key_id in self._keys:
            raise ValueError(key_id)
        fits = suite in SUITES and fingerprint == key_id
        if not fits:
            message = f"密钥 {key_id} 标注的套件 {suite} 或公钥与其编号不符，套件被调换"
            self.faults.append(Fault("wrong-suite", message, "keys"))
        self._keys[key_id] = {**entry, "public": public, "fits": fits}

    def open(self, kind: str, purpose: str, token: Any) -> tuple[dict[str, Any], dict[str, Any]]:
        """The payload of a token and the key that signed it."""
        fields = token.split(".") if isinstance(token, str) else []
        if len(fields) != 4 or fields[0] != kind:
            raise Fault("forged", f"不是一份 {kind} 签名凭据")
        key = self._keys.get(fields[1])
        if key is None:
            raise Fault("unknown-key", f"签名所用密钥 {fields[1][:64]} 不在公钥清单中")
        if key.get("revoked"):
            raise Fault("revoked-key", f"签名所用密钥 {fields[1]} 已于 {str(key['revoked'])[:10]} 吊销")
        if not key["fits"]:
            raise Fault("wrong-suite", f"签名所用密钥 {fields[1]} 的套件与其编号不符")
        if key.get("purpose") != purpose:
            raise Fault("wrong-purpose", f"密钥 {fields[1]} 的用途是 {key.get('purpose')}，不能签发 {kind}")
        body, signature = _unbase64(fields[2]), _unbase64(fields[3])
        message = b"\0".join((b"tulou-signed-v1", kind.encode(), fields[1].encode(), body))
        if not _signed_by(key["suite"], key["public"], message, signature):
            raise Fault("forged", "签名与内容不符，内容被改动或系伪造")
        payload = parse(body)
        if not isinstance(payload, dict) or payload.pop("v", None) != 1:
            raise Fault("malformed", f"{kind} 的版本无法识别，请使用新版核验程序")
        return payload, key


# ---- 四、归档：唯一允许的形式是不压缩、无附加字段、无间隙的 zip ----


@dataclass
class Part:
    name: str
    offset: int
    data: bytes


def _raw_name(raw: bytes) -> str:
    return raw.decode("utf-8", "backslashreplace")


def _central(data: bytes) -> list[Part] | None:
    """The members as the central directory lists them; None when it is too damaged to follow."""
    end = data.rfind(b"PK\5\6")
    if end < 0 or len(data) - end < 22:
        return None
    count, _, position = struct.unpack("<HII", data[end + 10 : end + 20])
    parts, budget = [], len(data)
    for _ in range(count):
        head = data[position : position + 46]
        size, _, length = struct.unpack("<IIH", head[20:30].ljust(10))
        budget -= size + length  # members that overlap could otherwise fill the memory
        if len(head) < 46 or head[:4] != b"PK\1\2" or budget < 0:
            return None
        offset = struct.unpack("<I", head[42:46])[0]
        name = data[position + 46 : position + 46 + length]
        body = offset + 30 + length
        parts.append(Part(_raw_name(name), offset, data[body : body + size]))
        position += 46 + length
    return parts if position == end else None


def _local(data: bytes) -> list[Part]:
    """The members as a walk over the local headers meets them."""
    parts, offset = [], 0
    while data[offset : offset + 4] == b"PK\3\4" and len(data) >= offset + 30:
        size, length = struct.unpack("<IxxxxH", data[offset + 18 : offset + 28])
        body = offset + 30 + length
        parts.append(Part(_raw_name(data[offset + 30 : body]), offset, data[body : body + size]))
        offset = body + size
    return parts


def _expected(parts: list[Part], start: int) -> Iterator[tuple[Part | None, str, int, bytes]]:
    """Every header the archive must hold, with its place."""
    position = start
    for part in parts:
        name, crc, size = part.name.encode("utf-8", "replace"), zlib.crc32(part.data), len(part.data)
        common = struct.pack("<HHHHIIIHH", 0, 0, 0, 33, crc, size, size, len(name), 0)
        yield part, "本地文件头", part.offset, b"PK\3\4" + struct.pack("<H", 20) + common + name
        central = struct.pack("<BBH", 20, 3, 20) + common + struct.pack("<HHHII", 0, 0, 0, 0o600 << 16, part.offset)
        yield part, "中央目录项", position, b"PK\1\2" + central + name
        position += 46 + len(name)
    total = struct.pack("<HHHHIIH", 0, 0, len(parts), len(parts), position - start, start, 0)
    yield None, "归档结尾", position, b"PK\5\6" + total


def read_archive(data: bytes) -> tuple[list[Part], list[Fault]]:
    """The members, and every place where the bytes differ from the one permitted archive of these members."""
    faults, position = [], 0
    parts = _central(data) or _local(data)
    for part in parts:
        if part.offset != position:
            message = f"{part.name} 之前应在第 {position} 字节衔接，实在第 {part.offset} 字节：有夹带、缺失或重叠"
            faults.append(Fault("archive", message, part.name))
        position = part.offset + 30 + len(part.name.encode("utf-8", "replace")) + len(part.data)
    end = position
    for owner, label, offset, wanted in _expected(parts, position):
        found, name = data[offset : offset + len(wanted)], owner.name if owner else ""
        end = max(end, offset + len(wanted))
        crc = slice(14, 18) if label == "本地文件头" else slice(16, 20)
        if found != wanted and owner and found[: crc.start] + wanted[crc] + found[crc.stop :] == wanted:
            faults.append(Fault("changed", f"{label}中的校验值与 {name} 的内容不符，内容或校验值被改动", name))
        elif found != wanted:
            faults.append(Fault("archive", f"{name or '归档'} 的{label}被改动（第 {offset} 字节起）", name))
    if len(data) > end:
        faults.append(Fault("archive", f"归档末尾多出 {len(data) - end} 字节"))
    return parts, faults


# ---- 五、核验 ----

FIXED = ("checkpoint.json", "consistency.json", "index.txt")
CLASSES = {
    "archive": "归档形式被改动",
    "changed": "内容被改动",
    "malformed": "内容无法识别",
    "forged": "签名不符",
    "deleted": "缺少文件或记录",
    "repeated": "重复",
    "reordered": "次序被改动",
    "spliced": "混入其他证据包的内容",
    "unlisted": "多出清单之外的文件",
    "stale-checkpoint": "检查点被换成较早的",
    "inconsistent": "与已知检查点矛盾",
    "unproven": "与已知检查点的关系未获证明",
    "not-included": "记录不在日志中",
    "unknown-key": "密钥不在清单中",
    "revoked-key": "密钥已吊销",
    "wrong-suite": "密码套件不符",
    "wrong-purpose": "密钥用途不符",
    "bad-keys": "公钥清单有误",
}


def _bytes_of(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode("utf-8")


def record_name(position: int) -> str:
    return f"records/{position + 1:06d}.json"


class Check:
    """One bundle under examination; `faults` grows as it goes."""

    def __init__(self, parts: list[Part], keys: Keys) -> None:
        self.faults: list[Fault] = []
        self.keys = keys
        self.files = {part.name: part.data for part in reversed(parts)}
        self.names = [part.name for part in parts]
        self.manifest: dict[str, Any] | None = None
        self.manifest_key: dict[str, Any] = {}
        self.checkpoint: dict[str, Any] | None = None
        self.records: list[dict[str, Any]] = []

    def attempt(self, part: str, work: Callable[[], Any]) -> Any:
        """Do the work; what is wrong with the part becomes a fault."""
        try:
            return work()
        except Fault as fault:
            fault.part = fault.part or part
            self.faults.append(fault)
        except (ArithmeticError, LookupError, TypeError, ValueError):
            self.faults.append(Fault("malformed", "内容的结构无法识别", part))
        return None

    def run(self, known: Any) -> None:
        for name, times in sorted(Counter(self.names).items()):
            if times > 1:
                self.faults.append(Fault("repeated", f"归档中有 {times} 个同名文件", name))
        self.manifest = self.attempt("manifest.json", self._read_manifest)
        self.checkpoint = self.attempt("checkpoint.json", lambda: self.read_checkpoint(self._file("checkpoint.json")))
        misfits = self._compare_parts() if self.manifest else set()
        if self.manifest and self.checkpoint and "checkpoint.json" not in misfits:
            self.attempt("checkpoint.json", self._compare_checkpoint)
        for name in sorted(name for name in self.files if name.startswith("records/") and name not in misfits):
            self.attempt(name, functools.partial(self._check_record, name))
        consistency = self.attempt("consistency.json", self._read_consistency)
        if known is not None and self.checkpoint:
            self.attempt("checkpoint.json", lambda: self._compare_known(known, consistency or []))

    def _file(self, name: str) -> bytes:
        if name not in self.files:
            raise Fault("deleted", f"证据包缺少 {name}")
        return self.files[name]

    def _read_manifest(self) -> dict[str, Any]:
        token = shaped(parse(self._file("manifest.json")), token=str)["token"]
        body, self.manifest_key = self.keys.open("evidence-bundle", "node", token)
        fields = {"title": str, "origin": str, "created": str, "digest": str}
        shaped(body, checkpoint=dict, leaves=list, parts=list, **fields)
        shaped(body["checkpoint"], size=int, root=str)
        if body["digest"] != SUITES[self.manifest_key["suite"]][1]:
            raise Fault("wrong-suite", f"清单所用杂凑算法 {body['digest']} 与签名密钥的套件不符")
        names = [*FIXED, *(record_name(position) for position in range(len(body["leaves"])))]
        if [shaped(part, name=str, size=int, digest=str)["name"] for part in body["parts"]] != names:
            raise Fault("malformed", "清单列出的文件与记录数不符")
        for text in [body["checkpoint"]["root"], *body["leaves"], *(part["digest"] for part in body["parts"])]:
            unhex(text)
        return body

    def read_checkpoint(self, data: bytes) -> dict[str, Any]:
        body, _ = self.keys.open("evidence-checkpoint", "evidence", shaped(parse(data), token=str)["token"])
        shaped(body, origin=str, size=int, root=str, at=str, digest=str)
        unhex(body["root"])
        if body["digest"] not in DIGESTS:
            raise Fault("wrong-suite", f"检查点所用杂凑算法 {body['digest']} 不被认可")
        return body

    # -- 文件与清单 --

    def _compare_parts(self) -> set[str]:
        """Name every file that is not the one the manifest lists; their names are returned."""
        body: Any = self.manifest
        digest = DIGESTS[body["digest"]]
        listed = {part["name"]: part["digest"] for part in body["parts"]}
        found = {name: digest(data).hex() for name, data in self.files.items() if name != "manifest.json"}
        for name in listed:
            if name not in found and name != "checkpoint.json":
                self.faults.append(Fault("deleted", f"清单列有 {name}，证据包中没有", name))
        self._find_deleted_leaves()
        for name in found:
            if name not in listed:
                self.attempt(name, functools.partial(self._explain, name, found, listed))
        kept = [name for name in dict.fromkeys(self.names) if name in listed or name == "manifest.json"]
        wanted = [name for name in ("manifest.json", *listed) if name in self.files]
        if kept != wanted:
            first = next(a for a, b in zip(kept, wanted) if a != b)  # noqa: B905 - strict= needs Python 3.10
            self.faults.append(Fault("reordered", f"文件在归档中的次序与清单不符，自 {first} 起", first))
        misfits = {name for name in found if found[name] != listed.get(name)}
        for name in sorted(misfits & set(listed)):
            self.attempt(name, functools.partial(self._explain, name, found, listed))
        return misfits

    def _find_deleted_leaves(self) -> None:
        """Name records that are gone although another one stands under their file name."""
        body: Any = self.manifest
        held = {name: self._leaf_hash(name) for name in self.files if name.startswith("records/")}
        present = set(held.values())
        for position, leaf in enumerate(body["leaves"]):
            name = record_name(position)
            if leaf not in present and held.get(name) in body["leaves"]:
                self.faults.append(Fault("deleted", f"清单第 {position + 1} 条记录（杂凑 {leaf}）不在证据包中", name))

    def _leaf_hash(self, name: str) -> str:
        try:
            leaf = parse(self.files[name])["leaf"]
        except (Fault, LookupError, TypeError):
            return ""
        return self._digest()(b"\0" + _bytes_of(leaf)).hex()

    def _digest(self) -> Callable[[bytes], bytes]:
        return DIGESTS[self.checkpoint["digest"]] if self.checkpoint else sha256

    def _explain(self, name: str, found: dict[str, str], listed: dict[str, str]) -> None:
        """Why this file is not the listed one: moved, repeated, taken from another bundle, or changed."""
        own = [other for other, value in listed.items() if value == found[name]]
        if own:
            times = list(found.values()).count(found[name])
            if name in listed and times <= len(own):
                raise Fault("reordered", f"内容应属 {own[0]}，位置被调换")
            raise Fault("repeated", f"与 {own[0]} 的内容相同，系重复放入")
        if name == "checkpoint.json":
            self._explain_checkpoint()
        if name.startswith("records/"):
            try:
                self._explain_record(name)
            except Fault as fault:
                if name in listed or fault.code == "spliced":
                    raise
        if name not in listed:
            raise Fault("unlisted", "文件不在清单之中")
        raise Fault("changed", "内容与清单登记的杂凑值不符")

    def _explain_checkpoint(self) -> None:
        if self.checkpoint is None:
            return
        self._compare_checkpoint()
        raise Fault("spliced", "检查点不是清单所指的那一份（规模相同，签发时刻不同）")

    def _compare_checkpoint(self) -> None:
        body: Any = self.manifest
        held: Any = self.checkpoint
        wanted = body["checkpoint"]
        if held["origin"] != body["origin"]:
            raise Fault("spliced", f"检查点属于另一日志 {held['origin']}，清单所指为 {body['origin']}")
        if held["size"] < wanted["size"]:
            message = f"检查点只到 {held['size']} 条，清单所指为 {wanted['size']} 条：换成了较早的检查点"
            raise Fault("stale-checkpoint", message)
        if (held["size"], held["root"]) != (wanted["size"], wanted["root"]):
            raise Fault("spliced", "检查点不是清单所指的那一份")

    def _explain_record(self, name: str) -> None:
        body: Any = self.manifest
        record = self._read_record(name)
        place = [record_name(position) for position, leaf in enumerate(body["leaves"]) if leaf == record["hash"]]
        if record["hash"] == record["promised"]:
            if not place:
                raise Fault("spliced", "记录真实，但不属于本证据包，系从他处混入", leaf=record["leaf"]["id"])
            if name not in place:
                raise Fault("reordered", f"记录应在 {place[0]}，位置被调换", leaf=record["leaf"]["id"])
            raise Fault("changed", "记录的序号或证明路径被改动", leaf=record["leaf"]["id"])
        if name in place:
            raise Fault("spliced", "登记承诺真实，但属于另一条记录，系从他处混入", leaf=record["leaf"]["id"])
        raise Fault("changed", "记录正文被改动，与清单和登记承诺均不符", leaf=record["leaf"]["id"])

    # -- 记录 --

    def _read_record(self, name: str) -> dict[str, Any]:
        record = shaped(parse(self.files[name]), index=int, leaf=dict, promise=str, proof=list)
        fields = {"v": int, "id": str, "at": str, "node": str, "kind": str}
        leaf = shaped(record["leaf"], actor=dict, subjects=list, data=dict, **fields)
        try:
            body, _ = self.keys.open("evidence-promise", "evidence", record["promise"])
        except Fault as fault:
            fault.leaf = leaf["id"]
            raise
        shaped(body, leaf=str, at=str, log=str)
        found = self._digest()(b"\0" + _bytes_of(leaf)).hex()
        record.update(part=name, log=body["log"], promised=body["leaf"], hash=found)
        return record

    def _check_record(self, name: str) -> None:
        record = self._read_record(name)
        leaf, promised = record["leaf"], record["promised"]
        if record["hash"] != promised:
            raise Fault("changed", "记录正文与登记时的承诺不符", leaf=leaf["id"])
        if not self.checkpoint:
            return
        if record["log"] != self.checkpoint["origin"]:
            raise Fault("spliced", f"记录登记于另一日志 {record['log']}", leaf=leaf["id"])
        proof, digest = [unhex(text) for text in record["proof"]], DIGESTS[self.checkpoint["digest"]]
        try:
            root = included(bytes.fromhex(promised), record["index"], self.checkpoint["size"], proof, digest).hex()
        except Fault as fault:
            fault.leaf = leaf["id"]
            raise
        if root != self.checkpoint["root"]:
            raise Fault("not-included", "证明路径到不了检查点的根：记录不在该日志的这一位置", leaf=leaf["id"])
        before = self.records[-1]["index"] if self.records else -1
        self.records.append(record)
        if record["index"] == before:
            raise Fault("repeated", f"日志第 {before} 条重复出现", leaf=leaf["id"])
        if record["index"] < before:
            raise Fault("reordered", f"日志第 {record['index']} 条排在第 {before} 条之后", leaf=leaf["id"])

    # -- 与已知检查点 --

    def _read_consistency(self) -> list[dict[str, Any]]:
        proofs = parse(self._file("consistency.json"))
        if not isinstance(proofs, list):
            raise Fault("malformed", "应为一致性证明的列表")
        return [shaped(proof, first=int, second=int, hashes=list) for proof in proofs]

    def _compare_known(self, known: Any, proofs: list[dict[str, Any]]) -> None:
        held: Any = self.checkpoint
        mine = {"token": known.get("token")} if isinstance(known, dict) else {}
        older = newer = self.attempt("known", lambda: self.read_checkpoint(_bytes_of(mine)))
        if older is None:
            return
        if (older["origin"], older["digest"]) != (held["origin"], held["digest"]):
            raise Fault("inconsistent", f"已知检查点属于另一日志 {older['origin']}")
        older, newer = sorted((held, older), key=lambda each: int(each["size"]))
        if older["size"] == newer["size"] or older["size"] == 0:
            if older["size"] and older["root"] != newer["root"]:
                raise Fault("inconsistent", f"同为 {older['size']} 条，根却与已知检查点不同：日志被改写")
            return
        sizes = (older["size"], newer["size"])
        offered = [*proofs, *known.get("consistency", [])]
        fitting = [proof for proof in offered if (proof["first"], proof["second"]) == sizes]
        if not fitting and older is held:
            message = f"证据包的检查点只到 {sizes[0]} 条，早于已知的 {sizes[1]} 条，且没有一致性证明"
            raise Fault("stale-checkpoint", message)
        if not fitting:
            message = f"没有自 {sizes[0]} 条到 {sizes[1]} 条的一致性证明，请在导出时附上已知检查点"
            raise Fault("unproven", message)
        hashes, digest = [unhex(text) for text in fitting[0]["hashes"]], DIGESTS[held["digest"]]
        try:
            roots = continued(*sizes, hashes, bytes.fromhex(older["root"]), digest)
        except Fault:
            roots = (b"", b"")
        if tuple(root.hex() for root in roots) != (older["root"], newer["root"]):
            raise Fault("inconsistent", f"前 {sizes[0]} 条与已知检查点不是同一部日志：日志被改写")

    def summary(self) -> dict[str, Any]:
        """What the bundle proves: only records without a fault are in it."""
        faulty = {fault.part for fault in self.faults}
        sound = [record for record in self.records if record["part"] not in faulty]
        fields = ("title", "origin", "created")
        return {
            **{name: self.manifest[name] if self.manifest else None for name in fields},
            "key": self.manifest_key.get("id"),
            "checkpoint": self.checkpoint and {name: self.checkpoint[name] for name in ("size", "root", "at")},
            "records": [{"part": each["part"], "index": each["index"], **each["leaf"]} for each in sound],
        }


def verify_bundle(source: str | Path | bytes, keys: Any, known_checkpoint: Any = None) -> Report:
    """Check a bundle (a path or its bytes) with a list of public keys, and with a checkpoint known from elsewhere.

    `keys` and `known_checkpoint` are what `keys.json` and `known.json` hold: a
    list of public keys, and {"token": …} with, optionally, {"consistency": […]}.
    """
    ring = Keys(keys)
    parts, form = read_archive(source if isinstance(source, bytes) else Path(source).read_bytes())
    check = Check(parts, ring)
    check.run(known_checkpoint)
    check.faults.extend(form)
    unique: dict[tuple[str, str, str], Fault] = {}
    for fault in ring.faults + check.faults:
        unique.setdefault((fault.code, fault.part, fault.leaf), fault)
    faults = list(unique.values())
    return Report(not faults, faults, check.summary())


# ---- 六、命令行 ----


def _clock(text: str) -> str:
    try:
        return datetime.fromisoformat(text).astimezone(timezone(timedelta(hours=8))).strftime("%Y-%m-%d %H:%M:%S")
    except ValueError:
        return text


def explain(report: Report) -> Iterator[str]:
    """The report as lines of Chinese."""
    yield "核验通过：内容完整，签名有效，记录均在日志之中。" if report.ok else "核验未通过："
    for number, fault in enumerate(report.faults, 1):
        where = (fault.part or "归档") + (f"（记录 {fault.leaf}）" if fault.leaf else "")
        yield f"  {number}. [{CLASSES[fault.code]}] {where}：{fault.message}"
    summary = report.summary
    if summary["title"] is not None:
        yield f"证据包：{summary['title']}　日志：{summary['origin']}　导出于 {_clock(summary['created'])}（北京时间）"
    if summary["checkpoint"]:
        point = summary["checkpoint"]
        yield f"检查点：{point['size']} 条，{_clock(point['at'])}，根 {point['root']}"
    yield f"已获证明的记录 {len(summary['records'])} 条：" if summary["records"] else "没有已获证明的记录。"
    for record in summary["records"]:
        actor = record["actor"]
        who = "/".join(str(actor[name]) for name in ("role", "party", "person") if actor.get(name))
        subjects = "、".join(str(subject) for subject in record["subjects"])
        yield f"  {_clock(record['at'])}  {record['kind']}  {who}  {subjects}  #{record['index']} {record['id']}"


def _load(path: str) -> Any:
    return json.loads(Path(path).read_text("utf-8"))


def main(argv: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description="离线核验证据包")
    parser.add_argument("bundle", metavar="证据包", help="证据包文件（.zip）")
    parser.add_argument("--keys", required=True, help="公钥清单 keys.json")
    parser.add_argument("--checkpoint", help="另行获知的检查点 known.json")
    parser.add_argument("--json", action="store_true", help="输出机器可读的结果")
    options = parser.parse_args(argv)
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")
    try:
        known = _load(options.checkpoint) if options.checkpoint else None
        report = verify_bundle(options.bundle, _load(options.keys), known)
    except (OSError, ValueError) as problem:
        print(f"无法读取文件，请核对路径和格式：{problem}", file=sys.stderr)
        return 1
    if options.json:
        print(json.dumps(asdict(report), ensure_ascii=False, indent=1))
    else:
        # A line break or a terminal's control sequence inside a name must not forge a line of this report.
        print("\n".join("".join(sign if sign.isprintable() else "�" for sign in line) for line in explain(report)))
    return 0 if report.ok else 1


if __name__ == "__main__":
    sys.exit(main())
