"""One watched process: how it is started, when it counts as answering, how often it may die."""

import os
import shutil
import signal
import subprocess
import time
import urllib.error
import urllib.request
from collections import deque
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from tulou.node.problems import NodeProblem
from tulou.node.process import bound_to_parent

DEATHS, WITHIN = 5, 60.0
BACK_OFF = (0.1, 0.5, 1.0, 2.0, 4.0)
LOG_LIMIT, LOG_KEEP = 10 * 2**20, 3


@dataclass(frozen=True)
class Spec:
    """A child: its name (also the log's), its Chinese title, its command; `url` answers when it is up."""

    name: str
    title: str
    command: tuple[str, ...]
    url: str | None = None


class Child:
    """Started from the main thread, so that it dies with the supervisor; restarted with a growing pause."""

    def __init__(self, spec: Spec, logs: Path, environment: Mapping[str, str]) -> None:
        self.spec = spec
        self.log = logs / f"{spec.name}.log"
        self._environment = dict(environment)
        self.process: subprocess.Popen[bytes] | None = None
        self._deaths: deque[float] = deque(maxlen=DEATHS)
        self._again_at = 0.0

    def start(self) -> None:
        handle = os.open(self.log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        try:
            self.process = subprocess.Popen(
                self.spec.command,
                stdin=subprocess.DEVNULL,
                stdout=handle,
                stderr=handle,
                env=self._environment,
                preexec_fn=bound_to_parent(),
            )
        finally:
            os.close(handle)

    def watch(self) -> str | None:
        """Restart when dead and due; the returned sentence is for the operator."""
        if self.process is not None:
            if self.process.poll() is None:
                return None
            code, self.process = self.process.returncode, None
            return self._died(f"{self.spec.title}（{self.spec.name}）已退出，代码 {code}")
        if time.monotonic() >= self._again_at:
            self.start()
        return None

    def _died(self, sentence: str) -> str:
        now = time.monotonic()
        self._deaths.append(now)
        if len(self._deaths) == DEATHS and now - self._deaths[0] < WITHIN:
            raise NodeProblem(
                f"{sentence}，{int(WITHIN)} 秒内第 {DEATHS} 次，不再重启，节点停止。原因见日志 {self.log}。"
            )
        recent = sum(now - death < WITHIN for death in self._deaths)
        self._again_at = now + BACK_OFF[min(recent, len(BACK_OFF)) - 1]
        return f"{sentence}，正在重启"

    def answers(self) -> bool:
        """Whether it is up: by its address where it has one, else by being alive."""
        if self.process is None or self.process.poll() is not None:
            return False
        return self.spec.url is None or answers(self.spec.url)

    def ask_to_stop(self) -> None:
        if self.process is not None and self.process.poll() is None:
            with suppress(ProcessLookupError):
                os.killpg(self.process.pid, signal.SIGTERM)

    def stop(self, patience: float) -> None:
        """Wait for the end that was asked for, then end it."""
        process, self.process = self.process, None
        if process is None:
            return
        with suppress(subprocess.TimeoutExpired):  # it had its time: the group is killed below
            process.wait(patience)
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def answers(url: str) -> bool:
    """Whether it speaks at all: the hub already does while it reports that other parts do not."""
    return _status(url) in (200, 503)


def healthy(url: str) -> bool:
    """Whether it says that it is well."""
    return _status(url) == 200


def _status(url: str, timeout: float = 2.0) -> int:
    try:
        with urllib.request.urlopen(url, timeout=timeout) as response:  # noqa: S310 - our own http address
            return int(response.status)
    except urllib.error.HTTPError as answer:
        return answer.code
    except OSError:
        return 0


def rotate(log: Path) -> None:
    """Keep a growing log small: writers append, so the file is copied and emptied under them."""
    if not log.exists() or log.stat().st_size < LOG_LIMIT:
        return
    for number in range(LOG_KEEP - 1, 0, -1):
        older = log.with_name(f"{log.name}.{number}")
        if older.exists():
            older.replace(log.with_name(f"{log.name}.{number + 1}"))
    shutil.copy2(log, log.with_name(f"{log.name}.1"))
    os.truncate(log, 0)
