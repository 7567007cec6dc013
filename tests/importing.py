"""A file into a snapshot, as `beskplan import` does it."""

from datetime import date
from pathlib import Path

from beskplan.observations.snapshot import Snapshot
from beskplan.observations.snapshot_store import store
from beskplan.sources.imports import read_file


def import_file(
    path: Path, mapping: str | None, root: Path, *, retrieved_at: date | None = None
) -> Snapshot:
    """Read a file, and store what it gives as a new snapshot; arguments as `read_file`."""
    return store(read_file(path, mapping, root, retrieved_at=retrieved_at)[0], root)
