"""Put a site at a target so that it is whole at every moment, and nothing of anybody else is touched.

The order makes it whole: files of reports, which never change under their path, come first; then
pages that were not there; then pages that replace older ones, the front page last; then what is no
longer part of the site goes. Whenever it is interrupted, each page that can be reached is whole and leads
to whole files; the next time it goes on where it ended.

`.beskplan/site.json` at the target says which files are ours. It is written before they are, so that
an interrupted run's files are known too. Nothing else is ever replaced or removed.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any

from beskplan.core.errors import Problem
from beskplan.publish.catalogue.site import Site
from beskplan.publish.targets import Target, TargetError
from beskplan.registers.provenance import sha256_bytes

INVENTORY = ".beskplan/site.json"
VERSION = 1


@dataclass(frozen=True)
class Put:
    """What was done at a target."""

    new: int
    replaced: int
    removed: int


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
        TargetError: a file of somebody else lies where one of ours would; nothing was written.
        OSError: the target cannot be written; run it again.
    """
    wanted = site.hashes()
    old, there = _read(target), target.listing()
    _refuse_foreign(wanted, old, there, target)
    same = {path for path, sha256 in old.files.items() if wanted.get(path) == sha256}
    same &= there.keys()
    if old.besides:
        # An interrupted run: what it has put already is not put again.
        same |= {path for path in site.pages if _has(target, there, path, wanted[path])}
    gone = (old.ours - wanted.keys()) & there.keys()
    if not old.besides and same == wanted.keys() and not gone:
        return Put(0, 0, 0)
    _Inventory(old.files, frozenset(wanted) | old.besides).write(target)
    new = _put_kept(site, target, there, tell)
    changed = [path for path in site.pages if path not in same]
    # Pages that nobody can reach yet, then those in place; dict order has the front page last.
    first = [path for path in changed if path not in there and path != "index.html"]
    later = [path for path in changed if path not in first]
    for path in (*first, *later):
        target.put(path, site.pages[path])
    _Inventory(wanted, frozenset(gone)).write(target)
    for path in sorted(gone):
        target.remove(path)
    _Inventory(wanted).write(target)
    replaced = [path for path in later if path in there]
    return Put(new + len(changed) - len(replaced), len(replaced), len(gone))


def _put_kept(
    site: Site, target: Target, there: Mapping[str, int], tell: Callable[[str], object]
) -> int:
    """The files of reports that are not there yet; how many."""
    missing = [
        (path, kept.source)
        for path, kept in site.kept.items()
        if there.get(path) != kept.source.stat().st_size
    ]
    if missing:
        tell(f"{len(missing)} of {len(site.kept)} files of reports are put at {target.name}.")
    for path, source in missing:
        target.put(path, source)
    return len(missing)


def _has(target: Target, there: Mapping[str, int], path: str, sha256: str) -> bool:
    """Whether a page at the target is already the new one."""
    content = target.read(path) if path in there else None
    return content is not None and sha256_bytes(content) == sha256


def _read(target: Target) -> _Inventory:
    content = target.read(INVENTORY)
    if content is None:
        return _Inventory({})
    try:
        found: dict[str, Any] = json.loads(content)
        files = {str(path): str(sha256) for path, sha256 in found["files"].items()}
        besides = frozenset(map(str, found["besides"]))
    except (ValueError, KeyError, TypeError, AttributeError):
        raise TargetError(_spoilt(target, "cannot be read")) from None
    if strange := sorted(path for path in besides.union(files) if not _is_below(path)):
        raise TargetError(_spoilt(target, "names a file elsewhere", strange[0]))
    return _Inventory(files, besides)


def _is_below(path: str) -> bool:
    """Whether a path stays below the target: what it names may be removed."""
    parts = PurePosixPath(path).parts
    return bool(parts) and path == "/".join(parts) and not {"..", "/", "."}.intersection(parts)


def _spoilt(target: Target, what: str, found: str = "") -> Problem:
    fix = "restore it, or publish to an empty folder"
    return Problem(f"{target.name}: {INVENTORY}", what, found, "as beskplan wrote it", fix)


def _refuse_foreign(
    wanted: Mapping[str, str], old: _Inventory, there: Mapping[str, int], target: Target
) -> None:
    foreign = sorted((wanted.keys() & there.keys()) - old.ours)
    if foreign:
        raise TargetError(
            Problem(
                where=f"{target.name}/{path}",
                what="is not ours, and stands where the site would",
                fix="publish to a folder of its own, or move the file",
            )
            for path in foreign
        )
