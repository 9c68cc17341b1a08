"""Processes that never outlive their parent (守护进程的子进程): a stopped node leaves nothing behind."""

import ctypes
import os
import signal
import sys
from collections.abc import Callable

PR_SET_PDEATHSIG = 1


def die_with_parent(parent: int, death: signal.Signals = signal.SIGKILL) -> None:
    """Ask the kernel to signal this process when the thread that spawned it ends.

    The parent may already be gone between fork and this call, hence the check.
    """
    if not sys.platform.startswith("linux"):
        return
    ctypes.CDLL(None, use_errno=True).prctl(PR_SET_PDEATHSIG, int(death), 0, 0, 0)
    if os.getppid() != parent:
        os.kill(os.getpid(), death)


def bound_to_parent(death: signal.Signals = signal.SIGKILL) -> Callable[[], None]:
    """A `preexec_fn` that ties the child to this process; spawn from the main thread only.

    Interrupts from the terminal are left to the parent, which stops its children in order.
    """
    parent = os.getpid()

    def tie() -> None:
        os.setpgid(0, 0)
        die_with_parent(parent, death)

    return tie


def alive(pid: int) -> bool:
    """Whether a process of that number exists (a zombie does not count)."""
    try:
        with open(f"/proc/{pid}/stat", encoding="utf-8", errors="replace") as stat:
            return stat.read().rpartition(")")[2].split()[0] not in ("Z", "X")
    except (FileNotFoundError, ProcessLookupError):
        return False
    except OSError:
        return True
