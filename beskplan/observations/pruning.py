"""Removing old snapshots that nothing refers to."""

from __future__ import annotations

import secrets
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from beskplan.core.errors import InputError, Problem
from beskplan.observations.keeping import INCOMING, locked
from beskplan.observations.shelf import Shelved, newest_whole, shelved, snapshots_folder

KEEP: Final = 12
"""A year of monthly fetches."""


def prune(root: Path, keep: int = KEEP, *, dry_run: bool = False) -> tuple[str, ...]:
    """Remove snapshots older than the newest `keep`, oldest first.

    Never removed: the newest valid one, and every one that a params file or a report's manifest names.

    Args:
        root: The working copy.
        keep: How many of the newest stay; at least 1.
        dry_run: Only tell.

    Returns:
        Ids of what was, or would be, removed.

    Raises:
        InputError: `keep` is below 1.
        LockedError: a store is at work.
    """
    if keep < 1:
        raise InputError(Problem("prune", "nothing would be kept", str(keep), "1 or more"))
    folder = snapshots_folder(root)
    if not folder.is_dir():
        return ()
    with locked(folder):
        found = newest_whole(root)
        used = {*_named(root), found[0].id if found else ""}
        old = [one for one in reversed(shelved(root)[keep:]) if one.folder.name not in used]
        if not dry_run:
            for one in old:
                _remove(one)
    return tuple(one.folder.name for one in old)


def _remove(one: Shelved) -> None:
    """Rename first: a snapshot that is half removed must not look like one."""
    gone = one.folder.with_name(f"{INCOMING}{secrets.token_hex(8)}")
    one.folder.rename(gone)
    shutil.rmtree(gone)


def _named(root: Path) -> Iterator[str]:
    """Ids that params or the manifests of reports name."""
    ids = [one.folder.name for one in shelved(root)]
    for path in (*root.glob("params/**/*.yaml"), *root.glob("reports/**/manifest.json")):
        text = path.read_text(encoding="utf-8")
        yield from (one for one in ids if one in text)
