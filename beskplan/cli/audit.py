"""`beskplan audit`: find what is wrong in a plan before the committee does."""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    # The heavy libraries are imported by the command itself: `--help` answers at once.
    from beskplan.audit.documents.model import Document
    from beskplan.audit.model import Result
    from beskplan.observations import Snapshot


class FailOn(StrEnum):
    """From which severity findings make the command fail."""

    error = "error"
    contradiction = "contradiction"
    doubt = "doubt"
    label = "label"


def audit(  # noqa: PLR0917  # typer reads them by name
    plan: Annotated[
        Path, typer.Argument(help="The plan: .txt, .md, .html, .docx or .pdf.", dir_okay=False)
    ],
    fail_on: Annotated[
        FailOn, typer.Option("--fail-on", help="Exit 1 from this severity on.")
    ] = FailOn.contradiction,
    out: Annotated[
        Path | None,
        typer.Option("--out", help="Folder for the report as HTML, PDF, CSV, JSON and SARIF."),
    ] = None,
    reading: Annotated[
        Path | None,
        typer.Option("--reading", help="A curated reading; by default PLAN.laesning.yaml."),
    ] = None,
    data: Annotated[
        str,
        typer.Option("--data", help="`nyeste`, `publiceret`, a snapshot's id, or `ingen`."),
    ] = "nyeste",
    root: Annotated[
        Path | None, typer.Option("--root", help="The working copy; found upwards by default.")
    ] = None,
) -> None:
    """Find what is wrong in a plan: its tables, text and targets against each other and the data.

    Exit codes: 0 clean · 1 findings at or above --fail-on · 2 the plan cannot be read.

    Example: beskplan audit plan.pdf --out tjek
    """
    from beskplan.audit.checking import audit as check
    from beskplan.audit.report import lines

    document = _read(plan, reading)
    result = check(document, _snapshot(data, root))
    for line in lines(result):
        typer.echo(line)
    if out is not None:
        _write(result, out)
    if result.at_or_above(fail_on.value):
        raise typer.Exit(1)


def _read(plan: Path, reading: Path | None) -> Document:
    from beskplan.audit.curated import apply, read_reading, reading_beside
    from beskplan.audit.documents import read_document

    document = read_document(plan)
    beside = reading or reading_beside(plan)
    return apply(read_reading(beside), document, str(beside)) if beside else document


def _snapshot(data: str, root: Path | None) -> Snapshot | None:
    from beskplan.core.errors import InputError
    from beskplan.observations import choose, embedded
    from beskplan.report.place import find_root

    if data == "ingen":
        return None
    try:
        place = root or find_root()
    except InputError:
        return embedded()
    return choose(data, place)


def _write(result: Result, out: Path) -> None:
    from beskplan.render.audit_pages import audit_report, write_report

    today = date.today()  # noqa: DTZ011  # the day on the reader's wall
    page = audit_report(result, today.year)
    for path in write_report(result, page, out, today):
        typer.echo(f"made    {path}")
