"""Tables with their periods down the side, turned so that periods are columns as everywhere else."""

from __future__ import annotations

import re
from dataclasses import replace

from beskplan.audit.documents.model import Grid, GridRow
from beskplan.audit.statements.times import When, times

CHANGE = re.compile(r"\b(?:udvikling|ændring|vækst|stigning|fald|forskel)", re.IGNORECASE)
"""Heads of columns that tell how something has moved."""


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
