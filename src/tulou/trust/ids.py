"""Identifiers that may leave a node: UUIDv7, so that no database sequence ever crosses a wall."""

from uuid import UUID

from uuid_utils.compat import uuid7


def new_id() -> UUID:
    """A new time-ordered identifier (RFC 9562 UUIDv7)."""
    return uuid7()
