"""A plan as the check reads it: passages of text and grids of cells in order, each with its place."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from beskplan.audit.model import Place, Unread
from beskplan.audit.patterns import patterns

_RE = patterns("parts")

Kind = Literal["heading", "text", "bullet", "note"]


@dataclass(frozen=True)
class Passage:
    """A heading, a paragraph, a list item, or a note, with line breaks undone."""

    kind: Kind
    text: str
    place: Place
    lines: tuple[tuple[int, int], ...] = ()
    """(offset in the text, line number) where each line of the document begins."""

    def place_at(self, offset: int) -> Place:
        """The place of a character of the text."""
        here = [line for start, line in self.lines if start <= offset]
        line = here[-1] if here else self.place.line
        return Place(self.place.page, line, self.place.section, self.place.table)


@dataclass(frozen=True)
class GridRow:
    """One row of a table as it stands: the texts of its cells."""

    cells: tuple[str, ...]
    place: Place


@dataclass(frozen=True)
class Grid:
    """A table as it stands."""

    title: str
    rows: tuple[GridRow, ...]
    place: Place
    unit: str = ""
    """Unit of the whole table, where the document states it apart."""
    units: tuple[str, ...] = ()
    """Unit of each column, where the document states it apart."""
    derived: bool = False
    """Whether the table only repeats another one's numbers, as the table behind a figure does."""
    apart: frozenset[int] = frozenset()
    """Columns of another area than the rest of their rows, where the document itself tells."""
    period: str = ""
    """The periods of the whole table, where the document states them apart."""


Part = Passage | Grid


@dataclass(frozen=True)
class Document:
    """A whole plan in reading order."""

    name: str
    parts: tuple[Part, ...]
    unread: tuple[Unread, ...] = ()
    kommune_kode: str = ""
    """Code of the municipality, where the document itself states it; else found in the text."""
    aar: int | None = None

    @property
    def grids(self) -> tuple[Grid, ...]:
        """The tables in their order."""
        return tuple(part for part in self.parts if isinstance(part, Grid))

    @property
    def passages(self) -> tuple[Passage, ...]:
        """The texts in their order."""
        return tuple(part for part in self.parts if isinstance(part, Passage))


class RefusedError(ValueError):
    """A file that is not read; says what is wrong with it, and what to do."""

    def __init__(self, what: str, fix: str) -> None:
        super().__init__(what)
        self.fix = fix


_TITLE_LENGTH = 220
"""Characters of the longest text that is a table's title."""


class Collector:
    """Puts the parts of a document in order and remembers the section they stand in."""

    def __init__(self) -> None:
        self.parts: list[Part] = []
        self.unread: list[Unread] = []
        self.section = ""

    def place(self, line: int, page: int = 0) -> Place:
        """The place of a line in the section that is being read."""
        return Place(page, line, self.section)

    def text(self, kind: Kind, text: str, line: int) -> None:
        """Add a text; a heading begins a section."""
        if text:
            self.section = text if kind == "heading" else self.section
            self.parts.append(Passage(kind, text, self.place(line)))

    def table(
        self, rows: Sequence[Sequence[str]], places: Sequence[Place], title: str = "", unit: str = "",
        line: int = 0,
    ) -> None:  # fmt: skip
        """Add a table without its empty columns; its title is else the short text before it."""
        derived = title.startswith("Tal bag figur")
        last = self.parts[-1] if self.parts else None
        before = last.text.rstrip(":") if isinstance(last, Passage) else ""
        title = title or (before if 0 < len(before) <= _TITLE_LENGTH else self.section)
        width = max(map(len, rows))
        used = [c for c in range(width) if any(c < len(row) and row[c] for row in rows)]
        named = [replace(place, table=title) for place in places]
        grid = tuple(
            GridRow(tuple(_joined_thousands(row[c]) for c in used if c < len(row)), place)
            for row, place in zip(rows, named, strict=True)
        )
        place = replace(named[0], line=line or named[0].line)
        self.parts.append(Grid(title, grid, place, unit, derived=derived))

    def leave_out(self, reason: str, line: int, text: str = "") -> None:
        """Note what stands in the document but is not read."""
        self.unread.append(Unread(self.place(line), text, reason))


def _joined_thousands(cell: str) -> str:
    """A cell with one number whose thousands a blank parts, with blanks that do not break."""
    return re.sub(r"\s", "\u00a0", cell) if _RE["thousands"].fullmatch(cell) else cell


def filled(rows: Sequence[Sequence[tuple[str, int, int]]]) -> Iterator[tuple[str, ...]]:
    """Repeat each cell in every column and row that it takes.

    Args:
        rows: Text, columns and rows of each cell; 0 rows: the cell above goes on.
    """
    below: dict[int, tuple[int, str]] = {}
    above: tuple[str, ...] = ()
    for row in rows:
        cells: list[str] = []
        for text, columns, height in (*row, ("", 0, 1)):
            while len(cells) in below:
                more, from_above = below.pop(len(cells))
                if more > 1:
                    below[len(cells)] = (more - 1, from_above)
                cells.append(from_above)
            goes_on = not height and len(cells) < len(above)
            for _ in range(columns):
                if height > 1:
                    below[len(cells)] = (height - 1, text)
                cells.append(above[len(cells)] if goes_on and len(cells) < len(above) else text)
        above = tuple(cells)
        yield above
