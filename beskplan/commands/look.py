"""`beskplan list` and `check`: what there is, and what is wrong with it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from beskplan.commands.options import Aar, Bilag, Kommune, Root, working_copy

if TYPE_CHECKING:
    from beskplan.build.jobs import Job, Workplace


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
    from beskplan.listing import listing

    def jobs() -> tuple[Workplace, tuple[Job, ...]]:
        from beskplan.build.jobs import Workplace, select

        place = Workplace(working_copy(root))
        return place, select(place, kommune, aar, bilag)

    for line in listing(what, jobs):
        typer.echo(line)


def check(
    *, kommune: Kommune = None, aar: Aar = None, bilag: Bilag = None, root: Root = None
) -> None:
    """Look for everything that is wrong with params, notebooks and data; start nothing, write nothing.

    Example: beskplan check --kommune Rudersdal
    """
    from beskplan.build.checking import check as check_jobs
    from beskplan.build.jobs import Workplace, select

    place = Workplace(working_copy(root))
    jobs = select(place, kommune, aar, bilag)
    check_jobs(jobs, place)
    typer.echo(f"{len(jobs)} report{'s' if len(jobs) != 1 else ''}: nothing wrong found.")
