"""One shape for every table: one line of heads, rows by what they are of, columns by time."""

from __future__ import annotations

import re
from dataclasses import replace

from beskplan.audit.documents.model import Grid, GridRow
from beskplan.audit.patterns import patterns
from beskplan.audit.statements.amounts import BARE_HEAD, When, cell_amount, times
from beskplan.audit.statements.arithmetic import CHANGE
from beskplan.audit.statements.vocabulary import has_number

_RE = patterns("tables")

MISSING = ("fortroligt", "ikke opgjort", "-", "–", "..", ".", "", "x", "n/a")


def one_head(grid: Grid) -> Grid:
    """The grid with one line of heads, where it has more: `Antal` over `Juni 2019` and `Juni 2020`.

    A further line is known by cells of words and years under heads that stand over several columns.
    """
    if len(grid.rows) < 3 or len(grid.rows[0].cells) != len(grid.rows[1].cells):
        return grid
    upper, lower = grid.rows[0].cells, grid.rows[1].cells
    words = all(
        cell.casefold() not in MISSING
        and (cell == over or times(cell) or _RE["counted_head"].match(cell) or not has_number(cell))
        for over, cell in zip(upper[1:], lower[1:], strict=True)
    )
    repeated = len(set(upper[1:])) < len(upper[1:])
    if not (words and repeated):
        return grid
    heads = tuple(a if a == b else f"{a} {b}".strip() for a, b in zip(upper, lower, strict=True))
    return one_head(replace(grid, rows=(GridRow(heads, grid.rows[0].place), *grid.rows[2:])))


def with_years(grid: Grid) -> Grid:
    """The grid with the only year of its title at heads that are months or quarters alone, in order."""
    head = grid.rows[0]
    bare = [BARE_HEAD.fullmatch(cell.strip()) is not None for cell in head.cells]
    named = (
        {when.period.year for when in times(text)}
        for text in (head.cells[0], grid.title, grid.place.section)
    )
    years = next((years for years in named if years), set())
    if sum(bare) < 2 or len(years) != 1:
        return grid
    cells = [
        f"{c.strip()} {min(years)}" if is_bare else c
        for c, is_bare in zip(head.cells, bare, strict=True)
    ]
    days = [times(cell)[0].period for cell, is_bare in zip(cells, bare, strict=True) if is_bare]
    in_order = len({day.kind for day in days}) == 1 and days in (sorted(days), sorted(days)[::-1])
    rows = (replace(head, cells=tuple(cells)), *grid.rows[1:])
    return replace(grid, rows=rows) if in_order else grid


def with_labels(grid: Grid) -> Grid:
    """The grid with the column that names its rows first: a column of ranks before it is left out."""
    head, body = grid.rows[0], grid.rows[1:]
    if len(head.cells) < 3 or not body or any(len(row.cells) < 2 for row in body):
        return grid
    number = r"\d{1,3}(?:\.\d{1,2})?\.?|[A-ZÆØÅ]\d{0,2}\.?"
    numbered = all(re.fullmatch(number, row.cells[0].strip()) for row in body)
    worded = all(cell_amount(row.cells[1]) is None and row.cells[1].strip() for row in body)
    if not (numbered and worded):
        return grid
    rows = tuple(replace(row, cells=row.cells[1:]) for row in grid.rows)
    return replace(grid, rows=rows, units=grid.units[1:])


def row_periods(grid: Grid) -> list[When] | None:
    """The period of each row, where every row head is one period and nothing else; else None."""
    found = [(row.cells[0].strip(), times(row.cells[0])) for row in grid.rows[1:]]
    whole = all(len(w) == 1 and w[0].start == 0 and w[0].stop >= len(text) for text, w in found)
    return [when[0] for _, when in found] if whole and len(found) > 1 else None


def turned(grid: Grid) -> Grid:
    """A grid whose rows are periods with a column for each period.

    Columns of changes are left out: each is a change from the row above, which the arithmetic of
    the table as it stands computes again.
    """
    head = GridRow(("", *(row.cells[0] for row in grid.rows[1:])), grid.rows[0].place)
    rows = tuple(
        GridRow((label, *(row.cells[column] for row in grid.rows[1:])), grid.place)
        for column, label in enumerate(grid.rows[0].cells)
        if column and not CHANGE.search(label)
    )
    return replace(grid, rows=(head, *rows), units=()) if rows else grid
