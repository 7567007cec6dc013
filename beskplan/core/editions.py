"""Editions: a Bilag that comes every month or quarter has the period in its name, `status-2026K3`.

Only the standard library: names of editions are read before every build.
"""

import json
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from beskplan.core.errors import ROOM, DataError, Problem, Refusals, UnknownNameError, os_reason
from beskplan.core.files import COPIES, ROWS
from beskplan.core.periods import Period, meant_period

problem = Refusals(ROOM)
KINDS = ("M", "Q")
"""Of the periods that an edition can have."""


def edition_period(text: str) -> Period:
    """Read the period of an edition in its one form: a path and a parameter that everybody can compare.

    Raises:
        UnknownNameError: it is none, or written in another way; with the nearest right form.
    """
    meant = meant_period(text)
    form = meant.statbank if meant is not None and meant.kind in KINDS else ""
    if meant is not None and form == text:
        return meant
    fix = f"mente du '{form}'?" if form else ""
    raise UnknownNameError(problem("no-edition-period", "periode", repr(text), fix=fix))


def no_editions(where: str, found: str) -> Problem:
    """Tell that what is asked for by an option does not come in editions."""
    return problem("no-editions", where, found)


def edition_name(bilag: str, periode: str) -> str:
    """`status-2026K3`; the name of the Bilag alone where there is no period."""
    return f"{bilag}-{periode}" if periode else bilag


def by_end(period: Period) -> tuple[int, str]:
    """Give what editions are sorted by in time: the day their period ends, and then its name.

    Months and quarters have no order of their own, and by spelling 2026M10 comes after 2026K4.
    """
    return period.last_day.toordinal(), period.statbank


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
    # The name of the Bilag may come from the command line: it is compared, and is no pattern.
    for path in folder.glob("*-*"):
        name, periode = split_name(path.name)
        if name == bilag:
            with suppress(UnknownNameError):
                found.append((edition_period(periode), path))
    finished = (one for one in found if (one[1] / needs).is_file())
    return sorted(finished, key=lambda one: by_end(one[0]))


@contextmanager
def refuse_damaged(file: Path) -> Iterator[None]:
    """Tell in our words that a file of an earlier edition is not as it was written.

    Raises:
        DataError: it cannot be read; names the file and what to do.
    """
    try:
        yield
    except (OSError, ValueError, KeyError, TypeError, ArithmeticError) as error:
        found = (
            os_reason(error)
            if isinstance(error, OSError)
            else "andet indhold, end der blev skrevet"
        )
        raise DataError(problem("edition-damaged", str(file), found)) from error


def approved_editions(reports: Path, job: str) -> list[tuple[Path, str]]:
    """Find what each approved copy of a report has read, and the words for its data; the newest first.

    Raises:
        DataError: a copy's manifest is damaged.
    """
    found = []
    for rows in (reports / COPIES / job).glob(f"*/{ROWS}"):
        with refuse_damaged(rows.with_name("manifest.json")):
            manifest = json.loads(rows.with_name("manifest.json").read_bytes())
            found.append((str(manifest["made_at"]), rows, str(manifest["data"]["text"])))
    return [(rows, data) for _, rows, data in sorted(found, reverse=True)]


def earlier_edition(reports: Path, job: str, needs: str = "manifest.json") -> Path | None:
    """Find the folder of the newest edition before a job's own, also under an earlier plan.

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
    plans = (
        path for path in reports.glob(f"[0-9][0-9][0-9][0-9]/{kommune}") if path.parent.name <= aar
    )
    found = [
        (by_end(other), path)
        for plan in plans
        for other, path in finished_editions(plan, bilag, needs)
        if other.kind == own.kind and other < own
    ]
    # Of one period under two plans the later plan's, as the paths begin with the year.
    return max(found)[1] if found else None


def rows_as_sent(reports: Path, edition: Path) -> Path:
    """Find the rows of what readers have of an edition: the newest approved copy, else what was built.

    Raises:
        DataError: the manifest of an approved copy is damaged.
    """
    approved = approved_editions(reports, edition.relative_to(reports).as_posix())
    return approved[0][0] if approved else edition / ROWS
