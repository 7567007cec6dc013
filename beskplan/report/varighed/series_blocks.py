"""The blocks of a section: its table, its figure, its text and its notes."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from beskplan.blocks.charts import Line, drawing, lines
from beskplan.blocks.figures import figure
from beskplan.blocks.making import make
from beskplan.blocks.model import Block, Column, Omitted, Prose, Row, Table
from beskplan.blocks.tables import cell, table
from beskplan.blocks.text import LineWords, figure_alt_lines, list_danish
from beskplan.blocks.text.language import capital
from beskplan.report.varighed.series import Series, SeriesRow
from beskplan.report.varighed.series_text import message, told

MOST_LINES = 4
"""More lines in one figure can no longer be told apart."""
_NUMBERS = {2: "to", 3: "tre", 4: "fire"}


def series_table(series: Series) -> Block:
    """Each group a row: its number at every point, and the change over all and over the last year."""
    if not series.rows:
        return _nothing(series)
    return _table(series, series.rows, _title(series))


def series_figure(series: Series) -> Block:
    """The groups as lines; of many, those that have moved most."""
    drawn = _drawn(series)
    if not drawn:
        return _nothing(series)
    unit = series.measure.unit
    reduced = len(drawn) < len(series.rows)
    number = _NUMBERS.get(len(drawn), str(len(drawn)))
    words = [
        LineWords(row.line, list(zip(series.periods, row.values, strict=True))) for row in drawn
    ]
    return figure(
        id=series.id,
        title=message(series, drawn),
        subtitle=_subtitle(series),
        unit=unit,
        alt=figure_alt_lines(f"{series.params.emne} {series.area.stedsform}", words),
        svg=drawing(
            partial(
                lines,
                series.periods,
                [_line(row) for row in drawn],
                unit=capital(unit),
                decimals=series.measure.decimals,
            )
        ),
        data=_table(series, drawn, _title(series) + (", grupperne i figuren" if reduced else "")),
        sources=series.sources,
        notes=(f"Figuren viser de {number} grupper, der har ændret sig mest.",) if reduced else (),
    )


def series_text(series: Series) -> Block:
    """The table in words."""
    sentences = told(series)
    if not sentences:
        return _nothing(series)
    return make(Prose, id=f"{series.id}-tekst", paragraphs=(" ".join(sentences),))


def series_notes(series: Series) -> Block:
    """Which groups the source does not count, from when the last year is told, the reservations."""
    texts = [*_uncounted(series), *_inexact_year(series), *series.params.forbehold]
    if not texts or not series.rows:
        return Omitted(id=f"{series.id}-noter", reason="Der er ingen forbehold.", missed=False)
    return make(Prose, id=f"{series.id}-noter", paragraphs=tuple(texts), role="note")


def _table(series: Series, rows: Sequence[SeriesRow], title: str) -> Table:
    unit, last = series.measure.unit, series.periods[-1].medium.lower()
    starts = [series.periods[0], *([series.last_year] if series.last_year else [])]
    columns = (
        Column(id="gruppe", label="Gruppe", kind="text"),
        *(Column(id=f"p{one.code.lower()}", label=one.medium, unit=unit) for one in series.periods),
        *(
            Column(
                id=f"fra-{start.code.lower()}",
                label=f"Ændring {start.medium.lower()} til {last}",
                unit=unit,
            )
            for start in starts
        ),
    )
    changes = [series.periods.index(start) for start in starts]
    return table(
        id=series.id,
        title=title,
        unit=unit,
        period=series.span,
        columns=columns,
        rows=[
            Row(
                label=row.label,
                emphasis=row.is_total,
                cells=(
                    *(cell(value) for value in row.values),
                    *(cell(row.change_from(at), signed=True) for at in changes),
                ),
            )
            for row in rows
        ],
        sources=series.sources,
    )


def _title(series: Series) -> str:
    return f"{capital(series.params.emne)} {series.area.stedsform}"


def _subtitle(series: Series) -> str:
    """Measure, unit and span; the unit once, where the measure already names it."""
    emne, unit = series.params.emne, series.measure.unit
    parts = [capital(emne), *([] if unit in emne.casefold() else [unit]), series.span]
    return ", ".join(parts)


def _line(row: SeriesRow) -> Line:
    values = [one.printed if one.is_number else None for one in row.values]
    return Line(capital(row.line), values)


def _drawn(series: Series) -> tuple[SeriesRow, ...]:
    known = [row for row in series.rows if sum(value.is_number for value in row.values) > 1]
    if len(known) <= MOST_LINES:
        return tuple(known)
    moved = sorted(known, key=lambda row: -abs(row.known_change))[:MOST_LINES]
    return tuple(row for row in known if row in moved)


def _uncounted(series: Series) -> list[str]:
    if not series.uncounted:
        return []
    of = list_danish(series.uncounted)
    return [f"Kilden har ikke tal for {of} {series.area.stedsform}."]


def _inexact_year(series: Series) -> list[str]:
    since, wanted = series.last_year, series.periods[-1].year_before()
    if since is None or since == wanted:
        return []
    text = (
        f"Der er ikke tal for {wanted.text}. Ændringen over det seneste år er derfor regnet fra "
        f"{since.text}, som er det nærmeste tidspunkt."
    )
    return [text]


def _nothing(series: Series) -> Omitted:
    what = f"{series.params.emne} {series.area.stedsform}"
    of = f": {list_danish(series.uncounted)}" if series.uncounted else ""
    return Omitted(id=series.id, reason=f"Der er ikke tal nok til at vise {what}{of}.")
