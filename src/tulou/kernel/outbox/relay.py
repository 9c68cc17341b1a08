"""The relay (投递): numbers published events and runs their handlers.

A handler's work and the mark that it is done commit together, so its effect
comes exactly once. A failing handler is tried again later and later, then kept
as a dead letter; meanwhile it holds back only its own ordered stream.
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from django.db import connection, transaction
from django.db.models import Max
from django.utils import timezone

from tulou.kernel.outbox import codec
from tulou.kernel.outbox.models import OutboxDelivery, OutboxEvent
from tulou.kernel.outbox.registry import handler, handlers_of, known_event
from tulou.trust.ids import new_id

logger = logging.getLogger(__name__)

LOCK: Final = 0x74756C6F75_02
ROUND: Final = 1_000
BACK_OFF: Final = tuple(timedelta(seconds=s) for s in (1, 5, 30, 120, 600, 1800, 3600))
ATTEMPTS: Final = len(BACK_OFF) + 1

NUMBER = """
UPDATE outbox_event e SET position = n.position FROM unnest(%s::uuid[], %s::bigint[]) AS n(id, position)
WHERE e.id = n.id
"""

# The head of each ordered stream, and everything that is in none; skipped rows are another relay's.
DUE = """
SELECT d.id FROM outbox_delivery d
WHERE d.state = 'pending' AND (%(now)s::timestamptz IS NULL OR d.due_at <= %(now)s)
  AND (d.stream = '' OR NOT EXISTS (
    SELECT FROM outbox_delivery before WHERE before.state = 'pending' AND before.handler = d.handler
      AND before.stream = d.stream AND before.position < d.position))
ORDER BY d.position, d.handler LIMIT 1 FOR UPDATE OF d SKIP LOCKED
"""


@dataclass(frozen=True, slots=True)
class Delivered:
    """What a round did."""

    numbered: int
    done: int
    failed: int


class Undeliverable(RuntimeError):
    """Trying again cannot help: this version knows neither the event nor the handler, or cannot read the event."""


class HandlerFailed(RuntimeError):
    """A handler failed while events were drained synchronously; the cause is chained."""


def number_events(limit: int = ROUND) -> int:
    """Give waiting events their place in the node's gapless stream, and each handler its delivery."""
    if not OutboxEvent.objects.filter(position=None).exists():
        return 0
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])
        events = list(OutboxEvent.objects.filter(position=None).order_by("at", "id")[:limit])
        last = OutboxEvent.objects.aggregate(last=Max("position"))["last"]
        first = 0 if last is None else last + 1
        for place, event in enumerate(events, start=first):
            event.position = place
        with connection.cursor() as cursor:
            cursor.execute(NUMBER, [[e.id for e in events], [e.position for e in events]])
        OutboxDelivery.objects.bulk_create(_deliveries(events))
    return len(events)


def relay(limit: int = ROUND, *, stop: Callable[[], bool] = lambda: False) -> Delivered:
    """One round of the clerk: number what waits, then run what is due."""
    numbered, done, failed = number_events(), 0, 0
    while done + failed < limit and not stop():
        outcome = _deliver_one(timezone.now())
        if outcome is None:
            break
        done, failed = done + (not outcome[1]), failed + bool(outcome[1])
    return Delivered(numbered, done, failed)


def deliver_all() -> Delivered:
    """Drain the outbox here and now, for tests and for loading samples; the handlers' own events too.

    Raises:
        HandlerFailed: a handler failed; its delivery waits for the next attempt.
    """
    numbered = done = 0
    while True:
        numbered += number_events()
        outcome = _deliver_one(None)
        if outcome is None:
            if not number_events():
                return Delivered(numbered, done, 0)
            continue
        if outcome[1] is not None:
            raise HandlerFailed(str(outcome[1])) from outcome[1]
        done += 1


def _deliveries(events: list[OutboxEvent]) -> list[OutboxDelivery]:
    now = timezone.now()
    return [
        OutboxDelivery(
            id=new_id(), event=event, position=event.position or 0, stream=event.stream, handler=h.name, due_at=now
        )
        for event in events
        for h in handlers_of(event.name, event.version)
    ]


def _deliver_one(now: datetime | None) -> tuple[UUID, Exception | None] | None:
    """Run the first delivery that is due; its id and what went wrong, or None when none is due."""
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(DUE, {"now": now})
            row = cursor.fetchone()
        if row is None:
            return None
        delivery = OutboxDelivery.objects.select_related("event").get(id=row[0])
        problem = _run(delivery)
        delivery.save(update_fields=["state", "attempts", "due_at", "finished_at", "error"])
    return delivery.id, problem


def _run(delivery: OutboxDelivery) -> Exception | None:
    now = timezone.now()
    delivery.attempts += 1
    try:
        with transaction.atomic():
            _handle(delivery)
    except Exception as problem:
        logger.exception("handler %s failed on event %s", delivery.handler, delivery.event_id)
        delivery.error = f"{type(problem).__name__}: {problem}"[:2000]
        if delivery.attempts >= ATTEMPTS or isinstance(problem, Undeliverable):
            delivery.state, delivery.due_at = OutboxDelivery.State.DEAD, now
        else:
            delivery.due_at = now + BACK_OFF[delivery.attempts - 1]
        return problem
    delivery.state, delivery.finished_at, delivery.error = OutboxDelivery.State.DONE, timezone.now(), ""
    return None


def _handle(delivery: OutboxDelivery) -> None:
    event = delivery.event
    kind, known = known_event(event.name, event.version), handler(delivery.handler)
    if kind is None or known is None:
        raise Undeliverable(f"本版本没有事件 {event.name} v{event.version} 或处理程序 {delivery.handler}")
    try:
        decoded = codec.decode(kind.cls, event.payload)
    except (KeyError, TypeError, ValueError) as problem:
        raise Undeliverable(f"事件内容与本版本的 {event.name} v{event.version} 不符：{problem}") from problem
    known.run(decoded)
