"""The papermill engine of a process that runs one notebook and ends with it.

Cells run in a kernel inside the process (see `shell`); everything else, what becomes of a message,
an error, a timing, is papermill's and nbclient's own code.
"""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Any

from nbclient.exceptions import CellExecutionError, CellTimeoutError
from nbformat import NotebookNode
from papermill.clientwrap import PapermillNotebookClient
from papermill.engines import Engine, papermill_engines
from papermill.log import logger
from papermill.utils import remove_args

from beskplan.runner.engine.shell import running_kernel

IN_THIS_PROCESS = "beskplan-in-this-process"
"""Name of the engine; whoever asks for it takes care that the process is used for nothing else."""


class InThisProcessEngine(Engine):
    """Runs a notebook in this process: what its cells leave behind, stays."""

    @classmethod
    def execute_managed_notebook(
        cls, nb_man: Any, kernel_name: str, execution_timeout: int | None = None, **options: Any
    ) -> None:
        """Run all cells; papermill's own options, of which those of a kernel's start mean nothing."""
        kept = remove_args(["input_path", "timeout", "startup_timeout", "start_timeout"], **options)
        _Client(
            nb_man, kernel_name=kernel_name, log=logger, timeout=execution_timeout, **kept
        ).execute()


papermill_engines.register(IN_THIS_PROCESS, InThisProcessEngine)


class _Client(PapermillNotebookClient):
    """nbclient with its kernel in this process."""

    def execute(self, **_options: Any) -> NotebookNode:
        """Run all cells, as papermill's client does; the kernel ends with the last."""
        self.reset_execution_trackers()
        with running_kernel() as self.kc, asyncio.Runner() as self._runner:
            self.papermill_execute_cells()
            self.nb.metadata["language_info"] = self.kc.language_info
            self.set_widgets_metadata()
        done: NotebookNode = self.nb
        return done

    def execute_cell(self, cell: NotebookNode, cell_index: int, **options: Any) -> NotebookNode:
        """Run one cell in the event loop that all cells share.

        Raises:
            CellExecutionError: it raised, and is not allowed to.
            CellTimeoutError: it ran for too long.
        """
        seconds = self._get_timeout(cell)
        done = cell
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
