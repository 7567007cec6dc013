"""What the build knows of each job: how its report was made, and how it last failed.

One small file a job (`reports/.noegler/<job>.json`), so that jobs that run on different machines
never write the same one; each is replaced in one step. `reports/status.json` is made from all of
them for the catalogue (docs/plan-json.md). Only the standard library: this is read before every build.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from beskplan.core.editions import split_name
from beskplan.core.errors import Problem
from beskplan.core.files import alone, write_whole

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
    if hashlib.sha256(content).hexdigest() != record.manifest:
        return [f"{MANIFEST} er ændret"]
    there = {entry[0] for entry in _entries(str(folder), "")} - {MANIFEST}
    found = [f"{name} mangler" for name in sorted(files.keys() - there)]
    found += [f"{name} hører ikke til" for name in sorted(there - files.keys())]
    for name in sorted(there & files.keys()):
        if hashlib.sha256((folder / name).read_bytes()).hexdigest() != files[name]:
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
