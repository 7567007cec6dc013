"""Run jobs one after the other, and tell a person how it goes."""

from __future__ import annotations

import os
from collections.abc import Sequence

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from beskplan.build.jobs import Job, Workplace
from beskplan.build.making import Outcome, make_report


def run_jobs(
    jobs: Sequence[Job], place: Workplace, console: Console | None = None
) -> list[Outcome]:
    """Make the report of every job; one failure never stops another.

    Prints a progress bar on a terminal, plain lines elsewhere, and last what failed and why.
    """
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
    outcomes = []
    with bar:
        task = bar.add_task("Reports", total=len(jobs))
        for job in jobs:
            bar.update(task, description=job.id)
            outcome = make_report(job, place)
            bar.advance(task)
            console.print(_line(outcome), markup=False)
            outcomes.append(outcome)
    return outcomes


def _line(outcome: Outcome) -> str:
    if outcome.ok:
        return f"made    {outcome.job.id}  {os.path.relpath(outcome.folder)}"
    told = [f"FAILED  {outcome.job.id}", *(str(problem) for problem in outcome.problems)]
    if outcome.failed_notebook:
        told.append(f"  executed notebook: {os.path.relpath(outcome.failed_notebook)}")
    if outcome.folder.exists():
        told.append(f"  the last good report is untouched: {os.path.relpath(outcome.folder)}")
    return "\n".join(told)
