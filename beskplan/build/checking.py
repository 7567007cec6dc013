"""Look at every job before anything starts: params, notebook rules, and data that are really there."""

from __future__ import annotations

from collections.abc import Iterable

from beskplan.build.jobs import Job, Workplace
from beskplan.build.notebook_rules import check_notebook
from beskplan.errors import BeskplanError, InputError, Problem
from beskplan.report.bilag import data_problems


def check(jobs: Iterable[Job], place: Workplace) -> None:
    """Refuse jobs that cannot become right reports.

    Raises:
        InputError: with every problem of every job.
    """
    problems: list[Problem] = []
    for bilag in sorted({job.bilag for job in jobs}):
        try:
            problems.extend(check_notebook(place.notebook(bilag)))
        except BeskplanError as error:
            problems.extend(error.problems)
    for job in jobs:
        try:
            problems.extend(data_problems(job.bilag, job.kommune, job.aar, place.root))
        except BeskplanError as error:
            problems.extend(error.problems)
    if problems:
        raise InputError(dict.fromkeys(problems))
