"""What the build knows of each job: what became of it, where it is made, its record, every version of it.

One small file a job (`reports/.noegler/<job>.json`), so that jobs that run on different machines
never write the same one; each is replaced in one step. `reports/status.json` is made from all of
them for the catalogue (docs/plan-json.md). Little is imported: this is read before every build.

`reports/.versioner/<job>/<content>/` is a copy of the report's folder as it was built, stored before the
report is replaced: who edits the report in place changes no version. A build that says the same as the
one before is no new version.
"""

from __future__ import annotations

import hashlib
import json
import os
import platform
import shutil
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from beskplan.core.editions import split_name
from beskplan.core.errors import Problem, os_reason
from beskplan.core.files import (
    COPY,
    alone,
    copy_folder,
    install,
    sha256_bytes,
    sha256_file,
    sha256_json,
    write_whole,
)

if TYPE_CHECKING:
    from beskplan.params.jobs import Job


FOLDER = ".noegler"
"""Below `reports/`: records of jobs, and what the check remembers between two builds."""
MANIFEST = "manifest.json"
STATUS = "status.json"
STATUS_VERSION = 1


@dataclass(frozen=True)
class Record:
    """A job's record; with no other field set the job was never run."""

    job: str
    made_at: str = ""
    """When the report that lies in place was made (ISO, UTC); empty where there is none."""
    key: dict[str, str] = field(default_factory=dict)
    """What it was made from, see `keys.py`."""
    data: str = ""
    """Id of the snapshot that it has read; `publiceret` for the embedded figures."""
    same_in: str = ""
    """The newest snapshot in which all rows that it read were found unchanged."""
    manifest: str = ""
    """SHA-256 of its manifest, which holds that of every other file."""
    listing: str = ""
    """`listing` of its folder when the hashes were last found right."""
    failed_at: str = ""
    """When the last run failed (ISO, UTC); empty where it went well."""
    cause: str = ""
    """The same for all jobs that failed for the same reason."""
    problems: list[dict[str, str]] = field(default_factory=list)
    """Fields of `errors.Problem`."""

    @property
    def state(self) -> str:
        """`good`; `outdated`: the last run failed, the good report is older; `missing`: there is none."""
        if not self.made_at:
            return "missing"
        return "outdated" if self.failed_at else "good"


@dataclass(frozen=True)
class Records:
    """The records of a working copy."""

    reports: Path

    def read(self, job: str) -> Record:
        """The job's record; an empty one where there is none that can be read."""
        try:
            with open(self._path(job), "rb") as stream:  # noqa: PTH123  # one of 980
                found = json.load(stream)
            return Record(**{**found, "job": job, "key": dict(found["key"])})
        except (OSError, ValueError, KeyError, TypeError):
            return Record(job)

    def write(self, record: Record) -> None:
        """Replace the job's record in one step."""
        write_json(Path(self._path(record.job)), asdict(record))

    def remember(self, record: Record, **found: str) -> None:
        """Note what saves the next check some time; so it may fail."""
        with suppress(OSError):
            self.write(replace(record, **found))  # type: ignore[arg-type]

    def all(self) -> Iterator[Record]:
        """Every record, by job."""
        folder = self.reports / FOLDER
        for path in sorted(folder.glob("*/*/*.json")):
            yield self.read(path.relative_to(folder).with_suffix("").as_posix())

    def _path(self, job: str) -> str:
        return f"{self.reports}/{FOLDER}/{job}.json"


def listing(folder: Path | str) -> str:
    """Hash of the names, sizes and times of all files of a folder; empty where there is none.

    Whoever writes into a file, or puts another in its place, changes its inode's time of change, also
    where size and modification time are as before.
    """
    found = sorted(_entries(str(folder), ""))
    return hashlib.sha256(repr(found).encode()).hexdigest()[:16] if found else ""


def _entries(folder: str, prefix: str) -> Iterator[tuple[str, int, int, int, int]]:
    try:
        with os.scandir(folder) as entries:
            for entry in entries:
                if entry.is_dir(follow_symlinks=False):
                    yield from _entries(entry.path, f"{prefix}{entry.name}/")
                else:
                    yield f"{prefix}{entry.name}", *stamp(entry.path)
    except OSError:
        return


def stamp(path: str | Path) -> tuple[int, int, int, int]:
    """Size, times and inode of a file: another where anyone has written into it or replaced it."""
    about = os.stat(path)  # noqa: PTH116  # thousands
    return about.st_size, about.st_mtime_ns, about.st_ctime_ns, about.st_ino


def damage(folder: Path, record: Record) -> list[str]:
    """What is wrong with a report's files, by the hashes of its manifest; empty where all are right."""
    try:
        content = (folder / MANIFEST).read_bytes()
        files: dict[str, str] = json.loads(content)["files"]
    except (OSError, ValueError, KeyError, TypeError):
        return [f"{MANIFEST} mangler eller kan ikke læses"]
    if sha256_bytes(content) != record.manifest:
        return [f"{MANIFEST} er ændret"]
    there = {entry[0] for entry in _entries(str(folder), "")} - {MANIFEST}
    found = [f"{name} mangler" for name in sorted(files.keys() - there)]
    found += [f"{name} hører ikke til" for name in sorted(there - files.keys())]
    for name in sorted(there & files.keys()):
        if sha256_file(folder / name) != files[name]:
            found.append(f"{name} er ændret")
    return found


