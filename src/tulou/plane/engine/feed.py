"""The feed (数据流): a source's batches on their way into the engine, counted, mapped and cancellable.

Promise: faulty rows leave the stream here and are kept; what the source
raises reaches the caller unchanged, not as an engine error.
"""

import json
from collections.abc import Iterator, Mapping
from typing import Final

import pyarrow as pa
import pyarrow.compute as pc

from tulou.plane.connect import FAULTS, Source, SourceProblem
from tulou.plane.engine.protocol import Cancelled, Progress
from tulou.plane.tables import LandingCancelled
from tulou.plane.tables.landing import FAULTS as FAULT_SCHEMA

_BATCH: Final = 100_000
_MOST_FAULTS: Final = 200_000
_MOST_FAULT_BYTES: Final = 64 << 20


class Feed:
    """One reading of a source; its problem, if it had one, is in `problem`."""

    def __init__(
        self, source: Source, mapping: Mapping[str, str], progress: Progress | None, cancelled: Cancelled
    ) -> None:
        self._source = source
        self._progress, self._cancelled = progress, cancelled
        self._columns = _found(source, mapping)
        self._faults: list[pa.RecordBatch] = []
        self._fault_bytes = 0
        self.problem: Exception | None = None

    def pieces(self, rows: int | None) -> Iterator[pa.RecordBatchReader]:
        """The rows as streams of about so many rows (all in one when None), at least one stream."""
        schema = pa.schema([*(pa.field(name, pa.string()) for name in self._columns), pa.field("_row", pa.int64())])
        batches = self._counted(schema)
        first = next(batches, None)
        if first is None:
            yield pa.RecordBatchReader.from_batches(schema, [])
        while first is not None:
            yield pa.RecordBatchReader.from_batches(schema, self._piece(first, batches, rows))
            first = next(batches, None)

    def faults(self) -> pa.Table:
        """The rows that never became values."""
        rows = pa.Table.from_batches(self._faults) if self._faults else None
        if rows is None:
            return FAULT_SCHEMA.empty_table()
        codes = rows.column("_fault").to_pylist()
        reasons = [FAULTS.get(code, "数据来源报告该行有误") for code in codes]
        raw = [json.dumps({"原始行": line}, ensure_ascii=False) for line in rows.column("_line").to_pylist()]
        return pa.table([rows.column("_row"), pa.array(codes), pa.array(reasons), pa.array(raw)], schema=FAULT_SCHEMA)

    def _piece(
        self, first: pa.RecordBatch, batches: Iterator[pa.RecordBatch], rows: int | None
    ) -> Iterator[pa.RecordBatch]:
        yield first
        taken = first.num_rows
        try:
            while rows is None or taken < rows:
                batch = next(batches, None)
                if batch is None:
                    return
                taken += batch.num_rows
                yield batch
        except Exception as error:
            self.problem = error  # the engine would wrap it
            raise

    def _counted(self, schema: pa.Schema) -> Iterator[pa.RecordBatch]:
        done, about = 0, self._source.estimate_rows() if self._progress else None
        picked = [*self._columns.values(), "_row"]
        for batch in self._source.batches(_BATCH):
            if self._cancelled():
                raise LandingCancelled
            done += batch.num_rows
            good = self._without_faults(batch)
            if good.num_rows:
                yield pa.RecordBatch.from_arrays([good.column(name) for name in picked], schema=schema)
            if self._progress:
                self._progress(done, about)

    def _without_faults(self, batch: pa.RecordBatch) -> pa.RecordBatch:
        marks = batch.column("_fault")
        if marks.null_count == len(marks):
            return batch
        bad = batch.filter(pc.is_valid(marks)).select(["_row", "_fault", "_line"])
        self._faults.append(bad)
        self._fault_bytes += bad.nbytes
        if sum(part.num_rows for part in self._faults) > _MOST_FAULTS or self._fault_bytes > _MOST_FAULT_BYTES:
            raise SourceProblem(
                "too_many_faults", "无法读取的行过多，整批未入库", "请检查分隔符、编码和表头是否与文件一致"
            )
        return batch.filter(pc.is_null(marks))


def _found(source: Source, mapping: Mapping[str, str]) -> dict[str, str]:
    """The mapping, once each of its columns was found in the source.

    Raises:
        SourceProblem: a column has vanished; the new ones are named, since it may have been renamed.
    """
    present = [column.name for column in source.columns()]
    lost = [wanted for wanted in mapping.values() if wanted not in present]
    if lost:
        new = [name for name in present if name not in mapping.values()]
        raise SourceProblem(
            "column_vanished",
            f"来源中找不到列：{'、'.join(lost)}" + (f"（来源中新出现的列：{'、'.join(new)}）" if new else ""),
            "请恢复该列，或在字段映射中重新对应",
            column=lost[0] if len(lost) == 1 else None,
        )
    return dict(mapping)
