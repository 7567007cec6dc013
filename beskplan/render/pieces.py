"""What the cells of an executed notebook hold: headings, prose and blocks, in reading order.

Nothing else may reach a reader. An output that is no block is a problem, never passed on.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import nbformat
from nbformat import NotebookNode
from pydantic import TypeAdapter, ValidationError

from beskplan.blocks.model import MIME, Block
from beskplan.core.errors import Problem
from beskplan.render.markdown import Heading, markdown_problems, split_headings

_BLOCK: TypeAdapter[Block] = TypeAdapter(Block)


@dataclass(frozen=True)
class Piece:
    """A heading, a stretch of markdown or a block, and the cell that it stands in."""

    where: str
    value: Heading | str | Block


def read_notebook(path: Path) -> NotebookNode:
    """A notebook from disk, as version 4."""
    notebook: NotebookNode = nbformat.read(path, as_version=4)
    return notebook


def read_pieces(nb: NotebookNode) -> tuple[list[Piece], list[Problem]]:
    """The pieces of a notebook in order, and everything in it that is none.

    Cells are counted from 1, as a reader of the notebook counts them.
    """
    pieces: list[Piece] = []
    problems: list[Problem] = []
    for number, cell in enumerate(nb.cells, start=1):
        where = f"cell {number}"
        for found in _cell(cell, where):
            if isinstance(found, Problem):
                problems.append(found)
            else:
                pieces.append(found)
    return pieces, problems


def _cell(cell: NotebookNode, where: str) -> Iterator[Piece | Problem]:
    if cell.cell_type == "markdown":
        for part in split_headings(cell.source):
            if isinstance(part, str):
                yield from markdown_problems(part, where)
            yield Piece(where, part)
    elif cell.cell_type == "code":
        for output in cell.outputs:
            yield _output(output, where)
    elif cell.source.strip():
        yield Problem(where, "a raw cell", cell.source[:80], fix="make it a markdown cell")


def _output(output: NotebookNode, where: str) -> Piece | Problem:
    if output.output_type == "error":
        return Problem(where, "the cell raised an error", f"{output.ename}: {output.evalue}")
    if output.output_type == "stream":
        fix = "let the cell show a block; a warning wants its cause mended"
        return Problem(where, f"printed text ({output.name})", output.text.strip()[:200], fix=fix)
    if MIME not in output.data:
        return Problem(
            where,
            "an output that is no block",
            found=str(output.data.get("text/plain", ", ".join(output.data)))[:80],
            expected="a block of beskplan",
            fix=_fix(output),
        )
    try:
        return Piece(where, _BLOCK.validate_python(output.data[MIME]))
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"])
        return Problem(
            where,
            "a block that cannot be read",
            found=f"{place}: {first['msg']}" if place else first["msg"],
            expected="a block of this version of beskplan",
            fix="run the notebook again",
        )


def _fix(output: NotebookNode) -> str:
    if any(kind.startswith("image/") for kind in output.data):
        return "show the figure with figure(...)"
    if "text/html" in output.data:
        return "show the table with table(...)"
    return "end the cell with table(...), figure(...) or sentence(...), or with a semicolon"
