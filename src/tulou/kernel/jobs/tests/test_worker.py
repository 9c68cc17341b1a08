"""Real worker processes: killed in the middle, stopped politely, deaf to being stopped — the work is done once."""

import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tulou.kernel.files.models import StoredFile
from tulou.kernel.identity import Actor
from tulou.kernel.jobs import JobRun, alive, cancel, enqueue
from tulou.kernel.jobs.tests import kinds  # noqa: F401 - declares the jobs

WORKER = """
import django, logging
logging.basicConfig(level="WARNING")
django.setup()
from tulou.kernel.jobs import registry, runner, worker
from tulou.kernel.jobs.tests import kinds
registry._schedules.clear()
worker.GRACE = 2
worker.run("worker")
"""
ACTOR = Actor.system("test")
State = JobRun.State
Start = Callable[[], subprocess.Popen[bytes]]


@pytest.fixture
def start(child_environment: dict[str, str]) -> Iterator[Start]:
    """Start worker processes; those still alive at the end are killed."""
    started: list[subprocess.Popen[bytes]] = []

    def go() -> subprocess.Popen[bytes]:
        started.append(subprocess.Popen([sys.executable, "-c", WORKER], env=child_environment))
        return started[-1]

    yield go
    for process in started:
        process.kill()
        process.wait()


def until(condition: Callable[[], object], seconds: float = 60) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not happen"
        time.sleep(0.1)


def state(run: JobRun) -> str:
    return JobRun.objects.get(id=run.id).state


def marks() -> list[str]:
    return sorted(StoredFile.objects.values_list("name", flat=True))


@pytest.mark.django_db(transaction=True)
def test_a_killed_workers_job_is_completed_by_another_exactly_once(start: Start, tmp_path: Path) -> None:
    gate = tmp_path / "gate"
    run = enqueue("test.slow", actor=ACTOR, name="once", gate=str(gate))
    first = start()
    until(lambda: JobRun.objects.get(id=run.id).message == "等待放行")
    assert JobRun.objects.get(id=run.id).done == 5, "progress is seen while the job's transaction is open"
    assert marks() == [], "its effect is not"
    assert alive("worker")
    first.send_signal(signal.SIGKILL)
    gate.touch()
    start()
    until(lambda: state(run) == State.SUCCEEDED)
    ended = JobRun.objects.get(id=run.id)
    assert (ended.attempts, ended.done, ended.total) == (2, 10, 10)
    assert marks() == ["once"]


@pytest.mark.django_db(transaction=True)
def test_a_worker_asked_to_stop_gives_its_work_back_uncounted(start: Start, tmp_path: Path) -> None:
    gate = tmp_path / "gate"
    run = enqueue("test.slow", actor=ACTOR, name="once", gate=str(gate))
    first = start()
    until(lambda: state(run) == State.RUNNING)
    until(lambda: (tmp_path / "gate.started1").exists())
    first.send_signal(signal.SIGTERM)
    assert first.wait(timeout=30) == 0
    waiting = JobRun.objects.get(id=run.id)
    assert (waiting.state, waiting.attempts) == (State.QUEUED, 0)
    gate.touch()
    start()
    until(lambda: state(run) == State.SUCCEEDED)
    assert marks() == ["once"]


@pytest.mark.django_db(transaction=True)
def test_a_worker_with_a_deaf_job_stops_all_the_same_and_the_job_is_repeated(start: Start, tmp_path: Path) -> None:
    gate = tmp_path / "gate"
    run = enqueue("test.deaf", actor=ACTOR, gate=str(gate))
    first = start()
    until(lambda: (tmp_path / "gate.started1").exists())
    first.send_signal(signal.SIGTERM)
    assert first.wait(timeout=30) == 1
    gate.touch()
    start()
    until(lambda: state(run) == State.SUCCEEDED)
    assert marks() == ["deaf"]


@pytest.mark.django_db(transaction=True)
def test_a_running_job_is_cancelled_at_its_next_step(start: Start, tmp_path: Path) -> None:
    run = enqueue("test.slow", actor=ACTOR, name="never", gate=str(tmp_path / "gate"))
    start()
    until(lambda: state(run) == State.RUNNING)
    cancel(run.id, actor=ACTOR)
    until(lambda: state(run) == State.CANCELLED)
    assert marks() == []
