"""`beskplan audit`: find what is wrong in a plan before the committee does."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

if TYPE_CHECKING:
    # The heavy libraries are imported by the command itself: `--help` answers at once.
    from beskplan.audit.model import Result, Severity
    from beskplan.observations.snapshot import Snapshot

_SEVERITY: dict[str, Severity] = {
    "fejl": "error", "modstrid": "contradiction", "tvivl": "doubt", "betegnelse": "label"
}  # fmt: skip
"""What `--fail-on` takes."""


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
        _write(result, out)
    if result.at_or_above(_SEVERITY[fail_on]):
        raise typer.Exit(1)
    if result.is_unchecked:
        raise typer.Exit(2)


def _snapshot(data: str, root: Path | None) -> Snapshot | None:
    from beskplan.core.errors import InputError
    from beskplan.observations.snapshot_store import choose, embedded
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
        typer.echo(f"skrevet  {path}")
