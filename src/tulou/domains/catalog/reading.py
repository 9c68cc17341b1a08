"""Reading the structure of a source for the form: a dropped file or a PostgreSQL table.

Nothing of the source is kept but names, types and counts: the file is gone when it was read, and the database's
password is used once.
"""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import psycopg
from django.conf import settings
from django.core.exceptions import ValidationError

from tulou.domains.catalog.guard import checked_address, refuse_own_cluster
from tulou.domains.catalog.proposals import Proposal, propose
from tulou.kernel.files import BadFile
from tulou.kernel.files.kinds import check_archive, check_head, read_head
from tulou.kernel.files.services import safe_name
from tulou.plane.connect import Source, SourceProblem, open_source, profile

KINDS = {
    "csv": "csv",
    "tsv": "csv",
    "txt": "csv",
    "xlsx": "xlsx",
    "json": "json",
    "jsonl": "json",
    "parquet": "parquet",
}
LIMIT = 200 * 2**20
CHUNK = 2**20
CONNECT_SECONDS, READ_SECONDS = 5, 30
SAMPLE = 10_000


@dataclass(frozen=True, slots=True)
class Structure:
    """What was read: where from, and a proposal for each column."""

    kind: str
    name: str
    proposals: list[Proposal]


@dataclass(frozen=True, slots=True)
class DatabaseSpec:
    """A table of a PostgreSQL database and how to get there, once."""

    host: str
    port: int
    database: str
    user: str
    password: str
    table: str

    @property
    def place(self) -> tuple[str, str]:
        """Schema and table."""
        schema, dot, table = self.table.strip().rpartition(".")
        return (schema, table) if dot else ("public", table)


def read_file(stream: BinaryIO, name: str) -> Structure:
    """The structure of a file.

    Raises:
        ValidationError: the file cannot be taken or read; says what to do.
    """
    try:
        shown = safe_name(name)
        extension = shown.rpartition(".")[2].lower()
        if "." not in shown or extension not in KINDS:
            raise BadFile("只能从 CSV、XLSX、JSON、Parquet 文件读取结构，请转换后再上传")
        with _passing(stream, extension) as path:
            source = open_source(KINDS[extension], path, name=shown)
            return Structure(KINDS[extension], shown, _proposals(source))
    except (BadFile, SourceProblem) as problem:
        raise ValidationError({"file": str(problem)}) from problem


def read_table(spec: DatabaseSpec) -> Structure:
    """The structure of a database table.

    Raises:
        ValidationError: it cannot be reached or read; says what to do.
    """
    try:
        return Structure("postgres", spec.table, _proposals(_opened(spec)))
    except SourceProblem as problem:
        raise ValidationError(str(problem)) from problem


def try_table(spec: DatabaseSpec) -> str:
    """Try the connection: a sentence that says what is there.

    Raises:
        ValidationError: it cannot be reached or read; says what to do.
    """
    try:
        source = _opened(spec)
        columns, rows = source.columns(), source.estimate_rows()
    except SourceProblem as problem:
        raise ValidationError(str(problem)) from problem
    size = f"，约 {rows:,} 行" if rows is not None else ""
    return f"连接成功：表 {spec.table} 有 {len(columns)} 个字段{size}"


def _opened(spec: DatabaseSpec) -> Source:
    """The table behind a checked address, its columns known; never a database of this node."""
    schema, table = spec.place
    dsn = psycopg.conninfo.make_conninfo(
        "",
        host=spec.host,
        hostaddr=checked_address(spec.host, spec.port),
        port=spec.port,
        dbname=spec.database,
        user=spec.user,
        password=spec.password,
    )
    source = open_source("postgres", dsn, table, schema=schema, connect_timeout=CONNECT_SECONDS, timeout=READ_SECONDS)
    source.columns()
    refuse_own_cluster(dsn, timeout=CONNECT_SECONDS)
    return source


def _proposals(source: Source) -> list[Proposal]:
    profiles = profile(source, SAMPLE)
    proposals = propose(source.columns(), profiles)
    if not proposals:
        raise SourceProblem("no_columns", "没有读到任何字段", "请确认第一行是表头，或表中有字段")
    return proposals


@contextmanager
def _passing(stream: BinaryIO, extension: str) -> Iterator[Path]:
    """The upload as a checked file that is gone when the block ends, whatever happens in it."""
    folder = Path(settings.FILES) / "drafts"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile(dir=folder, suffix=f".{extension}") as file:
        size, chunk = 0, read_head(stream)
        check_head(extension, chunk)
        while chunk:
            size += len(chunk)
            if size > LIMIT:
                raise BadFile(f"读取结构的文件不超过 {LIMIT // 2**20} MB，请只保留表头和前几千行")
            file.write(chunk)
            chunk = stream.read(CHUNK)
        file.flush()
        path = Path(file.name)
        check_archive(extension, path)
        yield path
