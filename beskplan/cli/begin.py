"""`beskplan new`, `new-bilag` and `schema`: what a plan, a notebook and an editor begin with."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from beskplan.cli.options import Root, working_copy

if TYPE_CHECKING:
    from collections.abc import Sequence

    from beskplan.newplan.beginning import Wishes
    from beskplan.newplan.files import NewFile

Kommune = Annotated[str, typer.Argument(help="Name, code or slug of the municipality.")]
Force = Annotated[bool, typer.Option("--force", help="Write over files that stand there.")]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Only show what would be written.")]


def new(
    kommune: Kommune,
    aar: Annotated[int, typer.Argument(help="The new plan's year.", min=2014, max=2100)],
    *,
    from_: Annotated[
        int | None, typer.Option("--from", help="Make it from the plan of this year.")
    ] = None,
    bilag: Annotated[
        list[str] | None,
        typer.Option("--bilag", help="A first plan: which Bilag; may be repeated."),
    ] = None,
    periode: Annotated[
        str | None, typer.Option("--periode", help="A first plan: the month, e.g. 2026M06.")
    ] = None,
    sammenlign_med: Annotated[
        str | None,
        typer.Option("--sammenlign-med", help="A first plan: areas, e.g. hele-landet,rar."),
    ] = None,
    dry_run: DryRun = False,
    force: Force = False,
    root: Root = None,
) -> None:
    """Make a plan's params: from the municipality's newest earlier plan, else from a few choices.

    From an earlier plan, periods move as far as there are numbers; targets are carried over with how
    they went; benefits and areas that have ended give way to their successors. What a person must
    decide is marked VALG in the files. All differences are shown.

    Example: beskplan new Rudersdal 2027
    """
    from beskplan.newplan.rolling import newest_before, roll_plan
    from beskplan.newplan.target_file import in_short

    place = working_copy(root)
    if from_ is not None and from_ >= aar:
        raise typer.BadParameter("--from: a year before the new plan's")
    old = from_ or newest_before(place, kommune, aar)
    if old is None:
        from beskplan.newplan.beginning import first_plan

        wishes = _wishes(bilag, periode, sammenlign_med)
        files: Sequence[NewFile] = (first_plan(place, kommune, aar, wishes),)
    else:
        _only_first({"--bilag": bilag, "--periode": periode, "--sammenlign-med": sammenlign_med})
        rolled = roll_plan(place, kommune, old, aar)
        files = rolled.files
        if rolled.targets:
            typer.echo(f"Targets of {old}: {in_short(rolled.targets)}.")
        if rolled.shared:
            path = rolled.shared.path.as_posix()
            typer.echo(f"{path} is made too: it holds for all municipalities.")
    _show(files, place)
    if not dry_run:
        _write(files, place, force=force)
        _check(place, kommune, aar)


def new_bilag(
    navn: Annotated[str, typer.Argument(help="Name of the notebook: a-z, 0-9, underscores.")],
    *,
    kommune: Annotated[
        str | None, typer.Option("--kommune", help="Whose params are to build it.")
    ] = None,
    aar: Annotated[int | None, typer.Option("--aar", help="Of which plan year.")] = None,
    titel: Annotated[str, typer.Option("--titel", help="Heading of the page.")] = "",
    maal: Annotated[
        str, typer.Option("--maal", help="Indicator of its numbers, as in the import's mapping.")
    ] = "",
    dry_run: DryRun = False,
    force: Force = False,
    root: Root = None,
) -> None:
    """Make a notebook of one's own in notebooks/, and the lines of params that build it.

    With a notebook that is there already, only the params of one more plan are written.
    docs/eget-bilag.md walks through it.

    Example: beskplan new-bilag virksomhedsbesoeg --kommune Furesø --aar 2026
    """
    from beskplan.newplan.beginning import OwnBilag, notebook, params_file

    if (kommune is None) is not (aar is None):
        raise typer.BadParameter("--kommune and --aar go together")
    place, own = working_copy(root), OwnBilag(navn, titel, maal)
    page = notebook(own, kommune or "", aar)
    if kommune is None or aar is None:
        files = [page]
    else:
        params = params_file(own, place, kommune, aar)
        _show([params], place)
        again = (place / page.path).exists() and not force
        files = [params] if again else [page, params]
    if not dry_run:
        _write(files, place, force=force)


def schema(root: Root = None) -> None:
    """Write the JSON schemas of the params files, by which editors complete and check them.

    Example: beskplan schema
    """
    for path in _write_schemas(working_copy(root)):
        typer.echo(path.as_posix())


def _only_first(options: dict[str, object]) -> None:
    if given := [name for name, value in options.items() if value]:
        raise typer.BadParameter(f"{', '.join(given)}: only for a first plan")


def _wishes(bilag: list[str] | None, periode: str | None, areas: str | None) -> Wishes:
    """What a first plan is to be like: asked for on a terminal where no option says it."""
    from beskplan.core.periods import Period
    from beskplan.newplan.beginning import OFFERED, Wishes

    plain = Wishes()
    if sys.stdin.isatty():
        typer.echo("The municipality has no earlier plan here. A few questions; Enter takes [ ].")
        if not bilag:
            text = typer.prompt(f"Bilag (of {', '.join(OFFERED)})", default=",".join(plain.bilag))
            bilag = text.split(",")
        if periode is None:
            periode = typer.prompt("Month that the plan is about", default="newest in the data")
            periode = None if periode == "newest in the data" else periode
        if areas is None:
            areas = typer.prompt("Compare with", default=",".join(plain.sammenlign_med))
    return Wishes(
        tuple(one.strip() for one in bilag) if bilag else plain.bilag,
        Period.parse(periode) if periode else None,
        tuple(one.strip() for one in areas.split(",")) if areas else plain.sammenlign_med,
    )


def _show(files: Sequence[NewFile], place: Path) -> None:
    from beskplan.newplan.files import differences

    for one in files:
        for line in differences(one, place):
            typer.echo(line)


def _write(files: Sequence[NewFile], place: Path, *, force: bool) -> None:
    from beskplan.newplan.files import write_all
    from beskplan.newplan.moving import open_choices

    write_all(files, place, force=force)
    _write_schemas(place)
    for one in files:
        number = open_choices(one.text)
        choices = f": {number} to decide, marked VALG" if number else ""
        typer.echo(f"{one.path.as_posix()}{choices}")


def _write_schemas(place: Path) -> list[Path]:
    """The schemas in the working copy as these models give them; which of them were not so."""
    from beskplan.params.schemas import FOLDER, schemas

    written = []
    for name, text in schemas().items():
        path = place / FOLDER / name
        if not path.is_file() or path.read_text(encoding="utf-8") != text:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8", newline="\n")
            written.append(FOLDER / name)
    return written


def _check(place: Path, kommune: str, aar: int) -> None:
    """What `beskplan check` says of the new plan: told, as the files are there all the same."""
    from beskplan.core.errors import BeskplanError
    from beskplan.params.jobs import Workplace, select
    from beskplan.runner.checking import check

    workplace = Workplace(place)
    try:
        jobs = select(workplace, kommune, aar)
        check(jobs, workplace)
    except BeskplanError as error:
        typer.echo("It cannot be built yet:")
        for problem in error.problems:
            typer.echo(str(problem))
        return
    reports = "its report" if len(jobs) == 1 else f"its {len(jobs)} reports"
    typer.echo(f"beskplan check: nothing wrong found in {reports}.")
