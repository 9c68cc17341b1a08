"""Batches of rows (行批次): the one layout in which every source hands over its rows."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import pyarrow as pa
import pyarrow.compute as pc

from tulou.plane.connect.source import SourceProblem

_OWN: Final = (("_row", pa.int64()), ("_fault", pa.string()), ("_line", pa.string()))
_NUL_SHOWN: Final = "\u2400"


@dataclass(frozen=True, slots=True)
class Fault:
    """A row that cannot be read: its number, which fault, and its raw text."""

    row: int
    code: str
    line: str


class RowLayout:
    """The columns of a source, and how batches of them are made."""

    def __init__(self, names: Sequence[str]) -> None:
        self.names = checked_names(names)
        self.schema = pa.schema([*((name, pa.string()) for name in self.names), *_OWN])

    def batch(self, columns: Sequence[pa.Array], rows: pa.Array, *, may_hold_nul: bool = True) -> pa.RecordBatch:
        """Rows that could be read; those with a NUL in them become faults."""
        empty = pa.nulls(len(rows), pa.string())
        batch = pa.RecordBatch.from_arrays([*columns, rows, empty, empty], schema=self.schema)
        return self._without_nul(batch) if may_hold_nul and columns else batch

    def from_lists(self, values: Sequence[Sequence[str | None]], rows: Sequence[int]) -> pa.RecordBatch:
        """The same from Python rows."""
        columns = [pa.array([row[i] for row in values], pa.string()) for i in range(len(self.names))]
        return self.batch(columns, pa.array(rows, pa.int64()))

    def faults(self, faults: Sequence[Fault]) -> pa.RecordBatch:
        """Rows that could not be read."""
        empty = pa.nulls(len(faults), pa.string())
        own = [
            pa.array([fault.row for fault in faults], pa.int64()),
            pa.array([fault.code for fault in faults], pa.string()),
            pa.array([fault.line.replace("\0", _NUL_SHOWN) for fault in faults], pa.string()),
        ]
        return pa.RecordBatch.from_arrays([*([empty] * len(self.names)), *own], schema=self.schema)

    def _without_nul(self, batch: pa.RecordBatch) -> pa.RecordBatch:
        found = None
        for column in batch.columns[: len(self.names)]:
            hit = pc.fill_null(pc.match_substring(column, "\0"), False)
            found = hit if found is None else pc.or_(found, hit)
        if not pc.any(found).as_py():
            return batch
        bad = batch.filter(found).to_pylist()
        shown = [json.dumps({name: row[name] for name in self.names}, ensure_ascii=False) for row in bad]
        faults = [
            Fault(row["_row"], "source.nul", line.replace("\\u0000", _NUL_SHOWN))
            for row, line in zip(bad, shown, strict=True)
        ]
        merged = pa.Table.from_batches([batch.filter(pc.invert(found)), self.faults(faults)])
        return merged.combine_chunks().to_batches()[0]


def checked_names(names: Sequence[str]) -> tuple[str, ...]:
    """Column names that can be told apart; a blank one is named by its place.

    Raises:
        SourceProblem: there is none, or two are the same.
    """
    named = [name.strip() or f"第{place}列" for place, name in enumerate(names, 1)]
    if not named:
        raise SourceProblem("empty", "没有任何内容", "请检查是否传错了文件")
    for place, name in enumerate(named):
        if name in named[:place]:
            first = named.index(name) + 1
            raise SourceProblem(
                "duplicate_header", f"第 {place + 1} 列与第 {first} 列同名", "请修改表头后重新上传", column=name
            )
        if name in {"_row", "_fault", "_line"}:
            raise SourceProblem("reserved_header", "列名是系统保留名称", "请修改表头后重新上传", column=name)
    return tuple(named)
