"""One node per data folder: 数据文件夹锁. The lock dies with its holder, so kill -9 leaves nothing to clear."""

import fcntl
import json
import os
from pathlib import Path

from tulou.node.problems import NodeProblem


class FolderLock:
    """Held for as long as the object keeps its descriptor; the file tells who holds it."""

    def __init__(self, data: Path) -> None:
        self.path = data / "run" / "lock"
        self._handle: int | None = None

    def take(self) -> None:
        """Raises NodeProblem, naming the process, when another node runs on the folder."""
        try:
            self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            handle = os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        except OSError as refused:
            raise NodeProblem(
                f"不能写入数据文件夹 {self.path.parent.parent}：{refused.strerror}。"
                "请设 TULOU_DATA 为一个可写的文件夹，或请管理员授权。"
            ) from refused
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            holder = os.read(handle, 40).decode(errors="replace").strip() or "未知"
            os.close(handle)
            raise NodeProblem(
                f"数据文件夹 {self.path.parent.parent} 正被另一个 Tulou 使用（进程 {holder}）。"
                "请先停止它，或为这一个另设 TULOU_DATA。"
            ) from None
        os.ftruncate(handle, 0)
        os.write(handle, f"{os.getpid()}\n".encode())
        self._handle = handle

    def release(self) -> None:
        """Let the next one in."""
        if self._handle is not None:
            os.ftruncate(self._handle, 0)
            os.close(self._handle)
            self._handle = None


def note(data: Path, **facts: object) -> None:
    """Tell other commands how to reach the running node: addresses with passwords, hence for the owner alone."""
    path = data / "run" / "node.json"
    draft = path.with_suffix(".new")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        json.dump(facts, file)
    draft.replace(path)


def noted(data: Path) -> dict[str, object] | None:
    """What the running node told, or nothing when none runs on the folder."""
    lock = data / "run" / "lock"
    try:
        with lock.open("rb") as file:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
        return None
    except BlockingIOError:
        told: dict[str, object] = json.loads((data / "run" / "node.json").read_text())
        return told
    except FileNotFoundError:
        return None
