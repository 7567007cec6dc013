"""Whether the working copy is as it is committed: a night run never runs what nobody has committed."""

from __future__ import annotations

import subprocess
from pathlib import Path

from beskplan.errors import InputError, Problem

RUN_FROM = ("notebooks", "params", "beskplan", "pyproject.toml", "requirements")
"""What decides what a report says."""
SHOWN_FILES = 20


def committed(root: Path) -> str:
    """The commit that the working copy stands at.

    Raises:
        InputError: it is no git checkout, or a file that decides what a report says differs from the
            commit; every file is named.
    """
    try:
        commit = _git(root, "rev-parse", "HEAD").strip()
        changed = _git(
            root, "status", "--porcelain", "-z", "--untracked-files=all", "--", *RUN_FROM
        )
    except (OSError, subprocess.SubprocessError) as error:
        fix = "run it in a clone of the project"
        raise InputError(Problem(str(root), "is no git checkout", str(error), fix=fix)) from None
    files = [entry[3:] for entry in changed.split("\0") if entry[2:3] == " "]
    if files:
        fix = "commit them, or take them back: only what is committed is run at night"
        raise InputError(
            [Problem(name, "is not committed", fix=fix) for name in files[:SHOWN_FILES]]
        )
    return commit


def _git(root: Path, *words: str) -> str:
    done = subprocess.run(
        ("git", "-C", str(root), *words), capture_output=True, text=True, check=True, timeout=60
    )
    return done.stdout
