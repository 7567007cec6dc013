"""The warm process itself: `python -m beskplan.runner.engine.serving DESCRIPTOR WORKERS`.

It has one thread and no event loop, does everything once that every report needs, and from then on
only forks, waits and passes results on. It ends when its owner's end of the socket closes, however
that came about, and takes all children with it.
"""

from __future__ import annotations

import gc
import signal
import sys
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from multiprocessing.connection import Connection, wait
from types import FrameType

from beskplan.runner.engine.children import Child
from beskplan.runner.engine.forking import ForkRefusedError
from beskplan.runner.engine.zygote import Order, Preparation, Refused


class Server:
    """Runs orders from a connection, each in a child, at most `workers` at a time."""

    def __init__(self, connection: Connection, workers: int) -> None:
        self._connection = connection
        self._workers = workers
        self._waiting: deque[Order] = deque()
        self._running: dict[Child, Order] = {}

    def serve(self) -> None:
        """Until the owner is gone."""
        try:
            with suppress(BrokenPipeError):
                while self._step():
                    pass
        finally:
            for child, order in self._running.items():
                child.kill("the build was stopped")
                order.task.clean_up(child.wait().pid)

    def _step(self) -> bool:
        while self._waiting and len(self._running) < self._workers:
            self._start(self._waiting.popleft())
        lefts = [left for child in self._running if (left := child.seconds_left()) is not None]
        pidfds = {child.pidfd: child for child in self._running}
        ready = wait([self._connection, *pidfds], min(lefts, default=None))
        for pidfd, child in pidfds.items():
            if pidfd in ready or child.seconds_left() == 0:
                self._finish(child, overdue=pidfd not in ready)
        if self._connection in ready:
            try:
                self._waiting.extend(self._connection.recv())
            except (EOFError, OSError):
                return False
        return True

    def _start(self, order: Order) -> None:
        try:
            child = Child(order.task, order.limits, close=(self._connection.fileno(),))
        except ForkRefusedError as error:
            if not order.rehearsal:
                self._connection.send((order.number, Refused(str(error))))
            return
        self._running[child] = order
        if order.alone:
            self._finish(child, overdue=False)

    def _finish(self, child: Child, *, overdue: bool) -> None:
        order = self._running.pop(child)
        if overdue:
            child.kill(f"stopped after {order.limits.seconds:g} s")
        ended = child.wait()
        if ended.reason:
            order.task.clean_up(ended.pid)
        if not order.rehearsal:
            self._connection.send((order.number, ended))
        elif not ended.reason and isinstance(order.task, Preparation):
            order.task.take_over(ended.value)
            gc.collect()
            gc.freeze()


_UNUSED = ("rfc3987_syntax", "debugpy")
"""What libraries import where it is there, and no report needs.

jsonschema's checker of IRIs compiles its grammar for close to a second; ipykernel's debugger walks
through all modules in every child, which makes their memory the child's own.
"""


@contextmanager
def absent(*names: str) -> Iterator[None]:
    """These modules cannot be imported within; later they can."""
    sys.modules.update(dict.fromkeys(names))  # type: ignore[arg-type]
    try:
        yield
    finally:
        for name in names:
            del sys.modules[name]


def _stop(_number: int, _frame: FrameType | None) -> None:
    raise SystemExit(0)


def main() -> None:
    """Warm up, then serve the owner at the other end of the descriptor."""
    signal.signal(signal.SIGTERM, _stop)
    with Connection(int(sys.argv[1])) as connection:
        with absent(*_UNUSED):
            from beskplan.runner.engine.warmth import warm_up

            warm_up()
        Server(connection, workers=int(sys.argv[2])).serve()


if __name__ == "__main__":
    main()
