"""The lakes (数据湖): tables, their history, the ledger of batches, sealing and key destruction.

Promise: what a batch brought is there exactly once, or not at all; level-4
values are ciphertext before they land.
"""

from tulou.plane.tables.lake import Lake, LakeConfig
from tulou.plane.tables.landing import LandedBatch, Landing, Origin
from tulou.plane.tables.problems import LakeProblem, LandingCancelled
from tulou.plane.tables.schema import Column, TableRef, TableSchema, Zone
from tulou.plane.tables.seal import SealKeys
from tulou.plane.tables.session import Attachment, Limits, Session

__all__ = [
    "Attachment",
    "Column",
    "Lake",
    "LakeConfig",
    "LakeProblem",
    "LandedBatch",
    "Landing",
    "LandingCancelled",
    "Limits",
    "Origin",
    "SealKeys",
    "Session",
    "TableRef",
    "TableSchema",
    "Zone",
]
