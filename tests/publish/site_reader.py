"""Somebody who reads the published site over HTTP, every link of it, again and again."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.request import urlopen

from tests.publish.test_catalogue_site import links

_ENDS = {".html": b"</html>", ".atom": b"</feed>", ".pdf": b"%%EOF", ".csv": b"\r\n", ".xlsx": b""}


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: Any) -> None:
        """Nothing: the reader says what is wrong."""


@contextmanager
def serving(folder: Path) -> Iterator[str]:
    """The folder on the loopback; yields its address, with a slash at its end."""
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(_Quiet, directory=str(folder))) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_address[1]}/"
        finally:
            server.shutdown()
            thread.join()


@dataclass
class Reader:
    """Reads from the front page on; `faults` is everything that was missing or half."""

    address: str
    faults: list[str] = field(default_factory=list)
    rounds: int = 0
    pages: int = 0

    def read_all(self) -> None:
        """Follow every link once. The front page's absence is no fault: nothing is published yet."""
        seen: set[str] = set()
        todo = ["index.html"] if self._get("index.html", must=False) else []
        while todo:
            path = todo.pop()
            if path in seen:
                continue
            seen.add(path)
            content = self._get(path)
            if path.endswith(".html") and path.count("/") != 4:
                todo.extend(links(path, content))
        self.rounds += 1
        self.pages += len(seen)

    def _get(self, path: str, *, must: bool = True) -> bytes:
        try:
            with urlopen(self.address + path) as answer:  # noqa: S310  # our own server
                content: bytes = answer.read()
        except HTTPError as error:
            if must:
                self.faults.append(f"{path}: {error.code}")
            return b""
        if not content.rstrip(b"\r\n ").endswith(_ENDS[Path(path).suffix].strip()):
            self.faults.append(f"{path}: not whole")
        return content


@contextmanager
def reading(address: str) -> Iterator[Reader]:
    """A reader at work as long as the block runs, and once more when it has ended."""
    reader, ended = Reader(address), threading.Event()

    def go_on() -> None:
        while not ended.is_set():
            reader.read_all()

    thread = threading.Thread(target=go_on)
    thread.start()
    try:
        yield reader
    finally:
        ended.set()
        thread.join()
    reader.read_all()
