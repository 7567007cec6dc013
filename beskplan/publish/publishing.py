"""From approvals to readers: put the site at a target, and write down that it is there.

A target is a folder, or any address that fsspec knows. The site there is whole at every moment: files of
reports, which never change under their path, come first; then pages that were not there; then pages that
replace older ones, the front page last; then what is no longer part of the site goes. Whenever it is
interrupted, each page that can be reached is whole and leads to whole files; the next time it goes on
where it ended.

`.beskplan/site.json` at the target says which files are ours. It is written before they are, so that
an interrupted run's files are known too. Nothing else is ever replaced or removed. What is there is
read again each time: a file that was changed or cut short is put anew.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, suppress
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from urllib.parse import urlsplit, urlunsplit

import fsspec
from fsspec.core import url_to_fs
from pydantic import BaseModel, ValidationError

from beskplan.core.errors import BeskplanError, InputError, Problem, ReportError, os_reason
from beskplan.core.files import alone, sha256_bytes
from beskplan.params.jobs import Workplace
from beskplan.publish.approval import event_of, published_copy
from beskplan.publish.site import Site, make_site
from beskplan.publish.trail import Event, Journal, States, Trail, day_of, has_event, problem
from beskplan.runner.records import FOLDER, now

CATALOGUE = "site"
"""The internal catalogue, below `reports/`."""
INVENTORY = ".beskplan/site.json"
VERSION = 1
_DRAFT = ".undervejs"
"""Ends the name of a file that is not all there yet."""
_WHOLE_AT_ONCE = frozenset({"abfs", "az", "gcs", "gs", "memory", "s3", "s3a"})
"""Stores where nobody ever sees half a file; elsewhere it is written beside its place, then moved."""
_PRINTED = re.compile(rb"Godkendelsesspor: (nr\. \d+, [0-9a-f]+)<")


class TargetError(InputError):
    """The address is none, or what is there must not be replaced by this site."""


@dataclass(frozen=True)
class Published:
    """What became of a publication.

    Attributes:
        site: What readers find now.
        put: What was done for it.
        events: What was written in the trail: the versions that were not published before.
        problems: Reports that readers do not find, or not in the version that was approved last.
    """

    site: Site
    put: Put
    events: tuple[Event, ...]
    problems: tuple[Problem, ...] = ()


def write_catalogue(place: Workplace, *, address: str = "") -> tuple[Path, Site]:
    """Bring `reports/site` up to date: everything that was built, drafts too.

    Raises:
        LedgerError: the trail of approvals was tampered with.
        TargetError: the catalogue there names an event that the trail has lost.
        ReportError: it cannot be written; it is whole, and the next time it goes on.
        LockedError: another is at work on it.
    """
    events = Trail(place.reports).events()
    site = make_site(place, events, drafts=True, demo=True, address=address)
    folder = place.reports / CATALOGUE
    with _alone(place):
        put_site(site, open_target(folder))
    return folder, site


def publish(
    place: Workplace,
    to: str,
    *,
    drafts: bool = False,
    demo: bool = False,
    address: str = "",
    tell: Callable[[str], object] = lambda _: None,
) -> Published:
    """Put what is approved where readers find it, and write down that it is there.

    Args:
        place: The working copy.
        to: A folder, or any address that fsspec knows.
        drafts: Put the internal catalogue there instead, for those who look before they approve;
            that publishes nothing.
        demo: Among those drafts also what is made of demo data. Nothing else of it is ever put anywhere.
        address: Where readers will find it, for the feed.
        tell: Takes a sentence about what is going on.

    Raises:
        TargetError: the address is none, a file of somebody else is in the way, or the site there
            names an event that the trail does not have.
        CopyError: a copy that readers have had is not as it was approved; nothing was put anywhere.
        LedgerError: the trail of approvals was tampered with.
        ReportError: the target cannot be written; the site there is whole, and the next time it goes on.
        LockedError: another is publishing.
    """
    target = open_target(to)
    trail = Trail(place.reports)
    with _alone(place):
        events = trail.events()
        refuse_lost_events(place, events)
        coming, held_back = ((), ()) if drafts else _coming(place, events, target.name)
        # The pages tell of the publication that they are part of.
        site = make_site(
            place,
            (*events, *coming),
            drafts=drafts,
            demo=drafts and demo,
            address=address,
            there=_unchanged(target),
        )
        put = put_site(site, target, tell)
        on_site = {(one.job, one.issue.content) for one in site.entries}
        written = []
        with trail.writing() as writer:
            states = States(writer.entries)
            for one in coming:
                # Withdrawn while it was on its way: the next publication takes it down.
                holds = states.of(one.job, one.content).stage == "godkendt"
                if holds and (one.job, one.content) in on_site:
                    written.append(writer.add(one))
        return Published(site, put, tuple(written), (*held_back, *site.problems))


def refuse_lost_events(place: Workplace, events: Sequence[Event]) -> None:
    """Refuse a trail that has lost an event which the internal catalogue or a mail names.

    Raises:
        TargetError: it has.
    """
    folder = place.reports / CATALOGUE
    refuse_newer(events, open_target(folder), frozenset({"index.html"}))
    # A trail that was begun anew after the mail is no shorter one: `approvals` shows where it begins.
    begun = events[0].at if events else ""
    for entry in Journal(place.root).read():
        if entry.trail and entry.at >= begun and not has_event(events, entry.trail):
            where = f"data/post/journal.jsonl: {entry.at}"
            raise TargetError(lost(where, entry.trail, events))


def _coming(
    place: Workplace, events: Sequence[Event], at_target: str
) -> tuple[tuple[Event, ...], tuple[Problem, ...]]:
    """What the trail will say when everything is in its place, and what cannot be published."""
    states, at = States(events), now()
    coming: list[Event] = []
    problems: list[Problem] = []
    for job in states.jobs():
        content = states.in_force(job)
        state = states.of(job, content)
        if state.approval is None or state.stage != "godkendt":
            continue
        try:
            copy = published_copy(place.reports, state.approval, day_of(at))
        except BeskplanError as error:
            problems.extend(error.problems)
            continue
        coming.append(event_of("offentliggjort", job, content, copy, by=at_target, at=at))
    return tuple(coming), tuple(problems)


def _alone(place: Workplace) -> AbstractContextManager[None]:
    """Two publications are never at work at once."""
    busy = problem("publishing", str(place.reports))
    return alone(place.reports / FOLDER / "udgivelse.laas", busy)


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
            # `s3:/x` would become a folder called `s3:`; a single letter is a drive.
            if re.match(r"[A-Za-z][\w+.-]+:", text):
                raise TargetError(problem("target-not-opened", "--to", text))
            text = str(Path(text).expanduser().resolve())
            return Target(fsspec.filesystem("file"), text, text)
        fs, root = url_to_fs(text)
    except (ValueError, ImportError, OSError) as error:
        package = isinstance(error, ImportError)
        name = "target-needs-package" if package else "target-not-opened"
        raise TargetError(problem(name, "--to", hidden(text))) from None
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


class _Inventory(BaseModel):
    """Files that are ours: those of the whole site, and others of an interrupted run."""

    version: int = VERSION
    files: dict[str, str]
    """Path -> sha256."""
    besides: tuple[str, ...]

    @property
    def ours(self) -> frozenset[str]:
        return frozenset((*self.besides, *self.files))

    def write(self, target: Target) -> None:
        target.put(INVENTORY, f"{self.model_dump_json(indent=1)}\n".encode())


def put_site(site: Site, target: Target, tell: Callable[[str], object] = lambda _: None) -> Put:
    """Make the target show the site.

    Args:
        site: What it shall show.
        target: Where.
        tell: Takes a sentence about what is going on.

    Raises:
        TargetError: a file of somebody else lies where one of ours would, or the site there was made
            from a trail that goes further than ours; nothing was written.
        ReportError: the target cannot be written; run it again.
    """
    try:
        return _put(site, target, tell)
    except OSError as error:
        found = os_reason(error, named=True)
        raise ReportError(problem("not-written", target.name, found)) from error


def _put(site: Site, target: Target, tell: Callable[[str], object]) -> Put:
    wanted = site.hashes()
    old, there = _read_inventory(target), target.listing()
    if foreign := sorted((wanted.keys() & there) - old.ours):
        raise TargetError(problem("foreign-on-site", f"{target.name}/{path}") for path in foreign)
    refuse_newer(site.trail, target, old.ours)
    gone = sorted((old.ours - wanted.keys()) & there)
    contents = ((path, target.read(path)) for path in wanted if path in there)
    right = {
        path
        for path, content in contents
        if content is not None and sha256_bytes(content) == wanted[path]
    }
    if not old.besides and old.files == wanted and right == wanted.keys() and not gone:
        return Put()
    _Inventory(files=old.files, besides=tuple(sorted({*wanted, *old.besides}))).write(target)
    missing = [path for path in site.files if path not in right]
    if missing:
        tell(f"{len(missing)} af {len(site.files)} rapportfiler lægges i {target.name}.")
    for path in missing:
        target.put(path, _content(*site.files[path]))
    # Pages that nobody can reach yet, then those in place; in dict order the front page is the last.
    changed = [path for path in site.pages if path not in right]
    for path in sorted(changed, key=lambda path: path in there or path == "index.html"):
        target.put(path, site.pages[path])
    _Inventory(files=wanted, besides=tuple(gone)).write(target)
    for path in gone:
        target.remove(path)
    _Inventory(files=wanted, besides=()).write(target)
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
    found = f"{place}; her slutter det med {trail[-1].place if trail else 'ingenting'}"
    return problem("event-lost", where, found)


def _content(source: Path, sha256: str) -> bytes:
    """A report's file, if it still is the one that was looked at a moment ago."""
    content = source.read_bytes()
    if sha256_bytes(content) != sha256:
        raise TargetError(problem("changed-on-its-way", str(source)))
    return content


def _read_inventory(target: Target) -> _Inventory:
    content = target.read(INVENTORY)
    if content is None:
        return _Inventory(files={}, besides=())
    where = f"{target.name}: {INVENTORY}"
    try:
        found = _Inventory.model_validate_json(content)
    except ValidationError:
        raise TargetError(problem("inventory-not-read", where)) from None
    if strange := sorted(path for path in found.ours if not _is_below(path)):
        raise TargetError(problem("inventory-elsewhere", where, strange[0]))
    return found


def _unchanged(target: Target) -> Callable[[str], bytes | None]:
    """What lies at a path of the target as the inventory there has it."""
    files = _read_inventory(target).files

    def read(path: str) -> bytes | None:
        content = target.read(path) if path in files else None
        return content if content and sha256_bytes(content) == files[path] else None

    return read


def _is_below(path: str) -> bool:
    """Whether a path stays below the target: what it names may be removed."""
    parts = PurePosixPath(path).parts
    return bool(parts) and path == "/".join(parts) and not {"..", "/", "."}.intersection(parts)
