"""Look at every job before anything starts: params, notebook rules, and data that are really there."""

from __future__ import annotations

import ast
import importlib
import inspect
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from difflib import get_close_matches
from functools import partial
from pathlib import Path
from typing import ParamSpec, get_type_hints

from beskplan.core.errors import BeskplanError, InputError, Problem, UnknownNameError, did_you_mean
from beskplan.params.jobs import Job, Workplace
from beskplan.params.mail import MAIL_FILE, RECIPIENTS_FILE, read_mail_settings, read_recipients
from beskplan.params.models import PlanParams, read
from beskplan.render.page import read_notebook
from beskplan.report.bilag import data_problems
from beskplan.runner.notebook_rules import FACADE, check_notebook
from beskplan.sources.mapping import FOLDER, mappings
from beskplan.sources.plan import OWN, plan_of

SECTIONS = "benefit_sections"
"""The method that shows every section of a plan that chooses its source."""
P = ParamSpec("P")
_ALIKE = 0.85
"""Names so much alike are taken for one that was misspelt; those of two sections are not."""


def check(jobs: Iterable[Job], place: Workplace, *, files: bool = False) -> None:
    """Refuse jobs that cannot become right reports.

    Args:
        jobs: What is to be built.
        place: The working copy.
        files: Whether to look at mappings, recipients and settings of fetch and mail too, which no job reads.

    Raises:
        InputError: with every problem of every job.
    """
    problems: list[Problem] = []
    jobs = tuple(jobs)
    for bilag in sorted({job.bilag for job in jobs}):
        problems.extend(_found(_notebook_problems, bilag, place))
    notebooks_are_right = not problems
    for job in jobs:
        problems.extend(
            _found(data_problems, job.bilag, job.kommune, job.aar, place.root, job.periode)
        )
        if notebooks_are_right:
            problems.extend(_found(_section_problems, job, place))
    for path, read_file in _others(jobs, place.root) if files else ():
        try:
            _ = read_file() if path.exists() else None
        except BeskplanError as error:
            problems += error.problems
    if problems:
        raise InputError(dict.fromkeys(problems))


def _others(jobs: Iterable[Job], root: Path) -> Iterator[tuple[Path, Callable[[], object]]]:
    """Files and folders that no job reads, each with what refuses it."""
    yield root / FOLDER, partial(mappings, root)
    yield root / OWN, partial(plan_of, root)
    yield root / "params" / MAIL_FILE, partial(read_mail_settings, root)
    for slug in sorted({job.kommune for job in jobs}):
        yield root / "params" / slug / RECIPIENTS_FILE, partial(read_recipients, slug, root)


def _found(
    look: Callable[P, Iterable[Problem]], *args: P.args, **kwargs: P.kwargs
) -> list[Problem]:
    """The problems that `look` finds, or those of the error that it ends in."""
    try:
        return list(look(*args, **kwargs))
    except BeskplanError as error:
        return list(error.problems)


def _notebook_problems(bilag: str, place: Workplace) -> Iterable[Problem]:
    path = place.notebook(bilag)
    return check_notebook(path, run_by_hand=True) or tuple(_call_problems(path))


def _call_problems(path: Path) -> Iterator[Problem]:
    """Calls of methods that the report object does not have, or does not have so."""
    report = report_class(path)
    for number, call in calls(path):
        name = call.func.attr if isinstance(call.func, ast.Attribute) else ""
        where, found = f"{path.name}: celle {number}", ast.unparse(call)
        method = getattr(report, name, None)
        if report is None or not name:
            continue
        if not callable(method):
            methods = [one for one in dir(report) if not one.startswith("_")]
            expected = f"en af {', '.join(methods)}"
            yield Problem(
                where, "det kald findes ikke", found, expected, did_you_mean(name, methods)
            )
            continue
        signature = inspect.signature(method)
        try:
            signature.bind(None, *call.args, **{one.arg or "": None for one in call.keywords})
        except TypeError:
            wanted = ", ".join(list(signature.parameters)[1:])
            fix = "ret det, der står i parentesen"
            yield Problem(where, "kaldet passer ikke", found, f"report.{name}({wanted})", fix)


def report_class(path: Path) -> type | None:
    """The class of the report object that a notebook loads; None where its setup is of another kind."""
    for cell in read_notebook(path).cells:
        if "setup" in cell.metadata.get("tags", ()):
            for node in ast.walk(ast.parse(cell.source)):
                match node:
                    case ast.Call(func=ast.Attribute(value=ast.Name(id=module), attr="load")):
                        load = importlib.import_module(f"{FACADE}.{module}").load
                        # A class method of the report's own class: its hint says only "this class".
                        found: type = (
                            getattr(load, "__self__", None) or get_type_hints(load)["return"]
                        )
                        return found
    return None


def calls(path: Path) -> Iterator[tuple[int, ast.Call]]:
    """The calls of a notebook that keeps the rules, one a cell, with the cell's number."""
    for number, cell in enumerate(read_notebook(path).cells, start=1):
        tags = cell.metadata.get("tags", ())
        if cell.cell_type == "code" and not {"parameters", "setup"} & set(tags):
            statement = ast.parse(cell.source).body[0]
            if isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Call):
                yield number, statement.value


def asked_names(path: Path) -> dict[str, int]:
    """The sections that a notebook's calls ask for, each with the number of a cell that does."""
    return {
        one.value: number
        for number, call in calls(path)
        for one in call.args[:1]
        if isinstance(one, ast.Constant) and isinstance(one.value, str)
    }


def _section_problems(job: Job, place: Workplace) -> Iterator[Problem]:
    """Sections and texts that the params have and no cell shows; names in cells that look like one."""
    notebook = place.notebook(job.bilag)
    params = read(job.kommune, job.aar, place.root)
    file = f"params/{job.kommune}/{job.aar}.yaml"
    for name in params.plantekst:
        try:
            place.notebook(name)
        except UnknownNameError as error:
            yield replace(error.problems[0], where=f"{file}: plantekst.{name}")
    sections, others = _sections(params, job.bilag)
    asked = asked_names(notebook)
    chooses_source = getattr(getattr(params, job.bilag, None), "kilde", None) is not None
    looped = chooses_source and SECTIONS in {
        call.func.attr for _, call in calls(notebook) if isinstance(call.func, ast.Attribute)
    }
    for name in sections:
        if name not in asked and not looped:
            yield Problem(
                where=f"{file}: {job.bilag}.afsnit.{name}",
                what="notebooken viser ikke det afsnit",
                found=repr(name),
                expected=f"et afsnit, som notebooks/{job.bilag}.ipynb viser",
                fix=did_you_mean(name, asked, "tilføj dets celler til notebooken"),
            )
    for name, number in asked.items():
        known = [*sections, *others]
        meant = get_close_matches(name, known, n=1, cutoff=_ALIKE)
        if name not in known and meant:
            where = f"{notebook.name}: celle {number}"
            expected = f"et afsnit i params: {', '.join(known)}"
            what = "params har ikke det afsnit"
            yield Problem(where, what, repr(name), expected, f"mente du '{meant[0]}'?")


def _sections(params: PlanParams, bilag: str) -> tuple[list[str], list[str]]:
    """Names of the sections of a Bilag, and of whatever else its params name."""
    parameters = params.egne.get(bilag) or getattr(params, bilag, None)
    found = {
        field: list(value)
        for field, value in (vars(parameters) if parameters else {}).items()
        if isinstance(value, Mapping)
    }
    return found.pop("afsnit", []), [name for names in found.values() for name in names]
