"""Reactions of the sharing room to what others tell: data that arrive start the grants that wait for them."""

from tulou.domains.ingest.public import BatchLanded
from tulou.domains.sharing import delivery
from tulou.domains.sharing.models import Grant, GrantStatus
from tulou.kernel.identity import Actor
from tulou.kernel.outbox import handles


@handles(BatchLanded)
def deliver_waiting_grants(event: BatchLanded) -> None:
    """Deliver every grant that waited for this entry's first batch."""
    for grant in Grant.objects.filter(entry=event.entry, status=GrantStatus.AWAITING):
        delivery.deliver(grant, actor=Actor.system("共享交付"))
