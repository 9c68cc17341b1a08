"""The clerk as a real process: keeps promises within their second, relays events, stops politely, survives kill -9."""

import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator

import pytest

from tulou.kernel.evidence import log, record
from tulou.kernel.evidence.auditor import audit
from tulou.kernel.evidence.models import EvidenceCheckpoint, EvidenceEntry
from tulou.kernel.identity import Actor
from tulou.kernel.jobs import alive
from tulou.kernel.outbox.models import OutboxEvent
from tulou.trust.evidence import open_checkpoint

CLERK = "import django; django.setup(); from tulou.kernel.evidence.clerk import run; run()"
ACTOR = Actor.system("test")
Start = Callable[[], subprocess.Popen[bytes]]


@pytest.fixture
def start(child_environment: dict[str, str]) -> Iterator[Start]:
    """Start clerks; those still alive at the end are killed."""
    started: list[subprocess.Popen[bytes]] = []

    def go() -> subprocess.Popen[bytes]:
        started.append(subprocess.Popen([sys.executable, "-c", CLERK], env=child_environment))
        return started[-1]

    yield go
    for process in started:
        process.kill()
        process.wait()


def write(count: int) -> None:
    for number in range(count):
        record("ingest.batch.landed", actor=ACTOR, subjects=["batch:1"], data={"number": number})


def until(condition: Callable[[], object], seconds: float = 60) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not happen"
        time.sleep(0.05)


def all_sealed() -> bool:
    return not EvidenceEntry.objects.filter(seq=None).exists()


@pytest.mark.django_db(transaction=True)
def test_the_clerk_seals_says_that_it_works_and_stops_politely(start: Start) -> None:
    clerk = start()
    until(lambda: alive("clerk"))
    write(20)
    until(all_sealed)
    heads = [open_checkpoint(row.token, log.keys()) for row in EvidenceCheckpoint.objects.order_by("size")]
    assert heads[-1].size == 20
    OutboxEvent.objects.create(at=heads[-1].at, name="test.nobody_listens", version=1, payload={})
    until(lambda: OutboxEvent.objects.get().position == 0)
    time.sleep(0.5)
    assert EvidenceCheckpoint.objects.count() == len(heads), "an idle clerk signs no further heads"
    clerk.send_signal(signal.SIGTERM)
    assert clerk.wait(timeout=20) == 0


@pytest.mark.django_db(transaction=True)
def test_clerks_killed_at_random_moments_while_others_write_lose_nothing(start: Start) -> None:
    clerks = [start(), start()]
    until(lambda: alive("clerk"))
    for round_ in range(6):
        write(30)
        time.sleep(0.03 * round_)
        victim = clerks.pop(0)
        victim.kill()
        victim.wait()
        clerks.append(start())
    until(all_sealed)
    assert list(EvidenceEntry.objects.order_by("seq").values_list("seq", flat=True)) == list(range(180))
    report = audit(full=True)
    assert (report.size, report.faults) == (180, ())
