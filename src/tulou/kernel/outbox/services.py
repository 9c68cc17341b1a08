"""Commands of the outbox: publish an event, and give a dead letter another chance."""

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from tulou.kernel.outbox import codec
from tulou.kernel.outbox.models import OutboxDelivery, OutboxEvent
from tulou.kernel.outbox.registry import type_of

if TYPE_CHECKING:
    from tulou.kernel.identity import Actor


@dataclass(frozen=True, slots=True)
class DeadLetter:
    """A delivery that was given up, with why."""

    id: UUID
    event: UUID
    name: str
    at: datetime
    handler: str
    attempts: int
    error: str


def publish(event: object) -> UUID:
    """Write an event in the caller's transaction; it is told only if that commits."""
    kind = type_of(type(event))
    row = OutboxEvent.objects.create(
        at=timezone.now(),
        name=kind.name,
        version=kind.version,
        stream=kind.stream_of(event),
        payload=codec.encode(event),
    )
    return row.id


def dead_letters(*, limit: int = 200) -> list[DeadLetter]:
    """Deliveries that were given up, newest first."""
    dead = OutboxDelivery.objects.filter(state=OutboxDelivery.State.DEAD).select_related("event").order_by("-due_at")
    return [
        DeadLetter(d.id, d.event_id, d.event.name, d.event.at, d.handler, d.attempts, d.error) for d in dead[:limit]
    ]


@transaction.atomic
def retry(delivery: UUID, *, actor: "Actor") -> None:
    """Put a dead letter back among the waiting deliveries.

    Raises:
        ValidationError: it is not a dead letter (any more).
    """
    from tulou.kernel.evidence import record

    row = OutboxDelivery.objects.select_for_update().filter(id=delivery, state=OutboxDelivery.State.DEAD).first()
    if row is None:
        raise ValidationError("这条事件已不在死信中，请刷新页面后再看")
    row.state, row.attempts, row.due_at, row.finished_at = OutboxDelivery.State.PENDING, 0, timezone.now(), None
    row.save(update_fields=["state", "attempts", "due_at", "finished_at"])
    record(
        "outbox.delivery.retried",
        actor=actor,
        subjects=[f"event:{row.event_id}"],
        data={"handler": row.handler, "error": row.error[:200]},
    )
