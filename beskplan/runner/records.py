"""What the build knows of each job: how its report was made, and how it last failed.

One small file a job (`reports/.noegler/<job>.json`), so that jobs that run on different machines
never write the same one; each is replaced in one step. `reports/status.json` is made from all of
them for the catalogue (docs/plan-json.md). Only the standard library: this is read before every build.
"""

from __future__ import annotations

import json
from contextlib import suppress
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from beskplan.core.files import write_whole

FOLDER = ".noegler"
"""Below `reports/`: records of jobs, and what the check remembers between two builds."""


@dataclass(frozen=True)
class Good:
    """The report that lies in place."""

    made_at: str
    """ISO, UTC."""
    key: dict[str, str]
    """See `keys.py`."""
    data: str
    """Id of the snapshot that it was made from."""
    same_in: str
    """The newest snapshot in which all rows that it read were found unchanged."""
    files: dict[str, int]
    """Its main files by name, with their sizes in bytes."""
    stamp: int
    """Modification time of its manifest in ns: tells this report from one that came from elsewhere."""


@dataclass(frozen=True)
class Failure:
    """How the job last failed."""

    at: str
    """ISO, UTC."""
    cause: str
    """The same for all jobs that failed for the same reason (`summary.py`)."""
    problems: list[dict[str, str]]
    """Fields of `errors.Problem`."""


@dataclass(frozen=True)
class Record:
    """A job's record; without either part the job was never run."""

    job: str
    good: Good | None = None
    failure: Failure | None = None
    """None where the last run went well."""


@dataclass(frozen=True)
class Records:
    """The records of a working copy."""

    reports: Path
    folder: Path = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "folder", self.reports / FOLDER)

    def read(self, job: str) -> Record:
        """The job's record; an empty one where there is none that can be read."""
        try:
            with open(f"{self.folder}/{job}.json", "rb") as stream:  # noqa: PTH123  # one of 980
                found = json.load(stream)
            good, failure = found["good"], found["failure"]
            return Record(job, good and Good(**good), failure and Failure(**failure))
        except (OSError, ValueError, KeyError, TypeError):
            return Record(job)

    def write(self, record: Record) -> None:
        """Replace the job's record in one step."""
        write_json(self.folder / f"{record.job}.json", asdict(record))

    def remember_same(self, record: Record, snapshot: str) -> None:
        """Note that the report's rows are the same in a newer snapshot; only saves time, so may fail."""
        if record.good is not None:
            with suppress(OSError):
                self.write(replace(record, good=replace(record.good, same_in=snapshot)))

    def all(self) -> list[Record]:
        """Every record, by job."""
        paths = sorted(self.folder.glob("*/*/*.json"))
        return [self.read(p.relative_to(self.folder).with_suffix("").as_posix()) for p in paths]


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
        return json.loads(path.read_bytes())
    except (OSError, ValueError):
        return {}