def write_status(reports: Path) -> None:
    """Write `status.json`: every report that was ever built, for the catalogue and other programs.

    Raises:
        OSError: it cannot be written.
    """
    lock = reports / FOLDER / "status.laas"
    # Two that run at once must not overwrite the newer picture with the older.
    with alone(lock, Problem(str(lock), "en anden skriver status.json"), wait_seconds=60):
        jobs = [_status_of(record, reports) for record in Records(reports).all()]
        write_json(reports / STATUS, {"version": STATUS_VERSION, "made_at": now(), "jobs": jobs})


def status_is_old(reports: Path) -> bool:
    """Whether a record was written after `status.json`, as when a build was killed."""
    folder = f"{reports}/{FOLDER}"
    if not os.path.isdir(folder):  # noqa: PTH112
        return False
    try:
        written = os.stat(f"{reports}/{STATUS}").st_mtime_ns  # noqa: PTH116
    except OSError:
        written = 0
    records = (entry for entry in _entries(folder, "") if entry[0].count("/") == 2)
    return any(entry[2] > written for entry in records if entry[0].endswith(".json"))


def _status_of(record: Record, reports: Path) -> dict[str, Any]:
    aar, kommune, name = record.job.split("/")
    bilag, periode = split_name(name)
    manifest = read_json(reports / record.job / MANIFEST) if record.made_at else {}
    return {
        "job": record.job,
        "aar": int(aar),
        "kommune": kommune,
        "bilag": bilag,
        "periode": periode or None,
        "state": record.state,
        "made_at": record.made_at or None,
        "data": record.data or None,
        "demo": manifest.get("demo"),
        "files": manifest.get("files", {}),
        "failed_at": record.failed_at or None,
        "cause": record.cause or None,
        "problems": record.problems,
    }


def now() -> str:
    """This moment, as records have it."""
    return datetime.now(UTC).isoformat(timespec="seconds")


def write_json(path: Path, value: Any) -> None:
    """A value as a JSON file, whole or not at all."""
    write_whole(path, f"{json.dumps(value, ensure_ascii=False, indent=1)}\n".encode())


def remember(path: Path, value: Any) -> None:
    """Write what saves the next check some time; a working copy that was never built is left as it is."""
    if path.parent.parent.is_dir():
        with suppress(OSError):
            write_json(path, value)


def read_json(path: Path) -> Any:
    """What `write_json` wrote; an empty object where there is nothing that can be read."""
    try:
        found = json.loads(path.read_bytes())
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


VERSIONS = ".versioner"
READ_BY_PEOPLE = (".html", ".pdf", ".xlsx", ".csv")
"""What a version is known by. The executed notebook is not: it holds the times of its run."""


def content_id(files: Mapping[str, str]) -> str:
    """Name of what readers see of a report, from the hashes of its files.

    Args:
        files: Path -> sha256, as in a manifest's `files`.
    """
    seen = {name: digest for name, digest in files.items() if name.endswith(READ_BY_PEOPLE)}
    return sha256_json(seen)[:16]


@dataclass(frozen=True)
class Version:
    """A report's folder in the store, or in place."""

    folder: Path

    @cached_property
    def manifest(self) -> dict[str, Any]:
        """Its manifest; OSError or ValueError where there is none that can be read."""
        found: dict[str, Any] = json.loads((self.folder / MANIFEST).read_bytes())
        return found

    @property
    def files(self) -> dict[str, str]:
        """Path -> sha256 of each of its files but the manifest."""
        found: dict[str, str] = self.manifest["files"]
        return found

    @cached_property
    def content(self) -> str:
        """See `content_id`."""
        return content_id(self.files)

    def is_whole(self) -> bool:
        """Whether every file of its manifest is there and has not changed since."""
        try:
            return all(sha256_file(self.folder / name) == sha for name, sha in self.files.items())
        except (OSError, ValueError, KeyError):
            return False


@dataclass(frozen=True)
class Store:
    """Versions of many reports below one folder."""

    folder: Path

    @classmethod
    def of(cls, reports: Path) -> Store:
        """The store of a working copy's builds."""
        return cls(reports / VERSIONS)

    def version(self, job: str, content: str) -> Version:
        """The version of that name, whether it is there or not."""
        return Version(self.folder / job / content)

    def all(self, job: str) -> tuple[Version, ...]:
        """All versions of a report, the oldest first."""
        paths = (self.folder / job).glob("[0-9a-f]*/" + MANIFEST)
        found = [Version(path.parent) for path in paths]
        return tuple(sorted(found, key=lambda one: (one.manifest["made_at"], one.folder.name)))

    def keep(self, job: str, report: Path) -> Version:
        """Keep the finished report in a folder; does nothing where its content is kept already.

        A kept version whose files are not those of its manifest is put anew.

        Raises:
            OSError: it cannot be written; nothing half is left.
        """
        kept = self.version(job, Version(report).content)
        if not kept.is_whole():
            kept.folder.parent.mkdir(parents=True, exist_ok=True)
            draft = Path(tempfile.mkdtemp(prefix=".", dir=kept.folder.parent))
            try:
                copy_folder(report, draft / "hel")
                install(draft / "hel", kept.folder)
            finally:
                shutil.rmtree(draft, ignore_errors=True)
        return kept


