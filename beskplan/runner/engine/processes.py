"""Tasks in child processes: each has a deadline and a memory limit, and dies alone.

On Linux they are forked by the standard library's `forkserver`, a process of one thread that has
imported what every report needs (`preload.py`); elsewhere each is a new interpreter. Whatever a task
does, hang, crash, eat memory or end itself, its parent learns that and lives on; a parent that dies,
however that came about, leaves no child behind.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import signal
import sys
import threading
import time
import traceback
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing import forkserver, get_context, parent_process
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from pathlib import Path
from types import ModuleType
from typing import Any

from beskplan.runner.records import is_alive

ENVIRONMENT = {
    # Each of these libraries starts threads when it is imported, unless told not to.
    "OPENBLAS_NUM_THREADS": "1",
    "JE_ARROW_MALLOC_CONF": "background_thread:false",
    # Typst's threads would each keep a heap of their own: 20 MB of every child.
    "MALLOC_ARENA_MAX": "1",
    "MPLBACKEND": "agg",
    # The same order of every set in every build.
    "PYTHONHASHSEED": "0",
    # Nothing in the folder that a build is started in is imported.
    "PYTHONSAFEPATH": "1",
}
SECRETS = ("TOKEN", "PASSWORD", "SECRET")
"""Parts of the names of variables such as JOBINDSATS_TOKEN and BESKPLAN_SMTP_PASSWORD."""
SNAPSHOT_VARIABLE = "BESKPLAN_PRELOAD_SNAPSHOT_OF"
"""Environment variable with the working copy whose newest snapshot is read once for all children."""
_SERVER: Any = forkserver._forkserver  # noqa: SLF001
"""The standard library ends its server with this process only, and does not say which it is."""
_MEGABYTE = 1024 * 1024
_SET_CHILD_SUBREAPER = 36
"""`prctl(2)`: whose parent has died becomes a child of this process."""
_GOODBYE_SECONDS = 5.0
"""How long a process that was killed may take to be gone."""
_STARTS = 3
"""How often the fork server is started anew for one child, before there is none."""


class NoForkServerError(RuntimeError):
    """The process that forks children cannot be started, or must not fork."""


@dataclass(frozen=True)
class Limits:
    """What one child may use; None is no limit."""

    seconds: float | None = 300.0
    memory_mb: int | None = 2048
    """Of its own, beyond what it shares with its parent; also the size of a file that it may write."""


@dataclass(frozen=True)
class Ended:
    """How a task ended: with a result, or for the reason that its process died of."""

    number: int
    """Its place among the tasks."""
    pid: int
    result: Any = None
    reason: str = ""

    def value(self) -> Any:
        """What the task returned; an exception that it raised is raised here."""
        if isinstance(self.result, BaseException):
            raise self.result
        return self.result


@dataclass(frozen=True)
class _Child:
    number: int
    process: BaseProcess
    deadline: float | None


class Children:
    """Runs tasks, at most `count` at a time, each within `limits`; forked, or new interpreters."""

    def __init__(self, count: int, limits: Limits, *, forked: bool) -> None:
        self._count, self._limits = count, limits
        self._context: Any = get_context("forkserver" if forked else "spawn")
        self._running: dict[Connection, _Child] = {}

    def run(self, tasks: Sequence[Callable[[], Any]]) -> Iterator[Ended]:
        """The ends of tasks, as they come. Tasks and their results are picklable.

        Raises:
            NoForkServerError: no child can be forked; those that have been forked live on.
        """
        waiting = list(enumerate(tasks))[::-1]
        while waiting or self._running:
            while waiting and len(self._running) < self._count:
                self._start(*waiting[-1])
                waiting.pop()
            deadlines = [child.deadline for child in self._running.values() if child.deadline]
            left = max(0.0, min(deadlines) - time.monotonic()) if deadlines else None
            ready = wait(list(self._running), left)
            for receiver, child in list(self._running.items()):
                if receiver in ready:
                    yield self._end(receiver)
                elif child.deadline and child.deadline <= time.monotonic():
                    yield self._end(receiver, f"standset efter {self._limits.seconds:g} s")

    def close(self) -> list[int]:
        """End every child; their process ids."""
        return [self._end(receiver, "bygningen blev standset").pid for receiver in [*self._running]]

    def _start(self, number: int, task: Callable[[], Any]) -> None:
        receiver, sender = self._context.Pipe(duplex=False)
        process = self._context.Process(target=_live, args=(task, self._limits.memory_mb, sender))
        for again in reversed(range(_STARTS)):
            try:
                with _inherited():
                    process.start()
                break
            except (EOFError, OSError) as error:
                if not again:
                    raise NoForkServerError("den varme proces kan ikke startes") from error
                # One that was killed takes a moment to be gone.
                time.sleep(0.2)
        sender.close()
        seconds = self._limits.seconds
        deadline = None if seconds is None else time.monotonic() + seconds
        self._running[receiver] = _Child(number, process, deadline)

    def _end(self, receiver: Connection, reason: str = "") -> Ended:
        child = self._running.pop(receiver)
        result, has_ended = None, False
        if not reason:
            with contextlib.suppress(EOFError, OSError):
                result, has_ended = receiver.recv(), True
        pid = child.process.pid or 0
        if not has_ended:
            end_family(pid)
        child.process.join()
        receiver.close()
        if not has_ended:
            reason = reason or _death(child.process.exitcode or 0)
        return Ended(child.number, pid, result, reason)


def no_fork_here() -> str:
    """Why this system cannot fork a process with libraries in it; empty where it can."""
    # macOS' own libraries do not survive a fork, and Windows has none.
    return "" if sys.platform == "linux" else f"{sys.platform} kan ikke dele en proces sikkert"


def start_fork_server(root: Path | None = None) -> None:
    """Start the process that forks children; it imports what they need while this one goes on.

    One that runs already is ended first, with all that it has forked: it may hold older code or data.

    Args:
        root: The working copy whose newest snapshot it shall read once for all children.
    """
    stop_fork_server()
    os.environ[SNAPSHOT_VARIABLE] = str(root or "")
    forkserver.set_forkserver_preload(["beskplan.runner.engine.preload"])
    with _inherited():
        forkserver.ensure_running()


def stop_fork_server() -> None:
    """End the process that forks children, with all that it has forked."""
    if pid := fork_server_pid():
        end_family(pid)
        _SERVER._stop()  # noqa: SLF001


def fork_server_pid() -> int | None:
    """Its process id; None where none was started."""
    found: int | None = _SERVER._forkserver_pid  # noqa: SLF001
    return found


@contextmanager
def _inherited() -> Iterator[None]:
    """What a new process takes over: `ENVIRONMENT` without secrets, and nothing of our own program.

    What a cell prints stands in records and failed notebooks; and multiprocessing would run the
    program that builds again in every child.
    """
    main, before = sys.modules["__main__"], dict(os.environ)
    sys.modules["__main__"] = ModuleType("__main__")
    for name in before:
        if any(word in name.upper() for word in SECRETS):
            del os.environ[name]
    os.environ.update(ENVIRONMENT)
    try:
        yield
    finally:
        sys.modules["__main__"] = main
        for name in ENVIRONMENT:
            del os.environ[name]
        os.environ.update(before)


def end_family(pid: int) -> None:
    """Kill a process with its group and all that it has started, whatever session that is in."""
    import psutil

    family = []
    with contextlib.suppress(psutil.NoSuchProcess):
        process = psutil.Process(pid)
        family = process.children(recursive=True)
        if pid != os.getpid():
            family.append(process)
    for member in family:
        with contextlib.suppress(psutil.NoSuchProcess):
            member.kill()
    if os.name == "posix" and pid != os.getpid():
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(pid, signal.SIGKILL)
    # Only when they are gone can what they wrote in be removed.
    deadline = time.monotonic() + _GOODBYE_SECONDS
    while any(is_alive(member.pid) for member in family) and time.monotonic() < deadline:
        time.sleep(0.01)


def adopt_orphans() -> None:
    """Make children of this process what its children leave behind when they end (Linux)."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_SET_CHILD_SUBREAPER, 1)


