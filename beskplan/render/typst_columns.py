"""How a printed table is laid out, from what stands in it: column widths and size of type.

Widths are counted in characters of the table's type; the template needs only their proportions.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from math import ceil

from beskplan.blocks.captions import column_unit
from beskplan.blocks.model import Cell, Column, Row, Table

PAGE_CHARACTERS = 98
"""Characters of 8.5 pt Open Sans in the text width of the page, 160 mm (4.6 pt each)."""
TIGHT_CHARACTERS = 104
"""In the text width of an edition's page, 170 mm."""
WIDE_CHARACTERS = 163
"""In that of a page on its side, 265 mm."""
MOST_UPRIGHT = 12
"""So many columns stand on an upright page at the smallest type."""
FULL_SIZE_PT = 8.5
SMALLEST_PT = 6.8
_EASY_FIT = 1.12
"""Type is rather set this much smaller than that a cell of words is broken."""
_GAP = 2.5
_LINE = 13.0
"""The little line after a number, with the space before it."""
_GUTTER = 5.0
"""Between two halves of a page."""
_LONGEST_HEAD_WORD = 18
_LONGEST_BROKEN_WORD = 10
_LONGEST_WIDE_WORD = 9
_HEAD_LINES, _WIDE_HEAD_LINES = 2, 4
_LONGEST_ROW_HEAD = 42
_LONGEST_BROKEN_ROW_HEAD = 28
"""Row heads go over two lines before a cell of words does."""
_SHORTEST_ROW_HEAD = 16
_LONGEST_TEXT = 60
_WORD = re.compile(r"\[note \d+\]|\S+")
"""What the template keeps on one line."""


@dataclass(frozen=True)
class Layout:
    """Relative widths of the columns, and the size of the type in points."""

    widths: list[float]
    size: float
    characters: float = PAGE_CHARACTERS
    """Of full-size type in the width that the table has."""

    def holds(self, place: int, word: str) -> bool:
        """Whether the column at `place` has room for `word` without breaking it."""
        return len(word) <= self._room(place)

    def lines(self, row: Row) -> int:
        """About how many lines a row takes."""
        texts = (row.label, *(cell.text for cell in row.cells))
        return max(
            ceil(len(text) / max(1.0, self._room(place))) for place, text in enumerate(texts)
        )

    def halved(self) -> Layout | None:
        """The same table in half the page's width; None where it does not fit."""
        half = (PAGE_CHARACTERS - _GUTTER) / 2
        if sum(self.widths) > half * _EASY_FIT:
            return None
        size = min(FULL_SIZE_PT, FULL_SIZE_PT * half / sum(self.widths))
        return Layout(self.widths, round(size, 2), half)

    def _room(self, place: int) -> float:
        """Characters that a line of the column at `place` holds."""
        characters = self.characters * FULL_SIZE_PT / self.size
        return self.widths[place] * characters / sum(self.widths) - _GAP / 2


def is_wide(table: Table) -> bool:
    """Whether a table needs a page on its side."""
    return len(table.columns) > MOST_UPRIGHT


def table_layout(table: Table, *, tight: bool = False) -> Layout:
    """The layout of `table`: natural widths if they fit, else row heads, then words broken.

    Args:
        table: What is laid out.
        tight: Whether it stands in an edition, of few pages with narrow margins: what can stand on one line
            at the smallest type does.

    The type is made as small as it must be. Numbers are never broken: where there are too many
    columns even for the smallest type, the row heads give way.
    """
    if is_wide(table):
        return _wide_layout(table)
    characters = TIGHT_CHARACTERS if tight else PAGE_CHARACTERS
    easy = FULL_SIZE_PT / SMALLEST_PT if tight else _EASY_FIT
    widths = _natural(table, _LONGEST_ROW_HEAD, broken=False)
    if sum(widths) > characters * easy:
        widths = _natural(table, _LONGEST_BROKEN_ROW_HEAD, broken=False)
    if sum(widths) > characters * easy:
        widths = _natural(table, _LONGEST_ROW_HEAD, broken=True)
        spare = min(0.0, characters - sum(widths))
        # A row head is broken between its words only.
        longest_word = max(len(word) for row in table.rows for word in row.label.split())
        least = max(_SHORTEST_ROW_HEAD, longest_word + _GAP)
        widths[0] = max(min(widths[0], least), widths[0] + spare)
    size = FULL_SIZE_PT * characters / sum(widths)
    return Layout(widths, round(max(SMALLEST_PT, min(FULL_SIZE_PT, size)), 2), characters)


def _wide_layout(table: Table) -> Layout:
    """One with many columns of numbers: the heads are broken, the row heads are not."""
    label = max(len(row.label) for row in table.rows) + _GAP
    widths = _natural(table, _SHORTEST_ROW_HEAD, broken=True)[1:]
    room = WIDE_CHARACTERS * FULL_SIZE_PT / SMALLEST_PT - label
    return Layout([max(label, label * sum(widths) / room), *widths], SMALLEST_PT, WIDE_CHARACTERS)


def _natural(table: Table, longest_row_head: int, *, broken: bool) -> list[float]:
    heads = max(min(len(row.label), longest_row_head) for row in table.rows)
    longest = _LONGEST_BROKEN_WORD if broken else _LONGEST_HEAD_WORD
    longest = _LONGEST_WIDE_WORD if is_wide(table) else longest
    widths = [max(heads, _head(table, table.columns[0], longest)) + _GAP]
    for place, column in enumerate(table.columns[1:]):
        whole = column.kind == "number" or not broken
        widest = max(_room(row.cells[place], whole=whole) for row in table.rows)
        widths.append(max(widest, _head(table, column, longest)) + _GAP)
    return widths


def _room(cell: Cell, *, whole: bool) -> float:
    """Room for a cell: whole, or of words in two lines; a number among words is no number by itself."""
    if cell.line:
        return len(cell.text) + _LINE
    if whole:
        return len(cell.text)
    return min(_in_two_lines(cell.text), max(_LONGEST_TEXT, *map(len, cell.text.split())))


def _in_two_lines(text: str) -> int:
    """The least width in which a text takes two lines."""
    words = _WORD.findall(text)
    splits = ((" ".join(words[:at]), " ".join(words[at:])) for at in range(1, len(words)))
    return min((max(map(len, lines)) for lines in splits), default=len(text))


def _head(table: Table, column: Column, longest: int) -> float:
    """Room for a head in a few lines, with words of up to `longest` characters kept whole."""
    texts = (column.label, column_unit(table, column))
    words = [min(len(word), longest) for text in texts for word in text.split(" ")]
    lines = _WIDE_HEAD_LINES if is_wide(table) else _HEAD_LINES
    return max(*(len(text) / lines for text in texts), *words)
