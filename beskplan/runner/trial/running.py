"""A trial from its cases to what each page says, in a folder of its own: reports/ is not touched."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import pandas as pd

from beskplan.core.errors import InputError, Problem
from beskplan.core.files import ROWS
from beskplan.core.periods import Period
from beskplan.observations import Snapshot, embedded, newest
from beskplan.params import available, read, subject
from beskplan.params.jobs import Job, Workplace
from beskplan.registers.areas import area as area_of
from beskplan.registers.areas import find
from beskplan.registers.breaks import breaks_between
from beskplan.render.page import read_page
from beskplan.render.pieces import read_notebook
from beskplan.runner.building import open_local_pool
from beskplan.runner.checking import check
from beskplan.runner.make_report import Outcome
from beskplan.runner.trial.cases import (
    FIRST_YEAR,
    Case,
    awkward,
    everyone,
    first_year,
    withheld_month,
)
from beskplan.runner.trial.facts import Fact, page_facts
from beskplan.runner.trial.plans import Ground, read_ground, write_trial

REGIONAL = "rar_oversigt"
"""The notebook about the plans of a region."""
REGIONAL_WHY = "regionens plan, som den står i params/"
_KEPT = ("snapshot.json", "observations.parquet")
"""Files of a snapshot that reports are made from; what came in stays where it is."""


@dataclass(frozen=True)
class Choice:
    """What a trial covers.

    Attributes:
        everyone: All 98 municipalities instead of the awkward ones.
        kommune: One municipality only.
        aar: The plan year; the newest that has shared params where left out.
        bilag: One notebook only.
    """

    everyone: bool = False
    kommune: str | None = None
    aar: int | None = None
    bilag: str | None = None


@dataclass(frozen=True)
class Tried:
    """One page of the trial: what it says, or why it could not be made."""

    job: Job
    why: str
    """Why its municipality was looked at; empty for one like any other."""
    facts: tuple[Fact, ...] = ()
    problems: tuple[Problem, ...] = ()

    @property
    def ok(self) -> bool:
        """Whether the page was made."""
        return not self.problems


Watch = Callable[[Iterable[Outcome], int], Iterable[Outcome]]
"""Passes on outcomes of which so many will come, such as a progress bar."""


def try_areas(
    root: Path,
    choice: Choice,
    *,
    keep: Path | None = None,
    workers: int | None = None,
    tell: Callable[[str], None] = print,
    watch: Watch = lambda outcomes, _total: outcomes,
) -> tuple[Tried, ...]:
    """Run every notebook for the chosen areas, and read what the pages say.

    Args:
        root: The working copy; nothing in it is written.
        choice: Which areas, year and notebook.
        keep: An empty or new folder for the pages; they are thrown away where left out.
        workers: Reports at a time; all processors where left out.
        tell: Takes a sentence that a person should see.
        watch: Sees the outcomes as they come.

    Returns:
        A page each, by case and notebook.

    Raises:
        InputError: there are no data to try with, a plan of the working copy is wrong, or nothing
            fits the choice.
    """
    snapshot = _snapshot(root)
    with _folder(keep) as folder:
        cases, jobs = _prepared(root, folder, choice, snapshot)
        place = Workplace(folder)
        refused = _refused(jobs, place)
        left = [job for job in jobs if job not in refused]
        outcomes = {job: Outcome(job, place.folder(job), refused[job]) for job in refused}
        if left:
            with open_local_pool(place, workers, tell) as pool:
                for outcome in watch(pool.run(left), len(left)):
                    outcomes[outcome.job] = outcome
        return tuple(_tried(outcomes[job], cases.get((job.aar, job.kommune))) for job in jobs)


def _snapshot(root: Path) -> Snapshot:
    found = newest(root)
    if found is None:
        raise InputError(
            Problem(
                where="data/snapshots/",
                what="no snapshot to try with",
                found=embedded().text,
                expected="numbers of all municipalities",
                fix="beskplan fetch, or beskplan import FILE",
            )
        )
    return found[1]


@contextmanager
def _folder(keep: Path | None) -> Iterator[Path]:
    if keep is None:
        with TemporaryDirectory(prefix="beskplan-") as folder:
            yield Path(folder)
        return
    if keep.exists() and (not keep.is_dir() or any(keep.iterdir())):
        raise InputError(Problem(str(keep), "is not empty", fix="name a new folder"))
    keep.mkdir(parents=True, exist_ok=True)
    yield keep.resolve()


def _prepared(
    root: Path, folder: Path, choice: Choice, snapshot: Snapshot
) -> tuple[dict[tuple[int, str], Case], list[Job]]:
    """The trial's own working copy in a folder: its cases by year and slug, and its jobs."""
    for name in _KEPT:
        kept = folder / "data" / "snapshots" / snapshot.id / name
        kept.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(root / "data" / "snapshots" / snapshot.id / name, kept)
    aar, ground = read_ground(root, choice.aar, snapshot.frame)
    cases = list(_cases(choice, snapshot.frame, aar, ground))
    jobs = write_trial(root, folder, cases, ground)
    if choice.kommune is None:
        jobs += [
            Job(year, slug, REGIONAL)
            for slug, year in available(root)
            if subject(slug).kind != "kommune" and REGIONAL in read(slug, year, root).bilag
        ]
    if choice.bilag is not None:
        Workplace(root).notebook(choice.bilag)
        jobs = [job for job in jobs if job.bilag == choice.bilag]
    if not jobs:
        raise InputError(Problem("bilag", "no page fits the choice", repr(choice.bilag)))
    return {(case.aar, case.kommune.slug): case for case in cases}, jobs


