"""The pack (样例数据包): original public files, compressed, handed out byte for byte.

`open_dataset("regions_a/areas.csv")` gives the file as its author published it,
checked against the manifest. `python -m tulou.node.sample.pack --source DIR`
rebuilds the archives; the same input always gives the same bytes.
"""

import argparse
import csv
import gzip
import hashlib
import io
import lzma
import sys
import tarfile
import tomllib
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

ROOM = Path(__file__).resolve().parent
DATA = ROOM / "data"
MANIFEST = "manifest.csv"
SIZE_LIMIT = 10 * 1024 * 1024
VILLAGES = "villages_fujian.csv"
_FIELDS = ("path", "bytes", "rows", "sha256")


class DatasetProblem(Exception):
    """A dataset cannot be handed out; the message says what to do."""


@dataclass(frozen=True, slots=True)
class SourceInfo:
    """Where files come from, and under which licence they may be used."""

    code: str
    title: str
    origin: str
    address: str
    licence: str
    copyright: str
    attribution: str
    files: tuple[str, ...]
    note: str


@dataclass(frozen=True, slots=True)
class PackedFile:
    """One line of the manifest; `rows` are data rows without the header, 0 for maps."""

    path: str
    bytes: int
    rows: int
    sha256: str

    @property
    def source(self) -> str:
        """The code of the source, which is also the archive's name."""
        return self.path.split("/", 1)[0]


@lru_cache(maxsize=1)
def sources() -> tuple[SourceInfo, ...]:
    """All sources with their licences, in the order of `sources.toml`."""
    raw = tomllib.loads((ROOM / "sources.toml").read_text(encoding="utf-8"))
    return tuple(SourceInfo(**{**item, "files": tuple(item["files"])}) for item in raw["source"])


@lru_cache(maxsize=4)
def manifest(folder: Path = DATA) -> tuple[PackedFile, ...]:
    """What the pack holds: one entry per original file."""
    with (folder / MANIFEST).open(encoding="utf-8", newline="") as stream:
        return tuple(
            PackedFile(row["path"], int(row["bytes"]), int(row["rows"]), row["sha256"])
            for row in csv.DictReader(stream)
        )


def dataset_names(source: str = "") -> tuple[str, ...]:
    """Names accepted by `open_dataset`, of one source or of all."""
    return tuple(item.path for item in manifest() if source in ("", item.source))


def open_dataset(name: str) -> bytes:
    """The original bytes of one file, such as `epidemic/2020-01-20.csv`.

    Raises:
        DatasetProblem: no such file, or the archive was damaged.
    """
    known = {item.path: item for item in manifest()}
    if name not in known:
        raise DatasetProblem(f"样例数据包中没有“{name}”。可用的名称见 data/{MANIFEST}。")
    content = _archive(DATA / f"{known[name].source}.tar.xz").get(name, b"")
    if hashlib.sha256(content).hexdigest() != known[name].sha256:
        raise DatasetProblem(f"“{name}”与清单的校验值不符，样例数据包已损坏，请重新获取代码仓库。")
    return content


def unpack_dataset(name: str, folder: Path) -> tuple[Path, ...]:
    """Write one file, or all files of a source, below `folder` and return their paths."""
    names = (name,) if "/" in name else dataset_names(name)
    if not names:
        raise DatasetProblem(f"样例数据包中没有来源“{name}”。可用的来源见 sources.toml。")
    written = []
    for each in names:
        target = folder / each
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(open_dataset(each))
        written.append(target)
    return tuple(written)


@lru_cache(maxsize=2)
def _archive(path: Path) -> dict[str, bytes]:
    with tarfile.open(path, "r:xz") as archive:
        found = {}
        for member in archive.getmembers():
            stream = archive.extractfile(member)
            if stream is not None:
                found[member.name] = stream.read()
        return found


def pack(source: Path, target: Path) -> tuple[PackedFile, ...]:
    """Build every archive and the manifest from a folder of original files.

    Raises:
        DatasetProblem: an original is missing, or the pack would be too large.
    """
    target.mkdir(parents=True, exist_ok=True)
    packed: list[PackedFile] = []
    total = 0
    for info in sources():
        files = _originals(info, source / info.code)
        blob = _tar_xz(files)
        (target / f"{info.code}.tar.xz").write_bytes(blob)
        total += len(blob)
        packed += [_packed_file(path, content) for path, content in files]
    if total > SIZE_LIMIT:
        raise DatasetProblem(f"样例数据包共 {total:,} 字节，超过上限 {SIZE_LIMIT:,} 字节，请减少文件。")
    _write_manifest(target / MANIFEST, packed)
    return tuple(packed)


def _originals(info: SourceInfo, folder: Path) -> list[tuple[str, bytes]]:
    found: list[tuple[str, bytes]] = []
    for pattern in info.files:
        if pattern == VILLAGES:
            found.append((f"{info.code}/{VILLAGES}", _fujian_villages(folder / "villages.csv.gz")))
            continue
        paths = sorted(folder.glob(pattern))
        if not paths:
            raise DatasetProblem(f"缺少原始文件 {folder / pattern}，请核对 --source 指向的文件夹。")
        found += [(f"{info.code}/{path.name}", path.read_bytes()) for path in paths]
    return found


def _fujian_villages(path: Path) -> bytes:
    """The villages of Fujian with the header; lines keep their bytes."""
    if not path.exists():
        raise DatasetProblem(f"缺少原始文件 {path}，请核对 --source 指向的文件夹。")
    lines = gzip.decompress(path.read_bytes()).splitlines(keepends=True)
    return lines[0] + b"".join(line for line in lines[1:] if line.startswith(b"35"))


def _tar_xz(files: list[tuple[str, bytes]]) -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w", format=tarfile.USTAR_FORMAT) as archive:
        for path, content in files:
            member = tarfile.TarInfo(path)
            member.size, member.mode, member.mtime = len(content), 0o644, 0
            archive.addfile(member, io.BytesIO(content))
    return lzma.compress(buffer.getvalue(), format=lzma.FORMAT_XZ, preset=6)


def _packed_file(path: str, content: bytes) -> PackedFile:
    rows = 0
    if path.endswith(".csv"):
        rows = sum(1 for _ in csv.reader(io.StringIO(content.decode("utf-8-sig"), newline=""))) - 1
    return PackedFile(path, len(content), rows, hashlib.sha256(content).hexdigest())


def _write_manifest(path: Path, packed: list[PackedFile]) -> None:
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow(_FIELDS)
        writer.writerows((item.path, item.bytes, item.rows, item.sha256) for item in packed)
    manifest.cache_clear()


def main(arguments: list[str] | None = None) -> int:
    """The command line: pack a folder of originals into this room, or elsewhere."""
    parser = argparse.ArgumentParser(prog="python -m tulou.node.sample.pack", description="由原始文件生成样例数据包")
    parser.add_argument("--source", type=Path, required=True, help="原始文件所在文件夹，其下每一来源一个子文件夹")
    parser.add_argument("--target", type=Path, default=DATA, help="归档写入的文件夹（默认：本包的 data/）")
    options = parser.parse_args(arguments)
    try:
        packed = pack(options.source, options.target)
    except DatasetProblem as problem:
        print(problem, file=sys.stderr)
        return 1
    size = sum(path.stat().st_size for path in options.target.glob("*.tar.xz"))
    print(f"已打包 {len(packed)} 个文件、{sum(item.rows for item in packed):,} 行，归档共 {size:,} 字节。")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
