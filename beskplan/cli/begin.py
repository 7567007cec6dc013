"""`beskplan new`, `new-bilag`, `schema`, `lab`, `preview` and `audit`: what an analyst does at the desk."""

from __future__ import annotations

import os
import secrets
import socket
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from beskplan.cli import working_copy
from beskplan.core.errors import BeskplanError, InputError, Problem
from beskplan.core.files import write_whole
from beskplan.core.periods import Period

if TYPE_CHECKING:
    from beskplan.audit.model import Severity
    from beskplan.newplan.beginning import FirstChoices
    from beskplan.newplan.files import NewFile
    from beskplan.observations.snapshot import Snapshot

_SEVERITY: dict[str, Severity] = {
    "fejl": "error", "modstrid": "contradiction", "tvivl": "doubt", "betegnelse": "label"
}  # fmt: skip
"""What `--fail-on` takes."""


def new(
    kommune: str,
    aar: Annotated[int, {"min": 2014, "max": 2100}],
    *,
    from_: int | None = None,
    bilag: list[str] | None = None,
    periode: str | None = None,
    sammenlign_med: str | None = None,
    dry_run: bool = False,
    force: bool = False,
    root: Path | None = None,
) -> None:
    """Lav params til en ny plan.

    De laves efter kommunens nyeste tidligere plan, ellers efter nogle få valg.

    Efter en tidligere plan flyttes perioderne, så langt der er tal; målene føres videre med, hvordan
    de gik; ydelser og områder, der er ophørt, afløses af deres efterfølgere. Det, som et menneske
    skal tage stilling til, er mærket VALG i filerne. Alle forskelle vises.

    Eksempel: beskplan new Rudersdal 2027

    Args:
        kommune: Kommunens navn, kode eller kortnavn; `alle` er alle 98.
        aar: Den nye plans år.
        from_: Lav den efter planen for dette år.
        bilag: En første plan: hvilke Bilag; kan gentages.
        periode: En første plan: måneden, fx 2026M06.
        sammenlign_med: En første plan: områder, fx hele-landet,rar.
        dry_run: Vis kun, hvad der ville blive skrevet.
        force: Skriv nye filer i stedet for dem, der er.
    """
    from beskplan.registers.areas import kommuner

    place = working_copy(root)
    if from_ is not None and from_ >= aar:
        raise typer.BadParameter("--from skal være et år før den nye plans")
    everyone = kommune.casefold() == "alle"
    given = {"--bilag": bilag, "--periode": periode, "--sammenlign-med": sammenlign_med}
    for name in [one.slug for one in kommuner()] if everyone else [kommune]:
        if everyone and not force and (place / "params" / name / f"{aar}.yaml").exists():
            continue
        files = _plan_files(place, name, aar, from_, given)
        if not everyone:
            _show(files, place)
        if not dry_run:
            _write(files, place, force=force)
    if not dry_run:
        _check(place, None if everyone else kommune, aar)


def _plan_files(
    place: Path, kommune: str, aar: int, from_: int | None, given: dict[str, Any]
) -> Sequence[NewFile]:
    """The files of one municipality's new plan; `given` are the options of a first plan."""
    from beskplan.newplan.beginning import first_plan
    from beskplan.newplan.plan_file import in_short
    from beskplan.newplan.rolling import newest_before, roll_plan

    old = from_ or newest_before(place, kommune, aar)
    if old is None:
        return (first_plan(place, kommune, aar, _first_choices(*given.values())),)
    if wrong := [option for option, value in given.items() if value]:
        raise typer.BadParameter(f"{', '.join(wrong)}: kun til en første plan")
    rolled = roll_plan(place, kommune, old, aar)
    if rolled.targets:
        typer.echo(f"Målene for {old}: {in_short(rolled.targets)}.")
    if rolled.shared:
        path = rolled.shared.path.as_posix()
        typer.echo(f"{path} bliver også lavet: den gælder for alle kommuner.")
    return rolled.files


