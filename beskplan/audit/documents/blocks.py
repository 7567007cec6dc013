"""Our own blocks as parts of a document: what a built report says, with its numbers as printed."""

from __future__ import annotations

from collections.abc import Iterator

from beskplan.audit.documents.model import Grid, GridRow, Kind, Part, Passage
from beskplan.audit.model import Place
from beskplan.blocks.model import Figure, KeyFigures, Prose, Row, SourceList, Table
from beskplan.indicators.quantities import keys_of

Shown = Table | Figure | Prose | KeyFigures | SourceList


def parts_of(block: Shown, section: str, number: int = 0) -> Iterator[Part]:
    """The parts that a block makes, in reading order.

    Args:
        block: What one cell of a report shows.
        section: The heading it stands under.
        number: The table's or figure's number on the page; 0 where it has none.
    """
    place = Place(0, 0, section)
    match block:
        case Table():
            yield _grid(block, section, number=number, derived=False)
            yield from (Passage("note", note, place) for note in block.notes)
        case Figure():
            yield Passage("heading", block.title, place)
            yield _grid(block.data, section, number=number, derived=True)
            yield Passage("text", block.alt, place)
            yield from (Passage("note", note, place) for note in block.notes)
        case Prose():
            kind: Kind = "note" if block.role == "note" else "bullet" if block.bullets else "text"
            yield from (Passage(kind, text, place) for text in block.paragraphs)
        case KeyFigures():
            yield from _key_figures(block, place)
        case SourceList():
            yield from (Passage("note", text, place) for text in block.reservations)


def _grid(table: Table, section: str, *, number: int, derived: bool) -> Grid:
    name = f"Tal bag figur {number}" if derived else f"Tabel {number}"
    title = f"{name}. {table.title}" if number else table.title
    place = Place(0, 0, section, title)
    head = GridRow(tuple(column.label for column in table.columns), place)
    rows = tuple(
        GridRow((row.label, *(cell.text for cell in row.cells)), place) for row in table.rows
    )
    units = tuple(column.unit for column in table.columns)
    apart = frozenset(c for c in range(1, len(table.columns)) if _is_apart(table, c - 1))
    return Grid(title, (head, *rows), place, table.unit, units, derived, apart, table.period)


def _is_apart(table: Table, at: int) -> bool:
    """Whether a column's numbers are of another area than their rows, or changes since what no cell shows."""
    changes = [
        set(keys_of(row.cells[at].origin)) <= _read_in(row)
        for row in table.rows
        if row.cells[at].origin[:1] in (("difference",), ("change_pct",))
        and row.cells[at].origin[1][0] == "read"
    ]
    if changes and not any(changes):
        return True
    areas = [[{key[3] for key in keys_of(cell.origin)} for cell in row.cells] for row in table.rows]
    told = [(row[at], next(filter(None, row))) for row in areas if row[at]]
    return bool(told) and all(own.isdisjoint(first) for own, first in told)


def _read_in(row: Row) -> set[tuple[str, ...]]:
    """The observations that a row prints."""
    read = (cell.origin for cell in row.cells if cell.origin[:1] == ("read",))
    return {key for origin in read for key in keys_of(origin)}


def _key_figures(block: KeyFigures, place: Place) -> Iterator[Part]:
    """Each key figure as the sentences that a reader makes of it."""
    for item in block.items:
        yield Passage("text", f"{item.label}: Der var {item.value}.", place)
        way = {"up": "steget", "down": "faldet"}.get(item.direction, "")
        if item.change:
            yield Passage("text", f"{item.label}: antallet er {way} og er {item.change}.", place)
        if item.comparison:
            yield Passage("text", f"{item.label}: {item.comparison}.", place)
