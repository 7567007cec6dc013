"""`beskplan list`, `check`, `plan`, `build`, `run` and `combine`: what there is to do, and doing it."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from functools import partial
from json import dumps
from pathlib import Path
from types import FrameType
from typing import Annotated, NoReturn

import typer

from beskplan.cli import imported_when_used, say, working_copy
from beskplan.core.colours import BESIDE_OWN, GRAPHICS_CONTRAST, is_for_charts
from beskplan.core.danish import list_danish
from beskplan.core.editions import split_name
from beskplan.core.errors import InputError, Problem, UnknownNameError, did_you_mean
from beskplan.runner.building import Build, OpenPool, build_lock, lines, run_lock, shown
from beskplan.runner.collecting import Each, collect, one_by_one, stale_collections, write_combined
from beskplan.runner.plan import Plan, look, make_plan, waiting_lines
from beskplan.runner.records import status_is_old, write_status
from beskplan.runner.wanted import Choice, is_first_build

with imported_when_used():
    from beskplan.newplan import moving
    from beskplan.params import jobs as params_jobs
    from beskplan.params import models, profil
    from beskplan.registers import areas, benefits
    from beskplan.report import base, resultatmaal
    from beskplan.runner import checking, remote
    from beskplan.runner.engine import pool as pools

EVERYTHING = Choice()
WHAT = ("jobs", "kommuner", "ydelser", "bilag")


def list_(
    what: str = "jobs",
    *,
    choice: Choice = EVERYTHING,
    root: Path | None = None,
) -> None:
    """Vis rapporterne, som params/ beder om, eller de kendte navne.

    Der står én på hver linje.

    Eksempel: beskplan list --aar 2021

    Args:
        what: `jobs`, `kommuner`, `ydelser` eller `bilag`.
    """
    say(_listed(what, root, choice))


def _listed(what: str, root: Path | None, choice: Choice) -> Iterator[str]:
    match what:
        case "jobs":
            yield from (one.job for one in look(working_copy(root), choice)[0])
        case "kommuner":
            yield from (f"{one.kode}  {one.slug:<20}  {one.navn}" for one in areas.kommuner())
        case "ydelser":
            every = (*benefits.benefits(), *benefits.composites())
            yield from (f"{one.id:<32}  {one.forms[-1].name}" for one in every)
        case "bilag":
            paths = (working_copy(root) / "notebooks").glob("*.ipynb")
            yield from sorted(path.stem for path in paths)
        case _:
            expected, fix = f"en af {', '.join(WHAT)}", did_you_mean(what, WHAT)
            raise UnknownNameError(
                Problem("list", "sådan en liste findes ikke", repr(what), expected, fix)
            )


def check(
    *,
    choice: Choice = EVERYTHING,
    root: Path,
) -> None:
    """Find det, der er galt med params, notebooks og tal.

    Filerne under reports/ bliver ikke rørt.

    Eksempel: beskplan check --kommune Rudersdal
    """
    found, waiting = look(root, choice)
    jobs = [params_jobs.Job.parse(one.job) for one in found]
    checking.check(jobs, params_jobs.Workplace(root), files=True)
    typer.echo(f"{len(jobs)} rapport{'er' if len(jobs) != 1 else ''}: ingen fejl fundet.")
    say(waiting_lines(waiting))
    for told in (_open_choices, _targets_without_data, _own_colours):
        say(told(root, jobs))


def _open_choices(place: Path, jobs: list[params_jobs.Job]) -> Iterator[str]:
    files = (one for job in jobs for one in models.plan_files(place, job.kommune, job.aar))
    for path in dict.fromkeys(files):
        if number := moving.open_choices(path.read_text(encoding="utf-8")):
            yield f"{path.relative_to(place).as_posix()}: {number} valg mangler, mærket VALG"


def _targets_without_data(place: Path, jobs: list[params_jobs.Job]) -> Iterator[str]:
    for job in jobs:
        if job.bilag == resultatmaal.Resultatmaal.bilag:
            context = base.Context.load(job.bilag, job.kommune, job.aar, place)
            yield from resultatmaal.Resultatmaal(context).never_followed()


def _own_colours(place: Path, jobs: list[params_jobs.Job]) -> Iterator[str]:
    """Colours of municipalities that their pages have, and their charts cannot have."""
    for kommune in dict.fromkeys(job.kommune for job in jobs):
        colours = profil.read_presentation(kommune, place).profil.farver
        if colours and not is_for_charts(colours.lys.grafik):
            yield (
                f"params/{kommune}/profil.yaml: {colours.lys.grafik} bruges ikke i figurerne; dér kræves en "
                f"kontrast på {GRAPHICS_CONTRAST:.0f}:1 til {list_danish(BESIDE_OWN)}"
            )


def plan(
    *,
    choice: Choice = EVERYTHING,
    json: bool = False,
    root: Path,
) -> None:
    """Vis, hvilke rapporter der er forældet, og hvorfor.

    Ingen af dem bliver lavet.

    Eksempel: beskplan plan --kommune Rudersdal

    Args:
        json: Hver rapport, til andre programmer; docs/plan-json.md.
    """
    made = make_plan(root, choice)
    if json:
        typer.echo(dumps(made.as_json(), ensure_ascii=False, indent=1))
        return
    say(f"forældet  {job.job}  {'; '.join(job.reasons)}" for job in made.stale)
    fresh = len(made.jobs) - len(made.stale)
    typer.echo(f"{len(made.stale)} af {len(made.jobs)} skal laves; {fresh} er friske.")
    _tell_waiting(made)


def build(
    *,
    choice: Choice = EVERYTHING,
    force: bool = False,
    only_failed: bool = False,
    jobs: Annotated[int | None, {"min": 1, "names": ("--jobs", "-j")}] = None,
    wait: Annotated[float, {"min": 0}] = 0.0,
    on: str | None = None,
    root: Path,
) -> None:
    """Lav de rapporter, der er forældet.

    Det gælder alt under params/ eller et udvalg af det.

    Af et bilag, der kommer hver måned eller hvert kvartal, laves den nyeste udgave, der er alle tal til;
    hvad den næste venter på, bliver vist. Med --periode laves kun den udgave, og koden er 1, hvis den
    mangler for en plan.

    Eksempel: beskplan build --kommune Rudersdal --aar 2021

    Args:
        force: Lav også dem, der er friske.
        only_failed: Kun dem, der mislykkedes sidst.
        jobs: Rapporter ad gangen; ellers alle kerner.
        wait: Sekunder, der ventes på, at en anden kørsel slutter; ellers er koden 4.
        on: Lav dem på en Dask-klynge: tcp://scheduler:8786.
    """
    with _others_named(choice):
        _work(root, choice, force, only_failed, workers=jobs, wait=wait, on=on)


def run(
    job: str,
    *,
    force: bool = False,
    wait: Annotated[float, {"min": 0}] = 0.0,
    root: Path,
) -> None:
    """Lav én rapport, hvis den er forældet.

    Det er den, som cron, Snakemake, Airflow eller Slurm kører.

    Slutter med 0, når rapporten er der og er frisk, 1, når den mislykkedes, 2, når noget skal rettes,
    4, når en anden kørsel er i gang. Mange kan køre på én gang, hver med sin rapport.

    Eksempel: beskplan run 2021/rudersdal/maalgrupper

    Args:
        job: aar/kommune/bilag eller aar/kommune/bilag-periode, som `beskplan list` viser det.
        force: Lav også dem, der er friske.
        wait: Sekunder, der ventes på, at en anden kørsel slutter; ellers er koden 4.
    """
    _work(root, _choice(job), force, alone=False, workers=1, wait=wait)


def combine(
    *,
    kommune: str | None = None,
    aar: int | None = None,
    word: bool = False,
    root: Path,
) -> None:
    """Saml en plans Bilag i én PDF eller ét Word-dokument.

    `beskplan build` gør det selv for hver plan med flere Bilag; efter `beskplan run` af enkelte
    rapporter får denne kommando den samlede PDF til at følge med.

    Eksempel: beskplan combine --kommune Rudersdal --aar 2021

    Args:
        word: Som Word-dokument, til den, der skriver videre i Word.
    """
    place = params_jobs.Workplace(root)
    jobs = params_jobs.select(place, kommune, aar)
    plans = list(dict.fromkeys((job.kommune, job.aar) for job in jobs))
    # A plan of editions alone has nothing to collect, and is refused where it is what was named.
    for a_kommune, an_aar in [one for one in plans if params_jobs.plan_jobs(place, *one)] or plans:
        typer.echo(os.path.relpath(write_combined(root, a_kommune, an_aar, word=word)))


def _choice(job: str) -> Choice:
    """The choice of one job by its id, as a person may write it."""
    aar, _, rest = job.strip("/").partition("/")
    kommune, _, name = rest.partition("/")
    if not aar.isdigit() or not kommune or not name or "/" in name:
        params_jobs.Job.parse(job)
    bilag, periode = split_name(name)
    return Choice(kommune, int(aar), bilag, periode or None)


def _tell_waiting(plan: Plan, asked: str | None = None) -> None:
    """Say what editions wait for; end with 1 where one of them was asked for by name."""
    say(waiting_lines(plan.waiting))
    if asked and plan.waiting:
        raise typer.Exit(1)


def _pool(place: Path, expected: int, workers: int | None, address: str | None) -> OpenPool:
    if address is not None:
        return lambda: remote.open_cluster(params_jobs.Workplace(place), address)
    return lambda: _local_pool(place, expected, workers)


def _local_pool(place: Path, expected: int | None, workers: int | None) -> pools.ReportPool:
    """The pool of this machine; many reports are expected where their number is not known."""
    reports = pools.READ_FROM if expected is None else expected
    return pools.ReportPool(place, reports, workers, tell=_tell)


def _work(
    place: Path,
    choice: Choice,
    force: bool,
    only_failed: bool = False,
    *,
    alone: bool = True,
    workers: int | None,
    wait: float,
    on: str | None = None,
) -> None:
    """Make what is stale of a choice, show how it goes, and end with 1 where a report failed.

    Args:
        place: The working copy.
        choice: What to look at.
        force: Whether to make fresh ones too.
        only_failed: Whether to make only those whose last run failed.
        alone: Whether no other may work here meanwhile; else only the one job is held.
        workers: Reports at a time; None for all cores.
        wait: Seconds to wait for another.
        on: A Dask cluster's address.
    """
    look_again = partial(make_plan, place, choice, force=force, only_failed=only_failed)
    combined = partial(_combine, place, choice) if alone else None
    early: pools.ReportPool | None = None
    if on is None and (force or is_first_build(place)):
        # There is work for certain: the warm process imports while this one reads the params.
        early = _local_pool(place, 1 if choice.kommune or choice.bilag else None, workers)
    with early or nullcontext():
        stale = look_again()
        if not stale.stale:
            if status_is_old(place / "reports"):
                # A build that was killed could not write it.
                write_status(place / "reports")
            if combined:
                combined(one_by_one)
            typer.echo("Ingen rapport mislykkedes sidst." if only_failed else stale.all_fresh)
            _tell_waiting(stale, asked=choice.periode)
            return
        job = () if alone else (stale.jobs[0].job,)
        hold = build_lock if alone else run_lock
        lock = partial(hold, place / "reports", *job, wait_seconds=wait, tell=_tell)
        pool = (lambda: early) if early else _pool(place, len(stale.stale), workers, on)
        work = Build(place, pool, lock, look_again, alone, combined, _tell)
        with _ended_by_sigterm():
            outcomes = list(shown(work.run(stale), total=len(stale.stale)))
    say(lines(outcomes))
    _tell_waiting(stale, asked=choice.periode)
    if any(not outcome.ok for outcome in outcomes):
        raise typer.Exit(1)


def _combine(place: Path, choice: Choice, each: Each) -> None:
    """Set the combined PDFs of which a Bilag has changed."""
    if (stale := stale_collections(place, choice)) and (made := collect(place, stale, _tell, each)):
        typer.echo(f"{made} samlet PDF lavet." if made == 1 else f"{made} samlede PDF'er lavet.")


@contextmanager
def _others_named(choice: Choice) -> Iterator[None]:
    """Where a plan hinders a build of them all, say how the others are built."""
    try:
        yield
    except InputError as error:
        files = all(one.where.startswith("params/") for one in error.problems)
        if choice.kommune or choice.aar or not files:
            raise
        fix = (
            "ret den plan, eller byg de andre hver for sig: beskplan build --kommune ... --aar ..."
        )
        hint = Problem("build", "ingen rapport er lavet: alle planer kontrolleres først", fix=fix)
        raise type(error)([*error.problems, hint]) from None


@contextmanager
def _ended_by_sigterm() -> Iterator[None]:
    """Let SIGTERM end the build as Ctrl-C does: children ended, work folders gone."""

    def stop(number: int, _frame: FrameType | None) -> NoReturn:
        raise SystemExit(128 + number)

    before = signal.signal(signal.SIGTERM, stop)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def _tell(sentence: str) -> None:
    say([sentence], err=True)
