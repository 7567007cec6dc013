"""Keeps two builds of one working copy apart.

A build holds the working copy alone; `run JOB`s share it with each other, and each holds its own job
alone, so that a scheduler may start many at once. The operating system holds the locks: they end with
their process, however it ends, so that no lock of a dead process is ever in the way.
"""

from __future__ import annotations

import json
import os
import platform
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO

from beskplan.core.errors import LockedError, Problem
from beskplan.runner.records import FOLDER, now

LOCK = "laas"
"""Name of the lock in `reports/.noegler/`; the file says who holds it."""
_POLL_SECONDS = 0.1


@contextmanager
def build_lock(
    reports: Path, *, wait_seconds: float = 0.0, tell: Callable[[str], object] = print
) -> Iterator[None]:
    """Hold the reports of a working copy alone.

    Args:
        reports: The folder of the reports.
        wait_seconds: How long to wait for another to end.
        tell: Takes a sentence about what is waited for.

    Raises:
        LockedError: another process is still at work.
    """
    with _held(reports / FOLDER / LOCK, wait_seconds, tell, shared=False):
        yield


@contextmanager
def run_lock(
    reports: Path, job: str, *, wait_seconds: float = 0.0, tell: Callable[[str], object] = print
) -> Iterator[None]:
    """Hold one job alone, beside others that run other jobs; arguments and errors as `build_lock`."""
    folder = reports / FOLDER
    with (
        _held(folder / LOCK, wait_seconds, tell, shared=True),
        _held(folder / f"{job}.{LOCK}", wait_seconds, tell, shared=False),
    ):
        yield


@contextmanager
def _held(
    path: Path, wait_seconds: float, tell: Callable[[str], object], *, shared: bool
) -> Iterator[None]:
    path.parent.mkdir(parents=True, exist_ok=True)
    deadline = time.monotonic() + wait_seconds
    with path.open("a+", encoding="utf-8") as file:
        told = False
        while not _taken(file, shared=shared):
            if time.monotonic() >= deadline:
                raise LockedError(_problem(path))
            if not told:
                tell(f"Venter på {_holder(path)}.")
                told = True
            time.sleep(_POLL_SECONDS)
        if not shared:
            _sign(file)
        try:
            yield
        finally:
            _release(file)


def _sign(file: IO[str]) -> None:
    """Say who holds it; for people only, so it may fail where the disk is full."""
    with suppress(OSError):
        file.truncate(0)
        json.dump({"pid": os.getpid(), "host": platform.node(), "since": now()}, file)
        file.flush()


def _problem(path: Path) -> Problem:
    return Problem(
        where=str(path.parent.parent),
        what="en anden bygning er i gang",
        found=_holder(path),
        fix="vent, til den er færdig, eller lad denne vente: --wait 600",
    )


def _holder(path: Path) -> str:
    """Who holds the lock, as far as it says so."""
    try:
        held = json.loads(path.read_text(encoding="utf-8"))
        return f"proces {held['pid']} på {held['host']}, i gang siden {held['since']}"
    except (OSError, ValueError, KeyError):
        return "en anden proces"


try:
    import fcntl
except ImportError:  # Windows
    import msvcrt

    def _taken(file: IO[str], *, shared: bool) -> bool:  # noqa: ARG001  # there are no shared ones
        file.seek(0)
        try:
            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)  # type: ignore[attr-defined,unused-ignore]
        except OSError:
            return False
        return True

    def _release(file: IO[str]) -> None:
        file.seek(0)
        msvcrt.locking(file.fileno(), msvcrt.LK_UNLCK, 1)  # type: ignore[attr-defined,unused-ignore]

else:

    def _taken(file: IO[str], *, shared: bool) -> bool:
        try:
            fcntl.flock(file, (fcntl.LOCK_SH if shared else fcntl.LOCK_EX) | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True

    def _release(file: IO[str]) -> None:
        fcntl.flock(file, fcntl.LOCK_UN)
