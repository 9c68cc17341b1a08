"""Real nodes: `tulou run` in a process of its own, on a fresh data folder, on free ports, without the sample."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path

from tulou.node.process import alive

ENTRY = "tulou.node.entries"


def eventually(condition: Callable[[], bool], seconds: float = 30.0) -> bool:
    """Whether it comes true within a generous time; returns as soon as it does."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if condition():
            return True
        time.sleep(0.05)
    return condition()


def free_port() -> int:
    """The first of three free ports in a row."""
    while True:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            first = int(probe.getsockname()[1])
        if first < 65000 and all(_is_free(first + step) for step in range(3)):
            return first


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) != 0


class RunningNode:
    """One node under test."""

    def __init__(self, folder: Path) -> None:
        self.data = folder / "var"
        self.port = free_port()
        self.output = folder / "output"
        self.supervisor: subprocess.Popen[bytes] | None = None

    def environment(self, **more: str) -> dict[str, str]:
        kept = {
            name: value for name, value in os.environ.items() if not name.startswith("TULOU_") or name == "TULOU_NODE"
        }
        return {
            **kept,
            "TULOU_MODE": "production",
            "TULOU_TLS": "0",
            "TULOU_HOSTS": "data.example.gov.cn",
            "TULOU_GATEWAY_URL": f"http://localhost:{self.port + 1}",
            "TULOU_STREAMS_URL": f"http://localhost:{self.port + 2}",
            "DATABASE_URL": "embedded",
            "TULOU_DATA": str(self.data),
            "TULOU_PORT": str(self.port),
            **more,
        }

    def start(self, *, wait: bool = True) -> None:
        with self.output.open("ab") as output:
            self.supervisor = subprocess.Popen(
                [sys.executable, "-m", "tulou.node.cli", "run"],
                env=self.environment(),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        if wait:
            eventually(lambda: self.ended() or self.has_said("Tulou 已启动"), 90)
            assert self.has_said("Tulou 已启动"), self.said()

    def run(self, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
        """Another `tulou` command with the same settings."""
        return subprocess.run(
            [sys.executable, "-m", "tulou.node.cli", *arguments],
            env=self.environment(**environment), capture_output=True, text=True, check=False,
        )  # fmt: skip

    def said(self) -> str:
        return self.output.read_text(encoding="utf-8", errors="replace") if self.output.exists() else ""

    def has_said(self, text: str) -> bool:
        return text in self.said()

    def ended(self) -> bool:
        return self.supervisor is None or self.supervisor.poll() is not None

    def health(self) -> tuple[int, dict[str, bool]]:
        request = urllib.request.Request(
            f"http://127.0.0.1:{self.port}/healthz", headers={"Accept": "application/json"}
        )
        try:
            with urllib.request.urlopen(request, timeout=10) as answer:
                status, body = answer.status, answer.read()
        except urllib.error.HTTPError as answer:
            status, body = answer.code, answer.read()
        except OSError:
            return 0, {}
        parts = json.loads(body)["parts"] if body.startswith(b"{") else {}
        return status, {name: part["ok"] for name, part in parts.items()}

    def well(self) -> bool:
        return self.health()[0] == 200

    def process(self, name: str) -> int:
        """The number of a child, found as an operator would: in the process table."""
        if name == "postgres":
            pid_file = self.data / "postgres/cluster/postmaster.pid"
            try:
                return int(pid_file.read_text().split("\n", 1)[0])
            except (FileNotFoundError, ValueError):
                return 0  # between a death and the next start
        found = [pid for pid, line in self._table() if line[-2:] == [ENTRY, name]]
        return min(found) if found else 0

    def processes(self) -> set[int]:
        """Everything that works on this data folder, whoever its parent is."""
        return {pid for pid, _ in self._table()}

    def _table(self) -> list[tuple[int, list[str]]]:
        found = []
        for folder in Path("/proc").glob("[0-9]*"):
            try:
                inside = os.path.realpath(folder / "cwd").startswith(str(self.data))
                ours = f"TULOU_DATA={self.data}\0".encode() in (folder / "environ").read_bytes()
                line = (folder / "cmdline").read_text().rstrip("\0").split("\0")
            except OSError:
                continue
            if (inside or ours) and alive(int(folder.name)):
                found.append((int(folder.name), line))
        return found

    def stop(self) -> None:
        """As Ctrl-C does; what remains after a failed test is killed."""
        if self.supervisor is not None and not self.ended():
            self.supervisor.send_signal(signal.SIGINT)
            try:
                self.supervisor.wait(30)
            except subprocess.TimeoutExpired:
                self.supervisor.kill()
                self.supervisor.wait()
        for pid in self.processes():
            os.kill(pid, signal.SIGKILL)
