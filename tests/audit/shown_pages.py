"""The pages of the working copy without a kernel: each cell's one call, made here."""

from __future__ import annotations

import ast
import importlib
from functools import cache
from pathlib import Path
from typing import Any

import nbformat
from nbformat import NotebookNode
from nbformat.v4 import new_output

from beskplan.params.jobs import Job, Workplace, select
from beskplan.render.page import Page, read_page

ROOT = Path(__file__).resolve().parents[2]


@cache
def pages() -> tuple[tuple[str, Page], ...]:
    """Every report that the params ask for, as its page, with the job's id."""
    place = Workplace(ROOT)
    return tuple((job.id, _page(job, place)) for job in select(place, None, None, None))


def _page(job: Job, place: Workplace) -> Page:
    notebook: NotebookNode = nbformat.read(place.notebook(job.bilag), as_version=4)
    module = importlib.import_module(f"beskplan.report.{job.bilag}")
    report = module.load(job.kommune, job.aar, place.root)
    for cell in notebook.cells:
        if cell.cell_type == "code" and "parameters" not in cell.metadata.get("tags", []):
            shown = _shown(cell.source, report)
            bundle = shown._repr_mimebundle_()
            cell.outputs = [new_output("execute_result", data=bundle)]
    return read_page(notebook)


def _shown(source: str, report: Any) -> Any:
    """What a cell shows: the report itself, or one method of it called with literals."""
    last = ast.parse(source).body[-1]
    value = last.value if isinstance(last, ast.Expr) else None
    if isinstance(value, ast.Name):
        return report
    if not (isinstance(value, ast.Call) and isinstance(value.func, ast.Attribute)):
        raise TypeError(f"a cell that is no call of the report: {source!r}")
    arguments = [ast.literal_eval(one) for one in value.args]
    named = {word.arg: ast.literal_eval(word.value) for word in value.keywords if word.arg}
    return getattr(report, value.func.attr)(*arguments, **named)
