"""Opening a source (读取来源), and what may be known of it before it lands: columns, counts and shapes, no values."""

import json
from collections.abc import Callable, Iterator
from typing import Any, Final
from uuid import UUID

import pyarrow as pa
from psycopg.conninfo import make_conninfo

from tulou.domains.catalog.public import checked_address, refuse_own_cluster
from tulou.domains.ingest.models import Source
from tulou.kernel.files import path_of
from tulou.kernel.identity.sealing import SealBroken, seal, unseal
from tulou.plane.connect import Source as Reading
from tulou.plane.connect import SourceColumn, SourceIdentity, SourceProblem, open_source, profile

CONNECT_TIMEOUT: Final = 10
READ_TIMEOUT: Final = 600
SAMPLE_ROWS: Final = 10_000


def seal_credentials(source: UUID, user: str, password: str) -> bytes:
    """The account of a database, so that only this node can read it, and only for this source."""
    return seal(json.dumps([user, password]), source)


def open_reading(source: Source) -> Reading:
    """The source, ready to be read.

    Raises:
        SourceProblem: it cannot be reached, or its file is gone.
    """
    if not source.is_file:
        return _open_table(source)
    try:
        path = path_of(source.sha256)
    except FileNotFoundError:
        raise SourceProblem("file_gone", "上传的文件已按期销毁", "请重新上传文件") from None
    return open_source(source.kind, path, name=source.title)


def _open_table(source: Source) -> Reading:
    options = source.options
    if source.credentials is None:
        raise SourceProblem("no_credentials", "没有登记数据库账号", "请重新登记来源的账号和口令")
    try:
        user, password = json.loads(unseal(bytes(source.credentials), source.id))
    except SealBroken:
        raise SourceProblem("credentials_lost", "已保存的口令无法解封", "请重新登记来源的账号和口令") from None
    address = checked_address(options["host"], int(options["port"]))
    dsn = make_conninfo(
        host=options["host"], hostaddr=address, port=options["port"], dbname=options["database"], user=user,
        password=password, sslmode=options.get("sslmode", "prefer"), connect_timeout=CONNECT_TIMEOUT,
    )  # fmt: skip
    timeout = int(options.get("timeout") or READ_TIMEOUT)
    reading = open_source(
        source.kind, dsn, options["table"], schema=options["schema"], connect_timeout=CONNECT_TIMEOUT, timeout=timeout
    )
    reading.columns()
    refuse_own_cluster(dsn, timeout=CONNECT_TIMEOUT)
    return reading


def look(source: Source) -> None:
    """Note the columns and their shapes on the source, or the problem that stands in the way."""
    source.problem = None
    try:
        reading = open_reading(source)
        source.columns = [column.name for column in reading.columns()]
        source.structure = _structure(reading)
        source.options = {**source.options, **_found(reading)}
        if not any(column["rows"] for column in source.structure):
            raise no_rows()
    except SourceProblem as problem:
        source.problem = told(problem)


def no_rows() -> SourceProblem:
    """A header alone, or an empty table: nothing to land, and most likely a mistake."""
    return SourceProblem("no_rows", "只有表头，没有数据行", "请检查导出是否完整，补全后重新报送")


def told(problem: SourceProblem) -> dict[str, Any]:
    """A problem as the page and the batch keep it."""
    return {
        "code": problem.code,
        "message": problem.message,
        "row": problem.row,
        "column": problem.column or "",
        "remedy": problem.remedy,
    }


def _structure(reading: Reading) -> list[dict[str, Any]]:
    """Of each column how many values are there and what they look like; never a value."""
    declared = {column.name: column.declared for column in reading.columns()}
    counted = _Counted(reading)
    looked_at = profile(counted, SAMPLE_ROWS)
    return [
        {
            "name": column.name,
            "declared": declared.get(column.name, ""),
            "type": column.proposed_type,
            "looks_like": column.looks_like,
            "rows": min(counted.rows, SAMPLE_ROWS),
            "filled": column.filled,
            "distinct": column.distinct,
            "longest": column.longest,
            "shapes": [shape for shape, _ in column.shapes],
        }
        for column in looked_at
    ]


class _Counted:
    """A source that counts what is read of it, faulty rows too: a file of ragged rows only is not an empty one."""

    def __init__(self, reading: Reading) -> None:
        self._reading, self.rows = reading, 0

    def columns(self) -> list[SourceColumn]:
        return self._reading.columns()

    def identity(self) -> SourceIdentity:
        return self._reading.identity()

    def estimate_rows(self) -> int | None:
        return self._reading.estimate_rows()

    def batches(self, size: int) -> Iterator[pa.RecordBatch]:
        for batch in self._reading.batches(size):
            self.rows += batch.num_rows
            yield batch


def _found(reading: Reading) -> dict[str, Any]:
    """What was detected of a text file."""
    found: dict[str, Callable[[Any], Any]] = {"encoding": str, "separator": str}
    return {name: as_text(getattr(reading, name)) for name, as_text in found.items() if hasattr(reading, name)}
