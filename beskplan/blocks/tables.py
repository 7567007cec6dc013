"""Tables and figures that a reader can use on their own.

Tables are built from quantities, so that a printed text never parts from its number and state; a figure
never stands without its words, its numbers and its source.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from beskplan.blocks.model import Cell, Column, Figure, Row, Source, Table
from beskplan.core.danish import list_danish
from beskplan.core.errors import BlockError, Problem
from beskplan.indicators.quantities import ABSENT_TEXT, WITHHELD_TEXT, Quantity

if TYPE_CHECKING:
    from beskplan.blocks.charts.canvas import Drawing
from beskplan.observations.published import WITHOUT_SOURCE

STATE_NOTES = {
    "withheld": (
        f"»{WITHHELD_TEXT}«: tallet er så lille, at det ikke offentliggøres, eller det kunne bruges til "
        "at regne et sådant tal ud."
    ),
    "absent": f"»{ABSENT_TEXT}«: kilden har ikke noget tal for området i perioden.",
}
"""What a table says of itself when a cell is not a plain known number."""
NO_PCT = f"{STATE_NOTES['absent'][:-1]}, eller tallet før var 0, så der ikke kan regnes en ændring i pct."
"""The same where a row is without a change in per cent alone, which 0 has none of."""
NOT_PRINTED = f"»{ABSENT_TEXT}«: planen trykte ikke tallet."
"""The same of a number that is read from a printed plan: its source may well have had it."""
_OTHER_NAME = "giv dem hver sit navn"


@dataclass(frozen=True)
class Note:
    """A note and the cells that it is about, each by the label of its row and the id of its column."""

    text: str
    cells: Collection[tuple[str, str]]


def is_printed(sources: Sequence[Source]) -> bool:
    """Tell whether numbers are read from a printed plan."""
    ends = " som trykt i ", WITHOUT_SOURCE
    return any(end in source.text for source in sources for end in ends)


def cell(quantity: Quantity, *, signed: bool = False, unit: Literal["", "%", "pct."] = "") -> Cell:
    """A table cell: the quantity's Danish text, its printed value and its state."""
    return Cell(
        text=quantity.text(signed=signed, unit=unit),
        value=float(quantity.printed) if quantity.is_number else None,
        state=quantity.state,
        origin=quantity.origin,
    )


def table(
    *,
    id: str,
    title: str,
    unit: str,
    period: str,
    columns: Sequence[Column],
    rows: Sequence[Row],
    sources: Sequence[Source],
    notes: Sequence[str | Note] = (),
) -> Table:
    """A table that a reader can use on its own.

    A note stands at its cells, or begins with the »word« of the table that it is about.

    Grain: one row per row head. Unit: of the whole table, and per column where they differ.
    Missing: a withheld or absent cell prints its word, and the table explains it in a note.

    Raises:
        BlockError: two rows or columns share a name, as targets or sections of a plan may; all at once.
        ValidationError: a title, unit, period or source is missing.
    """
    named = {"row": [row.label for row in rows], "column": [column.label for column in columns]}
    if problems := [
        Problem(f"table {id}: {what} {label!r}", "står der mere end én gang", fix=_OTHER_NAME)
        for what, labels in named.items()
        for label in sorted({one for one in labels if labels.count(one) > 1})
    ]:
        raise BlockError(problems)
    if any(len(row.cells) != len(columns) - 1 for row in rows):
        raise ValueError(f"table {id}: a row has not one cell for each column after the first")
    states = {one.state for row in rows for one in row.cells}
    absent = STATE_NOTES["absent"] if not any(map(_lacks_pct_alone, rows)) else NO_PCT
    absent = NOT_PRINTED if is_printed(sources) else absent
    told = {**STATE_NOTES, "absent": absent}
    state_notes = [note for state, note in told.items() if state in states]
    if "calculated" in states:
        state_notes.append(_summed(columns[1:], rows))
    for number, note in enumerate(notes, start=1):
        if isinstance(note, Note):
            rows = [_marked(row, columns, note, f"[note {number}]") for row in rows]
    return Table(
        id=id,
        title=title,
        unit=unit,
        period=period,
        columns=tuple(columns),
        rows=tuple(rows),
        notes=(*(note.text if isinstance(note, Note) else note for note in notes), *state_notes),
        sources=tuple(sources),
    )


def _lacks_pct_alone(row: Row) -> bool:
    """Whether all that a row is without are changes in per cent, as where the number before is 0."""
    absent = [one.origin[:1] for one in row.cells if one.state == "absent"]
    return bool(absent) and set(absent) == {("change_pct",)}


def _summed(columns: Sequence[Column], rows: Sequence[Row]) -> str:
    """Name the rows with sums; the columns instead where these are fewer and have no other numbers."""
    found = [row.label for row in rows if any(one.state == "calculated" for one in row.cells)]
    within = zip(columns, zip(*(row.cells for row in rows), strict=True), strict=True)
    whole = {
        column.label: {one.state for one in cells} & {"known", "calculated"}
        for column, cells in within
    }
    summed = [label for label, states in whole.items() if "calculated" in states]
    if len(summed) < len(found) and all(whole[label] == {"calculated"} for label in summed):
        found = summed
    quoted = list_danish([f"»{label}«" for label in found])
    return (
        f"{quoted}: lagt sammen her af afrundede tal, fordi kilden ikke selv opgør summen. Den rigtige sum "
        "kan afvige lidt."
    )


def _marked(row: Row, columns: Sequence[Column], note: Note, mark: str) -> Row:
    """The row with the mark of a note at each of its numbers that the note is about."""
    cells = tuple(
        one.model_copy(update={"text": f"{one.text} {mark}"})
        if (row.label, column.id) in note.cells and one.value is not None
        else one
        for column, one in zip(columns[1:], row.cells, strict=True)
    )
    return row.model_copy(update={"cells": cells})


def figure(
    *, title: str, subtitle: str, alt: str, svg: Drawing, data: Table, notes: Sequence[str] = ()
) -> Figure:
    """A figure that a reader can use on its own, seen or heard; its id and sources are its numbers'.

    Args:
        title: The message, as one short sentence without full stop.
        subtitle: Measure, unit and period.
        alt: Made from the data: kind of figure, what it shows, start and end, extremes, comparison.
            Never the title or subtitle again, which a screen reader has just read.
        svg: As `beskplan.blocks.charts` draws it, for page and phone.
        data: The numbers drawn.
        notes: Reservations, printed below.

    Raises:
        ValidationError: a text is missing.
    """
    return Figure(
        id=data.id,
        title=title,
        subtitle=subtitle,
        alt=alt,
        svg=svg.wide,
        svg_narrow=svg.narrow,
        data=data,
        notes=tuple(notes),
        sources=data.sources,
    )
