"""A file that is replaced in one step: whoever reads it finds the old one or the new, never half of one."""

from __future__ import annotations

import os
from pathlib import Path

ROWS = "rows.jsonl"
"""Beside each report: every row that it has read, one a line (see `beskplan.report.rows`)."""


def write_whole(path: Path, content: bytes) -> Path:
    """Write a file, whole or not at all; its folder is made where it is missing.

    Returns:
        `path`.

    Raises:
        OSError: it cannot be written; what stood there still does, and nothing else is left.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        with draft.open("wb") as stream:
            stream.write(content)
            stream.flush()
            # Else the name could reach the disk before the bytes do.
            os.fsync(stream.fileno())
        return draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)
