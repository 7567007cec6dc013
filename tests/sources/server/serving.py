"""A server on the loopback that behaves as both sources do, faults included."""

import json
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from tests.sources.server import jobindsats_api, statbank_api
from tests.sources.server.faults import Fault
from tests.sources.server.tables import (
    BankTable,
    JobindsatsTable,
    bank_tables,
    made_up_tables,
)

TOKEN = "b7f3-test-token-9a41c0de"  # noqa: S105 - opens nothing but this server


@dataclass
class Seen:
    """One request that came in."""

    method: str
    path: str
    body: str


@dataclass
class Sources:
    """What the server gives, what goes wrong, and what it was asked."""

    url: str = ""
    jobindsats: dict[str, JobindsatsTable] = field(default_factory=made_up_tables)
    statbank: dict[str, BankTable] = field(default_factory=bank_tables)
    faults: list[Fault] = field(default_factory=list)
    seen: list[Seen] = field(default_factory=list)
    pause: float = 0.0
    """Seconds before each answer."""

    def asked(self, part: str) -> list[Seen]:
        """Requests whose path holds `part`."""
        return [one for one in self.seen if part in one.path]

    def next_fault(self, path: str) -> Fault | None:
        """The fault that is due for a path, used up once."""
        for fault in self.faults:
            if fault.times > 0 and path.startswith(fault.path):
                fault.times -= 1
                return fault
        return None


class _Handler(BaseHTTPRequestHandler):
    sources: Sources
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        self._serve("GET")

    def do_POST(self) -> None:
        self._serve("POST")

    def log_message(self, format: str, *args: Any) -> None:
        """Nothing: a test looks at `Sources.seen`."""

    def _serve(self, method: str) -> None:
        text = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode()
        self.sources.seen.append(Seen(method, self.path, text))
        time.sleep(self.sources.pause)
        status, body = self._answer(json.loads(text) if text else {})
        fault = self.sources.next_fault(self.path) or Fault(self.path)
        time.sleep(fault.wait)
        status = fault.status or status
        body = fault.body if fault.body is not None else body
        body = fault.change(body) if fault.change else body
        try:
            self.send_response(status)
            for name, value in fault.headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body if fault.cut is None else body[: fault.cut])
            if fault.cut is not None:
                self.close_connection = True
        except OSError:
            # The client was killed, or had waited long enough.
            self.close_connection = True

    def _answer(self, body: dict[str, Any]) -> tuple[int, bytes]:
        sources, authorization = self.sources, self.headers.get("Authorization")
        match self.path.strip("/").split("/")[0]:
            case "v3":
                return jobindsats_api.v3(sources.jobindsats, TOKEN, self.path, authorization)
            case "v1":
                return statbank_api.answer(sources.statbank, self.path, body)
        return 404, b""


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Passes over a client that was killed; anything else is a fault of the server."""
        if not isinstance(sys.exc_info()[1], ConnectionError):
            super().handle_error(request, client_address)


@contextmanager
def serving(sources: Sources) -> Iterator[Sources]:
    """The server, as long as the block runs; `sources.url` is its address."""
    handler = type("Handler", (_Handler,), {"sources": sources})
    with _Server(("127.0.0.1", 0), handler) as server:
        sources.url = f"http://127.0.0.1:{server.server_address[1]}"
        thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
        thread.start()
        try:
            yield sources
        finally:
            server.shutdown()
            thread.join()
