"""The warm process as its owner sees it: give it tasks, take their ends in the order they come.

It is started as a new process with an environment of its own: the owner may run threads and event
loops, from which nothing must be forked.
"""

from __future__ import annotations

import atexit
import os
import socket
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from multiprocessing.connection import Connection
from typing import Any, Protocol, runtime_checkable

from beskplan.runner.engine.children import Ended, Limits

ENVIRONMENT = {
    # Each of these libraries starts threads when it is imported, unless told not to.
    "OPENBLAS_NUM_THREADS": "1",
    "JE_ARROW_MALLOC_CONF": "background_thread:false",
    # Typst's threads would each keep a heap of their own: 20 MB of every child.
    "MALLOC_ARENA_MAX": "1",
    # As ipykernel sets it; matplotlib must know before it is imported.
    "MPLBACKEND": "module://matplotlib_inline.backend_inline",
    # The same order of every set in every build.
    "PYTHONHASHSEED": "0",
}
SECRETS = ("TOKEN", "PASSWORD", "SECRET")
"""Parts of the names of variables such as JOBINDSATS_TOKEN and BESKPLAN_SMTP_PASSWORD."""
_GOODBYE_SECONDS = 10.0


def without_secrets(environment: Mapping[str, str]) -> dict[str, str]:
    """What a notebook's process may see: what a cell prints stands in records and failed notebooks."""
    return {
        name: value
        for name, value in environment.items()
        if not any(word in name.upper() for word in SECRETS)
    }


class Task(Protocol):
    """What a child runs; picklable, and so is its result."""

    def __call__(self) -> Any:
        """Do it."""

    def clean_up(self, pid: int) -> None:
        """Remove what a child that was killed has left half done."""


@runtime_checkable
class Preparation(Protocol):
    """A task whose result makes the warm process readier for those that follow."""

    def take_over(self, result: Any) -> None:
        """Do in the warm process what a child has shown to be safe."""


@dataclass(frozen=True)
class Order:
    """A task with a number, by which its end is known again."""

    number: int
    task: Task
    limits: Limits
    rehearsal: bool = False
    """Its result is for the warm process itself (`Preparation.take_over`), not for the owner."""
    alone: bool = False
    """Nothing else starts before it has ended."""


@dataclass(frozen=True)
class Refused:
    """The warm process must not fork (any more); the task was not started."""

    reason: str


class ZygoteLostError(RuntimeError):
    """The warm process has ended; what it was working on is gone."""


class Zygote:
    """A warm process with at most `workers` children at a time; use as a context manager."""

    def __init__(self, workers: int) -> None:
        ours, theirs = socket.socketpair()
        with theirs:
            self._process = subprocess.Popen(
                [
                    sys.executable,
                    "-P",
                    "-m",
                    "beskplan.runner.engine.serving",
                    str(theirs.fileno()),
                    str(workers),
                ],
                env={**without_secrets(os.environ), **ENVIRONMENT},
                pass_fds=[theirs.fileno()],
                stdin=subprocess.DEVNULL,
                # Ctrl-C in a terminal reaches its owner alone, who then ends it.
                start_new_session=True,
            )
        self._connection = Connection(ours.detach())

    @property
    def pid(self) -> int:
        """Of the warm process."""
        return self._process.pid

    def submit(self, orders: tuple[Order, ...]) -> None:
        """Hand over tasks; rehearsals have no end to wait for.

        Raises:
            ZygoteLostError: it is not there any more.
        """
        try:
            self._connection.send(orders)
        except OSError:
            raise self._lost() from None

    def ends(self, count: int) -> Iterator[tuple[int, Ended | Refused]]:
        """The ends of so many tasks, with their numbers, as they come.

        Raises:
            ZygoteLostError: it died.
        """
        for _ in range(count):
            try:
                yield self._connection.recv()
            except (EOFError, OSError):
                raise self._lost() from None

    def run(self, task: Task, limits: Limits) -> Ended | Refused:
        """One task, from start to end."""
        self.submit((Order(0, task, limits),))
        ((_, end),) = self.ends(1)
        return end

    def close(self) -> None:
        """End it, with all children that it has."""
        self._connection.close()
        try:
            self._process.wait(_GOODBYE_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def __enter__(self) -> Zygote:
        return self

    def __exit__(self, *_exception: object) -> None:
        self.close()

    def _lost(self) -> ZygoteLostError:
        with suppress(subprocess.TimeoutExpired):
            self._process.wait(_GOODBYE_SECONDS)
        return ZygoteLostError(f"the warm process has ended (exit code {self._process.returncode})")


@cache
def shared_zygote() -> Zygote:
    """One warm process for all who run one task at a time in this process; it ends with it."""
    zygote = Zygote(workers=1)
    atexit.register(zygote.close)
    return zygote
