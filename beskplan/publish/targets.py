"""Places that a site can be put at: a folder, or any address that fsspec knows."""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import Protocol
from urllib.parse import urlsplit, urlunsplit

import fsspec
from fsspec.core import url_to_fs

from beskplan.core.errors import InputError, Problem
from beskplan.runner.versions import link_file

_DRAFT = ".undervejs"
"""Ends the name of a file that is not all there yet."""
_WHOLE_AT_ONCE = frozenset({"abfs", "az", "gcs", "gs", "memory", "s3", "s3a"})
"""Stores where nobody ever sees half a file; elsewhere it is written beside its place, then moved."""


class TargetError(InputError):
    """The address is none, or holds something that is not ours where the site would have to be."""


class Target(Protocol):
    """Files below one folder, by their path with slashes."""

    name: str
    """Where it is, for people; without passwords."""

    def listing(self) -> dict[str, int]:
        """Path -> size in bytes of every whole file that is there, ours or not."""

    def read(self, path: str) -> bytes | None:
        """A file's content; None where there is none."""

    def put(self, path: str, content: bytes | Path) -> None:
        """Write a file; a reader sees the old one or the new."""

    def remove(self, path: str) -> None:
        """Remove a file, and the folders that this leaves empty where they are real ones."""


class Folder:
    """A folder of this machine, or one that looks so (a file share, a USB stick).

    Args:
        root: The folder; it is made where it is missing.
        link: Give files a second name instead of copying them: only where nobody edits them.
    """

    def __init__(self, root: Path, *, link: bool = False) -> None:
        self._root = root
        self._copy = link_file if link else shutil.copyfile
        self._made: set[Path] = set()
        self.name = str(root)

    def listing(self) -> dict[str, int]:
        """As `Target.listing`; links to elsewhere are files like others."""
        found = {}
        for folder, _, names in os.walk(self._root):
            for name in names:
                path = Path(folder, name)
                if not name.endswith(_DRAFT) and path.exists():
                    found[path.relative_to(self._root).as_posix()] = path.stat().st_size
        return found

    def read(self, path: str) -> bytes | None:
        """As `Target.read`."""
        try:
            return (self._root / path).read_bytes()
        except FileNotFoundError:
            return None

    def put(self, path: str, content: bytes | Path) -> None:
        """As `Target.put`."""
        target = self._root / path
        if target.parent not in self._made:
            target.parent.mkdir(parents=True, exist_ok=True)
            self._made.add(target.parent)
        draft = target.with_name(f".{target.name}{_DRAFT}")
        draft.unlink(missing_ok=True)
        if isinstance(content, bytes):
            draft.write_bytes(content)
        else:
            self._copy(str(content), str(draft))
        draft.replace(target)
        # Moving one name of a file onto another of its names does nothing, by POSIX.
        draft.unlink(missing_ok=True)

    def remove(self, path: str) -> None:
        """As `Target.remove`."""
        target = self._root / path
        target.unlink(missing_ok=True)
        self._made.clear()
        for folder in target.relative_to(self._root).parents[:-1]:
            try:
                (self._root / folder).rmdir()
            except OSError:  # somebody's file is in it
                return


class Remote:
    """A folder behind an fsspec file system."""

    def __init__(self, fs: fsspec.AbstractFileSystem, root: str, name: str) -> None:
        self._fs = fs
        self._root = root.rstrip("/")
        self._whole = bool(_WHOLE_AT_ONCE.intersection(_protocols(fs)))
        self.name = name

    def listing(self) -> dict[str, int]:
        """As `Target.listing`."""
        self._fs.invalidate_cache()
        if not self._fs.exists(self._root):
            return {}
        found = self._fs.find(self._root, detail=True)
        skip = len(self._root) + 1
        return {
            path[skip:]: int(about["size"] or 0)
            for path, about in found.items()
            if not path.endswith(_DRAFT)
        }

    def read(self, path: str) -> bytes | None:
        """As `Target.read`."""
        try:
            return bytes(self._fs.cat_file(self._at(path)))
        except FileNotFoundError:
            return None

    def put(self, path: str, content: bytes | Path) -> None:
        """As `Target.put`."""
        target = self._at(path)
        data = content if isinstance(content, bytes) else content.read_bytes()
        if self._whole:
            self._fs.pipe_file(target, data)
            return
        folder, _, name = target.rpartition("/")
        self._fs.makedirs(folder, exist_ok=True)
        draft = f"{folder}/.{name}{_DRAFT}"
        self._fs.pipe_file(draft, data)
        self._fs.mv(draft, target)

    def remove(self, path: str) -> None:
        """As `Target.remove`; empty folders stay."""
        if self._fs.exists(self._at(path)):
            self._fs.rm_file(self._at(path))

    def _at(self, path: str) -> str:
        return f"{self._root}/{path}"


def open_target(address: str) -> Target:
    """The place behind an address: a folder's path, `sftp://...`, `s3://...`, `webdav://...`.

    Raises:
        TargetError: fsspec does not know it, or the package that it needs is not installed.
    """
    if "://" not in address:
        return Folder(Path(address).expanduser().resolve())
    try:
        fs, root = url_to_fs(address)
    except (ValueError, ImportError, OSError) as error:
        expected = "a folder, or an address that fsspec knows"
        problem = Problem("--to", "cannot be opened", _hidden(address), expected, str(error))
        raise TargetError(problem) from None
    if "file" in _protocols(fs):
        return Folder(Path(root))
    return Remote(fs, root, _hidden(address))


def _protocols(fs: fsspec.AbstractFileSystem) -> tuple[str, ...]:
    return (fs.protocol,) if isinstance(fs.protocol, str) else tuple(fs.protocol)


def _hidden(address: str) -> str:
    """The address without user and password: it is printed, and stands in the trail."""
    parts = urlsplit(address)
    return urlunsplit((parts.scheme, parts.netloc.rpartition("@")[2], parts.path, "", ""))