def _cases(choice: Choice, frame: pd.DataFrame, aar: int, ground: Ground) -> Iterator[Case]:
    """The municipalities in the year's own period, and those that are looked at in another too."""
    period = Period.parse(str(ground.maalgrupper["periode"]))
    wanted = find(choice.kommune, kind="kommune") if choice.kommune else None
    widely = choice.everyone or wanted is not None
    cases = [
        case
        for case in (everyone if widely else awkward)(frame, aar, period)
        if wanted in (None, case.kommune)
    ]
    yield from cases
    benefits = {section["ydelse"] for section in ground.maalgrupper["afsnit"].values()}
    started = first_year(wanted or find(FIRST_YEAR), frame)
    others = [withheld_month(case.kommune, frame, aar, benefits) for case in cases if case.why]
    seen = {(case.aar, case.kommune) for case in cases}
    for other in (started, *others):
        if other is not None and (other.aar, other.kommune) not in seen:
            seen.add((other.aar, other.kommune))
            yield other


def _refused(jobs: Sequence[Job], place: Workplace) -> dict[Job, tuple[Problem, ...]]:
    """The jobs that a build would refuse before it starts, each with its problems."""
    try:
        check(jobs, place)
    except InputError:
        return {job: found for job in jobs if (found := _problems(job, place))}
    return {}


def _problems(job: Job, place: Workplace) -> tuple[Problem, ...]:
    try:
        check([job], place)
    except InputError as error:
        return error.problems
    return ()


def _tried(outcome: Outcome, case: Case | None) -> Tried:
    why = case.why if case else REGIONAL_WHY
    if not outcome.ok:
        return Tried(outcome.job, why, problems=outcome.problems)
    page = read_page(read_notebook(outcome.folder / f"{outcome.job.bilag}.ipynb"))
    facts = page_facts(page, _breaks(outcome.folder / ROWS), case.partner if case else None)
    return Tried(outcome.job, why, tuple(facts))


def _breaks(rows: Path) -> frozenset[str]:
    """Notes of all breaks between the first and the last period of each series that was read."""
    series: dict[tuple[str, str, str], list[Period]] = {}
    for line in rows.read_text(encoding="utf-8").splitlines():
        indicator, ydelse, _group, area, period, *_ = json.loads(line)
        series.setdefault((indicator, ydelse, area), []).append(Period.parse(period))
    return frozenset(
        one.note
        for (indicator, ydelse, area), periods in series.items()
        for kind in {period.kind for period in periods}
        for one in breaks_between(
            indicator,
            ydelse,
            area_of(area).kode,
            min(period for period in periods if period.kind == kind),
            max(period for period in periods if period.kind == kind),
        )
    )
