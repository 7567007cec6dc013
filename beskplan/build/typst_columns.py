"""How wide the columns of a printed table are, from what stands in them.

Widths are in characters of the table's type; the template only needs their proportions.
"""

from __future__ import annotations

from beskplan.blocks.captions import column_unit
from beskplan.blocks.model import Cell, Column, Table

PAGE_CHARACTERS = 98
"""Characters of 8.5 pt Open Sans in the text width of the page, 160 mm (4.6 pt each)."""
FULL_SIZE_PT = 8.5
SMALLEST_PT = 6.8
_GAP = 2.5
_LONGEST_HEAD_WORD = 18
_HEAD_LINES = 2
_LONGEST_ROW_HEAD = 42
_SHORTEST_ROW_HEAD = 16


def column_widths(table: Table) -> list[float]:
    """The relative width of each column, in the order of the columns."""
    natural = _natural(table, broken=False)
    if sum(natural) <= PAGE_CHARACTERS:
        return natural
    natural = _natural(table, broken=True)
    spare = min(0.0, PAGE_CHARACTERS - sum(natural))
    first = max(min(natural[0], _SHORTEST_ROW_HEAD), natural[0] + spare)
    return [first, *natural[1:]]


def type_size(table: Table) -> float:
    """The size of the table's type in points: smaller only where the numbers need it."""
    needed = sum(column_widths(table))
    return round(max(SMALLEST_PT, min(FULL_SIZE_PT, FULL_SIZE_PT * PAGE_CHARACTERS / needed)), 2)


def _natural(table: Table, *, broken: bool) -> list[float]:
    heads = max(min(len(row.label), _LONGEST_ROW_HEAD) for row in table.rows)
    widths = [max(heads, _head(table, table.columns[0])) + _GAP]
    for place, column in enumerate(table.columns[1:]):
        widest = max(_room(row.cells[place], broken=broken) for row in table.rows)
        widths.append(max(widest, _head(table, column)) + _GAP)
    return widths


def _room(cell: Cell, *, broken: bool) -> float:
    """A number is never broken; a text may be at its spaces, where the table is wide."""
    if cell.value is not None:
        return len(cell.text)
    if not broken:
        return min(len(cell.text), _LONGEST_ROW_HEAD)
    return max(len(cell.text) / _HEAD_LINES, *map(len, cell.text.split(" ")), 0)


def may_hyphenate(column: Column) -> bool:
    """Whether a head has a word too long to keep whole."""
    return any(len(word) > _LONGEST_HEAD_WORD for word in column.label.split(" "))


def _head(table: Table, column: Column) -> float:
    """Room for a head in a few lines, its longest word unbroken unless it is very long."""
    texts = (column.label, column_unit(table, column))
    words = [min(len(word), _LONGEST_HEAD_WORD) for text in texts for word in text.split(" ")]
    return max(*(len(text) / _HEAD_LINES for text in texts), *words)
