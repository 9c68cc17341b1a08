"""The supervisor (守护进程): one command starts a whole node, watches it, and leaves nothing behind when it ends.

Everything is spawned from the main thread and dies with this process. A child that dies is restarted with a growing
pause; one that keeps dying stops the node with a sentence that names its log.
"""

import os
import signal
import socket
import sys
import time
from contextlib import suppress
from pathlib import Path
from types import FrameType
from typing import TextIO

from tulou.node.announcement import announcement
from tulou.node.child import DEATHS, WITHIN, Child, Spec, rotate
from tulou.node.database import ensure_database, lake_of
from tulou.node.environment import Environment
from tulou.node.lock import FolderLock, note
from tulou.node.postgres import LAKE, EmbeddedPostgres
from tulou.node.prepared import is_prepared
from tulou.node.problems import NodeProblem
from tulou.node.secret import secret_key

TICK = 0.2
STARTUP = 60.0
FRONT, BACK = ("hub", "gateway", "streams"), ("worker", "clerk")
PATIENCE = {"front": 5.0, "back": 4.0, "postgres": 3.0}  # their sum stays under the promised 15 seconds


class Stopped(Exception):
    """Somebody asked the node to stop."""


class Supervisor:
    """Owns the data folder's lock, the embedded database and the children."""

    def __init__(self, told: Environment, out: TextIO = sys.stdout) -> None:
        self.told = told
        self.out = out
        self.lock = FolderLock(told.data)
        self.postgres: EmbeddedPostgres | None = None
        self.children: list[Child] = []
        self.preparation: Child | None = None
        self._stopping = False
        self._database_deaths: list[float] = []

    # -- the life of a node

    def run(self) -> None:
        """Start, watch until asked to stop, stop. Raises NodeProblem when the node cannot go on."""
        for request in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(request, self._ask_to_stop)
        self.lock.take()
        try:
            self._start()
            while True:
                self._tick()
        except Stopped:
            self.say("正在停止……")
        finally:
            self.stop()
            self.say("已停止。")

    def _start(self) -> None:
        self._claim_folder()
        self._require_ports()
        secret_key(self.told.data)
        self.say("启动数据库")
        environment = self._environment()
        if not is_prepared(self.told, environment["DATABASE_URL"]):
            self._prepare(environment)
        self.children = [Child(spec, self.logs, environment) for spec in self._specs()]
        for child in self.children:
            child.start()
        self._await_answers()
        self.announce()

    def stop(self) -> None:
        """Front doors first, then the workers, the database last: nothing loses what it leans on."""
        if self.preparation:
            self.preparation.ask_to_stop()
            self.preparation.stop(PATIENCE["back"])
        for group, patience in ((FRONT, PATIENCE["front"]), (BACK, PATIENCE["back"])):
            members = [child for child in self.children if child.spec.name in group]
            deadline = time.monotonic() + patience
            for child in members:
                child.ask_to_stop()
            for child in members:
                child.stop(max(0.1, deadline - time.monotonic()))
        if self.postgres:
            self.postgres.stop(PATIENCE["postgres"])
        self.lock.release()

    def _tick(self) -> None:
        """One look at everything."""
        if self._stopping:
            raise Stopped
        for child in self.children:
            sentence = child.watch()
            if sentence:
                self.say(sentence)
            rotate(child.log)
        if self.postgres:
            self._watch_database(self.postgres)
            rotate(self.postgres.log_path)
        time.sleep(TICK)

    def _watch_database(self, postgres: EmbeddedPostgres) -> None:
        if postgres.process is None or postgres.process.poll() is None:
            return
        now = time.monotonic()
        self._database_deaths = [death for death in self._database_deaths if now - death < WITHIN] + [now]
        if len(self._database_deaths) >= DEATHS:
            raise NodeProblem(f"内置数据库反复退出，节点停止。原因见日志 {postgres.log_path}。")
        self.say("内置数据库已退出，正在重启")
        postgres.stop()
        postgres.start()

    # -- steps of a start

    @property
    def logs(self) -> Path:
        return self.told.data / "logs"

    def _claim_folder(self) -> None:
        """Sample accounts never meet real data: a folder stays in the mode in which it was first used."""
        self.logs.mkdir(mode=0o700, exist_ok=True)
        for name, mode in (("keys", 0o700), ("files", 0o700), ("lake", 0o700)):
            (self.told.data / name).mkdir(mode=mode, exist_ok=True)
        mark = self.told.data / "run" / "mode"
        if mark.exists() and mark.read_text().strip() != self.told.mode:
            raise NodeProblem(
                f"数据文件夹 {self.told.data} 属于 {mark.read_text().strip()} 模式，不能以 {self.told.mode} 模式启动。"
                "请改 TULOU_MODE，或换一个 TULOU_DATA。"
            )
        mark.write_text(self.told.mode + "\n")

    def _require_ports(self) -> None:
        """Ports freed by a killed node take a moment; after that the operator is told what to set."""
        deadline = time.monotonic() + 3.0
        for port in range(self.told.port, self.told.port + 3):
            while not _free(self.told.bind, port):
                if time.monotonic() > deadline:
                    raise NodeProblem(
                        f"端口 {port} 已被其他程序占用。请设 TULOU_PORT 为另一个端口（连同其后两个都要空闲），"
                        f"例如：TULOU_PORT={self.told.port + 100} ./dev run"
                    )
                time.sleep(0.2)

    def _environment(self) -> dict[str, str]:
        """Start or check the database; tell children its address."""
        told = self.told
        if told.database_url:
            hub, lake = told.database_url, told.lake_url or lake_of(told.database_url)
            ensure_database(hub, "DATABASE_URL")
            ensure_database(lake, "TULOU_LAKE_URL")
        else:
            self.postgres = EmbeddedPostgres(told.data)
            hub = self.postgres.start()
            lake = told.lake_url or self.postgres.url(LAKE)
        note(told.data, pid=os.getpid(), port=told.port, database_url=hub, lake_url=lake)
        return {
            **os.environ,
            "DATABASE_URL": hub,
            "TULOU_LAKE_URL": lake,
            "TULOU_DATA": str(told.data),
            "TULOU_PORT": str(told.port),
            "TULOU_HUB_ORIGIN": told.hub_origins,
            "DJANGO_SETTINGS_MODULE": "tulou.node.settings",
            "PYTHONUNBUFFERED": "1",
        }

    def _prepare(self, environment: dict[str, str]) -> None:
        """Migrations and sample province, in a process of their own; what it prints is shown as it comes."""
        self.preparation = Child(Spec("prepare", "准备", _entry("prepare")), self.logs, environment)
        self.preparation.log.unlink(missing_ok=True)
        self.preparation.start()
        shown, process = 0, self.preparation.process
        while process is not None:
            ended = process.poll() is not None
            shown = self._show(self.preparation.log, shown)
            if self._stopping:
                raise Stopped
            if ended:
                break
            time.sleep(0.1)
        if process is not None and process.returncode:
            raise NodeProblem(f"升级数据库或载入样例省失败。原因见日志 {self.preparation.log}。")
        self.preparation = None

    def _show(self, log: Path, shown: int) -> int:
        with log.open(encoding="utf-8", errors="replace") as file:
            file.seek(shown)
            text = file.read()
            self.out.write(text)
            self.out.flush()
            return file.tell()

    def _specs(self) -> list[Spec]:
        local = "127.0.0.1" if self.told.bind in ("0.0.0.0", "localhost") else self.told.bind  # noqa: S104 - compared
        ports = {name: self.told.port + step for step, name in enumerate(FRONT)}
        titles = {"hub": "平台", "gateway": "数据网关", "streams": "文件网关", "worker": "作业", "clerk": "存证"}
        return [
            Spec(
                name,
                titles[name],
                _entry(name),
                f"http://{local}:{ports[name]}/healthz" if name in ports else None,
            )
            for name in (*FRONT, *BACK)
        ]

    def _await_answers(self) -> None:
        deadline = time.monotonic() + STARTUP
        waiting = list(self.children)
        while waiting:
            self._tick()
            waiting = [child for child in waiting if not child.answers()]
            if time.monotonic() > deadline:
                missing = "、".join(f"{child.spec.title}（日志 {child.log}）" for child in waiting)
                raise NodeProblem(f"{STARTUP:.0f} 秒内没有应答：{missing}。")

    def announce(self) -> None:
        """The address, the accounts, how to stop."""
        self.say(announcement(self.told))

    def say(self, sentence: str) -> None:
        self.out.write(sentence + "\n")
        self.out.flush()

    def _ask_to_stop(self, request: int, frame: FrameType | None) -> None:
        if self._stopping and request == signal.SIGINT:
            for child in self.children:
                with suppress(ProcessLookupError):
                    if child.process:
                        os.killpg(child.process.pid, signal.SIGKILL)
        self._stopping = True


def _entry(name: str) -> tuple[str, ...]:
    return (sys.executable, "-m", "tulou.node.entries", name)


def _free(address: str, port: int) -> bool:
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((address, port))
        except OSError:
            return False
    return True
