"""Blocks and words that several Bilag have: notes, rankings, tables of levels, lines over time."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from beskplan.blocks.charts import Band, Bar, Drawing, Level, Line, drawing, lines
from beskplan.blocks.making import make
from beskplan.blocks.model import Column, KeyFigure, KeyFigures, Omitted, Prose, Row, Source, Table
from beskplan.blocks.tables import cell, table
from beskplan.blocks.text import LineWords, figure_alt_lines
from beskplan.blocks.text.language import as_sentence, capital
from beskplan.core.periods import Period
from beskplan.indicators.quantities import Movement, Quantity
from beskplan.indicators.targets import Series
from beskplan.registers.indicators import INDICATORS

NO_NOTES = "Der er ingen forbehold."
MOST_KEY_FIGURES = 4
"""A strip of more is no longer seen at a glance."""


def small(text: str) -> str:
    """`text` with a small first letter, as inside a sentence."""
    return f"{text[:1].lower()}{text[1:]}"


def prose(id: str, *paragraphs: str, bullets: bool = False) -> Prose:
    """Paragraphs made from numbers; list items where `bullets`."""
    return make(Prose, id=id, paragraphs=paragraphs, bullets=bullets)


def sentences(*clauses: str) -> str:
    """One paragraph of clauses, each with a capital and a full stop; empty ones are left out."""
    return " ".join(as_sentence(clause) for clause in clauses if clause)


def notes(
    id: str, texts: Iterable[str], nothing: str = NO_NOTES, *, missed: bool = False
) -> Prose | Omitted:
    """Reservations about numbers, each once; where there are none, the block is left out."""
    paragraphs = tuple(dict.fromkeys(texts))
    if not paragraphs:
        return Omitted(id=id, reason=nothing, missed=missed)
    return make(Prose, id=id, paragraphs=paragraphs, role="note")


def key_figure_strip(
    items: Sequence[KeyFigure], sources: Sequence[Source], nothing: str
) -> KeyFigures | Omitted:
    """The strip at the top of a page; `nothing` says why where there is no number for it."""
    if not items:
        return Omitted(id="noegletal", reason=nothing)
    return make(KeyFigures, title="Nøgletal", items=tuple(items), sources=tuple(sources))


def subtitle(subject_: str, unit: str, span: str) -> str:
    """Measure, unit and span; the unit once, where the measure already names it."""
    parts = [capital(subject_), *([] if unit in subject_.casefold() else [unit]), span]
    return ", ".join(parts)


def bar(label: str, quantity: Quantity, *, emphasis: bool = False, missing: str = "") -> Bar:
    """A number as a bar; where there is none, `missing` or the number's own word for it."""
    value = quantity.printed if quantity.is_number else None
    return Bar(label, value, emphasis=emphasis, missing=missing or quantity.text())


def ranking_alt(
    what: str,
    ranked: Sequence[Quantity],
    first: str,
    last: str,
    more: Sequence[str] = (),
    *,
    kind: str = "liggende søjler",
) -> str:
    """Text alternative of a ranking: what is drawn, its ends, how many went which way, and more.

    Args:
        what: What the bars show and of whom: `ændringen i pct. … for 7 ydelser i …`.
        ranked: The changes that are drawn.
        first: The largest rise with its number.
        last: The largest fall with its number.
        more: Further clauses.
        kind: What is drawn.
    """
    risen = sum(change.printed > 0 for change in ranked)
    fallen = sum(change.printed < 0 for change in ranked)
    return sentences(
        f"{kind} med {what}, ordnet efter størrelse",
        f"øverst står {first}, nederst {last}",
        f"{risen} af ydelserne er steget, og {fallen} er faldet",
        *more,
    )


@dataclass(frozen=True)
class LevelRow:
    """A row of a table of levels: one area or benefit in two periods."""

    label: str
    movement: Movement
    emphasis: bool = False
    area: str = ""


def levels_table(
    rows: Sequence[LevelRow],
    *,
    id: str,
    title: str,
    period: str,
    head: Column,
    levels: tuple[Column, Column],
    counted: str,
    share: tuple[str, str],
    signed: bool,
    sources: Sequence[Source],
    notes: Sequence[str] = (),
) -> Table:
    """Levels of two periods, the change in per cent and the share of the workforce or population.

    Args:
        rows: In table order.
        id: Of the table.
        title: Of the table.
        period: Both periods, in words.
        head: The column of the row heads.
        levels: The columns of the earlier and the later level.
        counted: What the levels count, as it begins the table's unit.
        share: Indicator of the share, and its period in words.
        signed: Whether a rise is printed with a plus.
        sources: Where the numbers come from.
        notes: Printed under the table.
    """
    spec, when = INDICATORS[share[0]], share[1]
    columns = (
        head,
        *levels,
        Column(id="udvikling", label="Udvikling i pct.", unit="pct."),
        Column(id="andel", label=f"{spec.name} {when}", unit=spec.unit),
    )
    made = [
        Row(
            label=row.label,
            area=row.area,
            emphasis=row.emphasis,
            cells=(
                cell(row.movement.before),
                cell(row.movement.now),
                cell(row.movement.change_pct, signed=signed, unit="%"),
                cell(row.movement.share or row.movement.change_pct),
            ),
        )
        for row in rows
    ]
    unit = f"{counted} og {small(spec.name)}"
    return table(
        id=id,
        title=title,
        unit=unit,
        period=period,
        columns=columns,
        rows=made,
        sources=sources,
        notes=notes,
    )


@dataclass(frozen=True)
class Course:
    """One line of a figure over time; `spoken` is its name in the text alternative."""

    label: str
    points: Series
    dashed: bool = False
    spoken: str = ""


def line_drawing(
    courses: Sequence[Course],
    *,
    unit: str,
    decimals: int,
    level: Level | None = None,
    band: tuple[str, Series, Series] | None = None,
) -> Drawing:
    """The courses over all their periods, with a level across them and an interval behind them."""
    periods = periods_of(courses)
    rows = [Line(one.label, _values(one.points, periods), dashed=one.dashed) for one in courses]
    interval = Band(band[0], *(_values(end, periods) for end in band[1:])) if band else None
    return drawing(
        partial(
            lines,
            periods,
            rows,
            unit=capital(unit),
            decimals=decimals,
            level=level,
            band=interval,
        )
    )


def line_alt(what: str, courses: Sequence[Course], unit: str = "") -> str:
    """Text alternative of the same: see `figure_alt_lines`."""
    words = [
        LineWords(one.spoken or one.label, [(p.period, p.quantity) for p in one.points])
        for one in courses
    ]
    return figure_alt_lines(what, words, unit=unit)


def periods_of(courses: Sequence[Course]) -> tuple[Period, ...]:
    """Every period of any course, in order."""
    return tuple(sorted({point.period for one in courses for point in one.points}))


def _values(points: Series, periods: Sequence[Period]) -> list[Any]:
    known = {p.period: p.quantity.printed for p in points if p.quantity.is_number}
    return [known.get(period) for period in periods]
