"""Figures: a picture that never stands without its words, its numbers and its source."""

from __future__ import annotations

from collections.abc import Sequence

from beskplan.blocks.charts.canvas import Drawing
from beskplan.blocks.model import Figure, Table


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
