"""Old drafts go, so that a disk does not fill up; what a person has said something of stays for ever.

Kept of each report: every version that the trail of approvals names, the one in place and the one
before it, and the last drafts. Of the approved copies: those that the trail names.
What a killed process left half is removed when it is a day old.
"""

from __future__ import annotations

import shutil
import time
from collections.abc import Iterator
from pathlib import Path

from beskplan.params.jobs import Workplace
from beskplan.publish.approval import copies
from beskplan.publish.trail import Event, Trail
from beskplan.runner.records import Store, Version

DRAFTS_KEPT = 5
"""Of each report: enough to see what a week of revisions did."""
UNFINISHED_SECONDS = 24 * 60 * 60
"""No approval or publication takes so long: what is older, and named by nobody, was left behind."""
_GOING = ".fjernes-"
"""Begins the name of a folder that is being removed: whole until then, and never seen afterwards."""


def prune(
    place: Workplace, *, keep: int = DRAFTS_KEPT, dry_run: bool = False
) -> tuple[tuple[str, ...], int]:
    """Remove old drafts and what killed processes left behind.

    Args:
        place: The working copy.
        keep: How many of the last drafts of each report stay.
        dry_run: Only tell what would go.

    Returns:
        `<job>/<content>` of each old draft, and the number of folders that somebody had left behind half.

    Raises:
        LedgerError: the trail of approvals was tampered with; nothing is removed on its word.
        LockedError: another holds the trail for too long.
    """
    versions, approved = Store.of(place.reports), copies(place.reports)
    with Trail(place.reports).writing() as trail:
        drafts = tuple(_old_drafts(place, versions, trail.entries, keep))
        leftovers = [
            *_left_behind(versions),
            *_left_behind(approved),
            *_unnamed(approved, trail.entries),
        ]
        if not dry_run:
            for folder in (*(one.folder for one in drafts), *leftovers):
                _remove(folder)
    names = (one.folder.relative_to(versions.folder).as_posix() for one in drafts)
    return tuple(names), len(leftovers)


def _old_drafts(
    place: Workplace, store: Store, events: list[Event], keep: int
) -> Iterator[Version]:
    named = {(event.job, event.content) for event in events}
    for folder in sorted(store.folder.glob("[0-9][0-9][0-9][0-9]/*/*")):
        job = folder.relative_to(store.folder).as_posix()
        drafts = [one for one in store.all(job) if (job, one.folder.name) not in named]
        in_use = _in_use(Version(place.reports / job))
        for one in drafts[: max(0, len(drafts) - keep)]:
            if one.folder.name not in in_use:
                yield one


def _in_use(in_place: Version) -> set[str]:
    """The report that lies in place, and the one that it is compared with."""
    try:
        previous = in_place.manifest.get("previous") or {}
        return {in_place.content, previous.get("content", "")}
    except (OSError, ValueError, KeyError):
        return set()


def _unnamed(approved: Store, events: list[Event]) -> Iterator[Path]:
    """Copies that were made for an approval or publication that never came about."""
    named = {(event.job, event.copy_id) for event in events}
    for folder in sorted(approved.folder.glob("[0-9][0-9][0-9][0-9]/*/*/[0-9a-f]*")):
        job = folder.parent.relative_to(approved.folder).as_posix()
        if (job, folder.name) not in named and _is_old(folder):
            yield folder


def _left_behind(store: Store) -> Iterator[Path]:
    """Folders that were being made or removed when their process ended."""
    for pattern in (".*", "[0-9][0-9][0-9][0-9]/*/*/.*"):
        for folder in sorted(store.folder.glob(pattern)):
            if folder.is_dir() and (folder.name.startswith(_GOING) or _is_old(folder)):
                yield folder


def _is_old(folder: Path) -> bool:
    return time.time() - folder.stat().st_mtime > UNFINISHED_SECONDS


def _remove(folder: Path) -> None:
    going = folder
    if not folder.name.startswith("."):
        going = folder.with_name(f"{_GOING}{folder.name}")
        folder.rename(going)
    shutil.rmtree(going)
