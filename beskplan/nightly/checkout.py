"""The working copy as it is committed: a night run never runs what nobody has committed.

The night works in a checkout of its own (`git worktree`), whose reports/ and data/ are those of the
working copy. Somebody who edits a notebook, before the night or during it, changes nothing that is run.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from beskplan.core.errors import InputError, Problem

FOLDER = Path("data") / "natkoersel" / "arbejdskopi"
"""The night's checkout, as long as it runs."""
RUN_FROM = ("notebooks", "params", "beskplan", "pyproject.toml", "requirements")
"""What decides what a report says."""
SHARED = ("reports", "data")
"""What the night makes, and what it is made from: not in git, and the same for both checkouts."""

_OF_ANOTHER = frozenset({"GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_PREFIX"})


def commit_of(root: Path) -> str:
    """The commit that the working copy stands at.

    Raises:
        InputError: it is no git checkout, or nothing was ever committed.
    """
    return _git(root, "rev-parse", "HEAD").strip()


def uncommitted(root: Path) -> tuple[str, ...]:
    """Files that decide what a report says, and differ from the commit.

    Raises:
        InputError: it is no git checkout.
    """
    changed = _git(root, "status", "--porcelain", "-z", "--untracked-files=all", "--", *RUN_FROM)
    return tuple(entry[3:] for entry in changed.split("\0") if entry[2:3] == " ")


@contextmanager
def committed_copy(root: Path, commit: str) -> Iterator[Path]:
    """A checkout of a commit with the reports and data of the working copy, as long as the block runs.

    Args:
        root: The working copy.
        commit: What is checked out.

    Raises:
        InputError: it is no git checkout, or this system allows no links to folders.
        OSError: it cannot be written.
    """
    folder = root / FOLDER
    _remove(root, folder)
    place = folder / _git(root, "rev-parse", "--show-prefix").strip()
    try:
        _git(root, "worktree", "add", "--detach", "--force", str(folder), commit)
        for name in SHARED:
            _share(root / name, place / name)
        yield place
    finally:
        _remove(root, folder)


def _share(mine: Path, link: Path) -> None:
    """Let the checkout have a folder of the working copy in the place of its own."""
    mine.mkdir(exist_ok=True)
    tracked = _git(link.parent, "ls-files", "-z", "--", link.name).split("\0")
    for name in filter(None, tracked):
        # What is committed in it (a README) counts as unchanged, although a link stands there now.
        _git(link.parent, "update-index", "--skip-worktree", name)
    if link.exists():
        shutil.rmtree(link)
    try:
        link.symlink_to(mine, target_is_directory=True)
    except OSError as error:
        fix = "på Windows: slå udviklertilstand til, som tillader links"
        raise InputError(Problem(str(link), "kan ikke laves", str(error), fix=fix)) from None


def _remove(root: Path, folder: Path) -> None:
    """Remove the night's checkout, also one that a killed night has left; never what it links to."""
    if folder.exists():
        # Takes links away, and does not follow them.
        shutil.rmtree(folder)
    _git(root, "worktree", "prune")


def _git(root: Path, *words: str) -> str:
    # A hook or an alias that started us must not decide which checkout is meant.
    here = {name: value for name, value in os.environ.items() if name not in _OF_ANOTHER}
    command = ("git", "-C", str(root), *words)
    try:
        done = subprocess.run(
            command, capture_output=True, text=True, check=True, timeout=300, env=here
        )
    except (OSError, subprocess.SubprocessError) as error:
        said = str(getattr(error, "stderr", "") or error).strip()
        fix = "kør det i en klon af projektet"
        raise InputError(Problem(str(root), "er ikke en git-udtjekning", said, fix=fix)) from None
    return done.stdout
