"""Put a finished folder in its place in one step: a reader sees the old report or the new, never half."""

from __future__ import annotations

import ctypes
import errno
import os
import shutil
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path

_AT_FDCWD = -100
_RENAME_EXCHANGE = 2
"""`renameat2(2)`: swap two paths atomically."""


def install(new: Path, target: Path) -> None:
    """Make the folder `new` the folder `target`; what was there before is removed afterwards.

    `new` must lie on the same file system. Where the system can swap two folders (Linux) there is
    no moment without a whole `target`. Elsewhere the old one is moved aside first, and `heal`
    brings it back should the process end in between.

    Raises:
        OSError: the target cannot be written; the old report is still there.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    sync_folder(new)
    if not target.exists():
        new.rename(target)
    elif _exchange(new, target):
        shutil.rmtree(new)
    else:
        aside = _aside(target)
        target.rename(aside)
        new.rename(target)
        shutil.rmtree(aside)
    sync(target.parent)


def install_files(files: Mapping[str, bytes], target: Path, work: Path) -> None:
    """Make `target` a folder with these files and no others, in one step.

    Args:
        files: Path below the target -> content.
        target: The folder.
        work: A folder on the same file system, where it is written first.

    Raises:
        OSError: the target cannot be written; what was there still is.
    """
    work.mkdir(parents=True, exist_ok=True)
    draft = Path(tempfile.mkdtemp(prefix=f"{os.getpid()}-", dir=work))
    try:
        draft.chmod(0o755)
        for name, content in files.items():
            (draft / name).parent.mkdir(parents=True, exist_ok=True)
            (draft / name).write_bytes(content)
        heal(target)
        install(draft, target)
    finally:
        shutil.rmtree(draft, ignore_errors=True)


def sync_folder(folder: Path) -> None:
    """Have a folder with all its files on the disk: a name must not get there before what it names."""
    for path in sorted(folder.rglob("*"), reverse=True):
        sync(path)
    sync(folder)


def sync(path: Path) -> None:
    """Have a file, or the names in a folder, on the disk; Windows knows it for files being written only."""
    if os.name != "posix":
        return
    file = os.open(path, os.O_RDONLY)
    try:
        os.fsync(file)
    finally:
        os.close(file)


def heal(target: Path) -> None:
    """Finish or undo an `install` that was cut short on a system without atomic swap."""
    aside = _aside(target)
    if not aside.exists():
        return
    if target.exists():
        shutil.rmtree(aside)
    else:
        aside.rename(target)


def _aside(target: Path) -> Path:
    return target.with_name(f".{target.name}.forrige")


def _exchange(one: Path, other: Path) -> bool:
    """Swap two paths atomically; False where the system cannot."""
    if not sys.platform.startswith("linux"):
        return False
    renameat2 = getattr(ctypes.CDLL(None, use_errno=True), "renameat2", None)
    if renameat2 is None:
        return False
    if renameat2(_AT_FDCWD, os.fsencode(one), _AT_FDCWD, os.fsencode(other), _RENAME_EXCHANGE) == 0:
        return True
    code = ctypes.get_errno()
    if code in (errno.EINVAL, errno.ENOSYS, errno.ENOTSUP):
        return False
    raise OSError(code, os.strerror(code), str(other))
