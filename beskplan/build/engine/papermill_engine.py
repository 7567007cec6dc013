"""papermill engines: `papermill --engine beskplan`, and the one that the build's children use.

Cells run in a kernel inside the process (see `shell`); everything else, what becomes of a message,
an error, a timing, is papermill's and nbclient's own code.
"""

from __future__ import annotations

import asyncio
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Any

from jupyter_client.kernelspec import KernelSpecManager, NoSuchKernel
from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError
from nbformat import NotebookNode
from papermill.clientwrap import PapermillNotebookClient
from papermill.engines import Engine, NBClientEngine, papermill_engines
from papermill.log import logger
from papermill.utils import remove_args

from beskplan.build.engine.children import Child, Limits
from beskplan.build.engine.forking import no_fork_now

IN_THIS_PROCESS = "beskplan-in-this-process"
"""Name of the engine for a process that ends with the notebook: what cells leave behind, stays."""


class BeskplanEngine(Engine):
    """Runs a notebook in a forked child; on the standard engine, and says so, where it cannot."""

    @classmethod
    def execute_notebook(cls, nb: NotebookNode, kernel_name: str, **options: Any) -> NotebookNode:
        """The executed notebook; papermill's own options.

        Raises:
            DeadKernelError: the child died.
        """
        if reason := no_fork_now() or _other_kernel(kernel_name):
            logger.warning("beskplan engine: %s; the notebook runs on the standard engine", reason)
            return NBClientEngine.execute_notebook(nb, kernel_name, **options)
        return _in_child(nb, kernel_name, options)


class InThisProcessEngine(Engine):
    """Runs a notebook in this process, once."""

    @classmethod
    def execute_managed_notebook(
        cls, nb_man: Any, kernel_name: str, execution_timeout: int | None = None, **options: Any
    ) -> None:
        """Run all cells; papermill's own options, of which those about a kernel's start mean nothing."""
        kept = remove_args(["input_path", "timeout", "startup_timeout", "start_timeout"], **options)
        client = _Client(
            nb_man, kernel_name=kernel_name, log=logger, timeout=execution_timeout, **kept
        )
        client.execute()


papermill_engines.register(IN_THIS_PROCESS, InThisProcessEngine)


class _Client(PapermillNotebookClient):
    """nbclient with its kernel in this process."""

    def execute(self, **_options: Any) -> NotebookNode:
        """Run all cells, as papermill's client does; the kernel ends with the last."""
        from beskplan.build.engine.shell import running_kernel

        self.reset_execution_trackers()
        with running_kernel() as self.kc, asyncio.Runner() as self._runner:
            self.papermill_execute_cells()
            self.nb.metadata["language_info"] = self.kc.language_info
            self.set_widgets_metadata()
        return self.nb

    def execute_cell(self, cell: NotebookNode, cell_index: int, **options: Any) -> NotebookNode:
        """Run one cell in the event loop that all cells share.

        Raises:
            CellExecutionError: it raised, and is not allowed to.
            CellTimeoutError: it ran for too long.
        """
        seconds = self._get_timeout(cell)
        with _alarm(seconds) as alarm:
            try:
                done = self._runner.run(self.async_execute_cell(cell, cell_index, **options))
            except (_AlarmRang, CellExecutionError):
                if not alarm.rang:
                    raise
        if alarm.rang:
            # However the cell took it: it may have caught it and gone on.
            raise CellTimeoutError.error_from_timeout_and_cell(
                "Cell execution timed out", seconds or 0, cell
            )
        return done


class _AlarmRang(BaseException):
    """Ends a cell; no `except Exception` in a cell may take it for its own."""


class _Alarm:
    rang = False

    def ring(self, _number: int, _frame: FrameType | None) -> None:
        self.rang = True
        raise _AlarmRang("the cell ran for too long")


@contextmanager
def _alarm(seconds: float | None) -> Iterator[_Alarm]:
    """Raise `_AlarmRang` in the block after so many seconds, and every second from then on."""
    alarm = _Alarm()
    if seconds is None:
        yield alarm
        return
    before = signal.signal(signal.SIGALRM, alarm.ring)
    signal.setitimer(signal.ITIMER_REAL, seconds, 1.0)
    try:
        yield alarm
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def _in_child(nb: NotebookNode, kernel_name: str, options: dict[str, Any]) -> NotebookNode:
    child = Child(
        lambda: InThisProcessEngine.execute_notebook(nb, kernel_name, **options),
        Limits(seconds=None, memory_mb=None),
        quiet=False,
    )
    try:
        ended = child.wait()
    except BaseException:
        child.kill("interrupted")
        child.wait()
        raise
    if ended.error:
        raise ended.error
    if ended.reason:
        raise DeadKernelError(ended.reason)
    return ended.value


def _other_kernel(name: str) -> str:
    """Why this kernel cannot be this process; empty where it can."""
    try:
        command = KernelSpecManager().get_kernel_spec(name).argv
    except NoSuchKernel:
        return f"there is no kernel {name!r} here"
    if "ipykernel_launcher" not in command or command[0] not in (sys.executable, "python", "python3"):
        return f"kernel {name!r} is not this Python"
    return ""