def _death(code: int) -> str:
    if code >= 0:
        return f"processen sluttede af sig selv med kode {code}, før den var færdig"
    return f"processen blev slået ihjel af {signal.Signals(-code).name}"


def _live(task: Callable[[], Any], memory_mb: int | None, sender: Connection) -> None:
    """The child's life: run the task, send its result or its exception."""
    if os.name == "posix":
        os.setsid()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, signal.SIG_DFL)
    adopt_orphans()
    threading.Thread(target=_die_with_parent, daemon=True).start()
    nothing = os.open(os.devnull, os.O_RDWR)
    for descriptor in (0, 1, 2):
        os.dup2(nothing, descriptor)
    _limit_memory(memory_mb)
    try:
        result: Any = task()
    except BaseException as error:  # noqa: BLE001  # told to the parent, whatever it is
        traceback.clear_frames(error.__traceback__)
        result = error
    _limit_memory(None)
    end_family(os.getpid())
    try:
        sender.send(result)
    except Exception as error:  # noqa: BLE001  # an exception of a notebook's own making
        sender.send(RuntimeError(f"{result if isinstance(result, BaseException) else error!r}"))


def _die_with_parent() -> None:
    parent = parent_process()
    if parent is not None:
        wait([parent.sentinel])
        end_family(os.getpid())
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
    import psutil

    # Linux alone tells the private writable memory.
    used = getattr(psutil.Process().memory_info(), "data", 0)
    for limit, base in ((resource.RLIMIT_DATA, used), (resource.RLIMIT_FSIZE, 0)):
        hard = resource.getrlimit(limit)[1]
        soft = hard if megabytes is None else base + megabytes * _MEGABYTE
        resource.setrlimit(limit, (soft, hard))
