"""`beskplan plan`, `build` and `run`: what is to be done, and doing it."""

from __future__ import annotations

import signal
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer

from beskplan.cli.options import Aar, Bilag, Kommune, Root, working_copy

if TYPE_CHECKING:
    # The heavy libraries are imported where there is something to build: `--help`, and a build that
    # finds everything fresh, answer at once.
    from beskplan.runner.building import OpenPool
    from beskplan.runner.collecting import Each
    from beskplan.runner.plan import Plan
    from beskplan.runner.wanted import Choice

Force = Annotated[bool, typer.Option("--force", help="Make fresh reports too.")]
Jobs = Annotated[
    int | None, typer.Option("--jobs", "-j", min=1, help="Reports at a time; all cores by default.")
]
Wait = Annotated[
    float,
    typer.Option("--wait", min=0, help="Seconds to wait for another build to end; else exit 4."),
]
On = Annotated[
    str | None,
    typer.Option("--on", help="Make them on a Dask cluster: tcp://scheduler:8786."),
]


def plan(
    *,
    kommune: Kommune = None,
    aar: Aar = None,
    bilag: Bilag = None,
    json: Annotated[
        bool, typer.Option("--json", help="For other programs; docs/plan-json.md.")
    ] = False,
    root: Root = None,
) -> None:
    """Tell for each report whether it is fresh, or why it is stale; make nothing.

    Example: beskplan plan --kommune Rudersdal
    """
    from beskplan.runner.plan import make_plan
    from beskplan.runner.wanted import Choice

    found = make_plan(working_copy(root), Choice(kommune, aar, bilag))
    if json:
        from json import dumps

        typer.echo(dumps(found.as_json(), ensure_ascii=False, indent=1))
        return
    for job in found.jobs:
        typer.echo(
            f"forældet  {job.job}  {'; '.join(job.reasons)}"
            if job.reasons
            else f"frisk     {job.job}"
        )
    typer.echo(f"{len(found.stale)} af {len(found.jobs)} skal laves.")


def build(
    *,
    kommune: Kommune = None,
    aar: Aar = None,
    bilag: Bilag = None,
    force: Force = False,
    only_failed: Annotated[
        bool, typer.Option("--only-failed", help="Only what failed the last time.")
    ] = False,
    jobs: Jobs = None,
    fail_fast: Annotated[
        bool, typer.Option("--fail-fast", help="Stop after the first failure.")
    ] = False,
    wait: Wait = 0.0,
    on: On = None,
    root: Root = None,
) -> None:
    """Make the reports that are stale: of everything under params/, or of a choice of it.

    Example: beskplan build --kommune Rudersdal --aar 2021
    """
    from beskplan.runner.collecting import one_by_one
    from beskplan.runner.plan import make_plan
    from beskplan.runner.wanted import Choice

    place, choice = working_copy(root), Choice(kommune, aar, bilag)

    def look() -> Plan:
        return make_plan(place, choice, force=force, only_failed=only_failed)

    def combine(each: Each) -> None:
        _combine(place, choice, each)

    found = look()
    if not found.stale:
        _mend_status(place)
        _combine(place, choice, one_by_one)
        typer.echo("Ingen rapport mislykkedes sidst." if only_failed else found.all_fresh)
        return
    from beskplan.runner.lock import build_lock

    _make(
        found,
        place,
        look,
        lambda: build_lock(place / "reports", wait_seconds=wait, tell=_tell),
        _pool(place, len(found.stale), jobs, on),
        fail_fast=fail_fast,
        combined=combine,
    )


def run(
    job: Annotated[str, typer.Argument(help="aar/kommune/bilag, as `beskplan list` prints it.")],
    *,
    force: Force = False,
    wait: Wait = 0.0,
    root: Root = None,
) -> None:
    """Make one report if it is stale; the unit for cron, Snakemake, Airflow or Slurm.

    Ends with 0 when the report is there and fresh, 1 when it failed, 2 when the input is wrong,
    4 when another build is at work. Many may run at once, each for a job of its own.

    Example: beskplan run 2021/rudersdal/maalgrupper
    """
    from beskplan.runner.plan import make_plan
    from beskplan.runner.wanted import Choice

    place = working_copy(root)
    aar, kommune, bilag = _parts(job)
    choice = Choice(kommune, aar, bilag)

    def look() -> Plan:
        return make_plan(place, choice, force=force)

    found = look()
    if not found.stale:
        _mend_status(place)
        typer.echo(found.all_fresh)
        return
    from beskplan.runner.lock import run_lock

    name = found.jobs[0].job
    _make(
        found,
        place,
        look,
        lambda: run_lock(place / "reports", name, wait_seconds=wait, tell=_tell),
        _pool(place, 1, 1, None),
        fail_fast=False,
        alone=False,
    )


def _parts(job: str) -> tuple[int, str, str]:
    """Year, municipality and Bilag of a job's id, as a person may write it."""
    aar, _, rest = job.strip("/").partition("/")
    kommune, _, bilag = rest.partition("/")
    if not aar.isdigit() or not kommune or not bilag or "/" in bilag:
        from beskplan.params.jobs import Job

        Job.parse(job)
    return int(aar), kommune, bilag


def _pool(place: Path, expected: int, workers: int | None, address: str | None) -> OpenPool:
    if address is not None:
        from beskplan.params.jobs import Workplace
        from beskplan.runner.remote import open_cluster

        return lambda: open_cluster(Workplace(place), address)
    from beskplan.runner.engine.pool import ReportPool

    return lambda: ReportPool(place, expected, workers, tell=_tell)


def _make(
    found: Plan,
    place: Path,
    look: Callable[[], Plan],
    lock: Callable[[], AbstractContextManager[None]],
    pool: OpenPool,
    *,
    fail_fast: bool,
    alone: bool = True,
    combined: Callable[[Each], None] | None = None,
) -> None:
    """Build what is stale, show how it goes, and end as the exit codes say."""
    from beskplan.runner.building import Build
    from beskplan.runner.summary import lines, shown

    work = Build(place, pool, lock, look, alone, combined, fail_fast, _tell)
    with _ended_by_sigterm():
        outcomes = list(shown(work.run(found), total=len(found.stale)))
    for line in lines(outcomes):
        typer.echo(line)
    if any(not outcome.ok for outcome in outcomes):
        raise typer.Exit(1)


def _mend_status(place: Path) -> None:
    """Write `status.json` again where a build that was killed could not."""
    from beskplan.runner.records import status_is_old, write_status

    if status_is_old(place / "reports"):
        write_status(place / "reports")


def _combine(place: Path, choice: Choice, each: Each) -> None:
    """Set the combined PDFs of which a Bilag has changed."""
    from beskplan.runner.collecting import collect, stale_collections

    if (stale := stale_collections(place, choice)) and (made := collect(place, stale, _tell, each)):
        typer.echo(f"{made} samlet PDF lavet." if made == 1 else f"{made} samlede PDF'er lavet.")


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
    typer.echo(sentence, err=True)
