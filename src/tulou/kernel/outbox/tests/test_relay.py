"""The outbox: told only if committed, effect exactly once, order where promised, poison visible and harmless."""

import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from threading import Thread
from uuid import UUID

import pytest
from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.db.models import F
from django.utils import timezone

from tulou.kernel.files.models import StoredFile
from tulou.kernel.identity import Actor
from tulou.kernel.jobs import enqueue, run_pending
from tulou.kernel.outbox import dead_letters, deliver_all, event, handles, publish, registry, relay, retry
from tulou.kernel.outbox.models import OutboxDelivery, OutboxEvent
from tulou.kernel.outbox.relay import HandlerFailed, number_events
from tulou.trust.ids import new_id

State = OutboxDelivery.State


@event("test.thing_happened")
@dataclass(frozen=True)
class ThingHappened:
    number: int


@event("test.step_taken", ordered_by="thing")
@dataclass(frozen=True)
class StepTaken:
    thing: UUID
    step: int


@event("test.echo")
@dataclass(frozen=True)
class Echo:
    number: int


SEEN: list[object] = []
POISON: set[int] = set()


def leave_mark(name: str) -> None:
    """An effect in the database, to be counted."""
    StoredFile.objects.create(sha256="0" * 64, size=0, media_type="test", name=name, stored_at=timezone.now())


def marks() -> list[str]:
    return sorted(StoredFile.objects.values_list("name", flat=True))


@handles(ThingHappened)
def note_thing(told: ThingHappened) -> None:
    leave_mark(f"thing {told.number}")
    SEEN.append(told)
    if told.number in POISON:
        raise RuntimeError("毒丸")
    publish(Echo(told.number))


@handles(ThingHappened)
def note_thing_too(told: ThingHappened) -> None:
    leave_mark(f"too {told.number}")


@handles(StepTaken)
def note_step(told: StepTaken) -> None:
    SEEN.append(told)
    if told.step in POISON:
        raise RuntimeError("毒丸")


@handles(Echo)
def note_echo(told: Echo) -> None:
    leave_mark(f"echo {told.number}")


@pytest.fixture(autouse=True)
def clean() -> Iterator[None]:
    SEEN.clear()
    POISON.clear()
    yield
    POISON.clear()


def make_due() -> None:
    OutboxDelivery.objects.update(due_at=F("due_at") - timedelta(days=1))


@pytest.mark.django_db
def test_handlers_run_once_and_their_own_events_are_told_too() -> None:
    publish(ThingHappened(1))
    assert deliver_all().done == 3
    assert deliver_all().done == 0
    assert marks() == ["echo 1", "thing 1", "too 1"]


@pytest.mark.django_db
def test_nothing_is_told_of_what_was_rolled_back() -> None:
    with transaction.atomic():
        publish(ThingHappened(1))
        transaction.set_rollback(True)
    deliver_all()
    assert marks() == []


@pytest.mark.django_db
def test_the_stream_is_numbered_without_gaps() -> None:
    for number in range(5):
        publish(Echo(number))
        number_events(limit=2)
    while number_events():
        pass
    stream = OutboxEvent.objects.order_by("position").values_list("position", "payload")
    assert list(stream) == [(n, {"number": n}) for n in range(5)]


@pytest.mark.django_db
def test_a_poison_event_blocks_nobody_and_becomes_a_visible_dead_letter() -> None:
    POISON.add(1)
    for number in (1, 2):
        publish(ThingHappened(number))
    outcome = relay.relay()
    assert outcome.failed == 1
    assert marks() == ["thing 2", "too 1", "too 2"]
    assert relay.relay().failed == 0, "it waits for its time"
    for _ in range(relay.ATTEMPTS - 1):
        make_due()
        relay.relay()
    [dead] = dead_letters()
    assert (dead.name, dead.attempts) == ("test.thing_happened", relay.ATTEMPTS)
    assert dead.handler.endswith("note_thing")
    assert "毒丸" in dead.error
    assert "thing 1" not in marks(), "the failed handler left nothing behind"


@pytest.mark.django_db
def test_a_dead_letter_can_be_retried_once_its_cause_is_gone() -> None:
    POISON.add(1)
    publish(ThingHappened(1))
    number_events()
    OutboxDelivery.objects.filter(handler__endswith="note_thing").update(attempts=relay.ATTEMPTS - 1)
    relay.relay()
    [dead] = dead_letters()
    POISON.clear()
    retry(dead.id, actor=Actor.system("test"))
    deliver_all()
    assert dead_letters() == []
    assert marks().count("thing 1") == 1
    with pytest.raises(ValidationError, match="死信"):
        retry(dead.id, actor=Actor.system("test"))


