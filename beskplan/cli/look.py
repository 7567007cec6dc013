"""`beskplan list` and `check`: what there is, and what is wrong with it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from beskplan.cli.options import Aar, Bilag, Kommune, Root, working_copy

if TYPE_CHECKING:
    from beskplan.params.jobs import Job


def list_(
    what: Annotated[
        str, typer.Argument(help="`jobs`, `kommuner`, `ydelser` eller `bilag`.")
    ] = "jobs",
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

    def jobs() -> Iterator[str]:
        from beskplan.runner.plan import look
        from beskplan.runner.wanted import Choice

        return (one.job for one in look(working_copy(root), Choice(kommune, aar, bilag)))

    for line in listing(what, jobs, lambda: working_copy(root) / "notebooks"):
        typer.echo(line)


def check(
    *, kommune: Kommune = None, aar: Aar = None, bilag: Bilag = None, root: Root = None
) -> None:
    """Look for everything that is wrong with params, notebooks and data; reports/ is not touched.

    Example: beskplan check --kommune Rudersdal
    """
    from beskplan.params.jobs import Job, Workplace
    from beskplan.runner.checking import check as check_jobs
    from beskplan.runner.plan import look
    from beskplan.runner.wanted import Choice

    place = working_copy(root)
    jobs = [Job.parse(one.job) for one in look(place, Choice(kommune, aar, bilag))]
    check_jobs(jobs, Workplace(place))
    typer.echo(f"{len(jobs)} rapport{'er' if len(jobs) != 1 else ''}: ingen fejl fundet.")
    for line in _open_choices(place, jobs):
        typer.echo(line)


def _open_choices(place: Path, jobs: list[Job]) -> Iterator[str]:
    from beskplan.newplan.moving import open_choices
    from beskplan.params.reading import plan_files

    files = (one for job in jobs for one in plan_files(place, job.kommune, job.aar))
    for path in dict.fromkeys(files):
        if number := open_choices(path.read_text(encoding="utf-8")):
            yield f"{path.relative_to(place).as_posix()}: {number} valg mangler, mærket VALG"
