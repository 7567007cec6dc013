"""The command line: thin commands over the library.

Exit codes: 0 all well · 1 some reports failed, the others are there · 2 wrong input ·
3 a source failed · 4 another build is at work.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from beskplan import __version__
from beskplan.errors import BeskplanError

if TYPE_CHECKING:
    # The heavy libraries are imported by the commands that need them: `--help` answers at once.
    from beskplan.build.jobs import Job, Workplace

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    help="Reports for Danish municipal employment plans: notebooks in, accessible HTML and PDF out.",
)

Kommune = Annotated[
    str | None, typer.Option("--kommune", help="Name, code or slug of one municipality.")
]
Aar = Annotated[int | None, typer.Option("--aar", help="One plan year.")]
Bilag = Annotated[
    str | None, typer.Option("--bilag", help="One notebook, by its name in notebooks/.")
]
Root = Annotated[
    Path | None,
    typer.Option("--root", help="The working copy; found from here upwards by default."),
]


def main() -> None:
    """Run the command line; a `BeskplanError` is printed without traceback, anything else is our bug."""
    try:
        app()
    except BeskplanError as error:
        for problem in error.problems:
            typer.echo(str(problem), err=True)
        sys.exit(error.exit_code)


@app.callback(invoke_without_command=True)
def _version(
    version: Annotated[bool, typer.Option("--version", help="Show the version.")] = False,
) -> None:
    if version:
        typer.echo(f"beskplan {__version__}")
        raise typer.Exit


@app.command("list")
def list_(
    what: Annotated[str, typer.Argument(help="`jobs`, `kommuner`, `ydelser` or `bilag`.")] = "jobs",
    kommune: Kommune = None,
    aar: Aar = None,
    bilag: Bilag = None,
    root: Root = None,
) -> None:
    """List the reports that params/ ask for, or the names that params may use.

    Example: beskplan list --aar 2021
    """
    from beskplan.listing import listing

    for line in listing(what, lambda: _jobs(root, kommune, aar, bilag)):
        typer.echo(line)


@app.command()
def check(kommune: Kommune = None, aar: Aar = None, bilag: Bilag = None, root: Root = None) -> None:
    """Look for everything that is wrong with params, notebooks and data; start nothing, write nothing.

    Example: beskplan check --kommune Rudersdal
    """
    from beskplan.build.checking import check as check_jobs

    place, jobs = _jobs(root, kommune, aar, bilag)
    check_jobs(jobs, place)
    typer.echo(f"{len(jobs)} report{'s' if len(jobs) != 1 else ''}: nothing wrong found.")


@app.command()
def build(kommune: Kommune = None, aar: Aar = None, bilag: Bilag = None, root: Root = None) -> None:
    """Make the reports: everything under params/, or a choice of it.

    Example: beskplan build --kommune Rudersdal --aar 2021
    """
    place, jobs = _jobs(root, kommune, aar, bilag)
    _run(place, jobs)


@app.command()
def run(
    job: Annotated[str, typer.Argument(help="aar/kommune/bilag, as `beskplan list` prints it.")],
    root: Root = None,
) -> None:
    """Make one report; the unit for cron, Snakemake, Airflow or Slurm.

    Example: beskplan run 2021/rudersdal/maalgrupper
    """
    from beskplan.build.jobs import Job

    wanted = Job.parse(job)
    place, jobs = _jobs(root, wanted.kommune, wanted.aar, wanted.bilag)
    _run(place, jobs)


def _jobs(
    root: Path | None, kommune: str | None, aar: int | None, bilag: str | None
) -> tuple[Workplace, Any]:
    from beskplan.build.jobs import Workplace, select
    from beskplan.report.place import find_root

    place = Workplace((root or find_root()).resolve())
    return place, select(place, kommune, aar, bilag)


def _run(place: Workplace, jobs: tuple[Job, ...]) -> None:
    from beskplan.build.checking import check as check_jobs
    from beskplan.build.run import run_jobs

    check_jobs(jobs, place)
    outcomes = run_jobs(jobs, place)
    if any(not outcome.ok for outcome in outcomes):
        raise typer.Exit(1)
