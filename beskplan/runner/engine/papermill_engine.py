"""papermill's engine `beskplan`: runs the cells of a notebook that keeps the notebook rules.

The rules leave no room for what needs a kernel of its own, such as magics, input and `await`: a plain
IPython shell shows what the standard engine shows. Any other notebook goes to the standard engine.
"""

from __future__ import annotations

import base64
import io
import json
import logging
import os
import platform
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any, cast

from IPython.core.displayhook import DisplayHook
from IPython.core.displaypub import DisplayPublisher
from IPython.core.interactiveshell import InteractiveShell
from nbclient.exceptions import CellExecutionError, DeadKernelError
from nbformat import NotebookNode, from_dict
from papermill.engines import Engine, NBClientEngine, papermill_engines
from traitlets import Type
from traitlets.config import Config

from beskplan.runner.engine import processes
from beskplan.runner.engine.pool import run_notebook
from beskplan.runner.notebook_rules import why_not
from beskplan.runner.records import HERE

_logger = logging.getLogger("papermill")


class HereEngine(Engine):
    """Runs a notebook in this process."""

    @classmethod
    def execute_managed_notebook(cls, nb_man: Any, kernel_name: str, **options: Any) -> None:
        """Run all cells; those after one that raises are not run."""
        if reason := why_not(nb_man.nb):
            _logger.warning("beskplan: %s; notebooken køres på standardmotoren", reason)
            NBClientEngine.execute_managed_notebook(nb_man, kernel_name, **options)
            return
        with _shell() as shell:
            for index, cell in enumerate(nb_man.nb.cells):
                nb_man.cell_start(cell, index)
                try:
                    if cell.cell_type == "code" and cell.source.strip():
                        shell.run(cell)
                except CellExecutionError as error:
                    nb_man.cell_exception(cell, cell_index=index, exception=error)
                    break
                finally:
                    nb_man.cell_complete(cell, cell_index=index)
        nb_man.nb.metadata["language_info"] = dict(_LANGUAGE)


class BeskplanEngine(Engine):
    """Runs a notebook in a child of a warm process, which serves all further ones of this process."""

    @classmethod
    def execute_notebook(cls, nb: NotebookNode, kernel_name: str, **options: Any) -> NotebookNode:
        """The executed notebook; papermill's own options.

        Raises:
            DeadKernelError: the child died, or ran for longer than all its cells may.
        """
        # Open files of this process cannot go to another.
        tied = [name for name in ("stdout_file", "stderr_file") if options.get(name)]
        reason = processes.no_fork_here() or why_not(nb) or ", ".join(tied)
        if not reason:
            place = Path.cwd(), dict(os.environ)
            task = partial(run_notebook, nb, kernel_name, options, place)
            timeout = options.get("execution_timeout")
            limits = processes.Limits(timeout * len(nb.cells) if timeout else None, None)
            if processes.fork_server_pid() is None:
                processes.start_fork_server()
            try:
                (ended,) = processes.Children(1, limits, forked=True).run([task])
            except processes.NoForkServerError as error:
                reason = str(error)
            else:
                if ended.reason:
                    raise DeadKernelError(ended.reason)
                return cast("NotebookNode", ended.value())
        _logger.warning("beskplan: %s; notebooken køres på standardmotoren", reason)
        return cast("NotebookNode", NBClientEngine.execute_notebook(nb, kernel_name, **options))


class _Hook(DisplayHook):
    """What the last line of a cell is worth."""

    shell: _Shell

    def write_output_prompt(self) -> None:
        """A notebook has none."""

    def write_format_data(self, format_dict: Any, md_dict: Any = None) -> None:
        """Keep it as the cell's result."""
        self.shell.show(
            "execute_result",
            data=_plain(format_dict),
            metadata=md_dict or {},
            execution_count=self.prompt_count,
        )

    def finish_displayhook(self) -> None:
        """Nothing is written to a terminal."""
        self._is_active = False


class _Publisher(DisplayPublisher):
    """What a cell displays besides."""

    shell: _Shell

    def publish(self, data: Any, metadata: Any = None, *_source: Any, **_: Any) -> None:
        """Keep it as an output of the cell."""
        self.shell.show("display_data", data=_plain(data), metadata=metadata or {})


class _Stream(io.TextIOBase):
    """`sys.stdout` or `sys.stderr` of a cell."""

    def __init__(self, name: str, shell: _Shell) -> None:
        self._name, self._shell = name, shell

    def write(self, text: str) -> int:
        """Add to the cell's last output, where that is of this stream."""
        last = self._shell.outputs[-1] if self._shell.outputs else {}
        if last.get("name") == self._name:
            last["text"] += text
        elif text:
            self._shell.show("stream", name=self._name, text=text)
        return len(text)


class _Shell(InteractiveShell):
    """IPython, with the outputs of the cell that runs."""

    displayhook_class = Type(_Hook)
    display_pub_class = Type(_Publisher)
    outputs: list[NotebookNode]

    def show(self, kind: str, **content: Any) -> None:
        """Add an output to the cell."""
        self.outputs.append(from_dict({"output_type": kind, **content}))

    def run(self, cell: NotebookNode) -> None:
        """Run a cell and give it its outputs.

        Raises:
            CellExecutionError: it raised.
        """
        self.outputs = cell.outputs = []
        result = self.run_cell(cell.source, store_history=True)
        cell.execution_count = result.execution_count
        if error := result.error_before_exec or result.error_in_exec:
            raise CellExecutionError("", type(error).__name__, str(error))

    def _showtraceback(self, etype: Any, evalue: Any, stb: Any) -> None:
        self.show("error", ename=etype.__name__, evalue=str(evalue), traceback=stb)


def prepared_shell() -> _Shell:
    """The shell of this process that the next notebook runs in: made before it, where there is time."""
    config = Config()
    # Its database would be written by a thread.
    config.HistoryManager.enabled = False
    shell: _Shell = _Shell.instance(config=config, user_ns={})
    return shell


@contextmanager
def _shell() -> Iterator[_Shell]:
    shell = prepared_shell()
    before = sys.stdout, sys.stderr
    sys.stdout, sys.stderr = _Stream("stdout", shell), _Stream("stderr", shell)
    try:
        yield shell
    finally:
        sys.stdout, sys.stderr = before
        _Shell.clear_instance()


def _plain(data: Any) -> Any:
    """A MIME bundle as it stands in a notebook: pictures in base64, the rest as JSON has it."""
    texts = {kind: value for kind, value in data.items() if isinstance(value, str)}
    others = {kind: value for kind, value in data.items() if kind not in texts}
    plain = json.loads(json.dumps(others, default=lambda value: base64.b64encode(value).decode()))
    return {kind: texts.get(kind, plain.get(kind)) for kind in data}


_LANGUAGE = {
    "codemirror_mode": {"name": "ipython", "version": 3},
    "file_extension": ".py",
    "mimetype": "text/x-python",
    "name": "python",
    "nbconvert_exporter": "python",
    "pygments_lexer": "ipython3",
    "version": platform.python_version(),
}

papermill_engines.register(HERE, HereEngine)
