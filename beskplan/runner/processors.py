"""How many things a build does at a time."""

from __future__ import annotations

import os


def processors() -> int:
    """The processors that this process may use; where the system cannot tell, all that there are."""
    try:
        return len(os.sched_getaffinity(0))
    except AttributeError:  # Windows, macOS
        return os.cpu_count() or 1
