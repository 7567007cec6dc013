"""How wide the columns of a printed table are, from what stands in them.

Widths are in characters of the table's type; the template only needs their proportions.
"""

from __future__ import annotations

from beskplan.blocks.model import Cell, Column, Table

PAGE_CHARACTERS = 98
"""Characters of 8.5 pt Open Sans in the text width of the page, 160 mm (4.6 pt each)."""
FULL_SIZE_PT = 8.5
SMALLEST_PT = 6.8
_GAP = 2.5
_LONGEST_HEAD_WORD = 14
_HEAD_LINES = 3
_LONGEST_ROW_HEAD = 42
_SHORTEST_ROW_HEAD = 16


def column_widths(table: Table) -> list[float]:
    """The relative width of each column, in the order of the columns."""
    natural = _natural(table)
    spare = PAGE_CHARACTERS - sum(natural)
    if spare >= 0:
        return natural
    first = max(min(natural[0], _SHORTEST_ROW_HEAD), natural[0] + spare)
    return [first, *natural[1:]]


def type_size(table: Table) -> float:
    """The size of the table's type in points: smaller only where the numbers need it."""
    needed = sum(column_widths(table))
    return round(max(SMALLEST_PT, min(FULL_SIZE_PT, FULL_SIZE_PT * PAGE_CHARACTERS / needed)), 2)


def _natural(table: Table) -> list[float]:
    heads = max(min(len(row.label), _LONGEST_ROW_HEAD) for row in table.rows)
    widths = [max(heads, _head(table.columns[0])) + _GAP]
    for place, column in enumerate(table.columns[1:]):
        widest = max(_unbroken(row.cells[place], column) for row in table.rows)
        widths.append(max(widest, _head(column)) + _GAP)
    return widths


def _unbroken(cell: Cell, column: Column) -> float:
    """A number is never broken; a text may be, at its spaces."""
    if column.kind == "number" and cell.value is not None:
        return len(cell.text)
    return max(len(cell.text) / _HEAD_LINES, *(len(word) for word in cell.text.split(" ")), 0)


def _head(column: Column) -> float:
    words = [min(len(word), _LONGEST_HEAD_WORD) for word in column.label.split(" ")]
    return max(len(column.label) / _HEAD_LINES, *words, 0)
