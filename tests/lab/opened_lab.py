"""JupyterLab as `beskplan lab` opens it, or `beskplan preview`, with a home of its own."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

TOKEN = "proeve"  # noqa: S105  # of a server that lives as long as a test
START_SECONDS = 120
LAB = ("lab", "--no-browser", "--", "--allow-root")
"""Chromium and CI run as root in a container, which JupyterLab refuses without being told."""


@dataclass(frozen=True)
class OpenedLab:
    """A running server, and the folders that it was given."""

    url: str
    """Ends with a slash."""
    root: Path
    home: Path
    log: Path

    def get(
        self, address: str, *, token: str = TOKEN, headers: dict[str, str] | None = None
    ) -> httpx.Response:
        """What the server answers to a question; a way to the log-in page is not followed."""
        return httpx.get(self.url + address, headers=_headers(token, headers), timeout=60)

    def post(self, address: str, body: Any, *, token: str = TOKEN) -> httpx.Response:
        """What the server answers to something that is sent."""
        content = {"content": body} if isinstance(body, bytes) else {"json": body}
        return httpx.post(self.url + address, headers=_headers(token), timeout=60, **content)


def _headers(token: str, more: dict[str, str] | None = None) -> dict[str, str]:
    return {**({"Authorization": f"token {token}"} if token else {}), **(more or {})}


@contextmanager
def opened_lab(root: Path, home: Path, words: tuple[str, ...] = LAB) -> Iterator[OpenedLab]:
    """Run a command of ours on the working copy `root`; it ends with the block.

    Args:
        root: The working copy.
        home: An empty folder; stands for the person's own, and takes the server's log.
        words: The command.
    """
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    kept = {name: value for name, value in os.environ.items() if not name.startswith("JUPYTER")}
    environment = {**kept, "HOME": str(home), "JUPYTER_TOKEN": TOKEN}
    log = home.with_suffix(".log")
    command = [words[0], "--port", str(port), "--root", str(root), *words[1:]]
    beskplan = str(Path(sys.executable).with_name("beskplan"))
    with log.open("wb") as file:
        server = subprocess.Popen(
            [beskplan, *command], stdout=file, stderr=subprocess.STDOUT, env=environment
        )
    lab = OpenedLab(f"http://127.0.0.1:{port}/", root, home, log)
    try:
        _wait(lab, server)
        yield lab
    finally:
        server.terminate()
        try:
            server.wait(timeout=30)
        except subprocess.TimeoutExpired:
            # Seen once, with a kernel at work: the server had missed the first signal and heeded the next.
            server.terminate()
            server.wait(timeout=60)


def _wait(lab: OpenedLab, server: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + START_SECONDS
    while server.poll() is None and time.monotonic() < until:
        try:
            lab.get("api/status")
        except httpx.TransportError:
            time.sleep(0.2)
        else:
            return
    raise AssertionError(f"JupyterLab did not start:\n{lab.log.read_text(errors='replace')}")
