"""A file that is replaced in one step: whoever reads it finds the old one or the new, never half of one."""

from __future__ import annotations

import io
import os
import zipfile
from collections.abc import Iterable
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


def zipped(files: Iterable[tuple[str, bytes]]) -> bytes:
    """Files as a zip, in their order: the same bytes on any day and any system."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, content in files:
            # A zip keeps a time for each file, and 1980 is its first.
            entry = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.create_system = 3
            entry.external_attr = 0o644 << 16
            archive.writestr(entry, content)
    return out.getvalue()
