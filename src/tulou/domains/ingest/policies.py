"""Who may do what to a batch. Pure predicates."""

from tulou.domains.ingest.models import Batch
from tulou.kernel.identity import Actor
from tulou.kernel.permissions import may


def may_load(batch: Batch, actor: Actor) -> bool:
    """The provider's data managers send, cancel and repeat its batches."""
    return may(actor, "ingest.load", organisation=batch.provider_id)


def may_land(batch: Batch, actor: Actor) -> bool:
    """What the lake's ledger says is entered by the node itself, never by a person."""
    return actor.is_system