def new_bilag(
    navn: str,
    *,
    kommune: str | None = None,
    aar: Annotated[int | None, {"min": 2014, "max": 2100}] = None,
    titel: str = "",
    maal: str = "",
    ydelse: str = "",
    dry_run: bool = False,
    force: bool = False,
    root: Path | None = None,
) -> None:
    """Lav et Bilag af kommunens egne tal.

    Det giver en notebook i notebooks/ og de linjer i params, der bygger den.

    Er notebooken der allerede, skrives kun params til én plan mere. docs/eget-bilag.md går det igennem.

    Eksempel: beskplan new-bilag virksomhedsbesoeg --kommune Furesø --aar 2026

    Args:
        navn: Notebookens navn: a-z, 0-9 og understreg.
        kommune: Hvis params der skal bygge det.
        aar: For hvilket planår.
        titel: Sidens overskrift.
        maal: Hvad der tælles, fx fuldtidspersoner; `?` viser dem, der er tal for.
        ydelse: Ydelsen, fx kontanthjaelp_2025; `?` viser dem, der er tal for.
        dry_run: Vis kun, hvad der ville blive skrevet.
        force: Skriv nye filer i stedet for dem, der er.
    """
    from beskplan.newplan.beginning import OwnBilag, notebook, offered, params_file
    from beskplan.registers.indicators import declare_own

    if (kommune is None) is not (aar is None):
        raise typer.BadParameter("--kommune og --aar hører sammen")
    place, own = working_copy(root), OwnBilag(navn, titel, maal, ydelse)
    declare_own(place)
    if asked := [field for field, value in (("maal", maal), ("ydelse", ydelse)) if value == "?"]:
        for field in asked:
            for name, text in offered(place)[field].items():
                typer.echo(f"{field:<6}  {name}  {text}")
        return
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


def schema(*, root: Path | None = None) -> None:
    """Skriv de JSON-skemaer, som editorer kontrollerer params efter.

    Eksempel: beskplan schema
    """
    for path in _write_schemas(working_copy(root)):
        typer.echo(path.as_posix())


def _first_choices(bilag: list[str] | None, periode: str | None, areas: str | None) -> FirstChoices:
    from beskplan.newplan.beginning import FirstChoices

    period = Period.parse(periode) if periode else None
    return FirstChoices(_listed(",".join(bilag or ())), period, _listed(areas or ""))


def _listed(text: str) -> tuple[str, ...]:
    return tuple(one.strip() for one in text.split(",") if one.strip())


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
    from beskplan.params.schemas import FOLDER, schema_of, schemas
    from beskplan.registers.indicators import declare_own
    from beskplan.sources.mapping import SCHEMA, Mapping

    declare_own(place)
    written = []
    for name, text in (schemas() | {SCHEMA: schema_of(Mapping)}).items():
        path = place / FOLDER / name
        if not path.is_file() or path.read_text(encoding="utf-8") != text:
            write_whole(path, text.encode())
            written.append(FOLDER / name)
    return written


def _check(place: Path, kommune: str | None, aar: int) -> None:
    """What `beskplan check` says of the new plans: told, as the files are there all the same."""
    from beskplan.params.jobs import Workplace, select
    from beskplan.runner.checking import check

    workplace = Workplace(place)
    try:
        jobs = select(workplace, kommune, aar)
        check(jobs, workplace)
    except BeskplanError as error:
        typer.echo("Det kan ikke bygges endnu:")
        for problem in error.problems:
            typer.echo(str(problem))
        return
    who = f"--kommune {kommune} " if kommune else ""
    reports = "rapporten kan" if len(jobs) == 1 else f"de {len(jobs)} rapporter kan"
    typer.echo(f"Intet forkert fundet; {reports} bygges: beskplan build {who}--aar {aar}")


def lab(
    further: list[str] | None = None,
    *,
    browser: Annotated[bool, {"names": ("--browser/--no-browser",)}] = True,
    port: int | None = None,
    root: Path | None = None,
) -> None:
    """Åbn JupyterLab med notebooks og siden ved siden af.

    Stop med Ctrl+C.

    Eksempel: beskplan lab

    Args:
        further: Efter --: valg til `jupyter lab` selv.
        browser: Åbn i browseren.
        port: Ellers 8888 eller den næste ledige.
    """
    from beskplan.lab import lab_arguments, open_server

    place = working_copy(root)
    if port:
        _free_port(port)
    open_server(place, lab_arguments(place, port=port, browser=browser, further=further or ()))


