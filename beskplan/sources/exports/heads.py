"""Finding the row of column heads: the one place where a grid becomes a table."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date
from typing import Final

from beskplan.core.errors import BeskplanError, DataError, Problem, did_you_mean
from beskplan.core.periods import Period
from beskplan.sources.exports.grid import CellValue, Grid
from beskplan.sources.exports.mapping import Mapping
from beskplan.sources.exports.period_names import period_from_day, period_from_text
from beskplan.sources.labels import normalised

SEARCHED_ROWS: Final = 40
"""Titles and dates above a table fill some rows; a table that begins later is not found."""


@dataclass(frozen=True)
class Head:
    """The row of heads, and which column each label of the mapping stands in."""

    grid: Grid
    index: int
    """Position of the row in `grid.rows`."""
    columns: dict[str, int]
    """Column by the mapping's own label."""
    periods: dict[int, Period]
    """Columns that are a period each; empty unless the mapping says so."""


def find_head(grids: tuple[Grid, ...], mapping: Mapping, where: str) -> Head:
    """The only row of heads that fits the mapping, among all ways to see the file.

    Raises:
        DataError: no row has all labels (the nearest is told), several grids have, a label stands
            twice in the row, or the row has columns that the mapping does not name.
    """
    hits = [head for grid in grids if (head := _first_head(grid, mapping)) is not None]
    if not hits:
        raise DataError(_missing(grids, mapping, where))
    if len(hits) > 1:
        found = " and ".join(head.grid.name for head in hits)
        fix = "say `fil: {ark: ...}` or `fil: {skilletegn: ...}` in the mapping"
        raise DataError(Problem(where, "several tables fit the mapping", found, "one", fix))
    if problems := _unexpected(hits[0], mapping, where):
        raise DataError(problems)
    return hits[0]


def _first_head(grid: Grid, mapping: Mapping) -> Head | None:
    for index, row in enumerate(grid.rows[:SEARCHED_ROWS]):
        if mapping.fil.overskrift not in (None, grid.numbers[index]):
            continue
        places = {
            normalised(cell): at
            for at, cell in reversed([*enumerate(row)])
            if isinstance(cell, str)
        }
        columns = {label: places.get(normalised(label), -1) for label in mapping.labels}
        if -1 in columns.values():
            continue
        periods = _period_columns(row) if mapping.periode.i_overskrift else {}
        if periods or not mapping.periode.i_overskrift:
            return Head(grid, index, columns, periods)
    return None


def _period_columns(row: tuple[CellValue, ...]) -> dict[int, Period]:
    found = {}
    for at, cell in enumerate(row):
        try:
            if isinstance(cell, str):
                found[at] = period_from_text(cell)
            elif isinstance(cell, date):
                found[at] = period_from_day(cell)
            elif isinstance(cell, int | float) and not isinstance(cell, bool) and cell == int(cell):
                found[at] = period_from_text(str(int(cell)))
        except (BeskplanError, OverflowError):
            continue
    return found


def _unexpected(head: Head, mapping: Mapping, where: str) -> list[Problem]:
    """Columns that nobody has decided about, and labels that stand twice."""
    row = head.grid.rows[head.index]
    place = f"{where}: row {head.grid.numbers[head.index]}"
    labels = Counter(normalised(cell) for cell in row if isinstance(cell, str))
    wanted = {normalised(label) for label in mapping.labels}
    ignored = {normalised(label) for label in mapping.ignorer}
    twice = [label for label in sorted(wanted) if labels[label] > 1]
    repeated = [code for code, n in Counter(p.code for p in head.periods.values()).items() if n > 1]
    problems = [
        Problem(place, "a column head stands twice", repr(label), fix="rename one of them")
        for label in (*twice, *repeated)
    ]
    below = head.grid.rows[head.index + 1 :]
    for at, cell in enumerate(row):
        known = isinstance(cell, str) and normalised(cell) in wanted | ignored
        empty = cell is None and all(at >= len(r) or r[at] is None for r in below)
        if not (known or empty or at in head.periods):
            found = repr(cell) if cell is not None else f"column {at + 1} without a head"
            fix = "add it under `tal` or `ignorer` in the mapping"
            problems.append(
                Problem(place, "a column that the mapping does not name", found, fix=fix)
            )
    return problems


def _missing(grids: tuple[Grid, ...], mapping: Mapping, where: str) -> Problem:
    """What the best row of heads lacks: the row that has most of the labels."""
    wanted = {normalised(label): label for label in mapping.labels}
    rows = [
        {normalised(cell) for cell in row if isinstance(cell, str)}
        for grid in grids
        for row in grid.rows[:SEARCHED_ROWS]
    ]
    best = max(rows, key=lambda row: len(row & set(wanted)), default=set())
    missing = [label for plain, label in wanted.items() if plain not in best] or [
        "a period as head"
    ]
    expected = ", ".join(f"'{label}'" for label in wanted.values())
    fix = did_you_mean(
        missing[0], sorted(best - set(wanted)), "check that the mapping is this table's"
    )
    return Problem(
        where,
        "no row has the column heads of the mapping",
        f"missing: {', '.join(missing)}",
        expected,
        fix,
    )
