"""DuckDB sessions (引擎会话): the one place where the engine is opened.

Promise: extensions come from installed packages by their full path and are
never downloaded; spilled data is encrypted and swept; after the lake is
attached a session can touch no file but those of its zone; passwords travel
in a secret, so that neither errors nor system tables show them.
"""

import fcntl
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from types import TracebackType
from typing import IO, Self

import duckdb
from psycopg.conninfo import conninfo_to_dict

from tulou.plane.tables.problems import LakeProblem

LAKE = "lake"
_EXTENSIONS = ("postgres_scanner", "ducklake", "httpfs")
_SECRET_PARTS = {"host": "HOST", "port": "PORT", "dbname": "DATABASE", "user": "USER", "password": "PASSWORD"}


@dataclass(frozen=True, slots=True)
class Limits:
    """What one session may use of the machine."""

    spill: Path
    memory: str = "1GB"
    threads: int = 2


@dataclass(frozen=True, slots=True)
class Attachment:
    """The zone that a session sees: its catalogue, its schema there, its files."""

    dsn: str
    zone: str
    data_path: Path
    sealed: bool = False
    read_only: bool = False
    application: str = "tulou-lake"


@cache
def _extension(name: str) -> str:
    """The full path of an extension that was installed as a Python package."""
    spec = find_spec(f"duckdb_extension_{name}")
    if spec is None or spec.origin is None:
        raise LakeProblem("extension", f"缺少数据引擎扩展包 duckdb-extension-{name}", "请重新运行 ./dev install")
    found = sorted(Path(spec.origin).parent.glob(f"extensions/v{duckdb.__version__}/*.duckdb_extension"))
    if not found:
        raise LakeProblem("extension", f"扩展包 {name} 与引擎 {duckdb.__version__} 版本不一致", "请按锁文件重新安装")
    return str(found[0])


@cache
def _signatures_checked() -> bool:
    """Check the signatures of our extensions once a process; each later session spares 0.4 s of it."""
    with duckdb.connect(":memory:") as strict:
        for name in _EXTENSIONS:
            strict.execute(f"LOAD {text_literal(_extension(name))}")
    return True


def text_literal(value: str) -> str:
    """A SQL text literal."""
    return "'" + value.replace("'", "''") + "'"


class Session:
    """One engine instance, seeing at most one zone; every use takes a fresh cursor.

    A fresh cursor matters for writing: the engine draws file keys from the
    generator of the connection, and nobody's SQL may have seeded it.
    """

    def __init__(self, limits: Limits, attachment: Attachment | None = None) -> None:
        self._spill, self._lock = _claim_spill(limits.spill)
        self._root = duckdb.connect(
            ":memory:",
            config={
                "autoinstall_known_extensions": "false",
                "autoload_known_extensions": "false",
                "allow_unsigned_extensions": str(_signatures_checked()).lower(),
                "memory_limit": limits.memory,
                "threads": str(limits.threads),
                "temp_directory": str(self._spill),
            },
        )
        try:
            self._prepare(attachment)
        except BaseException:
            self.close()
            raise

    def _prepare(self, attachment: Attachment | None) -> None:
        self._root.execute("SET temp_file_encryption = true")
        self._root.execute("SET TimeZone = 'UTC'")
        self._root.execute("SET preserve_insertion_order = false")
        for name in _EXTENSIONS:  # without httpfs the engine cannot encrypt what it spills
            self._root.execute(f"LOAD {text_literal(_extension(name))}")
        if attachment:
            _attach(self._root, attachment)
            self._root.execute(f"SET allowed_directories = [{text_literal(str(attachment.data_path) + '/')}]")
        self._root.execute("SET enable_external_access = false")
        self._root.execute("SET lock_configuration = true")

    @contextmanager
    def cursor(self) -> Iterator[duckdb.DuckDBPyConnection]:
        """A connection of its own, closed (and rolled back) at the end."""
        cursor = self._root.cursor()
        try:
            yield cursor
        finally:
            _let_go(cursor)

    def close(self) -> None:
        """Close the engine and remove what it spilled."""
        self._root.close()
        shutil.rmtree(self._spill, ignore_errors=True)
        self._lock.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def _let_go(cursor: duckdb.DuckDBPyConnection) -> None:
    """Close a cursor, after rolling back ourselves: left to the engine, a catalogue that is gone ends the process."""
    with suppress(duckdb.Error):  # mostly there is no transaction; or it ended with its catalogue
        cursor.execute("ROLLBACK")
    cursor.close()


def _attach(root: duckdb.DuckDBPyConnection, attachment: Attachment) -> None:
    """Attach the zone's DuckLake catalogue as `lake`."""
    if not attachment.read_only:
        require_private(attachment.data_path)
    parts = {key: str(value) for key, value in conninfo_to_dict(attachment.dsn).items() if value not in (None, "")}
    secret = ", ".join(
        f"{name} {text_literal(parts.get(key, ''))}" for key, name in _SECRET_PARTS.items() if key in parts
    )
    rest = {key: value for key, value in parts.items() if key not in _SECRET_PARTS}
    rest["application_name"] = attachment.application
    rest.setdefault("connect_timeout", "10")
    options = [
        f"METADATA_SCHEMA {text_literal(attachment.zone)}",
        f"DATA_PATH {text_literal(str(attachment.data_path) + '/')}",
    ]
    options += ["META_SECRET 'catalogue'", "DATA_INLINING_ROW_LIMIT 0"]
    options += ["ENCRYPTED"] if attachment.sealed else []
    options += ["READ_ONLY", "CREATE_IF_NOT_EXISTS false"] if attachment.read_only else []
    root.execute(f"CREATE SECRET catalogue (TYPE postgres, {secret})")
    words = " ".join(f"{key}={value}" for key, value in rest.items())
    try:
        root.execute(f"ATTACH {text_literal('ducklake:postgres:' + words)} AS {LAKE} ({', '.join(options)})")
    except duckdb.Error as error:
        raise LakeProblem("catalogue", f"无法打开数据区“{attachment.zone}”的目录库：{error}") from error


def _claim_spill(root: Path) -> tuple[Path, IO[bytes]]:
    """A spill folder of our own, after sweeping those whose owner is gone."""
    root.mkdir(parents=True, exist_ok=True, mode=0o700)
    for old in root.glob("s*"):
        _sweep(old)
    folder = Path(tempfile.mkdtemp(prefix="s", dir=root))
    lock = (folder / "owner").open("wb")
    fcntl.flock(lock, fcntl.LOCK_EX)
    return folder, lock


def _sweep(folder: Path) -> None:
    """Remove a spill folder unless a living process holds it; a fresh one without an owner file is being made."""
    owner = folder / "owner"
    if not owner.exists():
        return
    try:
        with owner.open("rb") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            shutil.rmtree(folder, ignore_errors=True)
    except (BlockingIOError, FileNotFoundError):
        return


def require_private(folder: Path) -> Path:
    """Make a folder that only its owner may enter."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    os.chmod(folder, 0o700)
    return folder