def _free_port(port: int) -> int:
    """The port, or any for 0.

    Raises:
        InputError: another program has it.
    """
    with socket.socket() as free:
        try:
            free.bind(("127.0.0.1", port))
        except OSError:
            fix = "vælg en anden, eller udelad --port"
            raise InputError(Problem("--port", "porten er i brug", str(port), fix=fix)) from None
        return int(free.getsockname()[1])


def preview(
    what: str,
    *,
    browser: Annotated[bool, {"names": ("--browser/--no-browser",)}] = True,
    port: Annotated[int, {"show_default": False}] = 0,
    root: Path | None = None,
) -> None:
    """Vis en rapports side, og lav den igen, hver gang der gemmes.

    Stop med Ctrl+C.

    Eksempel: beskplan preview maalgrupper

    Args:
        what: En notebook (maalgrupper) eller et job (aar/kommune/bilag).
        browser: Åbn i browseren.
        port: Ellers en ledig.
    """
    from beskplan.lab import open_server, preview_arguments
    from beskplan.lab.preview import preview_job
    from beskplan.params.jobs import Workplace, select

    place = working_copy(root)
    job = preview_job(what, Workplace(place))
    if what.count("/") == 2:
        select(Workplace(place), job.kommune, job.aar, job.bilag)
    # A notebook is shown for whom its parameters cell says, also when that is changed.
    name = job.id if what.count("/") == 2 else Path(what).stem
    port = _free_port(port)
    # In the environment: a command line can be read by everybody on the machine.
    token = os.environ.setdefault("JUPYTER_TOKEN", secrets.token_urlsafe())
    address = f"http://127.0.0.1:{port}/beskplan/preview/{name}/"
    typer.echo(f"{address}?token={token}  (stop med Ctrl+C)")
    open_server(place, preview_arguments(place, name, port=port, browser=browser), lab=False)


def audit(
    plan: Annotated[Path, {"dir_okay": False}],
    *,
    fail_on: Literal["fejl", "modstrid", "tvivl", "betegnelse"] = "modstrid",
    out: Path | None = None,
    data: str = "nyeste",
    root: Path | None = None,
) -> None:
    """Find tal i en plan, der modsiger hinanden eller data.

    Slutter med 0, når intet er fundet · 1 ved fund fra --fail-on og op · 2, når planen ikke kan læses,
    eller ingen af dens tabeller kunne kontrolleres.

    Eksempel: beskplan audit plan.pdf --out tjek

    Args:
        plan: Planen: tekst, Markdown, HTML, Word eller PDF.
        fail_on: Slut med 1 fra denne alvor og op: fejl er den største, betegnelse den mindste.
        out: Mappe til rapporten som HTML, PDF, CSV og JSON.
        data: `nyeste`, `publiceret`, et øjebliksbilledes id eller `ingen`.
    """
    from beskplan.audit.checking import audit as check
    from beskplan.audit.documents import read_document
    from beskplan.audit.report import lines

    result = check(read_document(plan), _snapshot(data, root))
    for line in lines(result):
        typer.echo(line)
    if out is not None:
        from beskplan.render.audit_pages import audit_report, write_report

        today = date.today()  # noqa: DTZ011  # the day on the reader's wall
        page = audit_report(result, today.year)
        for path in write_report(result, page, out, today):
            typer.echo(f"skrevet  {path}")
    if result.at_or_above(_SEVERITY[fail_on]):
        raise typer.Exit(1)
    if result.is_unchecked:
        raise typer.Exit(2)


def _snapshot(data: str, root: Path | None) -> Snapshot | None:
    from beskplan.observations.snapshot_store import choose, embedded

    if data == "ingen":
        return None
    try:
        place = working_copy(root)
    except InputError:
        return embedded()
    return choose(data, place)
