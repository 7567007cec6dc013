"""New files of a working copy: shown as differences from what they were made from, then written."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from beskplan.core.errors import InputError, Problem
from beskplan.core.files import write_whole


@dataclass(frozen=True)
class NewFile:
    """A file to be written.

    Attributes:
        path: Relative to the working copy.
        text: All of it.
        origin: The file that it was made from, relative to the working copy; None: from nothing.
        changes: Whether it may stand there already: it is then changed, not made.
    """

    path: Path
    text: str
    origin: Path | None = None
    changes: bool = False


def differences(one: NewFile, root: Path) -> Iterator[str]:
    """The lines of a unified diff from the file's origin; all lines are new where it has none."""
    old = (root / one.origin).read_text(encoding="utf-8") if one.origin else ""
    yield from difflib.unified_diff(
        old.splitlines(),
        one.text.splitlines(),
        one.origin.as_posix() if one.origin else "(ny)",
        one.path.as_posix(),
        lineterm="",
    )


def write_all(files: Sequence[NewFile], root: Path, *, force: bool) -> None:
    """Write every file, or none.

    Raises:
        InputError: one of them stands there already, and `force` does not say that it may go.
    """
    there = [one for one in files if not one.changes and (root / one.path).exists()]
    if there and not force:
        raise InputError(
            Problem(
                where=one.path.as_posix(),
                what="stands there already",
                expected="a name that is free",
                fix="look at it; --force writes a new one in its place",
            )
            for one in there
        )
    for one in files:
        write_whole(root / one.path, one.text.encode())
