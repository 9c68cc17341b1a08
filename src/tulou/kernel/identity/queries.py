"""Reads about accounts."""

from collections.abc import Collection
from uuid import UUID

from tulou.kernel.identity.models import Account


def account_labels(parties: Collection[UUID]) -> dict[UUID, str]:
    """Persons are called by the label of their account."""
    return dict(Account.objects.filter(party__in=parties).values_list("party_id", "label"))
