"""`beskplan fetch`: the sources' newest figures into a new snapshot."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import typer

from beskplan.cli.options import working_copy

if TYPE_CHECKING:
    # The heavy libraries are imported by the command itself: `--help` answers at once.
    from beskplan.core.errors import Problem
    from beskplan.sources.fetching import Clients, Progress
    from beskplan.sources.plan import FetchPlan


class SourceName(StrEnum):
    """A source that can be chosen."""

    jobindsats = "jobindsats"
    statbank = "statbank"


def fetch(
    *,
    source: list[SourceName] | None = None,
    table: list[str] | None = None,
    plan: Path | None = None,
    api: Literal["v3", "v2"] = "v3",
    accept_missing: bool = False,
    skip_without_token: bool = False,
    root: Path | None = None,
) -> None:
    """Hent det, som kilderne har opdateret, og gem det som et nyt øjebliksbillede.

    Jobindsats kræver en nøgle: miljøvariablen JOBINDSATS_TOKEN eller en nøgle i nøgleringen. En
    hentning, der brød af, fortsætter, hvor den slap; en tabel, der ikke er opdateret, hentes ikke
    igen. En tabel, der fejler, stopper ikke de andre: de gemmes, den nævnes, og koden er 3.

    Eksempel: beskplan fetch --source statbank

    Args:
        source: Kun denne kilde; kan gentages.
        table: Kun denne tabel; kan gentages.
        plan: En YAML-fil i stedet for planen (se params/hentning.yaml).
        api: Jobindsats' API; v2 er den gamle.
        accept_missing: Kendte tal, kilden ikke har mere, må forsvinde.
        skip_without_token: Spring en kilde over, når nøglen mangler.
    """
    from beskplan.cli.snapshots import changed_lines
    from beskplan.core.errors import SourceError
    from beskplan.observations import newest_whole
    from beskplan.sources.fetching import fetch_and_store
    from beskplan.sources.jobindsats import SKIPPED
    from beskplan.sources.plan import plan_of, read_plan

    copy = working_copy(root)
    asked = (read_plan(plan) if plan else plan_of(copy)).only(
        tuple(one.value for one in source or ()), tuple(table or ())
    )
    before = newest_whole(copy)
    if skip_without_token and asked.jobindsats and not _has_token():
        typer.echo(f"{SKIPPED}: der er ingen nøgle.")
        if not asked.statbank:
            return
        asked = asked.only(("statbank",))
    clients = _clients(asked, api)
    try:
        with _progress() as progress:
            snapshot, fetched = fetch_and_store(
                asked, copy, clients, accept_missing=accept_missing, progress=progress
            )
    finally:
        clients.close()
    if snapshot is not None:
        typer.echo(
            f"Øjebliksbillede {snapshot.id}: {len(fetched.delivery.frame)} tal af {fetched.asked} "
            f"nye svar, {fetched.unchanged} uændrede."
        )
        for line in changed_lines(before and before[1], snapshot):
            typer.echo(line)
    for line in (*fetched.notes, *_older(copy, fetched.failed)):
        typer.echo(line)
    if fetched.problems:
        raise SourceError(fetched.problems)


def _older(root: Path, failed: tuple[tuple[str, str], ...]) -> Iterator[str]:
    """The tables that did not come, with the day of the numbers that stand instead."""
    from beskplan.core.periods import date_text
    from beskplan.observations import newest_whole

    found = newest_whole(root)
    days = {one.table_id.casefold(): one.last_retrieved for one in found[0].tables} if found else {}
    for _, table in failed:
        day = days.get(table.casefold())
        stands = f"tal hentet {date_text(date.fromisoformat(day))}" if day else "ingen tal"
        yield f"{table} er ikke opdateret: der er stadig {stands}."


def _has_token() -> bool:
    from beskplan.core.errors import SourceError
    from beskplan.sources.jobindsats import NoTokenError, find_token

    try:
        find_token()
    except NoTokenError:
        return False
    except SourceError:
        pass  # what is there is wrong: the fetch says how
    return True


def _clients(plan: FetchPlan, api: Literal["v3", "v2"]) -> Clients:
    from beskplan.core.errors import SourceError
    from beskplan.sources import jobindsats, statbank
    from beskplan.sources.fetching import Clients

    star = None
    missing: tuple[Problem, ...] = ()
    if plan.jobindsats:
        try:
            star = jobindsats.connect(jobindsats.find_token(), version=api)
        except SourceError as error:
            missing = error.problems
    return Clients(star, statbank.connect() if plan.statbank else None, missing)


@contextmanager
def _progress() -> Iterator[Progress]:
    """A bar on a terminal, a plain line per step in a log; both on standard error."""
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeElapsedColumn
    from rich.progress import Progress as Bar

    console = Console(stderr=True)
    if not console.is_terminal:
        yield lambda done, total, text: typer.echo(f"{done}/{total} {text}".rstrip(), err=True)
        return
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
    )
    with Bar(*columns, console=console) as bar:
        task = bar.add_task("", total=None)
        yield lambda done, total, text: bar.update(
            task, completed=done, total=total, description=text or "færdig"
        )
