"""Encodings (编码识别): found from the bytes, confirmed over the whole file, then transcoded exactly.

Promise: the text that is parsed is the text that was written, or the file is
refused. A guess from the head is never trusted: one pass reads every byte,
takes the hash and proves the encoding.
"""

import codecs
import hashlib
import io
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import pyarrow as pa

from tulou.plane.connect.source import SourceProblem

_CHUNK: Final = 4 << 20
_MARKS: Final = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))
_PLAUSIBLE: Final = 0.6


@dataclass(frozen=True, slots=True)
class TextScan:
    """What one pass over a text file found; `mark` is the length of its byte order mark."""

    sha256: str
    size: int
    encoding: str
    mark: int
    has_nul: bool
    has_quote: bool


def scan_text(path: Path) -> TextScan:
    """Read the file once and prove its encoding.

    Raises:
        SourceProblem: it is empty, or in no encoding that fits all of it.
    """
    with path.open("rb") as file:
        head = file.read(4)
    mark, encoding = next(((len(m), name) for m, name in _MARKS if head.startswith(m)), (0, "utf-8"))
    digest, size, nul, quote, broken_at = _read_bytes(path, utf8=encoding == "utf-8")
    if size <= mark:
        raise SourceProblem("empty", "文件是空的", "请检查是否传错了文件")
    if broken_at is not None:
        encoding = _confirm_gb18030(path, mark, broken_at)
    if encoding.startswith("utf-16"):
        nul, quote = _confirm_utf16(path, encoding, mark)
    return TextScan(digest, size, encoding, mark, nul, quote)


def open_utf8(path: Path, scan: TextScan) -> io.BufferedReader:
    """The file's text as a stream of UTF-8 bytes, without a byte order mark."""
    if scan.encoding == "utf-8":
        file = path.open("rb")
        file.seek(scan.mark)
        return file
    return io.BufferedReader(_Transcoding(path, scan), _CHUNK)


def _read_bytes(path: Path, *, utf8: bool) -> tuple[str, int, bool, bool, int | None]:
    """Hash, size, whether NUL and quote occur, and where UTF-8 breaks."""
    digest, size, nul, quote = hashlib.sha256(), 0, False, False
    rest, broken_at = b"", None
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            digest.update(chunk)
            nul, quote = nul or b"\0" in chunk, quote or b'"' in chunk
            if utf8 and broken_at is None:
                whole = rest + chunk
                cut = _last_boundary(whole)
                if not _is_utf8(whole[:cut]):
                    broken_at = size - len(rest)
                rest = whole[cut:]
            size += len(chunk)
    if utf8 and broken_at is None and rest:
        broken_at = size - len(rest)
    return digest.hexdigest(), size, nul, quote, broken_at


def _is_utf8(data: bytes) -> bool:
    try:
        pa.scalar(data, pa.binary()).cast(pa.string())
    except pa.ArrowInvalid:
        return False
    return True


def _last_boundary(data: bytes) -> int:
    """Where the last character that may be cut off begins."""
    for back in range(1, min(4, len(data)) + 1):
        byte = data[-back]
        if byte >= 0xC0:
            needed = 2 if byte < 0xE0 else 3 if byte < 0xF0 else 4
            return len(data) if back >= needed else len(data) - back
        if byte < 0x80:
            break
    return len(data)


def _confirm_gb18030(path: Path, mark: int, broken_at: int) -> str:
    """GB18030 (GBK within it), if all of it decodes and reads like Chinese; else say where UTF-8 broke."""
    if not mark and _reads_as_chinese(path):
        return "gb18030"
    with path.open("rb") as file:
        lines = sum(chunk.count(b"\n") for chunk in _until(file, broken_at))
        tail = file.read(_CHUNK + 8)
    try:
        tail.decode()
    except UnicodeDecodeError as error:
        lines += tail[: error.start].count(b"\n")
    raise SourceProblem(
        "encoding",
        "有无法识别的字符，文件既不是完整的 UTF-8，也不是 GB18030",
        "请用 UTF-8 编码另存后重新上传",
        row=lines + 1,
    )


def _until(file: io.BufferedIOBase, end: int) -> Iterator[bytes]:
    while end > 0 and (chunk := file.read(min(_CHUNK, end))):
        end -= len(chunk)
        yield chunk


def _reads_as_chinese(path: Path) -> bool:
    """Whether it decodes, and mostly to common characters: damaged UTF-8 decodes too, but to rare ones."""
    decoder = codecs.getincrementaldecoder("gb18030")()
    common = foreign = 0
    with path.open("rb") as file:
        try:
            while chunk := file.read(_CHUNK):
                seen, usual = _judge(decoder.decode(chunk))
                foreign, common = foreign + seen, common + usual
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            return False
    return common >= _PLAUSIBLE * foreign


def _judge(text: str) -> tuple[int, int]:
    """How many characters are not ASCII, and how many of those are common in Chinese writing (GB 2312 level 1)."""
    foreign = text.encode("ascii", "ignore")
    others = len(text) - len(foreign)
    if not others:
        return 0, 0
    sample = [char for char in text[:200_000] if char > "\x7f"] or [char for char in text if char > "\x7f"]
    usual = sum(_is_common(char) for char in sample)
    return len(sample), usual


def _is_common(char: str) -> bool:
    try:
        code = char.encode("gb2312")
    except UnicodeEncodeError:
        return False
    return len(code) == 2 and (0xB0 <= code[0] <= 0xD7 or 0xA1 <= code[0] <= 0xA3)


def _confirm_utf16(path: Path, encoding: str, mark: int) -> tuple[bool, bool]:
    decoder = codecs.getincrementaldecoder(encoding)()
    nul = quote = False
    with path.open("rb") as file:
        file.seek(mark)
        try:
            while chunk := file.read(_CHUNK):
                text = decoder.decode(chunk)
                nul, quote = nul or "\0" in text, quote or '"' in text
            decoder.decode(b"", final=True)
        except UnicodeDecodeError as error:
            raise SourceProblem("encoding", "UTF-16 文件有损坏", "请用 UTF-8 编码另存后重新上传") from error
    return nul, quote


class _Transcoding(io.RawIOBase):
    """A file read as UTF-8; its encoding was proven before."""

    def __init__(self, path: Path, scan: TextScan) -> None:
        self._file = path.open("rb")
        self._file.seek(scan.mark)
        self._decoder = codecs.getincrementaldecoder(scan.encoding)()
        self._ready = b""

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: "bytearray | memoryview") -> int:  # type: ignore[override]
        while not self._ready:
            chunk = self._file.read(1 << 20)
            self._ready = self._decoder.decode(chunk, final=not chunk).encode()
            if not chunk and not self._ready:
                return 0
        taken = min(len(buffer), len(self._ready))
        buffer[:taken] = self._ready[:taken]
        self._ready = self._ready[taken:]
        return taken

    def close(self) -> None:
        self._file.close()
        super().close()
