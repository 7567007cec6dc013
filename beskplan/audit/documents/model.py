"""A plan as the check reads it: passages of text and grids of cells in order, each with its place."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from beskplan.audit.model import Place, Unread

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
    notes: tuple[str, ...] = ()

    @property
    def grids(self) -> tuple[Grid, ...]:
        """The tables in their order."""
        return tuple(part for part in self.parts if isinstance(part, Grid))

    @property
    def passages(self) -> tuple[Passage, ...]:
        """The texts in their order."""
        return tuple(part for part in self.parts if isinstance(part, Passage))
