"""What cells print, in their order: Python's streams, and what is written past them.

C libraries, subprocesses and forked workers write to file descriptors 1 and 2. ipykernel reads those
with a thread for each; here they are files in memory, read whenever Python's own stream is touched,
which needs no thread and gives the same order every time.
"""

from __future__ import annotations

import io
import os
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from jupyter_client.session import Session, extract_header

Header = dict[str, Any]


class Stream(io.TextIOBase):
    """`sys.stdout` or `sys.stderr` of a notebook: each flush is one `stream` message.

    A cell's text belongs to that cell, also what its background tasks write later.
    """

    encoding = "UTF-8"

    def __init__(self, name: str, fd: int, session: Session, socket: Any) -> None:
        self.name = name
        self._fd = fd
        self._session = session
        self._socket = socket
        self._owner = os.getpid()
        self._lock = threading.RLock()
        self._texts: list[tuple[Header, str]] = []
        self._task_parent: ContextVar[Header] = ContextVar("parent")
        self._latest_parent: Header = {}
        self._file = os.memfd_create(name)
        self._read_to = 0
        self._original = os.dup(fd)
        os.dup2(self._file, fd)

    def set_parent(self, parent: Header) -> None:
        """What is written from now on belongs to the message `parent`."""
        header = extract_header(parent)
        self._task_parent.set(header)
        self._latest_parent = header

    def fileno(self) -> int:
        """The process's own stream, past the notebook, as ipykernel gives it."""
        return self._original

    def writable(self) -> bool:
        """True."""
        return True

    def isatty(self) -> bool:
        """False."""
        return False

    def write(self, text: str) -> int:
        """Keep `text` for the next flush; a forked worker's goes the way of its descriptor."""
        if not isinstance(text, str):
            raise TypeError(f"write() argument must be str, not {type(text)}")
        if os.getpid() != self._owner:
            os.write(self._fd, text.encode(errors="replace"))
            return len(text)
        with self._lock:
            self._read_descriptor()
            self._texts.append((self._task_parent.get(self._latest_parent), text))
        return len(text)

    def flush(self) -> None:
        """Send what has been written since the last flush."""
        if self.closed or os.getpid() != self._owner:
            return
        with self._lock:
            self._read_descriptor()
            texts, self._texts = self._texts, []
        for parent, text in _joined(texts):
            self._session.send(
                self._socket, "stream", {"name": self.name, "text": text}, parent=parent
            )

    def restore(self) -> None:
        """Give the file descriptor back; the stream is closed."""
        self._owner = 0
        os.dup2(self._original, self._fd)
        os.close(self._original)
        os.close(self._file)
        self.close()

    def _read_descriptor(self) -> None:
        size = os.fstat(self._file).st_size
        if size > self._read_to:
            new = os.pread(self._file, size - self._read_to, self._read_to)
            self._read_to = size
            self._texts.append((self._latest_parent, new.decode(errors="replace")))


def _joined(texts: list[tuple[Header, str]]) -> Iterator[tuple[Header, str]]:
    """The texts of each parent as one, in the order of their first."""
    by_parent: dict[str, tuple[Header, list[str]]] = {}
    for parent, text in texts:
        by_parent.setdefault(parent.get("msg_id", ""), (parent, []))[1].append(text)
    for parent, parts in by_parent.values():
        yield parent, "".join(parts)


@contextmanager
def captured(session: Session, socket: Any) -> Iterator[tuple[Stream, Stream]]:
    """Both streams as a notebook's, until the end of the block."""
    saved = sys.stdout, sys.stderr
    saved[0].flush()
    saved[1].flush()
    streams = Stream("stdout", 1, session, socket), Stream("stderr", 2, session, socket)
    sys.stdout, sys.stderr = streams
    try:
        yield streams
    finally:
        sys.stdout, sys.stderr = saved
        for stream in streams:
            stream.restore()
