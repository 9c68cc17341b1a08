"""What a caller may ask of a plan (调用请求): narrow it by equality, order it, page through it, count by group.

Promise: a request can only narrow. Nothing in it reaches SQL but as a
parameter, or as the name of a column that the plan grants.
"""

from dataclasses import dataclass

MAX_PAGE = 10_000
MAX_FILTERS = 16


@dataclass(frozen=True, slots=True)
class Filter:
    """Rows whose column equals a value."""

    column: str
    value: str


@dataclass(frozen=True, slots=True)
class ReadRequest:
    """One read. `limit` None means all rows, unordered, for a file; a page has a limit and may carry a cursor."""

    filters: tuple[Filter, ...] = ()
    sort: str = ""
    descending: bool = False
    limit: int | None = None
    cursor: str = ""
    group_by: tuple[str, ...] = ()
