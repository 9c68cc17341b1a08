"""The event of the example."""

from dataclasses import dataclass
from uuid import UUID

from tulou.kernel.outbox import event


@event("example.case_decided", version=1)
@dataclass(frozen=True)
class CaseDecided:
    """A case was granted."""

    case: UUID
    step: UUID
