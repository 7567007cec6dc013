"""The notebook rules: a notebook is a page, not a program.

    cell            tag                     content
    first           -                       markdown: the only H1, and the purpose in a paragraph
    second          parameters              `name = literal`, nothing else
    third           setup                   imports from `beskplan.report`, then
                                            `report = ...load(...)`, then `report`: it is shown
    then            -                       markdown: heading and method, before ...
                    table|figure|sentence   ... one call whose value is shown
    last but one    -                       markdown: "Kilder og forbehold"
    last            sources                 one call whose value is shown

Everywhere: no statement that belongs in a program, no magics, no `print`, no `pd.`, no number in
code, no figure typed in prose, at most `MAX_LINES` lines a cell, no outputs, a kernelspec.
Cells are counted from 1, as a reader of the notebook counts them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import nbformat
from nbformat import NotebookNode

from beskplan.core.errors import Problem
from beskplan.runner.notebook_code import code_problems

CONTENT_TAGS: Final = ("table", "figure", "sentence")
"""What a cell of the body may show."""
SOURCES_HEADING: Final = "Kilder og forbehold"
"""The last section of every report, the same words in all."""
LEFTOVERS: Final = ("papermill", "widgets")
"""Metadata of an execution; it does not belong in the notebook that people edit."""

_FENCE = re.compile(r"^(```|~~~).*?^\1", re.MULTILINE | re.DOTALL)
_H1 = re.compile(r"^#(?!#)|^\S.*\n=+[ \t]*$|<h1\b", re.MULTILINE)
_FIGURE_IN_PROSE = re.compile(
    r"\d[\d.,]*[\s\u00a0]*(?:%|(?:pct|procent|procentpoint|fuldtidspersoner|helårspersoner|"
    r"personer|borgere|modtagere|kr|mio|forløb)\b)",
    re.IGNORECASE,
)


def check_notebook(path: Path, *, run_by_hand: bool = False) -> tuple[Problem, ...]:
    """Everything in the notebook file `path` that breaks the rules; empty where all is well.

    A file that cannot be read as a notebook gives that one problem.

    Args:
        path: The notebook.
        run_by_hand: It may hold the outputs of a run in JupyterLab: every build makes new ones, and
            "Save and Export As" needs them. Only git must never see them.
    """
    try:
        notebook = nbformat.read(path, as_version=4)
        nbformat.validate(notebook)
    except (OSError, ValueError, AttributeError, nbformat.ValidationError) as error:
        first_line = (str(error).splitlines() or [type(error).__name__])[0]
        return (
            Problem(
                where=path.name,
                what="not a notebook",
                found=first_line,
                expected="a Jupyter notebook, format 4",
                fix="open and save it in JupyterLab, or take it back from git",
            ),
        )
    if run_by_hand:
        clear_outputs(notebook)
    return check_cells(notebook, path.name)


def check_cells(notebook: NotebookNode, name: str) -> tuple[Problem, ...]:
    """As `check_notebook`, of a notebook that is already read; `name` begins each `where`."""
    problems = list(_metadata_problems(notebook, name))
    if len(notebook.cells) < 5:
        problems.append(
            Problem(
                where=name,
                what="too few cells for a report",
                found=str(len(notebook.cells)),
                expected="title, parameters, setup, at least one section, sources",
                fix="begin with a copy of a notebook that is in use",
            )
        )
        return tuple(problems)
    for number, cell in enumerate(notebook.cells, start=1):
        where = f"{name}: cell {number}"
        role = _role(notebook, number)
        problems += _place_problems(cell, role, where)
        if cell.cell_type == "code":
            problems += _stripped_problems(cell, where)
            problems += code_problems(cell.source, role, where)
        elif cell.cell_type == "markdown":
            problems += _prose_problems(cell.source, role, where)
    problems += _heading_problems(notebook, name)
    return tuple(problems)


def clear_outputs(notebook: NotebookNode) -> None:
    """Take out of a notebook what running it has left behind."""
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.outputs, cell.execution_count = [], None


def _role(notebook: NotebookNode, number: int) -> str:
    """What the cell at `number` (from 1) has to be, by its place; `body` for all in the middle."""
    fixed = {1: "title", 2: "parameters", 3: "setup", 4: "heading"}
    from_end = {0: "sources", 1: "sources heading"}
    return fixed.get(number) or from_end.get(len(notebook.cells) - number, "body")


def _metadata_problems(notebook: NotebookNode, name: str) -> Iterator[Problem]:
    kernelspec = notebook.metadata.get("kernelspec", {})
    if not kernelspec.get("name") or kernelspec.get("language") != "python":
        yield Problem(
            where=name,
            what="no kernelspec",
            found=str(dict(kernelspec)),
            expected="name 'python3', language 'python'",
            fix="choose the kernel Python 3 in JupyterLab and save",
        )
    for key in LEFTOVERS:
        if key in notebook.metadata:
            yield Problem(
                where=name,
                what="metadata of an execution",
                found=key,
                expected="a notebook that has not been run",
                fix="make format",
            )


def _place_problems(cell: NotebookNode, role: str, where: str) -> Iterator[Problem]:
    """Kind and tags of a cell against its place."""
    tags = tuple(cell.metadata.get("tags", ()))
    found = f"{cell.cell_type} {', '.join(tags)}".strip()
    if role in ("title", "heading", "sources heading"):
        allowed: tuple[tuple[str, ...], ...] = ((),)
        kinds = {"markdown"}
    elif role == "body":
        allowed = ((),) if cell.cell_type == "markdown" else tuple((tag,) for tag in CONTENT_TAGS)
        kinds = {"markdown", "code"}
    else:
        allowed = ((role,),)
        kinds = {"code"}
    if cell.cell_type not in kinds:
        yield Problem(
            where=where,
            what="the wrong kind of cell for its place",
            found=found,
            expected=f"{' or '.join(sorted(kinds))}: {role}",
            fix="see the order of cells in CONTRIBUTING.md",
        )
    elif tags not in allowed:
        names = " or ".join(tag[0] for tag in allowed if tag)
        yield Problem(
            where=where,
            what="the wrong tag",
            found=", ".join(tags) or "no tag",
            expected=f"one tag: {names}" if names else "no tag on a markdown cell",
            fix="set it in JupyterLab under Property Inspector, Cell Tags",
        )


def _stripped_problems(cell: NotebookNode, where: str) -> Iterator[Problem]:
    if cell.outputs or cell.execution_count is not None:
        yield Problem(
            where=where,
            what="outputs are kept",
            found=f"{len(cell.outputs)} outputs, execution count {cell.execution_count}",
            expected="a notebook stripped of outputs",
            fix="make format",
        )


def _prose_problems(source: str, role: str, where: str) -> Iterator[Problem]:
    for hit in _FIGURE_IN_PROSE.finditer(source):
        yield Problem(
            where=where,
            what="a figure typed in prose",
            found=hit.group(),
            expected="figures come from the data",
            fix="show it with a sentence cell",
        )
    if role == "title" and not re.search(r"^(?!#)\s*\S", source, re.MULTILINE):
        yield Problem(
            where=where,
            what="no purpose under the title",
            found=source.strip(),
            expected="a paragraph that says what the Bilag is for",
            fix="write it below the title",
        )
    heading = source.strip().splitlines()[0].lstrip("# ").strip() if source.strip() else ""
    if role == "sources heading" and (heading != SOURCES_HEADING or not source.startswith("#")):
        yield Problem(
            where=where,
            what="the report does not end with its sources",
            found=heading or "an empty cell",
            expected=f"## {SOURCES_HEADING}",
            fix="end with this heading and a cell tagged sources",
        )


def _heading_problems(notebook: NotebookNode, name: str) -> Iterator[Problem]:
    """Exactly one H1, and that in the first cell."""
    for number, cell in enumerate(notebook.cells, start=1):
        if cell.cell_type != "markdown":
            continue
        count = len(_H1.findall(_FENCE.sub("", cell.source)))
        expected = 1 if number == 1 else 0
        if count != expected:
            yield Problem(
                where=f"{name}: cell {number}",
                what="H1 headings",
                found=str(count),
                expected=f"{expected}: the title of the first cell is the only one",
                fix="begin the notebook with '# ', and sections with '## '",
            )
