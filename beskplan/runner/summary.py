"""A build as a person sees it: how it goes, and what went wrong, grouped by cause."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from beskplan.core.errors import Problem, UnknownNameError
from beskplan.runner.work import Outcome

if TYPE_CHECKING:
    from rich.console import Console

    from beskplan.params.jobs import Job

SHOWN_JOBS = 6
"""Jobs named for each cause; the others are counted."""


@dataclass(frozen=True)
class Group:
    """Jobs that failed for the same reason."""

    cause: str
    outcomes: tuple[Outcome, ...]


def cause(outcome: Outcome) -> str:
    """Why a report failed, in words that are the same for every job that failed alike.

    What names the job itself (municipality, year, numbers) is left out.
    """
    first = outcome.problems[0]
    found = first.found.partition("\n")[0]
    text = f"{first.where}: {first.what}" + (f": {found}" if found else "")
    for name in _names(outcome.job):
        text = re.sub(rf"(?<!\w){re.escape(name)}(?!\w)", "…", text, flags=re.IGNORECASE)
    return text


def _names(job: Job) -> list[str]:
    """Everything that only this job is called, the longest first."""
    from beskplan.registers.areas import area, find

    names = {job.id, job.kommune, str(job.aar)}
    try:
        one = find(job.kommune)
        names |= {one.navn, one.kode, one.lang_navn, area(one.kode).slug}
    except UnknownNameError:
        pass  # its folder is all the name that it has
    return sorted(names, key=len, reverse=True)


def grouped(outcomes: Iterable[Outcome]) -> tuple[Group, ...]:
    """The failed ones by cause, the most frequent cause first."""
    groups: dict[str, list[Outcome]] = {}
    for outcome in outcomes:
        if not outcome.ok:
            groups.setdefault(cause(outcome), []).append(outcome)
    found = (Group(name, tuple(members)) for name, members in groups.items())
    return tuple(sorted(found, key=lambda group: -len(group.outcomes)))


def lines(outcomes: Sequence[Outcome]) -> list[str]:
    """The summary of a build, for a person: how many, and each cause with its jobs and its fix."""
    failed = grouped(outcomes)
    count = sum(len(group.outcomes) for group in failed)
    told = [
        f"{len(outcomes) - count} lavet, {count} mislykkedes."
        if count
        else f"{len(outcomes)} lavet."
    ]
    for group in failed:
        ids = [outcome.job.id for outcome in group.outcomes]
        more = f" og {len(ids) - SHOWN_JOBS} til" if len(ids) > SHOWN_JOBS else ""
        told += ["", f"{len(ids)} x {group.cause}", f"  {', '.join(ids[:SHOWN_JOBS])}{more}"]
        told += [f"  {line}" for line in _details(group.outcomes[0].problems)]
        kept = sum(outcome.folder.exists() for outcome in group.outcomes)
        if kept:
            told.append(f"  den seneste gode rapport af {kept} af dem ligger stadig")
    return told + _remarks(outcomes)


def _remarks(outcomes: Sequence[Outcome]) -> list[str]:
    """What the plan check says of finished reports, by rule: how many, and the first in its words."""
    by_rule: dict[str, dict[str, str]] = {}
    for outcome in outcomes:
        for remark in outcome.remarks:
            rule, _, words = remark.partition(": ")
            by_rule.setdefault(rule, {}).setdefault(outcome.job.id, words)
    told = []
    for rule, jobs in sorted(by_rule.items()):
        job, words = next(iter(jobs.items()))
        told += ["", f"plantjek: {rule} i {len(jobs)} rapporter, den første {job}:", f"  {words}"]
    return told


def _details(problems: Sequence[Problem]) -> list[str]:
    """What more is known of the first of a group."""
    first = problems[0]
    told = [f"ventet: {first.expected}"] if first.expected else []
    told += [f"gør:    {first.fix}"] if first.fix else []
    return told + ([f"{len(problems) - 1} fejl mere"] if len(problems) > 1 else [])


def shown(
    outcomes: Iterable[Outcome], total: int, console: Console | None = None
) -> Iterator[Outcome]:
    """Pass outcomes on, and tell of each."""
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

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
