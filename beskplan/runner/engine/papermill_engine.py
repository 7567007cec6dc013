"""`papermill --engine beskplan`: each notebook in a child forked from a warm process.

The warm process is started by the first notebook and serves all further ones of this process: a
loop over papermill's API pays once for what the standard engine pays for every notebook.
"""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from jupyter_client.kernelspec import KernelSpecManager, NoSuchKernel
from nbclient.exceptions import DeadKernelError
from nbformat import NotebookNode
from papermill.engines import Engine, NBClientEngine
from papermill.log import logger

from beskplan.runner.engine.children import Limits
from beskplan.runner.engine.forking import no_fork_here
from beskplan.runner.engine.zygote import Refused, ZygoteLostError, shared_zygote

_NO_LIMITS = Limits(seconds=None, memory_mb=None)


class BeskplanEngine(Engine):
    """papermill's engine `beskplan`; the standard engine where this one cannot be had, and says so."""

    @classmethod
    def execute_notebook(cls, nb: NotebookNode, kernel_name: str, **options: Any) -> NotebookNode:
        """The executed notebook; papermill's own options.

        Raises:
            DeadKernelError: the child died.
        """
        if reason := no_fork_here() or _other_kernel(kernel_name) or _tied(options):
            return _standard(reason, nb, kernel_name, options)
        task = NotebookTask(nb, kernel_name, options, Path.cwd(), dict(os.environ))
        try:
            answer = shared_zygote().run(task, _NO_LIMITS)
        except ZygoteLostError as error:
            return _standard(str(error), nb, kernel_name, options)
        if isinstance(answer, Refused):
            return _standard(answer.reason, nb, kernel_name, options)
        if answer.error:
            raise answer.error
        if answer.reason:
            raise DeadKernelError(answer.reason)
        executed: NotebookNode = answer.value
        return executed


@dataclass(frozen=True)
class NotebookTask:
    """A notebook as papermill hands it over, for a child of the warm process."""

    nb: NotebookNode
    kernel_name: str
    options: dict[str, Any]
    folder: Path
    environment: dict[str, str]

    def __call__(self) -> NotebookNode:
        """The executed notebook."""
        from beskplan.runner.engine.in_process import InThisProcessEngine

        os.environ.update(self.environment)
        os.chdir(self.folder)
        executed: NotebookNode = InThisProcessEngine.execute_notebook(
            self.nb, self.kernel_name, **self.options
        )
        return executed

    def clean_up(self, pid: int) -> None:
        """Nothing: what papermill writes is its caller's."""


def _standard(
    reason: str, nb: NotebookNode, kernel_name: str, options: dict[str, Any]
) -> NotebookNode:
    logger.warning("beskplan engine: %s; this notebook runs on the standard engine", reason)
    executed: NotebookNode = NBClientEngine.execute_notebook(nb, kernel_name, **options)
    return executed


def _other_kernel(name: str) -> str:
    """Why this kernel is not this Python; empty where it is."""
    try:
        command = KernelSpecManager().get_kernel_spec(name).argv
    except NoSuchKernel:
        return f"there is no kernel {name!r} here"
    if "ipykernel_launcher" not in command or command[0] not in (
        sys.executable,
        "python",
        "python3",
    ):
        return f"kernel {name!r} is not this Python"
    return ""


def _tied(options: dict[str, Any]) -> str:
    """Which option belongs to this process and cannot go to another; empty where none does."""
    tied = [name for name in ("stdout_file", "stderr_file") if options.get(name) is not None]
    return f"{tied[0]} is an open file of this process" if tied else ""
