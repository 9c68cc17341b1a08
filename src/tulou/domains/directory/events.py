"""What the directory tells others."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from tulou.kernel.outbox import event


@event("directory.agency_succeeded", version=1)
@dataclass(frozen=True)
class AgencySucceeded:
    """From a day on, one agency holds what another held."""

    predecessor: UUID
    successor: UUID
    on: date
