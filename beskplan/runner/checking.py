"""Look at every job before anything starts: params, notebook rules, and data that are really there."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import ParamSpec

from beskplan.core.errors import BeskplanError, InputError, Problem, did_you_mean
from beskplan.params import read
from beskplan.params.jobs import Job, Workplace
from beskplan.render.pieces import read_notebook
from beskplan.report.bilag import data_problems
from beskplan.runner.notebook_rules import check_notebook

P = ParamSpec("P")


def check(jobs: Iterable[Job], place: Workplace) -> None:
    """Refuse jobs that cannot become right reports.

    Raises:
        InputError: with every problem of every job.
    """
    problems: list[Problem] = []
    jobs = tuple(jobs)
    for bilag in sorted({job.bilag for job in jobs}):
        problems.extend(_told(_notebook_problems, bilag, place))
    notebooks_are_right = not problems
    for job in jobs:
        problems.extend(_told(data_problems, job.bilag, job.kommune, job.aar, place.root))
        if notebooks_are_right:
            problems.extend(_told(_unshown_sections, job, place))
    if problems:
        raise InputError(dict.fromkeys(problems))


def _told(look: Callable[P, Iterable[Problem]], *args: P.args, **kwargs: P.kwargs) -> list[Problem]:
    """The problems that `look` finds, or those of the error that it ends in."""
    try:
        return list(look(*args, **kwargs))
    except BeskplanError as error:
        return list(error.problems)


def _notebook_problems(bilag: str, place: Workplace) -> Iterable[Problem]:
    return check_notebook(place.notebook(bilag), run_by_hand=True)


def _unshown_sections(job: Job, place: Workplace) -> list[Problem]:
    """Sections of the params that no cell of the notebook asks for: they would silently be missing."""
    params = read(job.kommune, job.aar, place.root)
    parameters = params.egne.get(job.bilag) or getattr(params, job.bilag, None)
    sections: Mapping[str, object] = getattr(parameters, "afsnit", {})
    asked = texts_in_code(place.notebook(job.bilag))
    return [
        Problem(
            where=f"params/{job.kommune}/{job.aar}.yaml: {job.bilag}.afsnit.{name}",
            what="the notebook shows no such section",
            found=repr(name),
            expected=f"a section that notebooks/{job.bilag}.ipynb shows",
            fix=did_you_mean(name, asked, "add its cells to the notebook"),
        )
        for name in sections
        if name not in asked
    ]


def texts_in_code(path: Path) -> set[str]:
    """Every text that stands as a literal in the code cells of a notebook."""
    cells = read_notebook(path).cells
    trees = (ast.parse(cell.source) for cell in cells if cell.cell_type == "code")
    nodes = (node for tree in trees for node in ast.walk(tree))
    return {
        node.value
        for node in nodes
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }
