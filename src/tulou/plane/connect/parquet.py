"""Parquet files: typed columns handed over as exact text."""

import hashlib
import json
from collections.abc import Iterator
from functools import cached_property
from pathlib import Path

import numpy
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from tulou.plane.connect.rows import RowLayout
from tulou.plane.connect.source import SourceColumn, SourceIdentity, SourceProblem


class ParquetSource:
    """One Parquet file."""

    def __init__(self, path: Path | str, *, name: str = "") -> None:
        self._path = Path(path)
        self._name = name or self._path.name

    def columns(self) -> list[SourceColumn]:
        """The columns, with their Arrow types."""
        schema = self._file.schema_arrow
        return [SourceColumn(name, str(field.type)) for name, field in zip(self._layout.names, schema, strict=True)]

    def identity(self) -> SourceIdentity:
        """The file, by the hash of its bytes."""
        digest = hashlib.sha256()
        with self._path.open("rb") as file:
            while chunk := file.read(1 << 20):
                digest.update(chunk)
        return SourceIdentity("parquet", self._name, digest.hexdigest(), size=self._path.stat().st_size)

    def estimate_rows(self) -> int | None:
        """Exactly what the file's footer says."""
        return int(self._file.metadata.num_rows)

    def batches(self, size: int) -> Iterator[pa.RecordBatch]:
        """The rows."""
        done = 0
        try:
            for batch in self._file.iter_batches(batch_size=size):
                columns = [_as_text(column) for column in batch.columns]
                numbers = pa.array(numpy.arange(done + 1, done + batch.num_rows + 1))
                done += batch.num_rows
                yield self._layout.batch(columns, numbers)
        except (pa.ArrowException, OSError) as error:
            raise SourceProblem("unreadable", "Parquet 文件有损坏", "请重新导出后上传", row=done + 1) from error

    @cached_property
    def _file(self) -> pq.ParquetFile:
        try:
            return pq.ParquetFile(self._path)
        except (pa.ArrowException, OSError) as error:
            raise SourceProblem("unreadable", "不是可以打开的 Parquet 文件", "请重新导出后上传") from error

    @cached_property
    def _layout(self) -> RowLayout:
        return RowLayout(self._file.schema_arrow.names)


def _as_text(column: pa.Array) -> pa.Array:
    """Every value as text; times without a zone, nested values as JSON."""
    kind = column.type
    if pa.types.is_dictionary(kind):
        return _as_text(column.dictionary_decode())
    if pa.types.is_timestamp(kind) and kind.tz:
        column = pc.local_timestamp(column)
    if pa.types.is_nested(kind) or pa.types.is_binary(kind):
        return pa.array([_nested(value) for value in column.to_pylist()], pa.string())
    text = column.cast(pa.string())
    if pa.types.is_timestamp(kind):
        text = pc.replace_substring_regex(text, r"\.0+$", "")
    return text


def _nested(value: object) -> str | None:
    if value is None:
        return None
    return value.hex() if isinstance(value, bytes) else json.dumps(value, ensure_ascii=False, default=str)