@pytest.mark.django_db
def test_waiting_grows_with_each_failure() -> None:
    POISON.add(1)
    publish(ThingHappened(1))
    waits = []
    for _ in range(3):
        relay.relay()
        row = OutboxDelivery.objects.get(handler__endswith="note_thing")
        waits.append(row.due_at - timezone.now())
        make_due()
    assert waits == sorted(waits)
    assert waits[0] < timedelta(seconds=2)
    assert waits[2] > timedelta(seconds=20)


@pytest.mark.django_db
def test_an_ordered_stream_keeps_its_order_and_waits_for_its_failure() -> None:
    one, other = new_id(), new_id()
    POISON.add(2)
    for step in (1, 2, 3):
        publish(StepTaken(one, step))
    publish(StepTaken(other, 9))
    relay.relay()
    assert [StepTaken(one, 1), StepTaken(one, 2), StepTaken(other, 9)] == SEEN
    POISON.clear()
    make_due()
    relay.relay()
    assert SEEN[3:] == [StepTaken(one, 2), StepTaken(one, 3)]


@pytest.mark.django_db
def test_an_event_that_this_version_cannot_read_is_a_dead_letter_at_once() -> None:
    publish(Echo(1))
    number_events()
    OutboxEvent.objects.update(payload={"number": "eins"})
    relay.relay()
    assert "与本版本" in dead_letters()[0].error


@pytest.mark.django_db
def test_old_deliveries_are_forgotten_without_being_repeated() -> None:
    publish(Echo(1))
    publish(Echo(2))
    deliver_all()
    OutboxDelivery.objects.filter(position=0).update(finished_at=timezone.now() - timedelta(days=40))
    enqueue("outbox.forget_done", actor=Actor.system("test"))
    run_pending()
    assert list(OutboxDelivery.objects.values_list("position", flat=True)) == [1]
    assert deliver_all().done == 0
    assert OutboxEvent.objects.count() == 2


@pytest.mark.django_db
def test_draining_synchronously_shows_the_failure() -> None:
    POISON.add(1)
    publish(ThingHappened(1))
    with pytest.raises(HandlerFailed, match="毒丸"):
        deliver_all()


@pytest.mark.django_db
def test_only_declared_events_are_published() -> None:
    @dataclass(frozen=True)
    class Undeclared:
        number: int

    with pytest.raises(TypeError, match="not declared"):
        publish(Undeclared(1))


def test_the_registry_lists_events_and_handlers() -> None:
    assert "test.thing_happened" in {kind.name for kind in registry.all_events()}
    assert {h.run for h in registry.handlers_of("test.thing_happened", 1)} == {note_thing, note_thing_too}


@pytest.mark.django_db(transaction=True)
def test_two_relays_at_once_deliver_each_event_once() -> None:
    for number in range(30):
        publish(ThingHappened(number))

    def work() -> None:
        while relay.relay().done:
            pass
        connection.close()

    threads = [Thread(target=work) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    while relay.relay().done:
        pass
    assert marks() == sorted(f"{name} {n}" for name in ("echo", "thing", "too") for n in range(30))


KILLED = """
import os, signal, sys
import django
django.setup()
from django.utils import timezone
from tulou.kernel.files.models import StoredFile
from tulou.kernel.outbox import registry, relay

def die(*args, **kwargs):
    os.kill(os.getpid(), signal.SIGKILL)

step = sys.argv[1]
from dataclasses import dataclass
@registry.event("test.echo")
@dataclass(frozen=True)
class Echo:
    number: int

def note_echo(told):
    StoredFile.objects.create(sha256="0" * 64, size=0, media_type="test", name=f"echo {told.number}",
        stored_at=timezone.now())
    if step == "handled":
        die()
registry.handles(Echo)(note_echo)
handler = registry.handlers_of("test.echo", 1)[0]
registry._handlers[sys.argv[2]] = registry.Handler(sys.argv[2], handler.event, note_echo)
if step == "numbering":
    relay._deliveries = die
if step == "marking":
    save = relay.OutboxDelivery.save
    relay.OutboxDelivery.save = lambda self, **kw: (save(self, **kw), die())
relay.relay()
"""


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("step", ["numbering", "handled", "marking"])
def test_killed_in_between_the_effect_still_comes_exactly_once(step: str, child_environment: dict[str, str]) -> None:
    publish(Echo(1))
    [known] = registry.handlers_of("test.echo", 1)
    if step != "numbering":
        number_events()
    ended = subprocess.run([sys.executable, "-c", KILLED, step, known.name], env=child_environment, check=False)
    assert ended.returncode == -signal.SIGKILL
    assert marks() == []
    deliver_all()
    assert marks() == ["echo 1"]
