"""Watching processes from the outside."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

PATIENCE_SECONDS = 60.0
"""How long a slow machine may take for what must happen in the end."""


def is_running(pid: int) -> bool:
    """Whether a process is there and no zombie."""
    try:
        status = Path(f"/proc/{pid}/stat").read_text(encoding="ascii", errors="replace")
    except (FileNotFoundError, ProcessLookupError):
        return False
    return status.rpartition(")")[2].split()[0] != "Z"


def children_of(pid: int) -> set[int]:
    """Pids of the processes that a process has started, and of theirs."""
    own: set[int] = set()
    for task in Path(f"/proc/{pid}/task").iterdir():
        own |= {int(child) for child in (task / "children").read_text(encoding="ascii").split()}
    return own.union(*(children_of(child) for child in own))


def eventually(condition: Callable[[], bool]) -> bool:
    """Whether it comes true."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < deadline:
        if condition():
            return True
        time.sleep(0.05)
    return condition()
