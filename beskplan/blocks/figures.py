"""Figures: a picture that never stands without its words, its numbers and its source."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from beskplan.blocks.charts.canvas import Drawing
from beskplan.blocks.model import Figure, Source, Table, make
from beskplan.core.errors import BlockError, Problem


def figure(
    *,
    id: str,
    title: str,
    subtitle: str,
    unit: str,
    alt: str,
    svg: str | Drawing,
    data: Table,
    sources: Sequence[Source],
    notes: Sequence[str] = (),
) -> Figure:
    """A figure that a reader can use on its own, seen or heard.

    Args:
        id: Slug, unique on the page.
        title: The message, as one short sentence without full stop.
        subtitle: Measure, unit and period.
        unit: Of the numbers drawn; the subtitle must name it.
        alt: Made from the data: kind of figure, what it shows, start and end, extremes, comparison.
            Never the title or subtitle again, which a screen reader has just read.
        svg: As `beskplan.blocks.charts` draws it; by `drawing`, for page and phone.
        data: The numbers drawn.
        sources: Where they come from.
        notes: Reservations, printed below.

    Raises:
        BlockError: for everything that is missing or wrong, all at once.
    """
    where = f"figure {id}"
    wide, narrow = (svg.wide, svg.narrow) if isinstance(svg, Drawing) else (svg, "")
    problems = list(_word_problems(where, (title, subtitle), unit, alt))
    try:
        made = make(
            Figure,
            id=id,
            title=title,
            subtitle=subtitle,
            alt=alt,
            svg=wide,
            svg_narrow=narrow,
            data=data,
            notes=tuple(notes),
            sources=tuple(sources),
        )
    except BlockError as error:
        raise BlockError([*error.problems, *problems]) from None
    if problems:
        raise BlockError(problems)
    return made


def _word_problems(where: str, captions: tuple[str, str], unit: str, alt: str) -> Iterator[Problem]:
    """What only the figure as a whole can tell."""
    if not unit.strip():
        yield Problem(f"{where}: unit", "mangler", "", "tallenes enhed", "skriv `unit`")
    elif _plain(unit) not in _plain(captions[1]):
        yield Problem(
            f"{where}: subtitle",
            "nævner ikke enheden",
            repr(captions[1]),
            f"en tekst med {unit!r}",
        )
    for name, other in zip(("title", "subtitle"), captions, strict=True):
        if alt.strip() and _plain(alt) == _plain(other):
            yield Problem(
                f"{where}: alt",
                f"gentager {name}",
                repr(alt),
                "hvad billedet viser, efter dets tal",
            )


def _plain(text: str) -> str:
    """The text as heard: letter case, spaces and a closing full stop make no difference."""
    return " ".join(text.split()).casefold().rstrip(".")
