"""One task in a forked child, with a deadline and a memory limit, and what became of it.

Whatever the child does, hang, crash, eat memory or end itself, its parent learns that and lives on.
The result comes back as a pickle in a file that has no name, so that nothing can block on a pipe.
"""

from __future__ import annotations

import contextlib
import gc
import os
import pickle
import resource
import signal
import sys
import time
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn

from beskplan.runner.engine.forking import ForkRefusedError, fork
from beskplan.runner.usage import Usage

_MEGABYTE = 1024 * 1024
_LOG_TAIL = 2000
"""Bytes of a dead child's output that are looked at for its last words."""


@dataclass(frozen=True)
class Limits:
    """What one child may use; None is no limit."""

    seconds: float | None = 300.0
    memory_mb: int | None = 2048
    """Of its own, beyond what it shares with its parent; also the size of a file it may write."""


@dataclass(frozen=True)
class Ended:
    """How a child ended: with `value`, with the exception `error`, or for the `reason` it died of."""

    pid: int
    usage: Usage
    value: Any = None
    error: BaseException | None = None
    reason: str = ""


class Child:
    """A task that runs in a child of its own from the moment this is made.

    Args:
        task: What to run; its result must be picklable.
        limits: Time and memory.
        quiet: Keep what the child prints for its last words, instead of printing it here.
        close: File descriptors of the parent that the child has no business with.

    Raises:
        ForkRefusedError: this process must not fork.
    """

    def __init__(
        self,
        task: Callable[[], object],
        limits: Limits,
        *,
        quiet: bool = True,
        close: tuple[int, ...] = (),
    ) -> None:
        self._limits = limits
        self._started = time.monotonic()
        self._killed_for = ""
        self._result = os.memfd_create("result")
        self._log = os.memfd_create("log")
        try:
            self.pid = fork()
        except ForkRefusedError:
            os.close(self._result)
            os.close(self._log)
            raise
        if self.pid == 0:
            for fd in close:
                os.close(fd)
            _become(task, limits, self._result, self._log if quiet else None)
        self.pidfd = os.pidfd_open(self.pid)
        """Readable when the child has ended."""

    def seconds_left(self) -> float | None:
        """Until the deadline, never negative; None without one."""
        if self._limits.seconds is None:
            return None
        return max(0.0, self._started + self._limits.seconds - time.monotonic())

    def kill(self, reason: str) -> None:
        """End the child and everything that it has started."""
        self._killed_for = self._killed_for or reason
        # Not yet reaped, so that its number cannot have become somebody else's.
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.pid, signal.SIGKILL)
        with contextlib.suppress(ProcessLookupError):
            os.kill(self.pid, signal.SIGKILL)

    def wait(self) -> Ended:
        """How it ended; waits for it, and ends what it has left running."""
        os.waitid(os.P_PIDFD, self.pidfd, os.WEXITED | os.WNOWAIT)
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.pid, signal.SIGKILL)
        _, status, used = os.wait4(self.pid, 0)
        usage = Usage(
            seconds=time.monotonic() - self._started,
            cpu_seconds=used.ru_utime + used.ru_stime,
            peak_mb=used.ru_maxrss / 1024,
        )
        try:
            return self._ended(os.waitstatus_to_exitcode(status), usage)
        finally:
            for fd in (self.pidfd, self._result, self._log):
                os.close(fd)

    def _ended(self, code: int, usage: Usage) -> Ended:
        if code == 0 and not self._killed_for:
            try:
                value, error = pickle.loads(_content(self._result))  # noqa: S301  # our own child wrote it
            except (EOFError, pickle.UnpicklingError):
                return Ended(
                    self.pid, usage, reason="the process ended itself before the report was done"
                )
            return Ended(self.pid, usage, value=value, error=error)
        reason = self._killed_for or _death(code)
        words = _last_words(_content(self._log))
        return Ended(self.pid, usage, reason=f"{reason}: {words}" if words else reason)


def _death(code: int) -> str:
    if code >= 0:
        return f"the process ended itself with exit code {code}"
    return f"the process was killed by {signal.Signals(-code).name}"


def _content(fd: int) -> bytes:
    return os.pread(fd, os.fstat(fd).st_size, 0)


def _last_words(log: bytes) -> str:
    lines = log[-_LOG_TAIL:].decode(errors="replace").strip().splitlines()
    return lines[-1].strip() if lines else ""


def _become(task: Callable[[], object], limits: Limits, result: int, log: int | None) -> NoReturn:
    """The child's life: run the task, leave its result, end without the parent's exit handlers."""
    code = 1
    try:
        os.setsid()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, signal.SIG_DFL)
        if log is not None:
            _redirect(log)
        _limit_memory(limits.memory_mb)
        os.write(result, _outcome(task))
        code = 0
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)


def _outcome(task: Callable[[], object]) -> bytes:
    try:
        done: tuple[object, BaseException | None] = (task(), None)
    except BaseException as error:  # noqa: BLE001  # told to the parent, whatever it is
        _lift_memory_limit()
        traceback.print_exc()
        done = (None, error)
    _lift_memory_limit()
    try:
        return pickle.dumps(done)
    except Exception as error:  # noqa: BLE001  # an exception of a notebook's own making
        return pickle.dumps((None, RuntimeError(f"{done[1] or error!r}")))


def _redirect(log: int) -> None:
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.dup2(log, 1)
    os.dup2(log, 2)
    os.close(nothing)


def _limit_memory(megabytes: int | None) -> None:
    """Cap what this process may allocate from now on, and the files that it may write.

    RLIMIT_DATA counts private writable memory only. The address space, which RLIMIT_AS counts, says
    nothing: Typst's and Arrow's threads reserve gigabytes of it that they never use.
    """
    if megabytes is None:
        return
    _set_soft(resource.RLIMIT_DATA, _private_bytes() + megabytes * _MEGABYTE)
    _set_soft(resource.RLIMIT_FSIZE, megabytes * _MEGABYTE)


def _lift_memory_limit() -> None:
    """Room to tell what happened."""
    hard = resource.getrlimit(resource.RLIMIT_DATA)[1]
    resource.setrlimit(resource.RLIMIT_DATA, (hard, hard))
    gc.collect()


def _set_soft(limit: int, value: int) -> None:
    hard = resource.getrlimit(limit)[1]
    soft = value if hard == resource.RLIM_INFINITY else min(value, hard)
    resource.setrlimit(limit, (soft, hard))


def _private_bytes() -> int:
    """Private writable memory of this process."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    line = next(line for line in status.splitlines() if line.startswith("VmData:"))
    return int(line.split()[1]) * 1024
