"""The engine (处理引擎): one protocol for batches and checks; here the engine embedded in the node.

Promise: sent = accepted + rejected, in one pass over the source, within a
bounded memory, and exactly once.
"""

from tulou.plane.engine.embedded import EmbeddedEngine
from tulou.plane.engine.protocol import (
    BatchJob,
    BatchOutcome,
    Capabilities,
    CheckOutcome,
    Engine,
    FailingRow,
)

__all__ = [
    "BatchJob",
    "BatchOutcome",
    "Capabilities",
    "CheckOutcome",
    "EmbeddedEngine",
    "Engine",
    "FailingRow",
]
