"""`beskplan list` and `check`: what there is, and what is wrong with it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from beskplan.cli.options import working_copy

if TYPE_CHECKING:
    from beskplan.params.jobs import Job
    from beskplan.runner.wanted import Choice

WHAT = ("jobs", "kommuner", "ydelser", "bilag")


def list_(
    what: str = "jobs",
    *,
    kommune: str | None = None,
    aar: int | None = None,
    bilag: str | None = None,
    periode: str | None = None,
    root: Path | None = None,
) -> None:
    """Vis de rapporter, som params/ beder om, eller de navne, som params må bruge; én på hver linje.

    Eksempel: beskplan list --aar 2021

    Args:
        what: `jobs`, `kommuner`, `ydelser` eller `bilag`.
    """
    from beskplan.runner.wanted import Choice

    for line in _listed(what, root, Choice(kommune, aar, bilag, periode)):
        typer.echo(line)


def _listed(what: str, root: Path | None, choice: Choice) -> Iterator[str]:
    # Each kind imports what it lists: jobs need no register.
    match what:
        case "jobs":
            from beskplan.runner.plan import look

            yield from (one.job for one in look(working_copy(root), choice)[0])
        case "kommuner":
            from beskplan.registers.areas import kommuner

            yield from (f"{one.kode}  {one.slug:<20}  {one.navn}" for one in kommuner())
        case "ydelser":
            from beskplan.registers.benefits import benefits, composites

            every = (*benefits(), *composites())
            yield from (f"{one.id:<32}  {one.forms[-1].name}" for one in every)
        case "bilag":
            paths = (working_copy(root) / "notebooks").glob("*.ipynb")
            yield from sorted(path.stem for path in paths)
        case _:
            from beskplan.core.errors import Problem, UnknownNameError, did_you_mean

            expected, fix = f"en af {', '.join(WHAT)}", did_you_mean(what, WHAT)
            raise UnknownNameError(
                Problem("list", "sådan en liste findes ikke", repr(what), expected, fix)
            )


def check(
    *,
    kommune: str | None = None,
    aar: int | None = None,
    bilag: str | None = None,
    periode: str | None = None,
    root: Path | None = None,
) -> None:
    """Find alt, der er galt med params, notebooks og tal; reports/ røres ikke.

    Eksempel: beskplan check --kommune Rudersdal
    """
    from beskplan.params.jobs import Job, Workplace
    from beskplan.runner.checking import check as check_jobs
    from beskplan.runner.editions import waiting_lines
    from beskplan.runner.plan import look
    from beskplan.runner.wanted import Choice

    place = working_copy(root)
    found, waiting = look(place, Choice(kommune, aar, bilag, periode))
    jobs = [Job.parse(one.job) for one in found]
    check_jobs(jobs, Workplace(place))
    typer.echo(f"{len(jobs)} rapport{'er' if len(jobs) != 1 else ''}: ingen fejl fundet.")
    for line in (*waiting_lines(waiting), *_open_choices(place, jobs)):
        typer.echo(line)


def _open_choices(place: Path, jobs: list[Job]) -> Iterator[str]:
    from beskplan.newplan.moving import open_choices
    from beskplan.params.reading import plan_files

    files = (one for job in jobs for one in plan_files(place, job.kommune, job.aar))
    for path in dict.fromkeys(files):
        if number := open_choices(path.read_text(encoding="utf-8")):
            yield f"{path.relative_to(place).as_posix()}: {number} valg mangler, mærket VALG"
