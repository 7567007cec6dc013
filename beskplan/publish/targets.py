"""Put a site at a target so that it is whole at every moment, and nothing of anybody else is touched.

A target is a folder, or any address that fsspec knows. The order makes the site whole: files of reports,
which never change under their path, come first; then pages that were not there; then pages that replace
older ones, the front page last; then what is no longer part of the site goes. Whenever it is interrupted,
each page that can be reached is whole and leads to whole files; the next time it goes on where it ended.

`.beskplan/site.json` at the target says which files are ours. It is written before they are, so that
an interrupted run's files are known too. Nothing else is ever replaced or removed. What is there is
read again each time: a file that was changed or cut short is put anew.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import fsspec
from fsspec.core import url_to_fs

from beskplan.core.errors import InputError, Problem
from beskplan.core.ledger import FIX
from beskplan.publish.site import Kept, Site
from beskplan.publish.trail import Event, has_event
from beskplan.registers.provenance import sha256_bytes

INVENTORY = ".beskplan/site.json"
VERSION = 1
_DRAFT = ".undervejs"
"""Ends the name of a file that is not all there yet."""
_WHOLE_AT_ONCE = frozenset({"abfs", "az", "gcs", "gs", "memory", "s3", "s3a"})
"""Stores where nobody ever sees half a file; elsewhere it is written beside its place, then moved."""
_PRINTED = re.compile(rb"Godkendelsesspor: (nr\. \d+, [0-9a-f]+)<")


class TargetError(InputError):
    """The address is none, or what is there must not be replaced by this site."""


class Target:
    """Files below one folder of an fsspec file system, by their path with slashes."""

    def __init__(self, fs: fsspec.AbstractFileSystem, root: str, name: str) -> None:
        self._fs = fs
        self._root = root.rstrip("/")
        self._local = "file" in _protocols(fs)
        self._whole = bool(_WHOLE_AT_ONCE.intersection(_protocols(fs)))
        self.name = name
        """Where it is, for people; without passwords."""

    def listing(self) -> set[str]:
        """Path of every whole file that is there, ours or not."""
        self._fs.invalidate_cache()
        skip = len(self._root) + 1
        found = self._fs.find(self._root) if self._fs.exists(self._root) else ()
        return {path[skip:] for path in found if not path.endswith(_DRAFT)}

    def read(self, path: str) -> bytes | None:
        """A file's content; None where there is none."""
        try:
            return bytes(self._fs.cat_file(self._at(path)))
        except FileNotFoundError:
            return None

    def put(self, path: str, content: bytes) -> None:
        """Write a file; a reader sees the old one or the new."""
        target = self._at(path)
        if self._whole:
            self._fs.pipe_file(target, content)
            return
        folder, _, name = target.rpartition("/")
        self._fs.makedirs(folder, exist_ok=True)
        draft = f"{folder}/.{name}{_DRAFT}"
        with self._fs.open(draft, "wb") as file:
            file.write(content)
            if self._local:
                file.flush()
                os.fsync(file.fileno())
        self._fs.mv(draft, target)

    def remove(self, path: str) -> None:
        """Remove a file, and on this machine the folders that this leaves empty."""
        with suppress(FileNotFoundError):
            self._fs.rm_file(self._at(path))
        if self._local:
            with suppress(OSError):  # somebody's file is in it
                for folder in PurePosixPath(path).parents[:-1]:
                    self._fs.rmdir(self._at(str(folder)))

    def _at(self, path: str) -> str:
        return f"{self._root}/{path}"


def open_target(address: str | Path) -> Target:
    """The place behind an address: a folder's path, `sftp://...`, `s3://...`, `webdav://...`.

    Raises:
        TargetError: fsspec does not know it, or the package that it needs is not installed.
    """
    text = str(address)
    try:
        if "://" not in text:
            text = str(Path(text).expanduser().resolve())
            return Target(fsspec.filesystem("file"), text, text)
        fs, root = url_to_fs(text)
    except (ValueError, ImportError, OSError) as error:
        expected = "en mappe eller en adresse, som fsspec kender"
        needs_package = "installér den pakke, som fsspec bruger til sådan en adresse"
        fix = needs_package if isinstance(error, ImportError) else ""
        problem = Problem("--to", "kan ikke åbnes", hidden(text), expected, fix)
        raise TargetError(problem) from None
    return Target(fs, root, root if "file" in _protocols(fs) else hidden(text))


def _protocols(fs: fsspec.AbstractFileSystem) -> tuple[str, ...]:
    return (fs.protocol,) if isinstance(fs.protocol, str) else tuple(fs.protocol)


def hidden(address: str) -> str:
    """The address without user and password: it is printed, and stands in the trail."""
    parts = urlsplit(address)
    return urlunsplit((parts.scheme, parts.netloc.rpartition("@")[2], parts.path, "", ""))


@dataclass(frozen=True)
class Put:
    """What was done at a target."""

    new: int = 0
    replaced: int = 0
    removed: int = 0


