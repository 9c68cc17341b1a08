"""What the catalogue tells others."""

from dataclasses import dataclass
from uuid import UUID

from tulou.domains.catalog.models import Entry
from tulou.kernel.outbox import event
from tulou.kernel.workflow import Step


@event("catalog.entry_published", version=1, ordered_by="entry")
@dataclass(frozen=True)
class EntryPublished:
    """A version of an entry was published."""

    entry: UUID
    provider: UUID
    version: int


@event("catalog.entry_retired", version=1, ordered_by="entry")
@dataclass(frozen=True)
class EntryRetired:
    """An entry was taken out of use; its code resolves for ever."""

    entry: UUID
    provider: UUID


def published_event(entry: Entry, step: Step) -> EntryPublished:
    """The event of a publication."""
    return EntryPublished(entry.id, entry.provider_id, entry.version)


def retired_event(entry: Entry, step: Step) -> EntryRetired:
    """The event of a retirement."""
    return EntryRetired(entry.id, entry.provider_id)
