"""Tables brought into one shape: one line of heads, and periods as columns as everywhere else."""

from __future__ import annotations

import re
from dataclasses import replace

from beskplan.audit.documents.model import Grid, GridRow
from beskplan.audit.statements.amounts import cell_amount
from beskplan.audit.statements.arithmetic import CHANGE
from beskplan.audit.statements.times import When, times

_DIGIT = re.compile(r"[0-9]")


def row_periods(grid: Grid) -> list[When] | None:
    """The period of each row, where every row head is one period and nothing else; else None."""
    found = [times(row.cells[0]) for row in grid.rows[1:]]
    if len(found) < 2 or any(len(one) != 1 for one in found):
        return None
    whole = all(
        when[0].start == 0 and when[0].stop >= len(row.cells[0].strip())
        for when, row in zip(found, grid.rows[1:], strict=True)
    )
    return [one[0] for one in found] if whole else None


def one_head(grid: Grid) -> Grid:
    """The grid with one line of heads, where it has two: `Antal` over `Juni 2019` and `Juni 2020`.

    The second line is known by its empty first cell, or one that says the same as the one above,
    and by having no numbers but years.
    """
    if len(grid.rows) < 3 or len(grid.rows[0].cells) != len(grid.rows[1].cells):
        return grid
    upper, lower = grid.rows[0].cells, grid.rows[1].cells
    words = all(cell and (times(cell) or not _DIGIT.search(cell)) for cell in lower[1:])
    repeated = len(set(upper[1:])) < len(upper[1:])
    if not (words and repeated and lower[0] in ("", upper[0])):
        return grid
    heads = (a if a == b else f"{a} {b}".strip() for a, b in zip(upper, lower, strict=True))
    head = GridRow(tuple(heads), grid.rows[0].place)
    return replace(grid, rows=(head, *grid.rows[2:]))


def turned(grid: Grid) -> Grid:
    """The grid with a column for each period; as it is where its rows are no periods.

    Columns of changes are left out: each is a change from the row above, which a rule of its own
    computes again.
    """
    if row_periods(grid) is None or any(len(r.cells) != len(grid.rows[0].cells) for r in grid.rows):
        return grid
    head = GridRow(("", *(row.cells[0] for row in grid.rows[1:])), grid.rows[0].place)
    rows = tuple(
        GridRow((label, *(row.cells[column] for row in grid.rows[1:])), grid.place)
        for column, label in enumerate(grid.rows[0].cells)
        if column and not CHANGE.search(label)
    )
    return replace(grid, rows=(head, *rows), units=()) if rows else grid


def with_labels(grid: Grid) -> Grid:
    """The grid with the column that names its rows first: a column of ranks before it is left out."""
    head, body = grid.rows[0], grid.rows[1:]
    if len(head.cells) < 3 or not body or any(len(row.cells) < 2 for row in body):
        return grid
    numbered = all(re.fullmatch(r"\d{1,3}\.?", row.cells[0].strip()) for row in body)
    worded = all(cell_amount(row.cells[1]) is None and row.cells[1].strip() for row in body)
    if not (numbered and worded):
        return grid
    return replace(
        grid,
        rows=tuple(replace(row, cells=row.cells[1:]) for row in grid.rows),
        units=grid.units[1:],
    )
