"""Editions: a Bilag that comes every month or quarter has the period in its name, `status-2026K3`.

Only the standard library: names of editions are read before every build.
"""

from __future__ import annotations

from pathlib import Path

from beskplan.core.errors import Problem, UnknownNameError
from beskplan.core.periods import Period, meant_period

FORMS = "en måned som 2026M09 eller et kvartal som 2026K3"
"""What `edition_period` reads, as its error shows it."""
KINDS = ("M", "Q")
"""Of the periods that an edition can have."""


def edition_period(text: str) -> Period:
    """Read the period of an edition in its one form: a path and a parameter that everybody can compare.

    Raises:
        UnknownNameError: it is none, or written in another way; with the nearest right form.
    """
    meant = meant_period(text)
    if meant is not None and meant.kind in KINDS:
        if meant.statbank == text:
            return meant
        fix = f"mente du '{meant.statbank}'?"
    else:
        fix = ""
    raise UnknownNameError(Problem("periode", "er ikke en udgaves periode", repr(text), FORMS, fix))


def edition_name(bilag: str, periode: str) -> str:
    """`status-2026K3`; the name of the Bilag alone where there is no period."""
    return f"{bilag}-{periode}" if periode else bilag


def split_name(name: str) -> tuple[str, str]:
    """Bilag and period of a name, as they are written; the period is empty for what is no edition."""
    bilag, _, periode = name.partition("-")
    # A hyphen alone is a slip in the name of a Bilag: `rar-oversigt`.
    return (bilag, periode) if any(map(str.isdigit, periode)) else (name, "")


def finished_editions(
    folder: Path, bilag: str, needs: str = "manifest.json"
) -> list[tuple[Period, Path]]:
    """Find the editions of a Bilag that lie in a plan's folder, by the end of their period.

    Args:
        folder: `reports/2026/rudersdal`.
        bilag: Name of the notebook.
        needs: The file that makes a folder a finished report.
    """
    found = []
    for path in folder.glob(f"{bilag}-*"):
        try:
            found.append((edition_period(split_name(path.name)[1]), path))
        except UnknownNameError:
            continue
    return sorted(
        (one for one in found if (one[1] / needs).is_file()), key=lambda one: one[0].last_day
    )


def earlier_edition(reports: Path, job: str, needs: str = "manifest.json") -> Path | None:
    """Find the folder of the newest edition before a job's own, which may lie under the plan before.

    Args:
        reports: The folder of the reports.
        job: Its id, `2026/rudersdal/status-2026K3`.
        needs: As `finished_editions`.

    Returns:
        The folder; None where the job is no edition, or the first.
    """
    aar, kommune, name = job.split("/")
    bilag, periode = split_name(name)
    if not periode:
        return None
    own = edition_period(periode)
    found = [
        (other, year, path)
        for year in (int(aar) - 1, int(aar))
        for other, path in finished_editions(reports / str(year) / kommune, bilag, needs)
        if other.kind == own.kind and other < own
    ]
    return max(found)[2] if found else None