STANDARD_ENGINE = "nbclient"
"""papermill's own engine: a new kernel process for every notebook."""
HERE = "beskplan-here"
"""Our engine in a process that makes one report and ends: what cells leave behind, stays."""
_FOLDER = ".arbejde"
"""Beside the reports, for what is not finished; each work folder is named by its machine and process."""
_DAY_SECONDS = 86_400


@dataclass(frozen=True)
class Outcome:
    """What became of one job: its folder, or the problems that stopped it."""

    job: Job
    folder: Path
    problems: tuple[Problem, ...] = ()
    failed_notebook: Path | None = None
    remarks: tuple[str, ...] = ()
    """What is said of a report without failing it; each begins with who says it (`plantjek`) and the rule."""

    @property
    def ok(self) -> bool:
        """Whether the report was made."""
        return not self.problems


def cannot_be_written(target: Path, error: OSError) -> Problem:
    """The problem of a full disk, a folder without rights, a path that is in the way."""
    return Problem(
        where=str(error.filename or target),
        what="kan ikke skrives",
        found=os_reason(error),
        fix="se efter plads på disken og rettigheder til mappen",
    )


def changed_meanwhile(name: str) -> Problem:
    """The problem of a file that was edited while a report was made from it."""
    return Problem(
        where=name,
        what="blev ændret, mens rapporten blev lavet",
        found="en anden fil end da bygningen begyndte",
        expected="den samme fil fra først til sidst",
        fix="byg igen, når filen er gemt",
    )


@contextmanager
def work_folder(reports: Path) -> Iterator[Path]:
    """A folder of one report's own beside the reports, so that moving it into place is one rename."""
    base = reports / _FOLDER
    base.mkdir(parents=True, exist_ok=True)
    work = Path(tempfile.mkdtemp(prefix=_name(os.getpid()), dir=base))
    work.chmod(0o755)
    try:
        yield work
    finally:
        shutil.rmtree(work, ignore_errors=True)


def _name(pid: int) -> str:
    return f"{platform.node()}-{pid}-"


def discard_work(reports: Path, pid: int) -> None:
    """Remove the work folders that a process of this machine has left which was killed."""
    for work in (reports / _FOLDER).glob(f"{_name(pid)}*"):
        shutil.rmtree(work, ignore_errors=True)


def discard_dead_work(reports: Path) -> None:
    """Remove what builds have left that were killed with all their processes.

    Never that of a process which may be alive, as on a shared disk where locks do not hold: what
    other machines have left goes when it is a day old.
    """
    for work in (reports / _FOLDER).glob("*"):
        node, _, rest = work.name.partition(f"{platform.node()}-")
        pid = rest.partition("-")[0]
        here = not node and pid.isdigit()
        if not is_alive(int(pid)) if here else _is_old(work):
            shutil.rmtree(work, ignore_errors=True)


def is_alive(pid: int) -> bool:
    """Whether a process of this machine runs; one that is only not yet waited for does not."""
    import psutil

    try:
        return bool(psutil.Process(pid).status() != psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return False


def _is_old(work: Path) -> bool:
    try:
        return time.time() - work.stat().st_mtime > _DAY_SECONDS
    except FileNotFoundError:
        return False


def keep_failed(notebook: Path, reports: Path, job: Job) -> Path | None:
    """Leave the executed notebook of a failed run where a person finds it; None where there is none."""
    if not notebook.is_file():
        return None
    path = failed_path(reports, job)
    path.parent.mkdir(parents=True, exist_ok=True)
    write_copy(json.loads(notebook.read_bytes()), job, path)
    return path


def write_copy(notebook: dict[str, Any], job: Job, path: Path) -> None:
    """Write an executed notebook that says at its top that it is a copy, and where to change what it shows.

    Args:
        notebook: As JSON.
        job: The report that it was executed for.
        path: The file.
    """
    text = (
        f"**Kopi.** Denne notebook er kørt for {job.id} og bliver overskrevet, næste gang rapporten "
        f"laves. Ret i `notebooks/{job.bilag}.ipynb`."
    )
    cell = {"cell_type": "markdown", "id": COPY, "metadata": {"tags": [COPY]}, "source": [text]}
    cells = [cell, *(one for one in notebook["cells"] if one.get("id") != COPY)]
    # In one line: laid out it is a third longer, and takes Python as long as two figures.
    text = json.dumps({**notebook, "cells": cells}, ensure_ascii=False)
    path.write_text(text + "\n", encoding="utf-8")


def failed_path(reports: Path, job: Job) -> Path:
    """Where the executed notebook of a job's failed run lies."""
    return reports / "fejlet" / f"{job.id}.ipynb"
