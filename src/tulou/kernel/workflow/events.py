"""What the workflow room tells others."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from tulou.kernel.outbox import event


@event("workflow.clock_reminder", version=1)
@dataclass(frozen=True)
class ClockReminder:
    """A clock has used up `percent` of its days; whoever holds it should know."""

    clock: UUID
    subject_type: str
    subject: UUID
    code: str
    percent: int
    due_on: date
    provisional: bool
    holder_organisation: UUID | None
    holder_role: str
    holder_person: UUID | None


@event("workflow.clock_recounted", version=1)
@dataclass(frozen=True)
class ClockRecounted:
    """A notice moved the day on which a clock runs out, or made a provisional day certain."""

    clock: UUID
    subject_type: str
    subject: UUID
    year: int
    before: date
    after: date
    provisional: bool
