"""What a build would do: for each report whether it is fresh, or why it is stale.

Runs before every build, so that one with nothing to do ends at once: only the standard library is
imported, until something has changed that needs more to be judged.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from beskplan.runner.data_now import DataNow
from beskplan.runner.keys import changed, digest, library_key, package_versions
from beskplan.runner.records import Good, Record, Records
from beskplan.runner.wanted import Choice, Wanted, wanted

MANIFEST = "manifest.json"
ENDINGS = (".html", ".pdf", ".ipynb", ".xlsx")
"""Of the report's main files, whose presence and size are looked at; `publish` compares the hashes."""
VERSION = 1
"""Of the JSON that `beskplan plan --json` prints; a key that goes or changes its meaning raises it."""


@dataclass(frozen=True)
class Planned:
    """One report and what there is to do for it."""

    job: str
    reasons: tuple[str, ...]
    """Why it is stale; empty where it is fresh."""
    key: dict[str, str]
    """All parts of its input key as they are now (`keys.PARTS`)."""
    data: str
    """Id of the snapshot that it is to be made from; `publiceret` for the embedded figures."""
    record: Record

    @property
    def fresh(self) -> bool:
        """Whether there is nothing to do for it."""
        return not self.reasons


@dataclass(frozen=True)
class Plan:
    """All reports of a choice, in the order in which they are to be made."""

    jobs: tuple[Planned, ...]

    @property
    def stale(self) -> tuple[Planned, ...]:
        """What a build makes."""
        return tuple(job for job in self.jobs if not job.fresh)

    @property
    def all_fresh(self) -> str:
        """What to tell a person where nothing is stale."""
        return f"{len(self.jobs)} report{'s' if len(self.jobs) != 1 else ''}: nothing to do."

    def as_json(self) -> dict[str, Any]:
        """The plan for other programs; docs/plan-json.md says what each key means."""
        return {
            "version": VERSION,
            "total": len(self.jobs),
            "stale": len(self.stale),
            "jobs": [_job_json(job) for job in self.jobs],
        }


def make_plan(
    root: Path,
    choice: Choice | None = None,
    *,
    force: bool = False,
    only_failed: bool = False,
) -> Plan:
    """Look at every report of a choice.

    Args:
        root: The working copy.
        choice: Which reports; all that the params ask for where left out.
        force: Call fresh reports stale too.
        only_failed: Leave out what did not fail the last time.

    Raises:
        BeskplanError: params are wrong, or nothing fits the choice; all problems at once.
    """
    parts = {**library_key(), "packages": package_versions()}
    readers = _readers_of(parts)
    records = Records(root / "reports")
    data = DataNow(root)
    jobs = []
    for one in wanted(root, readers, choice):
        record = records.read(one.job)
        if only_failed and record.failure is None:
            continue
        jobs.append(_planned(one, record, {**one.key, **parts}, data, records, force=force))
    return Plan(tuple(sorted(jobs, key=_newest_failure_first)))


def readers_key() -> str:
    """Hash of the code that reads params, as `wanted` asks for it."""
    return _readers_of(library_key())


def _readers_of(parts: dict[str, str]) -> str:
    return digest([parts["library"], parts["registers"]])


def _newest_failure_first(job: Planned) -> tuple[bool, float]:
    """Failures are repaired by somebody who waits; the others keep their order."""
    failure = job.record.failure
    if failure is None:
        return True, 0.0
    from datetime import datetime

    return False, -datetime.fromisoformat(failure.at).timestamp()


def _planned(
    one: Wanted,
    record: Record,
    key: dict[str, str],
    data: DataNow,
    records: Records,
    *,
    force: bool,
) -> Planned:
    now = data.resolve(one.data)
    folder = records.reports / one.job
    reasons = [*_reasons(record, key, folder), *(["forced"] if force else [])]
    # Comparing rows costs most, and only matters where nothing else has changed.
    if not reasons and record.good and now not in (record.good.data, record.good.same_in):
        if data.same_rows(folder, now):
            records.remember_same(record, now)
        else:
            reasons = [f"data: rows that it read differ in snapshot {now}"]
    return Planned(one.job, tuple(reasons), key, now, record)


def _reasons(record: Record, key: dict[str, str], folder: Path) -> list[str]:
    if record.failure:
        return [f"failed {record.failure.at}: {record.failure.cause}"]
    if record.good is None:
        return ["never made"]
    return changed(record.good.key, key) or list(_damage(record.good, folder))


def _damage(good: Good, folder: Path) -> Iterable[str]:
    """What is wrong with the files in place."""
    there = main_files(folder)
    for name in sorted(good.files.keys() - there.keys()):
        yield f"{name} is missing"
    for name in sorted(good.files.keys() & there.keys()):
        if good.files[name] != there[name]:
            yield f"{name} was changed by hand"
    if not there or manifest_stamp(folder) != good.stamp:
        yield "the folder is not the one that was built"


def main_files(folder: Path) -> dict[str, int]:
    """Name and size of a report's main files; empty where there is no folder."""
    try:
        with os.scandir(folder) as entries:
            return {
                entry.name: entry.stat().st_size
                for entry in entries
                if entry.name.endswith(ENDINGS)
            }
    except OSError:
        return {}


def manifest_stamp(folder: Path) -> int:
    """Modification time of the report's manifest in ns; 0 where there is none."""
    try:
        return os.stat(f"{folder}/{MANIFEST}").st_mtime_ns  # noqa: PTH116  # one of 980
    except OSError:
        return 0


def _job_json(job: Planned) -> dict[str, Any]:
    aar, kommune, bilag = job.job.split("/")
    good = job.record.good
    return {
        "job": job.job,
        "aar": int(aar),
        "kommune": kommune,
        "bilag": bilag,
        "fresh": job.fresh,
        "reasons": list(job.reasons),
        "data": job.data,
        "key": digest([job.key, job.data]),
        "outputs": [f"reports/{job.job}/{bilag}{ending}" for ending in ENDINGS],
        "made_at": good.made_at if good else None,
    }
