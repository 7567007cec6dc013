"""Whether this process may fork, by the operating system's own count of its threads.

A fork copies one thread. What the others held, a lock or half a write, stays as it was in the child
for ever; so a process with native threads must not fork, and Python's own count does not know them.
"""

from __future__ import annotations

import os
import signal
import sys
from ctypes import CDLL
from pathlib import Path

_TASKS = Path("/proc/self/task")
_PR_SET_PDEATHSIG = 1
"""`prctl(2)`: the signal that this process gets when its parent dies."""
_LIBC = CDLL(None, use_errno=True) if sys.platform == "linux" else None


class ForkRefusedError(RuntimeError):
    """This process must not fork; the text says why."""


def native_threads() -> int:
    """Threads of this process, those of C and Rust libraries included."""
    return sum(1 for _ in _TASKS.iterdir())


def no_fork_here() -> str:
    """Why this system cannot supervise forked children; empty where it can.

    Linux only: macOS' own libraries do not survive a fork, and Windows has none.
    """
    if sys.platform != "linux":
        return f"{sys.platform} cannot fork safely"
    if not _TASKS.is_dir():
        return "/proc/self/task cannot be read"
    try:
        os.close(os.pidfd_open(os.getpid()))
    except (AttributeError, OSError):
        return "this Linux has no pidfd_open (5.3 or newer)"
    return ""


def no_fork_now() -> str:
    """Why this process must not fork at this moment; empty where it may."""
    if reason := no_fork_here():
        return reason
    if (count := native_threads()) != 1:
        return f"this process runs {count} native threads"
    return ""


def fork() -> int:
    """`os.fork`, refused where it could go wrong; the child dies with its parent.

    Raises:
        ForkRefusedError: this process has more than one native thread, or the system cannot.
    """
    if reason := no_fork_now():
        raise ForkRefusedError(reason)
    parent = os.getpid()
    pid = os.fork()
    if pid == 0:
        if _LIBC is not None:
            _LIBC.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
        if os.getppid() != parent:
            # It died before the line above could take effect.
            os._exit(1)
    return pid
