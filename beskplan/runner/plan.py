"""What a build would do: for each report whether it is fresh, or why it is stale.

Runs before every build, so that one with nothing to do ends at once: only the standard library is
imported, until something has changed that needs more to be judged.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from beskplan.core.editions import split_name
from beskplan.runner.editions import Waiting, editions
from beskplan.runner.keys import changed, digest, library_key, package_versions
from beskplan.runner.records import Record, Records, damage, listing
from beskplan.runner.wanted import Choice, DataNow, Wanted, wanted

ENDINGS = (".html", ".pdf", ".ipynb", ".xlsx")
"""Of the report's main files."""
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
    inputs: dict[str, str]
    """Path -> SHA-256 of every params file that it may read, as they are now."""
    record: Record

    @property
    def fresh(self) -> bool:
        """Whether there is nothing to do for it."""
        return not self.reasons


@dataclass(frozen=True)
class Plan:
    """All reports of a choice, in the order in which they are to be made."""

    jobs: tuple[Planned, ...]
    waiting: tuple[Waiting, ...] = ()
    """Editions that are not made, as the source does not have all of their numbers."""

    @property
    def stale(self) -> tuple[Planned, ...]:
        """What a build makes."""
        return tuple(job for job in self.jobs if not job.fresh)

    @property
    def all_fresh(self) -> str:
        """What to tell a person where nothing is stale."""
        return f"{len(self.jobs)} rapport{'er' if len(self.jobs) != 1 else ''}: intet at lave."

    def as_json(self) -> dict[str, Any]:
        """The plan for other programs; docs/plan-json.md says what each key means."""
        return {
            "version": VERSION,
            "total": len(self.jobs),
            "stale": len(self.stale),
            "waiting": [asdict(one) for one in self.waiting],
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
        BeskplanError: params are wrong, the newest snapshot is damaged, or nothing fits the choice.
    """
    parts = {**library_key(), "packages": package_versions()}
    records = Records(root / "reports")
    data = DataNow(root)
    jobs = []
    found, waiting = look(root, choice, readers=_readers_of(parts), data=data)
    for one in found:
        record = records.read(one.job)
        if only_failed and not record.failed_at:
            continue
        jobs.append(_planned(one, record, {**one.key, **parts}, data, records, force=force))
    return Plan(tuple(sorted(jobs, key=_newest_failure_first)), waiting)


def look(
    root: Path,
    choice: Choice | None = None,
    *,
    readers: str | None = None,
    data: DataNow | None = None,
) -> tuple[tuple[Wanted, ...], tuple[Waiting, ...]]:
    """Every report of a choice, whether it is stale or not, and what waits; errors as `make_plan`.

    Args:
        root: The working copy.
        choice: Which reports.
        readers: `readers_key`, where it is known already.
        data: The working copy's data, where they were looked at already.
    """
    choice, library, now = choice or Choice(), readers or readers_key(), data or DataNow(root)
    found = wanted(root, library, choice)
    # A report must not quietly be made of older numbers because the newest cannot be read.
    for one in found:
        now.resolve(one.data)
    return editions(root, library, found, choice, now)


def readers_key() -> str:
    """Hash of the code that reads params, as `wanted` asks for it."""
    return _readers_of(library_key())


def _readers_of(parts: dict[str, str]) -> str:
    return digest([parts["library"], parts["registers"]])


def _newest_failure_first(job: Planned) -> tuple[bool, float]:
    """Failures are repaired by somebody who waits; the others keep their order."""
    if not job.record.failed_at:
        return True, 0.0
    from datetime import datetime

    return False, -datetime.fromisoformat(job.record.failed_at).timestamp()


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
    reasons = [*_reasons(record, key, records), *(["--force"] if force else [])]
    # Comparing rows costs most, and only matters where nothing else has changed.
    if not reasons and now not in (record.data, record.same_in):
        if data.same_rows(records.reports / one.job, now):
            records.remember(record, same_in=now)
        else:
            reasons = [f"tal, som den har læst, er andre i øjebliksbillede {now}"]
    return Planned(one.job, tuple(reasons), key, now, one.inputs, record)


def _reasons(record: Record, key: dict[str, str], records: Records) -> list[str]:
    if record.failed_at:
        return [f"mislykkedes {record.failed_at}: {record.cause}"]
    if not record.made_at:
        return ["aldrig lavet"]
    if reasons := changed(record.key, key):
        return reasons
    folder = records.reports / record.job
    seen = listing(folder)
    if seen == record.listing:
        return []
    found = damage(folder, record)
    if not found:
        records.remember(record, listing=seen)
    return found


def _job_json(job: Planned) -> dict[str, Any]:
    aar, kommune, name = job.job.split("/")
    bilag, periode = split_name(name)
    return {
        "job": job.job,
        "aar": int(aar),
        "kommune": kommune,
        "bilag": bilag,
        "periode": periode or None,
        "fresh": job.fresh,
        "reasons": list(job.reasons),
        "data": job.data,
        "key": digest([job.key, job.data]),
        "outputs": [f"reports/{job.job}/{bilag}{ending}" for ending in ENDINGS],
        "made_at": job.record.made_at or None,
    }
