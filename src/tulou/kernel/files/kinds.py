"""What a file is, told by its first bytes and not by its name; and zip archives that would burst are refused."""

import zipfile
from pathlib import Path
from typing import BinaryIO, Final

SHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
DOCUMENT = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"

TEXTS: Final = {"csv": "text/csv", "tsv": "text/tab-separated-values", "txt": "text/plain"}
TYPES: Final = {
    **TEXTS,
    "json": "application/json",
    "jsonl": "application/x-ndjson",
    "parquet": "application/vnd.apache.parquet",
    "xlsx": SHEET,
    "docx": DOCUMENT,
    "zip": "application/zip",
    "pdf": "application/pdf",
    "png": "image/png",
    "jpg": "image/jpeg",
    "jpeg": "image/jpeg",
}
MAGIC: Final = {
    "parquet": b"PAR1",
    "xlsx": b"PK\x03\x04",
    "docx": b"PK\x03\x04",
    "zip": b"PK",
    "pdf": b"%PDF-",
    "png": b"\x89PNG\r\n\x1a\n",
    "jpg": b"\xff\xd8\xff",
    "jpeg": b"\xff\xd8\xff",
}
FOREIGN: Final = (
    b"PAR1", b"PK\x03\x04", b"PK\x05\x06", b"%PDF-", b"\x89PNG", b"\xff\xd8\xff", b"\xd0\xcf\x11\xe0", b"MZ",
    b"\x7fELF", b"\x1f\x8b", b"Rar!", b"7z\xbc\xaf", b"GIF8",
)  # fmt: skip
PARTS: Final = {"xlsx": "xl/workbook.xml", "docx": "word/document.xml"}

MAX_UNPACKED: Final = 2 * 1024**3
MAX_RATIO: Final = 200
RATIO_FROM: Final = 64 * 1024**2
MAX_MEMBERS: Final = 10_000


class BadFile(ValueError):
    """The file cannot be taken; the message says why and what to do."""


def media_type(extension: str) -> str:
    """The media type of an extension that is accepted.

    Raises:
        BadFile: this kind of file is not accepted.
    """
    if extension not in TYPES:
        raise BadFile(f"不接受“.{extension}”类型的文件，请转换为 CSV、XLSX、JSON 或 Parquet 后再上传")
    return TYPES[extension]


def check_head(extension: str, head: bytes) -> None:
    """Refuse, from the first bytes alone, a file that is not what its name says.

    Raises:
        BadFile: with the likely cause.
    """
    magic = MAGIC.get(extension)
    if magic is not None:
        if not head.startswith(magic):
            raise BadFile(f"文件内容不是 {extension.upper()}，请确认没有只改了扩展名")
        return
    if any(head.startswith(other) for other in FOREIGN):
        raise BadFile(f"文件内容不是 {extension.upper()} 文本，请用原程序另存为 {extension.upper()} 后再上传")


def check_archive(extension: str, path: Path) -> None:
    """Refuse an archive that would burst, hides paths, or is not the document its name says.

    Raises:
        BadFile: with the reason.
    """
    if extension not in ("xlsx", "docx", "zip"):
        return
    try:
        with zipfile.ZipFile(path) as archive:
            members = archive.infolist()
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as problem:
        raise BadFile("压缩结构已损坏，请重新导出文件后再上传") from problem
    _refuse_bomb(members)
    if any(_escapes(member.filename) for member in members):
        raise BadFile("压缩包内含有指向包外的路径，请重新打包")
    part = PARTS.get(extension)
    if part is not None and part not in {member.filename for member in members}:
        raise BadFile(f"文件内容不是 {extension.upper()}，请用办公软件另存后再上传")


def _refuse_bomb(members: list[zipfile.ZipInfo]) -> None:
    unpacked = sum(member.file_size for member in members)
    packed = sum(member.compress_size for member in members) or 1
    if len(members) > MAX_MEMBERS or unpacked > MAX_UNPACKED:
        raise BadFile("文件解压后过大，疑似压缩炸弹；请拆分数据或改用 CSV、Parquet 上传")
    if unpacked > RATIO_FROM and unpacked / packed > MAX_RATIO:
        raise BadFile("文件压缩比异常，疑似压缩炸弹；请改用 CSV 或 Parquet 上传")


def _escapes(name: str) -> bool:
    parts = name.replace("\\", "/").split("/")
    return name.startswith(("/", "\\")) or ".." in parts or ":" in parts[0]


def read_head(stream: BinaryIO, size: int = 16) -> bytes:
    """The first bytes of a stream that may give fewer at a time."""
    head = b""
    while len(head) < size and (more := stream.read(size - len(head))):
        head += more
    return head
