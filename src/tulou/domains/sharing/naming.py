"""What requests, grants and entries are called on pages that know only their ids."""

from collections.abc import Collection
from uuid import UUID

from tulou.domains.catalog import public as catalog
from tulou.domains.sharing.models import Grant, Request


def requests(ids: Collection[UUID]) -> dict[UUID, str]:
    """Numbers of requests."""
    return dict(Request.objects.filter(pk__in=ids).values_list("id", "number"))


def grants(ids: Collection[UUID]) -> dict[UUID, str]:
    """Grants by the numbers of their requests."""
    return {row.id: str(row) for row in Grant.objects.filter(pk__in=ids).select_related("request")}


def entries(ids: Collection[UUID]) -> dict[UUID, str]:
    """Names of entries."""
    return {key: found.name for key, found in catalog.entries(ids).items()}
