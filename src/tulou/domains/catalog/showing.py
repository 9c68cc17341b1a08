"""While a page of entries is drawn, what it shows is known: rooms that fill its slots ask for the same rows again.

Only pages that read use it, so that nobody is ever told what a command has just changed.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from uuid import UUID

from tulou.domains.catalog.models import Entry

_shown: ContextVar[dict[UUID, Entry] | None] = ContextVar("catalog_shown", default=None)


@contextmanager
def showing(rows: Iterable[Entry]) -> Iterator[None]:
    """Answer questions about these entries from the rows at hand, until the block ends."""
    token = _shown.set({row.pk: row for row in rows})
    try:
        yield
    finally:
        _shown.reset(token)


def shown(entry: UUID) -> Entry | None:
    """The row at hand, if a page shows this entry just now."""
    return (_shown.get() or {}).get(entry)
