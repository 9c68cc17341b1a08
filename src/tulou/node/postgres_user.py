"""Whom the embedded database runs as, and binaries which that user can execute.

PostgreSQL refuses to run as root. An existing system user is borrowed; none is created, and no permission of any
folder is changed: binaries below a closed folder are copied instead.
"""

import hashlib
import os
import pwd
import shutil
import stat
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TypedDict

from tulou.node.problems import NodeProblem

PREFERRED = ("postgres", "tulou", "nobody")


class PopenUser(TypedDict, total=False):
    """Arguments of `subprocess.Popen` that change the user."""

    user: int
    group: int
    extra_groups: list[int]


@dataclass(frozen=True)
class Account:
    """A system user; `changed` when it is not ourselves."""

    uid: int
    gid: int
    changed: bool

    @classmethod
    def current(cls) -> "Account":
        return cls(os.geteuid(), os.getegid(), changed=False)

    @classmethod
    def of(cls, uid: int) -> "Account":
        """The user who owns an existing cluster; initdb and the server refuse one without a passwd entry."""
        try:
            return cls(uid, pwd.getpwuid(uid).pw_gid, changed=True)
        except KeyError:
            raise NodeProblem(
                f"数据库文件夹属于用户号 {uid}，本机没有这个用户。请以 chown -R 改归现有用户，或换一个 TULOU_DATA。"
            ) from None

    def as_popen(self) -> PopenUser:
        return PopenUser(user=self.uid, group=self.gid, extra_groups=[]) if self.changed else PopenUser()


def unprivileged() -> Account:
    """The first of the usual service users that exists here."""
    for name in PREFERRED:
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        if entry.pw_uid:
            return Account(entry.pw_uid, entry.pw_gid, changed=True)
    raise NodeProblem("PostgreSQL 不能以 root 运行，本机也没有 postgres 或 nobody 用户。请以普通用户启动 Tulou。")


def binaries_for(source: Path, account: Account) -> Path:
    """The installation itself where the user can execute it, else a copy in the system's temporary folder."""
    if not account.changed or _executable(source, account):
        return source
    digest = hashlib.sha256(f"{source}:{(source / 'bin/postgres').stat().st_mtime_ns}".encode()).hexdigest()[:12]
    for base in dict.fromkeys((Path(tempfile.gettempdir()), Path("/var/tmp"))):  # noqa: S108 - owner is checked
        copy = base / f"tulou-postgres18-{digest}"
        if not copy.exists():
            _copy(source, copy)
        if _ours(copy) and _executable(copy, account):
            return copy
    raise NodeProblem(
        f"用户 {pwd.getpwuid(account.uid).pw_name} 不能执行内置数据库程序 {source}，临时文件夹也不行。"
        "请把 Tulou 装到各级文件夹均可进入的位置，或以普通用户启动。"
    )


def _executable(installation: Path, account: Account) -> bool:
    try:
        done = subprocess.run(
            [str(installation / "bin" / "postgres"), "--version"],
            capture_output=True, cwd="/", check=False, **account.as_popen(),
        )  # fmt: skip
    except PermissionError:
        return False
    return done.returncode == 0


def _ours(folder: Path) -> bool:
    """Nobody but us may have written what is about to be executed."""
    found = folder.lstat()
    return stat.S_ISDIR(found.st_mode) and found.st_uid == os.geteuid() and not found.st_mode & 0o022


def _copy(source: Path, target: Path) -> None:
    draft = Path(tempfile.mkdtemp(prefix=target.name + ".", dir=target.parent))
    for part in ("bin", "lib", "share"):
        shutil.copytree(source / part, draft / part, symlinks=True, ignore=shutil.ignore_patterns("*.a", "pgxs"))
    draft.chmod(0o755)
    try:
        draft.rename(target)
    except OSError:  # another start was quicker
        shutil.rmtree(draft)
