"""`beskplan list` and `check`: what there is, and what is wrong with it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from beskplan.cli.options import Aar, Bilag, Kommune, Root, working_copy

if TYPE_CHECKING:
    from beskplan.params.jobs import Job, Workplace
    from beskplan.runner.trial.running import Tried, Watch


def list_(
    what: Annotated[str, typer.Argument(help="`jobs`, `kommuner`, `ydelser` or `bilag`.")] = "jobs",
    *,
    kommune: Kommune = None,
    aar: Aar = None,
    bilag: Bilag = None,
    root: Root = None,
) -> None:
    """List the reports that params/ ask for, or the names that params may use.

    Example: beskplan list --aar 2021
    """
    from beskplan.cli.listing import listing

    def jobs() -> tuple[Workplace, tuple[Job, ...]]:
        from beskplan.params.jobs import Workplace, select

        place = Workplace(working_copy(root))
        return place, select(place, kommune, aar, bilag)

    for line in listing(what, jobs):
        typer.echo(line)


Areas = Annotated[
    bool,
    typer.Option(
        "--areas", help="Instead: run every notebook for awkward areas, and list what it says."
    ),
]
All = Annotated[bool, typer.Option("--all", help="With --areas: all 98 municipalities.")]
Json = Annotated[bool, typer.Option("--json", help="With --areas: for other programs.")]
Keep = Annotated[
    Path | None,
    typer.Option("--keep", help="With --areas: a new folder that the pages are left in."),
]
Workers = Annotated[
    int | None,
    typer.Option("--jobs", "-j", min=1, help="With --areas: pages at a time; all cores."),
]


def check(
    *,
    kommune: Kommune = None,
    aar: Aar = None,
    bilag: Bilag = None,
    areas: Areas = False,
    all_: All = False,
    json: Json = False,
    keep: Keep = None,
    jobs: Workers = None,
    root: Root = None,
) -> None:
    """Look for everything that is wrong with params, notebooks and data; reports/ is not touched.

    With --areas every notebook is run for the municipalities that strain it (islands with withheld
    numbers, the largest city, joint jobcentres, the first year of the data), from params made for
    the trial, into a folder that is thrown away. Ends with 1 where a page cannot be made.

    Example: beskplan check --kommune Rudersdal
    """
    place = working_copy(root)
    if not areas:
        _only_with_areas({"--all": all_, "--json": json, "--keep": keep, "--jobs": jobs})
        _check_jobs(place, kommune, aar, bilag)
        return
    from beskplan.runner.trial.running import Choice, try_areas

    _try_areas(
        lambda watch: try_areas(
            place,
            Choice(all_, kommune, aar, bilag),
            keep=keep,
            workers=jobs,
            tell=lambda sentence: typer.echo(sentence, err=True),
            watch=watch,
        ),
        json=json,
    )


def _only_with_areas(options: dict[str, object]) -> None:
    if given := [name for name, value in options.items() if value]:
        raise typer.BadParameter(f"{', '.join(given)}: only with --areas")


def _check_jobs(place: Path, kommune: str | None, aar: int | None, bilag: str | None) -> None:
    from beskplan.newplan.marks import open_choices
    from beskplan.params.jobs import Workplace, select
    from beskplan.params.reading import plan_files
    from beskplan.runner.checking import check as check_jobs

    workplace = Workplace(place)
    jobs = select(workplace, kommune, aar, bilag)
    check_jobs(jobs, workplace)
    typer.echo(f"{len(jobs)} report{'s' if len(jobs) != 1 else ''}: nothing wrong found.")
    files = (one for job in jobs for one in plan_files(place, job.kommune, job.aar))
    for path in dict.fromkeys(files):
        if number := open_choices(path.read_text(encoding="utf-8")):
            typer.echo(f"{path.relative_to(place).as_posix()}: {number} to decide, marked VALG")


def _try_areas(run: Callable[[Watch], Sequence[Tried]], *, json: bool) -> None:
    """Print what the pages say; progress goes to standard error, so that the list can be kept."""
    from rich.console import Console

    from beskplan.runner.progress import shown
    from beskplan.runner.trial.telling import as_json, lines

    console = Console(stderr=True, highlight=False, soft_wrap=True)
    tried = run(lambda outcomes, total: shown(outcomes, total, console))
    if json:
        from json import dumps

        typer.echo(dumps(as_json(tried), ensure_ascii=False, indent=1))
    else:
        for line in lines(tried):
            typer.echo(line)
    if not all(one.ok for one in tried):
        raise typer.Exit(1)
