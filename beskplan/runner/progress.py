"""A build as a person sees it: a bar on a terminal, plain lines in a log."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from beskplan.runner.make_report import Outcome


def shown(
    outcomes: Iterable[Outcome], total: int, console: Console | None = None
) -> Iterator[Outcome]:
    """Pass outcomes on, and tell of each."""
    console = console or Console(highlight=False, soft_wrap=True)
    bar = Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        console=console,
        disable=not console.is_terminal,
        transient=True,
    )
    with bar:
        task = bar.add_task("Rapporter", total=total)
        for outcome in outcomes:
            bar.update(task, description=outcome.job.id)
            bar.advance(task)
            console.print(_line(outcome), markup=False)
            yield outcome


def _line(outcome: Outcome) -> str:
    if outcome.ok:
        return f"lavet  {outcome.job.id}  {os.path.relpath(outcome.folder)}"
    told = [f"FEJL   {outcome.job.id}", *(str(problem) for problem in outcome.problems)]
    if outcome.failed_notebook:
        told.append(f"  den kørte notebook: {os.path.relpath(outcome.failed_notebook)}")
    return "\n".join(told)
