"""The status of a region: its municipalities beside each other, in each benefit's change and share."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace

from beskplan.blocks.model import Cell, Column, Omitted, Row, Subsection, Subsections, Table, make
from beskplan.blocks.tables import cell, table
from beskplan.core.words import danish_key
from beskplan.params.models import Maalgrupper as MaalgrupperParams
from beskplan.registers.areas import Area, area
from beskplan.registers.indicators import INDICATORS
from beskplan.report.base import Context
from beskplan.report.beside import keys_of
from beskplan.report.maalgrupper_tal import BenefitSection, read_section

MOST_COLUMNS = 9
"""Benefits beside each other in one table: more do not fit on a page."""
_ID = "kommunerne"
_KOMMUNE = Column(id="kommune", label="Kommune", kind="text")
_Rows = Sequence[tuple[Area, Mapping[str, BenefitSection]]]
"""Each municipality with its sections by name."""


def is_region(one: Area) -> bool:
    """Whether a status is about a region's municipalities."""
    return one.kind in ("rar", "region")


def matrix(
    context: Context, asked: MaalgrupperParams, sections: Sequence[BenefitSection]
) -> Subsections | Omitted:
    """Each municipality a row and each benefit a column: the changes, then the shares.

    Args:
        context: Of the region.
        asked: The edition's params.
        sections: The region's own, which the municipalities are read by.

    Missing: a withheld or absent number has its word; the region's own number stands in the scoreboard.
    """
    if not is_region(context.kommune):
        return Omitted(id=_ID, reason="Siden handler om én kommune.", missed=False)
    alone = asked.model_copy(update={"sammenlign_med": ()})
    kommuner = sorted(map(area, context.kommune.parts), key=lambda one: danish_key(one.navn))

    def read(one: Area) -> dict[str, BenefitSection]:
        own = replace(context, kommune=one)
        return {s.name: read_section(own, alone, s.name, s.params) for s in sections}

    rows = [(one, read(one)) for one in kommuner]
    return make(
        Subsections,
        id=_ID,
        parts=(
            Subsection(
                title="Ændring på et år i pct.", blocks=tuple(_changes(context, rows, sections))
            ),
            Subsection(title="Andele", blocks=tuple(_shares(context, rows, sections))),
        ),
    )


def _changes(context: Context, rows: _Rows, sections: Sequence[BenefitSection]) -> Iterator[Table]:
    for number, some in enumerate(_chunks(sections), start=1):
        yield _matrix(
            context,
            rows,
            some,
            lambda one: cell(one.own.change_pct, signed=True, unit="%"),
            id=f"aendringer-{number}",
            title=f"Ændring i pct. {context.kommune.stedsform}, del {number}",
            unit="pct.",
            period=f"{some[0].before.text} og {some[0].now.text}",
        )


def _shares(context: Context, rows: _Rows, sections: Sequence[BenefitSection]) -> Iterator[Table]:
    indicators = dict.fromkeys(one.params.andel for one in sections)
    alike = ([one for one in sections if one.params.andel == andel] for andel in indicators)
    chunks = (some for each in alike for some in _chunks(each))
    for number, some in enumerate(chunks, start=1):
        spec = INDICATORS[some[0].params.andel]
        yield _matrix(
            context,
            rows,
            some,
            lambda one: cell(one.own.share or one.own.now),
            id=f"andele-{number}",
            title=f"{spec.name} {context.kommune.stedsform}, del {number}",
            unit=spec.unit,
            period=some[0].now.text,
            notes=list(dict.fromkeys(one.share_note for one in some if one.share_note)),
        )


def _matrix(
    context: Context,
    rows: _Rows,
    some: Sequence[BenefitSection],
    make_cell: Callable[[BenefitSection], Cell],
    *,
    unit: str,
    **words: object,
) -> Table:
    """A table of one measure of some benefits."""
    made = [
        Row(label=one.navn, area=one.kode, cells=tuple(make_cell(read[s.name]) for s in some))
        for one, read in rows
    ]
    keys = [key for row in made for one in row.cells for key in keys_of(one.origin)]
    heads = (Column(id=one.id, label=one.short_title, unit=unit) for one in some)
    columns = [_KOMMUNE, *heads]
    sources = context.data.sources(keys)
    return table(unit=unit, columns=columns, rows=made, sources=sources, **words)  # type: ignore[arg-type]


def _chunks(sections: Sequence[BenefitSection]) -> Iterator[Sequence[BenefitSection]]:
    """As few tables as they fit in, about equally wide."""
    count = -(-len(sections) // MOST_COLUMNS)
    width = -(-len(sections) // count) if count else 1
    return (sections[at : at + width] for at in range(0, len(sections), width))
