"""`beskplan fetch`: the sources' newest figures into a new snapshot."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    # The heavy libraries are imported by the command itself: `--help` answers at once.
    from beskplan.sources.fetching import Clients, Progress
    from beskplan.sources.plan import FetchPlan


class SourceName(StrEnum):
    """A source that can be chosen."""

    jobindsats = "jobindsats"
    statbank = "statbank"


class ApiVersion(StrEnum):
    """A version of Jobindsats's API; v2 is the legacy one."""

    v3 = "v3"
    v2 = "v2"


def fetch(
    source: Annotated[
        list[SourceName] | None, typer.Option("--source", help="Only this source; may be repeated.")
    ] = None,
    table: Annotated[
        list[str] | None, typer.Option("--table", help="Only this table id; may be repeated.")
    ] = None,
    plan: Annotated[
        Path | None,
        typer.Option("--plan", help="A YAML file instead of the plan that is built in."),
    ] = None,
    api: Annotated[
        ApiVersion, typer.Option("--api", help="Jobindsats's API; v2 is the legacy one.")
    ] = ApiVersion.v3,
    root: Annotated[
        Path | None, typer.Option("--root", help="The working copy; found upwards by default.")
    ] = None,
) -> None:
    """Fetch what the sources have updated, and store it as a new snapshot.

    Jobindsats wants a token: the variable JOBINDSATS_TOKEN, or an entry of the keyring. A fetch
    that broke off goes on where it stopped; a table that has not been updated is not fetched again.

    Example: beskplan fetch --source statbank
    """
    from beskplan.observations import store
    from beskplan.report.place import find_root
    from beskplan.sources.fetching import fetch as run
    from beskplan.sources.plan import default_plan, read_plan

    place = (root or find_root()).resolve()
    asked = (read_plan(plan) if plan else default_plan()).only(
        tuple(one.value for one in source or ()), tuple(table or ())
    )
    clients = _clients(asked, api)
    try:
        with _progress() as progress:
            fetched = run(asked, place, clients, progress=progress)
    finally:
        clients.close()
    snapshot = store(fetched.delivery, place)
    rows = len(fetched.delivery.frame)
    typer.echo(
        f"Snapshot {snapshot.id}: {rows} observations from {fetched.asked} new answers, "
        f"{fetched.kept} unchanged."
    )


def _clients(plan: FetchPlan, api: ApiVersion) -> Clients:
    from beskplan.sources import jobindsats, statbank
    from beskplan.sources.fetching import Clients

    return Clients(
        jobindsats=jobindsats.connect(jobindsats.find_token(), version=api.value)
        if plan.jobindsats
        else None,
        statbank=statbank.connect() if plan.statbank else None,
    )


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
            task, completed=done, total=total, description=text or "done"
        )
