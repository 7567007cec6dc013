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

Kommune = Annotated[str, typer.Argument(help="Kommunens navn eller kode.")]
Force = Annotated[bool, typer.Option("--force", help="Skriv oven i filer, der er der.")]
NEWEST = "nyeste i tallene"
DryRun = Annotated[bool, typer.Option("--dry-run", help="Vis kun, hvad der ville blive skrevet.")]


def new(
    kommune: Kommune,
    aar: Annotated[int, typer.Argument(help="Den nye plans år.", min=2014, max=2100)],
    *,
    from_: Annotated[
        int | None, typer.Option("--from", help="Lav den ud fra planen for dette år.")
    ] = None,
    bilag: Annotated[
        list[str] | None,
        typer.Option("--bilag", help="En første plan: hvilke Bilag; kan gentages."),
    ] = None,
    periode: Annotated[
        str | None, typer.Option("--periode", help="En første plan: måneden, fx 2026M06.")
    ] = None,
    sammenlign_med: Annotated[
        str | None,
        typer.Option("--sammenlign-med", help="En første plan: områder, fx hele-landet,rar."),
    ] = None,
    dry_run: DryRun = False,
    force: Force = False,
    root: Root = None,
) -> None:
    """Lav en plans params: ud fra kommunens nyeste plan før den, ellers ud fra nogle få valg.

    Fra en tidligere plan rykker perioderne frem, så langt der er tal; mål følger med, og hvordan det
    gik; ydelser og områder, der er ophørt, bliver til deres efterfølgere. Det, et menneske skal
    afgøre, er mærket VALG i filerne. Alle forskelle bliver vist.

    Eksempel: beskplan new Rudersdal 2027
    """
    from beskplan.newplan.rolling import newest_before, roll_plan
    from beskplan.newplan.target_file import in_short

    place = working_copy(root)
    if from_ is not None and from_ >= aar:
        raise typer.BadParameter("--from skal være et år før den nye plans")
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
            typer.echo(f"Mål fra {old}: {in_short(rolled.targets)}.")
        if rolled.shared:
            path = rolled.shared.path.as_posix()
            typer.echo(f"{path} bliver også lavet: den gælder for alle kommuner.")
    _show(files, place)
    if not dry_run:
        _write(files, place, force=force)
        _check(place, kommune, aar)


def new_bilag(
    navn: Annotated[str, typer.Argument(help="Notebookens navn: a-z, 0-9 og understreg.")],
    *,
    kommune: Annotated[
        str | None, typer.Option("--kommune", help="Den kommune, hvis params skal bygge det.")
    ] = None,
    aar: Annotated[int | None, typer.Option("--aar", help="I hvilket planår.")] = None,
    titel: Annotated[str, typer.Option("--titel", help="Sidens overskrift.")] = "",
    maal: Annotated[
        str, typer.Option("--maal", help="Tallenes indikator, som den står i importens skema.")
    ] = "",
    dry_run: DryRun = False,
    force: Force = False,
    root: Root = None,
) -> None:
    """Lav en notebook til et eget Bilag i notebooks/ og de linjer i params, der bygger det.

    Er notebooken der i forvejen, skrives kun linjerne til én plan mere. docs/eget-bilag.md viser vejen.

    Eksempel: beskplan new-bilag virksomhedsbesoeg --kommune Furesø --aar 2026
    """
    from beskplan.newplan.beginning import OwnBilag, notebook, params_file

    if (kommune is None) is not (aar is None):
        raise typer.BadParameter("--kommune og --aar hører sammen")
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
    """Skriv de JSON-skemaer, som en editor bruger til at hjælpe med params-filerne og tjekke dem.

    Eksempel: beskplan schema
    """
    for path in _write_schemas(working_copy(root)):
        typer.echo(path.as_posix())


def _only_first(options: dict[str, object]) -> None:
    if given := [name for name, value in options.items() if value]:
        raise typer.BadParameter(f"{', '.join(given)}: kun til en første plan")


def _wishes(bilag: list[str] | None, periode: str | None, areas: str | None) -> Wishes:
    """What a first plan is to be like: asked for on a terminal where no option says it."""
    from beskplan.core.periods import Period
    from beskplan.newplan.beginning import OFFERED, Wishes

    plain = Wishes()
    if sys.stdin.isatty():
        typer.echo(
            "Der er ingen tidligere plan her. Nogle få spørgsmål; Enter tager det, der står i [ ]."
        )
        if not bilag:
            text = typer.prompt(f"Bilag (af {', '.join(OFFERED)})", default=",".join(plain.bilag))
            bilag = text.split(",")
        if periode is None:
            periode = typer.prompt("Måneden, som planen handler om", default=NEWEST)
            periode = None if periode == NEWEST else periode
        if areas is None:
            areas = typer.prompt("Sammenlign med", default=",".join(plain.sammenlign_med))
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
        choices = f": {number} valg mangler, mærket VALG" if number else ""
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
        typer.echo("Den kan ikke bygges endnu:")
        for problem in error.problems:
            typer.echo(str(problem))
        return
    reports = "dens rapport" if len(jobs) == 1 else f"dens {len(jobs)} rapporter"
    typer.echo(f"beskplan check: ingen fejl fundet i {reports}.")
