"""ipykernel's own kernel and shell without sockets and threads, for one notebook in this process.

A cell travels as with every kernel: an `execute_request` in jupyter's wire format goes in, and the
messages that come out wait in a queue until nbclient, which does not know the difference, reads them.
"""

from __future__ import annotations

import atexit
import logging
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from types import SimpleNamespace
from typing import Any

import zmq
from ipykernel.eventloops import enable_gui
from ipykernel.ipkernel import IPythonKernel
from ipykernel.zmqshell import ZMQInteractiveShell
from IPython.core.error import UsageError
from jupyter_client.session import Session
from nbclient.exceptions import DeadKernelError
from traitlets import Any as AnyTrait
from traitlets import Float, Type, default
from traitlets.config import Config

from beskplan.runner.engine.streams import captured


class Queue:
    """Stands where a kernel expects a socket, and where nbclient expects a channel."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._messages: deque[list[bytes]] = deque()

    def send_multipart(
        self, frames: list[bytes], *, copy: bool = True, track: bool = False
    ) -> None:
        """Keep one message, as bytes: what is shown must not change when the cell's objects do."""
        del copy, track
        self._messages.append([bytes(frame) for frame in frames])

    async def get_msg(self, timeout: float | None = None) -> dict[str, Any]:
        """The oldest message.

        Raises:
            DeadKernelError: there is none, and nothing runs that could send one.
        """
        del timeout
        if not self._messages:
            raise DeadKernelError("the kernel ended the cell without an answer")
        _, frames = self._session.feed_identities(self._messages.popleft())
        return self._session.deserialize(frames)


class ReportShell(ZMQInteractiveShell):
    """ipykernel's shell, told which kernel it belongs to: no application object knows it here."""

    def enable_gui(self, gui: Any = None) -> None:
        """What `%matplotlib` and `%gui` call."""
        try:
            enable_gui(gui, kernel=self.kernel)
        except ValueError as error:
            raise UsageError(str(error)) from error
        self.active_eventloop = gui


class ReportKernel(IPythonKernel):
    """ipykernel's kernel with queues for sockets."""

    shell_class = Type(ReportShell)
    shell_stream = AnyTrait()
    _supports_kernel_subshells = False
    _execute_sleep = Float(0.0)
    """ipykernel waits after each cell for its sockets."""

    @default("shell_channel_thread")
    def _no_channel_thread(self) -> SimpleNamespace:
        # Asked, at every `await` in a cell, which thread interrupts reach: none.
        return SimpleNamespace(parent_thread=None)

    def _abort_queues(self, subshell_id: str | None = None) -> None:
        """Nothing is queued behind a failed cell: nbclient asks for one at a time."""


class KernelClient:
    """What nbclient asks of the client of a kernel."""

    def __init__(
        self, kernel: ReportKernel, session: Session, shell_channel: Queue, iopub_channel: Queue
    ) -> None:
        self.session = session
        self.shell_channel = shell_channel
        self.iopub_channel = iopub_channel
        self.language_info: dict[str, Any] = dict(kernel.language_info)
        self._kernel = kernel

    async def execute(self, code: str, *, store_history: bool, stop_on_error: bool) -> str:
        """Run a cell to its end; the id of the request, to which its messages belong."""
        content = {
            "code": code,
            "silent": False,
            "store_history": store_history,
            "user_expressions": {},
            "allow_stdin": False,
            "stop_on_error": stop_on_error,
        }
        request = self.session.msg("execute_request", content)
        frames = [zmq.Frame(frame) for frame in self.session.serialize(request)]
        await self._kernel.dispatch_shell(frames)
        return str(request["msg_id"])

    def is_alive(self) -> bool:
        """True: it is this process."""
        return True


@contextmanager
def running_kernel() -> Iterator[KernelClient]:
    """A kernel in this process until the end of the block; one at a time."""
    session = Session()
    shell_channel, iopub_channel = Queue(session), Queue(session)
    config = Config()
    # Its database would be written by a thread.
    config.HistoryManager.hist_file = ":memory:"
    config.HistoryManager.enabled = False
    with captured(session, iopub_channel):
        kernel = ReportKernel.instance(
            config=config,
            session=session,
            shell_stream=shell_channel,
            iopub_socket=iopub_channel,
            log=logging.getLogger(__name__),
            user_ns={},
        )
        shell: ReportShell = kernel.shell  # type: ignore[assignment]  # what shell_class says
        try:
            yield KernelClient(kernel, session, shell_channel, iopub_channel)
        finally:
            shell.restore_sys_module_state()
            atexit.unregister(shell.atexit_operations)
            ReportKernel.clear_instance()
            ReportShell.clear_instance()