@dataclass(frozen=True)
class _Inventory:
    """Files that are ours: those of the whole site, and others of an interrupted run."""

    files: Mapping[str, str]
    """Path -> sha256."""
    besides: frozenset[str] = frozenset()

    @property
    def ours(self) -> frozenset[str]:
        return self.besides.union(self.files)

    def write(self, target: Target) -> None:
        value = {"version": VERSION, "files": self.files, "besides": sorted(self.besides)}
        target.put(INVENTORY, (json.dumps(value, indent=1) + "\n").encode())


def put_site(site: Site, target: Target, tell: Callable[[str], object] = lambda _: None) -> Put:
    """Make the target show the site.

    Args:
        site: What it shall show.
        target: Where.
        tell: Takes a sentence about what is going on.

    Raises:
        TargetError: a file of somebody else lies where one of ours would, or the site there was made
            from a trail that goes further than ours; nothing was written.
        OSError: the target cannot be written; run it again.
    """
    wanted = site.hashes()
    old, there = _read(target), target.listing()
    _refuse_foreign(wanted, old, there, target)
    refuse_newer(site.trail, target, old.ours)
    gone = (old.ours - wanted.keys()) & there
    right = {
        path for path, sha256 in wanted.items() if path in there and _has(target, path, sha256)
    }
    if not old.besides and old.files == wanted and right == wanted.keys() and not gone:
        return Put()
    _Inventory(old.files, frozenset(wanted) | old.besides).write(target)
    missing = [path for path in site.kept if path not in right]
    if missing:
        tell(f"{len(missing)} af {len(site.kept)} rapportfiler lægges i {target.name}.")
    for path in missing:
        target.put(path, _content(site.kept[path]))
    changed = [path for path in site.pages if path not in right]
    # Pages that nobody can reach yet, then those in place; dict order has the front page last.
    first = [path for path in changed if path not in there and path != "index.html"]
    for path in (*first, *(path for path in changed if path not in first)):
        target.put(path, site.pages[path])
    _Inventory(wanted, frozenset(gone)).write(target)
    for path in sorted(gone):
        target.remove(path)
    _Inventory(wanted).write(target)
    replaced = sum(path in there for path in (*missing, *changed))
    return Put(len(missing) + len(changed) - replaced, replaced, len(gone))


def refuse_newer(trail: Sequence[Event], target: Target, ours: frozenset[str]) -> None:
    """Refuse a site whose pages name an event that our approval trail does not have.

    Args:
        trail: Our trail.
        target: Where the site is.
        ours: The files there that are ours; a front page that is somebody else's names nothing.

    Raises:
        TargetError: it does; our trail has lost its end, or is another working copy's.
    """
    page = target.read("index.html") if "index.html" in ours else None
    printed = _PRINTED.search(page or b"")
    if printed and not has_event(trail, place := printed[1].decode()):
        raise TargetError(lost(f"{target.name}/index.html", place, trail))


def lost(where: str, place: str, trail: Sequence[Event]) -> Problem:
    """What is said where something names an event that our approval trail does not have."""
    what = "nævner en linje i godkendelsessporet, som ikke er der"
    found = f"{place}; her slutter det med {trail[-1].place if trail else 'ingenting'}"
    fix = f"{FIX}; eller offentliggør til en tom mappe"
    return Problem(where, what, found, "linjen i reports/godkendelser.jsonl", fix)


def _content(kept: Kept) -> bytes:
    """A report's file, if it still is the one that was looked at a moment ago."""
    content = kept.source.read_bytes()
    if sha256_bytes(content) != kept.sha256:
        raise TargetError(Problem(str(kept.source), "blev ændret, mens den blev lagt ud"))
    return content


def _has(target: Target, path: str, sha256: str) -> bool:
    content = target.read(path)
    return content is not None and sha256_bytes(content) == sha256


def _read(target: Target) -> _Inventory:
    content = target.read(INVENTORY)
    if content is None:
        return _Inventory({})
    try:
        found: dict[str, Any] = json.loads(content)
        files = {str(path): str(sha256) for path, sha256 in found["files"].items()}
        besides = frozenset(map(str, found["besides"]))
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        raise TargetError(_spoilt(target, "kan ikke læses")) from None
    if strange := sorted(path for path in besides.union(files) if not _is_below(path)):
        raise TargetError(_spoilt(target, "nævner en fil et andet sted", strange[0]))
    return _Inventory(files, besides)


def _is_below(path: str) -> bool:
    """Whether a path stays below the target: what it names may be removed."""
    parts = PurePosixPath(path).parts
    return bool(parts) and path == "/".join(parts) and not {"..", "/", "."}.intersection(parts)


def _spoilt(target: Target, what: str, found: str = "") -> Problem:
    fix = "gendan den, eller offentliggør til en tom mappe"
    return Problem(f"{target.name}: {INVENTORY}", what, found, "som beskplan skrev den", fix)


def _refuse_foreign(
    wanted: Mapping[str, str], old: _Inventory, there: set[str], target: Target
) -> None:
    foreign = sorted((wanted.keys() & there) - old.ours)
    if foreign:
        raise TargetError(
            Problem(
                where=f"{target.name}/{path}",
                what="er ikke vores og ligger, hvor webstedet skal ligge",
                fix="offentliggør til en mappe for sig selv, eller flyt filen",
            )
            for path in foreign
        )
