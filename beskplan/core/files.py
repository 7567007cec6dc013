"""Files and folders replaced in one step, locks and hashes: a reader finds the old or the new, never half."""

import ctypes
import errno
import hashlib
import io
import json
import os
import shutil
import sys
import tempfile
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from importlib.resources import files
from pathlib import Path
from typing import Any

from beskplan.core.errors import DataError, LockedError, Problem, did_you_mean, os_reason

_AT_FDCWD = -100
_RENAME_EXCHANGE = 2
"""`renameat2(2)`: swap two paths atomically."""

COPY = "kopi"
"""Tag of the cell in which an executed notebook says that it is a copy; no part of the page."""
ROWS = "rows.jsonl"
"""Beside each report: every row that it has read, one a line (see `beskplan.report.data`)."""
COPIES = ".godkendte"
"""Below `reports/`: the copies that readers get, kept as versions are (`beskplan.runner.records`)."""


def shipped_yaml(package: str, *path: str) -> Any:
    """Read a YAML file that ships inside a package, as JSON types.

    Args:
        package: `beskplan.audit`.
        path: The file's below it.
    """
    import yaml

    text = files(package).joinpath(*path).read_text(encoding="utf-8")
    # libyaml is ten times as fast, where PyYAML has it.
    return yaml.load(text, getattr(yaml, "CSafeLoader", yaml.SafeLoader))  # noqa: S506


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


@contextmanager
def alone(lock: Path, problem: Problem, wait_seconds: float = 0.0) -> Iterator[None]:
    """Hold the lock of a file; it ends with its process.

    Args:
        lock: The file that is locked; its folder is made.
        problem: What is said where another holds it.
        wait_seconds: How long to wait for another.

    Raises:
        LockedError: another holds it for longer.
    """
    from filelock import FileLock, Timeout

    lock.parent.mkdir(parents=True, exist_ok=True)
    try:
        with FileLock(lock, timeout=wait_seconds):
            yield
    except Timeout:
        raise LockedError(problem) from None


def copy_folder(source: Path, target: Path) -> None:
    """Copy a folder to a new one, as `shutil.copytree`, whose own error tells no cause.

    Raises:
        OSError: a file cannot be read, or not be written: a full disk.
    """
    target.mkdir(parents=True)
    for path in sorted(source.rglob("*")):
        copy = target / path.relative_to(source)
        copy.mkdir() if path.is_dir() else shutil.copy2(path, copy)


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
    """Have a file, or the names in a folder, on the disk."""
    if os.name == "nt" and path.is_dir():  # Windows opens no folders
        return
    file = os.open(path, os.O_RDONLY if os.name == "posix" else os.O_RDWR)
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


def named_file(path: Path, expected: str = "") -> bytes:
    """Read a file that somebody named on the command line.

    Raises:
        DataError: it is not there, with the nearest name in its folder, or cannot be read.
    """
    try:
        return path.read_bytes()
    except OSError as error:
        beside = [one.name for one in path.parent.glob("*")]
        fix = (
            "" if path.exists() else did_you_mean(path.name, beside, "skriv filens sti og endelse")
        )
        problem = Problem(str(path), "kan ikke læses", os_reason(error), expected, fix)
        raise DataError(problem) from error


def sha256_bytes(content: bytes) -> str:
    """Hex digest of `content`."""
    return hashlib.sha256(content).hexdigest()


def sha256_file(path: Path) -> str:
    """Hex digest of a file's bytes; OSError where it cannot be read."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def sha256_json(value: Any) -> str:
    """Hex digest of a value as canonical JSON (sorted keys, no spaces)."""
    text = json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":"), default=str)
    return sha256_bytes(text.encode())
