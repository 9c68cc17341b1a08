"""Sources (数据接入): files and databases, each read as text rows with their numbers."""

from tulou.plane.connect.profile import ColumnProfile, english_names, profile
from tulou.plane.connect.source import (
    FAULTS,
    Source,
    SourceColumn,
    SourceIdentity,
    SourceProblem,
    open_source,
    source_kinds,
)

__all__ = [
    "FAULTS",
    "ColumnProfile",
    "Source",
    "SourceColumn",
    "SourceIdentity",
    "SourceProblem",
    "english_names",
    "open_source",
    "profile",
    "source_kinds",
]
