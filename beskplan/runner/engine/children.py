"""Tasks in processes of their own: each has a deadline and a memory limit, and dies alone.

Whatever a task does, hang, crash, eat memory or end itself, its parent learns that and lives on; a
parent that dies, however that came about, leaves no child behind.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import pickle
import signal
import sys
import threading
import time
import traceback
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from multiprocessing import get_context, parent_process
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any

_MEGABYTE = 1024 * 1024
_SET_CHILD_SUBREAPER = 36
"""`prctl(2)`: whose parent has died becomes a child of this process."""


@dataclass(frozen=True)
class Limits:
    """What one child may use; None is no limit."""

    seconds: float | None = 300.0
    memory_mb: int | None = 2048
    """Of its own, beyond what it shares with its parent; also the size of a file that it may write."""


@dataclass(frozen=True)
class Order:
    """A task with a number, by which its end is known again."""

    number: int
    task: Callable[[], Any]
    """Picklable, and so is its result."""
    limits: Limits = Limits()


@dataclass(frozen=True)
class Ended:
    """How a task ended: with a result, or for the reason that its process died of."""

    number: int
    pid: int
    result: bytes = b""
    """A pickle, passed on as it is; empty where there is a reason."""
    reason: str = ""

    def value(self) -> Any:
        """What the task returned; an exception that it raised is raised here."""
        value = pickle.loads(self.result)  # noqa: S301  # our own child wrote it
        if isinstance(value, BaseException):
            raise value
        return value


@dataclass(frozen=True)
class _Child:
    order: Order
    process: BaseProcess
    started: float

    @property
    def seconds_left(self) -> float | None:
        """Until the deadline; None without one."""
        if self.order.limits.seconds is None:
            return None
        return max(0.0, self.started + self.order.limits.seconds - time.monotonic())


class Children:
    """At most `count` tasks at a time; `method` is how processes start: `fork` or `spawn`."""

    def __init__(self, count: int, method: str) -> None:
        self._count = count
        self._context: Any = get_context(method)
        self._waiting: deque[Order] = deque()
        self._running: dict[Connection, _Child] = {}

    def submit(self, orders: list[Order]) -> None:
        """Take tasks on, in their order."""
        self._waiting.extend(orders)

    @property
    def busy(self) -> bool:
        """Whether anything is left to be done."""
        return bool(self._waiting or self._running)

    def step(self, owner: Connection | None = None) -> Iterator[Ended]:
        """Wait until a task has ended or `owner` has something to say; the ends of those that have."""
        while self._waiting and len(self._running) < self._count:
            self._start(self._waiting.popleft())
        lefts = [left for one in self._running.values() if (left := one.seconds_left) is not None]
        watched = [*self._running, *([owner] if owner else [])]
        ready = wait(watched, min(lefts, default=None))
        for receiver, child in list(self._running.items()):
            if receiver in ready:
                yield self._end(receiver)
            elif child.seconds_left == 0:
                yield self._end(receiver, f"standset efter {child.order.limits.seconds:g} s")

    def close(self) -> list[int]:
        """End every child; their process ids."""
        self._waiting.clear()
        return [self._end(receiver, "bygningen blev standset").pid for receiver in [*self._running]]

    def _start(self, order: Order) -> None:
        receiver, sender = self._context.Pipe(duplex=False)
        process = self._context.Process(target=_live, args=(order, sender))
        process.start()
        sender.close()
        self._running[receiver] = _Child(order, process, time.monotonic())

    def _end(self, receiver: Connection, reason: str = "") -> Ended:
        child = self._running.pop(receiver)
        result = b""
        if not reason:
            with contextlib.suppress(EOFError, OSError):
                result = receiver.recv_bytes()
        pid = child.process.pid or 0
        # Not yet waited for, so that its number cannot have become somebody else's.
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(pid, signal.SIGKILL) if os.name == "posix" else child.process.kill()
        if reason:
            child.process.kill()
        child.process.join()
        receiver.close()
        self._end_strays()
        if not result:
            reason = reason or _death(child.process.exitcode or 0)
        return Ended(child.order.number, pid, result, reason)

    def _end_strays(self) -> None:
        """End what a task has left running outside its own session, where the system brings it to us."""
        ours = {child.process.pid for child in self._running.values()}
        for pid in _orphans() - ours:
            with contextlib.suppress(ProcessLookupError, ChildProcessError):
                os.kill(pid, signal.SIGKILL)
                os.waitpid(pid, 0)


def adopt_orphans() -> None:
    """Make what the children's children become when they outlive them children of this process (Linux)."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_SET_CHILD_SUBREAPER, 1)
        _ADOPTS.append(os.getpid())


_ADOPTS: list[int] = []


def _orphans() -> set[int]:
    if os.getpid() not in _ADOPTS:
        return set()
    text = Path(f"/proc/self/task/{os.getpid()}/children").read_text(encoding="ascii")
    return {int(pid) for pid in text.split()}


def _death(code: int) -> str:
    if code >= 0:
        return f"processen sluttede af sig selv med kode {code}, før den var færdig"
    return f"processen blev slået ihjel af {signal.Signals(-code).name}"


def _live(order: Order, sender: Connection) -> None:
    """The child's life: run the task, send its result or its exception."""
    if os.name == "posix":
        os.setsid()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, signal.SIG_DFL)
    threading.Thread(target=_die_with_parent, daemon=True).start()
    nothing = os.open(os.devnull, os.O_RDWR)
    for descriptor in (0, 1, 2):
        os.dup2(nothing, descriptor)
    _limit_memory(order.limits.memory_mb)
    try:
        result: Any = order.task()
    except BaseException as error:  # noqa: BLE001  # told to the parent, whatever it is
        traceback.clear_frames(error.__traceback__)
        result = error
    _limit_memory(None)
    try:
        content = pickle.dumps(result)
    except Exception as error:  # noqa: BLE001  # an exception of a notebook's own making
        content = pickle.dumps(
            RuntimeError(f"{result if isinstance(result, BaseException) else error!r}")
        )
    sender.send_bytes(content)


def _die_with_parent() -> None:
    parent = parent_process()
    if parent is not None:
        wait([parent.sentinel])
        if os.name == "posix":
            os.killpg(0, signal.SIGKILL)
        os._exit(1)


def _limit_memory(megabytes: int | None) -> None:
    """Cap what this process may allocate, and the files that it may write; None lifts that.

    RLIMIT_DATA counts private writable memory only. The address space, which RLIMIT_AS counts, says
    nothing: Typst's and Arrow's threads reserve gigabytes of it that they never use.
    """
    try:
        import resource
    except ImportError:  # Windows
        return
    for limit, used in ((resource.RLIMIT_DATA, _private_bytes()), (resource.RLIMIT_FSIZE, 0)):
        hard = resource.getrlimit(limit)[1]
        soft = hard if megabytes is None else used + megabytes * _MEGABYTE
        resource.setrlimit(limit, (soft, hard))


def _private_bytes() -> int:
    """Private writable memory of this process, where the system tells it (Linux)."""
    try:
        lines = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
    except OSError:
        return 0
    return next((int(one.split()[1]) * 1024 for one in lines if one.startswith("VmData:")), 0)
