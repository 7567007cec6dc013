"""A report made in the test's own process, so that what a test has changed in the library is what runs."""

import ast
from pathlib import Path
from typing import Any

import nbformat
from nbformat import NotebookNode

from beskplan.params.jobs import Job, Workplace


def run_notebook(job: Job, place: Workplace, output: Path, *, engine: str) -> NotebookNode:
    """Run a notebook's cells one after the other; for `beskplan.runner.make_report.execute`."""
    del engine
    notebook = nbformat.read(place.notebook(job.bilag), as_version=4)
    names: dict[str, Any] = {}
    for cell in notebook.cells:
        if cell.cell_type != "code":
            continue
        if "parameters" in cell.metadata.get("tags", ()):
            names |= job.parameters
            continue
        *before, last = ast.parse(cell.source).body
        exec(compile(ast.Module(before, []), "cell", "exec"), names)  # noqa: S102 our own notebook
        if not isinstance(last, ast.Expr):
            exec(compile(ast.Module([last], []), "cell", "exec"), names)  # noqa: S102
            continue
        shown = eval(compile(ast.Expression(last.value), "cell", "eval"), names)  # noqa: S307
        data = shown._repr_mimebundle_()
        cell.outputs = [nbformat.v4.new_output("execute_result", data)]
    nbformat.write(notebook, output)
    done: NotebookNode = nbformat.read(output, as_version=4)
    return done
