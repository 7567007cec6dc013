"""`beskplan new`, `new-bilag`, `schema`, `lab`, `preview` and `audit`: what an analyst does at the desk."""

from __future__ import annotations

import os
import secrets
import socket
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Annotated, Any, Literal

import typer

from beskplan.cli import imported_when_used, say, working_copy
from beskplan.core.errors import BeskplanError, InputError, Problem
from beskplan.core.files import write_whole
from beskplan.core.periods import Period

with imported_when_used():
    from beskplan import lab as laboratory
    from beskplan.audit import checking as plan_check
    from beskplan.audit import model, report
    from beskplan.lab import preview as shown_page
    from beskplan.newplan import beginning, moving, plan_file, rolling
    from beskplan.newplan import files as new_files
    from beskplan.observations import snapshot, snapshot_store
    from beskplan.params import jobs as params_jobs
    from beskplan.params import schemas
    from beskplan.registers import areas, indicators
    from beskplan.render import audit_pages
    from beskplan.runner import checking
    from beskplan.sources import mapping

_SEVERITY: dict[str, model.Severity] = {
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
    root: Path,
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
    if from_ is not None and from_ >= aar:
        raise typer.BadParameter("--from skal være et år før den nye plans")
    everyone = kommune.casefold() == "alle"
    given = {"--bilag": bilag, "--periode": periode, "--sammenlign-med": sammenlign_med}
    for name in [one.slug for one in areas.kommuner()] if everyone else [kommune]:
        if everyone and not force and (root / "params" / name / f"{aar}.yaml").exists():
            continue
        files = _plan_files(root, name, aar, from_, given)
        if not everyone:
            _show(files, root)
        if not dry_run:
            _write(files, root, force=force)
    if not dry_run:
        _check(root, None if everyone else kommune, aar)


def _plan_files(
    place: Path, kommune: str, aar: int, from_: int | None, given: dict[str, Any]
) -> Sequence[new_files.NewFile]:
    """The files of one municipality's new plan; `given` are the options of a first plan."""
    old = from_ or rolling.newest_before(place, kommune, aar)
    if old is None:
        return (beginning.first_plan(place, kommune, aar, _first_choices(*given.values())),)
    if wrong := [option for option, value in given.items() if value]:
        raise typer.BadParameter(f"{', '.join(wrong)}: kun til en første plan")
    rolled = rolling.roll_plan(place, kommune, old, aar)
    if rolled.targets:
        typer.echo(f"Målene for {old}: {plan_file.in_short(rolled.targets)}.")
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
    root: Path,
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
    if (kommune is None) is not (aar is None):
        raise typer.BadParameter("--kommune og --aar hører sammen")
    own = beginning.OwnBilag(navn, titel, maal, ydelse)
    indicators.declare_own(root)
    if asked := [field for field, value in (("maal", maal), ("ydelse", ydelse)) if value == "?"]:
        for field in asked:
            names = beginning.offered(root)[field].items()
            say(f"{field:<6}  {name}  {text}" for name, text in names)
        return
    page = beginning.notebook(own, kommune or "", aar)
    if kommune is None or aar is None:
        files = [page]
    else:
        params = beginning.params_file(own, root, kommune, aar)
        _show([params], root)
        again = (root / page.path).exists() and not force
        files = [params] if again else [page, params]
    if not dry_run:
        _write(files, root, force=force)


def schema(*, root: Path) -> None:
    """Skriv de JSON-skemaer, som editorer kontrollerer params efter.

    Eksempel: beskplan schema
    """
    say(path.as_posix() for path in _write_schemas(root))


def _first_choices(
    bilag: list[str] | None, periode: str | None, areas: str | None
) -> beginning.FirstChoices:
    period = Period.parse(periode) if periode else None
    return beginning.FirstChoices(_listed(",".join(bilag or ())), period, _listed(areas or ""))


def _listed(text: str) -> tuple[str, ...]:
    return tuple(one.strip() for one in text.split(",") if one.strip())


def _show(files: Sequence[new_files.NewFile], place: Path) -> None:
    for one in files:
        say(new_files.differences(one, place))


def _write(files: Sequence[new_files.NewFile], place: Path, *, force: bool) -> None:
    new_files.write_all(files, place, force=force)
    _write_schemas(place)
    for one in files:
        number = moving.open_choices(one.text)
        choices = f": {number} valg mangler, mærket VALG" if number else ""
        typer.echo(f"{one.path.as_posix()}{choices}")


def _write_schemas(place: Path) -> list[Path]:
    """The schemas in the working copy as these models give them; which of them were not so."""
    indicators.declare_own(place)
    written = []
    of_mappings = {mapping.SCHEMA: schemas.schema_of(mapping.Mapping)}
    for name, text in (schemas.schemas() | of_mappings).items():
        path = schemas.FOLDER / name
        if not (place / path).is_file() or (place / path).read_text(encoding="utf-8") != text:
            write_whole(place / path, text.encode())
            written.append(path)
    return written


def _check(place: Path, kommune: str | None, aar: int) -> None:
    """What `beskplan check` says of the new plans: told, as the files are there all the same."""
    workplace = params_jobs.Workplace(place)
    try:
        jobs = params_jobs.select(workplace, kommune, aar)
        checking.check(jobs, workplace)
    except BeskplanError as error:
        say(["Det kan ikke bygges endnu:", *error.problems])
        return
    who = f"--kommune {kommune} " if kommune else ""
    reports = "rapporten kan" if len(jobs) == 1 else f"de {len(jobs)} rapporter kan"
    typer.echo(f"Intet forkert fundet; {reports} bygges: beskplan build {who}--aar {aar}")


def lab(
    further: list[str] | None = None,
    *,
    browser: Annotated[bool, {"names": ("--browser/--no-browser",)}] = True,
    port: int | None = None,
    root: Path,
) -> None:
    """Åbn JupyterLab med notebooks og siden ved siden af.

    Stop med Ctrl+C.

    Eksempel: beskplan lab

    Args:
        further: Efter --: valg til `jupyter lab` selv.
        browser: Åbn i browseren.
        port: Ellers 8888 eller den næste ledige.
    """
    if port:
        _free_port(port)
    arguments = laboratory.lab_arguments(root, port=port, browser=browser, further=further or ())
    laboratory.open_server(root, arguments)


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
    root: Path,
) -> None:
    """Vis en rapports side, og lav den igen, hver gang der gemmes.

    Stop med Ctrl+C.

    Eksempel: beskplan preview maalgrupper

    Args:
        what: En notebook (maalgrupper) eller et job (aar/kommune/bilag).
        browser: Åbn i browseren.
        port: Ellers en ledig.
    """
    job = shown_page.preview_job(what, params_jobs.Workplace(root))
    if what.count("/") == 2:
        params_jobs.select(params_jobs.Workplace(root), job.kommune, job.aar, job.bilag)
    # A notebook is shown for whom its parameters cell says, also when that is changed.
    name = job.id if what.count("/") == 2 else Path(what).stem
    port = _free_port(port)
    # In the environment: a command line can be read by everybody on the machine.
    token = os.environ.setdefault("JUPYTER_TOKEN", secrets.token_urlsafe())
    address = f"http://127.0.0.1:{port}/beskplan/preview/{name}/"
    typer.echo(f"{address}?token={token}  (stop med Ctrl+C)")
    arguments = laboratory.preview_arguments(root, name, port=port, browser=browser)
    laboratory.open_server(root, arguments, lab=False)


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
    # A package, which no block of `imported_when_used` leaves unread: --help need not wait for it.
    from beskplan.audit.documents import read_document

    result = plan_check.audit(read_document(plan), _snapshot(data, root))
    say(report.lines(result))
    if out is not None:
        today = date.today()  # noqa: DTZ011  # the day on the reader's wall
        page = audit_pages.audit_report(result, today.year)
        say(f"skrevet  {path}" for path in audit_pages.write_report(result, page, out, today))
    if result.at_or_above(_SEVERITY[fail_on]):
        raise typer.Exit(1)
    if result.is_unchecked:
        raise typer.Exit(2)


def _snapshot(data: str, root: Path | None) -> snapshot.Snapshot | None:
    if data == "ingen":
        return None
    try:
        place = working_copy(root)
    except InputError:
        return snapshot_store.embedded()
    return snapshot_store.choose(data, place)
