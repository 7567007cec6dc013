"""What a build would do: for each report whether it is fresh, why it is stale, or what it waits for.

Runs before every build, so that one with nothing to do ends at once: only the standard library is
imported, until something has changed that needs more to be judged. Of a periodical Bilag the newest
edition is wanted that the source has every number for; what was found for a plan holds as long as neither
its params nor its snapshot is another one.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from itertools import groupby
from pathlib import Path
from typing import Any

from beskplan.core.danish import list_danish
from beskplan.core.editions import (
    earlier_edition,
    edition_name,
    edition_period,
    no_editions,
    rows_as_sent,
    split_name,
)
from beskplan.core.errors import UnknownNameError
from beskplan.core.files import ROWS
from beskplan.runner.keys import changed, digest, library_key, package_versions
from beskplan.runner.records import FOLDER, Record, Records, damage, listing, read_json, remember
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


_MEMORY = "udgaver.json"
SHOWN_NAMES = 6
"""Sections that an edition waits for; the others are counted."""


@dataclass(frozen=True)
class Waiting:
    """An edition that cannot be made yet."""

    plan: str
    """`2026/rudersdal`."""
    name: str
    """`status-2026K4`; of a Bilag that has no edition at all yet `status`."""
    waits_for: tuple[str, ...]
    """What the source has not counted, in Danish."""
    is_past: bool = False
    """Whether there are whole editions after it: what it lacks will hardly come."""


def editions(
    root: Path, library: str, found: Sequence[Wanted], choice: Choice, data: DataNow
) -> tuple[tuple[Wanted, ...], tuple[Waiting, ...]]:
    """Put an edition in the place of each periodical Bilag, and tell of those that wait.

    Args:
        root: The working copy.
        library: Hash of the code that judges: what other code has found is not trusted.
        found: What the params ask for.
        choice: Its `periode` asks for one edition by name; other reports are then left out.
        data: The working copy's data.

    Raises:
        UnknownNameError: an edition is asked for by name, and nothing chosen has editions.
        BeskplanError: params or data are wrong.
    """
    if choice.periode and not any(one.hver for one in found):
        named = choice.bilag or "det valgte"
        raise UnknownNameError(no_editions("--periode", f"{named}, {choice.periode}"))
    answers = _answers(root, library, (one for one in found if one.hver), choice.periode, data)
    wanted: list[Wanted] = []
    waiting: list[Waiting] = []
    for one in found:
        if not one.hver:
            wanted += [] if choice.periode else [one]
            continue
        answer = answers[one.job]
        if answer.get("ended") and not choice.kommune:
            # A region that has ended hinders no edition of the others; named, its check says so.
            continue
        periode, waits_for = answer["periode"], answer["waits_for"]
        if not periode and not waits_for:
            # Its check says what is wrong with it.
            wanted.append(one)
        # A period and the one that follows may be two plans' turn.
        if periode and _in_turn(one.job, periode, answers, choice):
            wanted.append(_edition(root, one, periode))
        if waits_for and _in_turn(one.job, answer["next"], answers, choice):
            plan, _, bilag = one.job.rpartition("/")
            name, past = edition_name(bilag, answer["next"]), answer.get("past", False)
            waiting.append(Waiting(plan, name, tuple(waits_for), past))
    return tuple(wanted), tuple(waiting)


def _edition(root: Path, one: Wanted, periode: str) -> Wanted:
    """The edition of a period; the one before it is part of what it is made from."""
    job = edition_name(one.job, periode)
    reports, read = root / "reports", []
    if before := earlier_edition(reports, job, ROWS):
        sent = rows_as_sent(reports, before).read_bytes()
        read = [before.name, hashlib.sha256(sent).hexdigest()]
    return replace(one, job=job, key={**one.key, "earlier": digest(read)})


def _in_turn(job: str, periode: str, jobs: Iterable[str], choice: Choice) -> bool:
    """Whether a period is the turn of this one of a municipality's plans that have the Bilag.

    It is the newest plan's that is no later than the period, else the oldest's: an edition is never made
    twice. A year that a person has named is that person's choice.
    """
    if choice.aar is not None:
        return True
    aar, _, rest = job.partition("/")
    years = [int(year) for year, _, other in (one.partition("/") for one in jobs) if other == rest]
    past = [year for year in years if year <= int(periode[:4] or "9999")]
    return int(aar) == max(past, default=min(years))


def _answers(
    root: Path, library: str, asked: Iterable[Wanted], periode: str | None, data: DataNow
) -> dict[str, Any]:
    """For each periodical Bilag the `periode` to make, the `next` one and what that `waits_for`.

    Looked for where params, snapshot or the period that is asked for are others than the last time.
    """
    path = root / "reports" / FOLDER / _MEMORY
    known = read_json(path)
    now, answers = dict(known), {}
    for one in asked:
        name = edition_name(one.job, periode or "")
        key = digest([library, one.inputs, data.resolve(one.data)])
        before = known.get(name)
        if not isinstance(before, dict) or before.get("key") != key:
            now[name] = {"key": key, **_look(root, one.job, periode)}
        answers[one.job] = now[name]
    if now != known:
        remember(path, now)
    return answers


def _look(root: Path, job: str, periode: str | None) -> dict[str, Any]:
    from beskplan.report.base import Context
    from beskplan.report.status_periode import exists_in, newest_period, waits_for

    aar, kommune, bilag = job.split("/")
    context = Context.load(bilag, kommune, int(aar), root, periode or "")
    if context.params.maalgrupper is None:
        # No sections: nothing is waited for, and its check refuses the plan.
        return {"periode": periode or "", "next": "", "waits_for": ()}
    if periode and not exists_in(context, edition_period(periode)):
        return {"periode": periode, "next": "", "waits_for": (), "ended": True}
    newest = newest_period(context)
    if periode:
        asked = edition_period(periode)
        lacking = waits_for(context, asked)
        past = newest.periode is not None and asked.last_day < newest.periode.last_day
        made = "" if lacking else periode
        return {"periode": made, "next": periode, "waits_for": lacking, "past": past}
    following = newest.periode.next.statbank if newest.periode else ""
    made = newest.periode.statbank if newest.periode else ""
    return {"periode": made, "next": following, "waits_for": newest.waits_for}


def waiting_lines(waiting: Iterable[Waiting]) -> Iterator[str]:
    """What editions wait for: a line a plan, or one for all that wait for the same."""
    ordered = sorted(waiting, key=lambda one: (one.name, one.waits_for, one.is_past, one.plan))
    for (name, waits_for, past), group in groupby(
        ordered, lambda one: (one.name, one.waits_for, one.is_past)
    ):
        plans = [one.plan for one in group]
        who = f"{plans[0]}/{name}" if len(plans) == 1 else f"{len(plans)} planer: {name}"
        more = len(waits_for) - SHOWN_NAMES
        named = [*waits_for[:SHOWN_NAMES], *([f"{more} andre"] if more > 0 else [])]
        verb = "kan ikke laves: data mangler" if past else "venter på"
        yield f"{who} {verb} {list_danish(named)}."
