"""The closed vocabularies of aggregation."""

from collections.abc import Mapping
from typing import Final

from django.db import models


class SourceKind(models.TextChoices):
    """How data come in; the codes are the kinds of `plane.connect`."""

    CSV = "csv", "文本文件（CSV）"
    XLSX = "xlsx", "电子表格（XLSX）"
    JSON = "json", "JSON 文件"
    PARQUET = "parquet", "Parquet 文件"
    POSTGRES = "postgres", "PostgreSQL 库表"


class BatchStatus(models.TextChoices):
    """Where a batch stands."""

    REGISTERED = "registered", "排队中"
    RUNNING = "running", "入库中"
    LANDED = "landed", "已入库"
    FAILED = "failed", "未入库"
    CANCELLED = "cancelled", "已取消"


#: Which kind of source a file is, by its extension; what the extension claims was checked when it was stored.
BY_EXTENSION: Final[Mapping[str, SourceKind]] = {
    "csv": SourceKind.CSV,
    "tsv": SourceKind.CSV,
    "txt": SourceKind.CSV,
    "xlsx": SourceKind.XLSX,
    "json": SourceKind.JSON,
    "jsonl": SourceKind.JSON,
    "parquet": SourceKind.PARQUET,
}
