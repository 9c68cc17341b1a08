"""Commands of the file store: store, open, verify, destroy.

Bytes are streamed to a temporary file, synced, checked, and renamed to their
hash; only then is the row written. A crash leaves at most a temporary file.
"""

import hashlib
import os
import re
import tempfile
import time
import unicodedata
from collections.abc import Iterable
from pathlib import Path
from typing import IO, TYPE_CHECKING, BinaryIO, Final

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from tulou.kernel.files import kinds
from tulou.kernel.files.kinds import BadFile
from tulou.kernel.files.models import StoredFile

if TYPE_CHECKING:
    from tulou.kernel.identity import Actor

__all__ = ["BadFile", "destroy", "open_file", "path_of", "safe_name", "store", "sweep", "verify"]

LIMIT: Final = 2 * 1024**3
CHUNK: Final = 1024 * 1024
NAME_LENGTH: Final = 120
STALE_AFTER: Final = 24 * 3600
_HASH = re.compile(r"[0-9a-f]{64}")


def store(
    stream: BinaryIO, name: str, *, actor: "Actor", limit: int = LIMIT, allowed: Iterable[str] | None = None
) -> StoredFile:
    """Keep an upload. `allowed` narrows the extensions that are accepted.

    Raises:
        BadFile: too large, of no accepted kind, or not what its name says.
    """
    shown = safe_name(name)
    extension = shown.rpartition(".")[2].lower() if "." in shown else ""
    if allowed is not None and extension not in set(allowed):
        raise BadFile(f"此处只接受 {'、'.join(sorted(set(allowed))).upper()} 文件，请转换后再上传")
    media = kinds.media_type(extension)
    draft, sha256, size = _receive(stream, extension, limit)
    try:
        kinds.check_archive(extension, draft)
        _settle(draft, _place(sha256))
    finally:
        draft.unlink(missing_ok=True)
    return StoredFile.objects.create(
        sha256=sha256,
        size=size,
        media_type=media,
        name=shown,
        party=actor.party,
        person=actor.person,
        stored_at=timezone.now(),
    )


def open_file(sha256: str) -> IO[bytes]:
    """The bytes of a stored file.

    Raises:
        FileNotFoundError: never stored, or destroyed.
    """
    return path_of(sha256).open("rb")


def path_of(sha256: str) -> Path:
    """Where the bytes lie, for readers that want a path. Read only; never hand it to a user.

    Raises:
        FileNotFoundError: never stored, or destroyed.
        ValueError: not a hash.
    """
    place = _place(sha256)
    if not place.is_file():
        raise FileNotFoundError("文件不存在或已销毁")
    return place


def verify(sha256: str) -> bool:
    """Whether the bytes on disk still have their hash."""
    digest = hashlib.sha256()
    with open_file(sha256) as file:
        while chunk := file.read(CHUNK):
            digest.update(chunk)
    return digest.hexdigest() == sha256


def destroy(sha256: str) -> int:
    """Destroy the bytes of a hash and the names of every upload of it; how many uploads that were.

    The bytes go first: a crash in between leaves rows without bytes, and the
    call can be repeated.
    """
    place = _place(sha256)
    if place.is_file():
        _overwrite(place)
        place.unlink()
        _sync_folder(place.parent)
    with transaction.atomic():
        rows = StoredFile.objects.filter(sha256=sha256, destroyed_at=None)
        return rows.update(destroyed_at=timezone.now(), name="")


def sweep(older_than: float = STALE_AFTER) -> int:
    """Remove what crashes and rolled-back uploads left behind: temporary files, and bytes without a row; how many."""
    oldest, count = time.time() - older_than, 0
    for draft in _drafts().iterdir():
        if draft.stat().st_mtime < oldest:
            draft.unlink(missing_ok=True)
            count += 1
    for place in _root().glob("??/??/*"):
        if place.stat().st_mtime < oldest and not _registered(place.name):
            destroy(place.name)
            count += 1
    return count


def safe_name(name: str) -> str:
    """A name fit to be shown and saved: no folders, no control or direction characters, not too long.

    Raises:
        BadFile: nothing is left of it.
    """
    last = unicodedata.normalize("NFC", name).replace("\\", "/").rsplit("/", 1)[-1]
    clean = "".join(c for c in last if unicodedata.category(c)[0] != "C" and c not in '<>:"|?*').strip(" .")
    if not clean:
        raise BadFile("文件名为空或含有不允许的字符，请改名后再上传")
    stem, dot, extension = clean.rpartition(".")
    return stem[:NAME_LENGTH] + dot + extension if dot else clean[:NAME_LENGTH]


def _receive(stream: BinaryIO, extension: str, limit: int) -> tuple[Path, str, int]:
    """Stream to a synced temporary file; its hash and size."""
    digest, size = hashlib.sha256(), 0
    handle, path = tempfile.mkstemp(dir=_drafts())
    try:
        with os.fdopen(handle, "wb") as file:
            chunk = kinds.read_head(stream)
            kinds.check_head(extension, chunk)
            while chunk:
                size += len(chunk)
                if size > limit:
                    raise BadFile(f"文件超过 {limit // 1024**2} MB，请拆分后上传，或改用数据库对接")
                digest.update(chunk)
                file.write(chunk)
                chunk = stream.read(CHUNK)
            file.flush()
            os.fsync(file.fileno())
    except BaseException:
        Path(path).unlink(missing_ok=True)
        raise
    return Path(path), digest.hexdigest(), size


def _registered(sha256: str) -> bool:
    return StoredFile.objects.filter(sha256=sha256, destroyed_at=None).exists()


def _settle(draft: Path, place: Path) -> None:
    for folder in (place.parent.parent, place.parent):
        folder.mkdir(mode=0o700, exist_ok=True)
    draft.rename(place)
    place.chmod(0o400)
    for folder in (place.parent, place.parent.parent, _root()):
        _sync_folder(folder)


def _overwrite(place: Path) -> None:
    """Zero the bytes before unlinking, so that a plain disk forgets them; backups lapse on their own days."""
    place.chmod(0o600)
    with place.open("r+b") as file:
        left = place.stat().st_size
        while left > 0:
            left -= file.write(b"\0" * min(CHUNK, left))
        file.flush()
        os.fsync(file.fileno())


def _place(sha256: str) -> Path:
    if not _HASH.fullmatch(sha256):
        raise ValueError("不是文件的内容摘要")
    return _root() / sha256[:2] / sha256[2:4] / sha256


def _drafts() -> Path:
    root = _root()
    root.mkdir(mode=0o700, parents=True, exist_ok=True)
    folder = root / "drafts"
    folder.mkdir(mode=0o700, exist_ok=True)
    return folder


def _root() -> Path:
    return Path(settings.FILES)


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
