"""The blocks of a section: its table, its figure, its text and its notes."""

from __future__ import annotations

from beskplan.blocks.charts import Line, lines
from beskplan.blocks.figures import figure
from beskplan.blocks.making import make
from beskplan.blocks.model import Block, Column, Omitted, Prose, Row, Table
from beskplan.blocks.sentences import LineWords, figure_alt_lines, list_danish
from beskplan.blocks.sentences.language import as_sentence, in_period
from beskplan.blocks.sentences.movement import PERFECT
from beskplan.blocks.sentences.wording import direction_of
from beskplan.blocks.tables import cell, table
from beskplan.indicators.quantities import Quantity
from beskplan.numbers import format_number
from beskplan.report.varighed.series import Series, SeriesRow

MOST_LINES = 4
"""More lines in one figure can no longer be told apart."""


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
    shown = {row.label: row for row in drawn}
    left_out = len(series.rows) - len(drawn)
    notes = (
        (f"Figuren viser de {len(drawn)} grupper, der har ændret sig mest.",) if left_out else ()
    )
    unit = series.measure.unit
    words = [
        LineWords(row.label, list(zip(series.periods, row.values, strict=True))) for row in drawn
    ]
    return figure(
        id=series.id,
        title=_message(series, drawn),
        subtitle=f"{_capital(series.params.emne)}, {unit}, {series.span}",
        unit=unit,
        alt=figure_alt_lines(f"{series.params.emne} {series.area.stedsform}", words),
        svg=lines(
            series.periods,
            [
                Line(label, [one.printed if one.is_number else None for one in row.values])
                for label, row in shown.items()
            ],
            unit=unit,
            decimals=series.measure.decimals,
        ),
        data=_table(series, drawn, f"{_title(series)}, grupperne i figuren"),
        sources=series.sources,
        notes=notes,
    )


def series_text(series: Series) -> Block:
    """The table in words: one group from start to end, of several the largest and the movers."""
    if not series.rows:
        return _nothing(series)
    told = _course(series, series.rows[0]) if len(series.rows) == 1 else _among(series)
    if not told:
        return Omitted(
            id=f"{series.id}-tekst", reason="Der er ingen ændringer at beskrive.", missed=False
        )
    return make(Prose, id=f"{series.id}-tekst", paragraphs=(" ".join(told),))


def series_notes(series: Series) -> Block:
    """Which groups the source does not count, from when the last year is told, the reservations."""
    texts = [*_uncounted(series), *_inexact_year(series), *series.params.forbehold]
    if not texts:
        return Omitted(id=f"{series.id}-noter", reason="Der er ingen forbehold.", missed=False)
    return make(Prose, id=f"{series.id}-noter", paragraphs=tuple(texts), role="note")


def _table(series: Series, rows: tuple[SeriesRow, ...], title: str) -> Table:
    unit, last = series.measure.unit, series.periods[-1]
    since = series.last_year
    heads = [(series.periods[0], "i-alt"), *([(since, "seneste-aar")] if since else [])]
    columns = (
        Column(id="gruppe", label="Gruppe", kind="text"),
        *(Column(id=f"p{one.code.lower()}", label=one.medium, unit=unit) for one in series.periods),
        *(
            Column(id=id_, label=f"Ændring {start.medium} til {last.medium}", unit=unit)
            for start, id_ in heads
        ),
    )
    return table(
        id=series.id,
        title=title,
        unit=unit,
        period=series.span,
        columns=columns,
        rows=[
            Row(
                label=row.label,
                cells=(
                    *(cell(value) for value in row.values),
                    *(
                        cell(row.change_from(series.periods.index(start)), signed=True)
                        for start, _ in heads
                    ),
                ),
            )
            for row in rows
        ],
        sources=series.sources,
    )


def _title(series: Series) -> str:
    return f"{_capital(series.params.emne)} {series.area.stedsform}"


def _drawn(series: Series) -> tuple[SeriesRow, ...]:
    known = [row for row in series.rows if sum(value.is_number for value in row.values) > 1]
    if len(known) <= MOST_LINES:
        return tuple(known)
    moved = sorted(known, key=lambda row: -abs(_moved(row)))[:MOST_LINES]
    return tuple(row for row in known if row in moved)


def _ends(row: SeriesRow) -> tuple[Quantity, Quantity]:
    known = [value for value in row.values if value.is_number]
    return known[0], known[-1]


def _moved(row: SeriesRow) -> float:
    first, last = _ends(row)
    return float(last.printed - first.printed)


def _message(series: Series, drawn: tuple[SeriesRow, ...]) -> str:
    """What the figure says: which group has moved most, and which way."""
    most = max(drawn, key=lambda row: abs(_moved(row)))
    if _moved(most) == 0:
        return f"{_title(series)} er uændret"
    verb = PERFECT["up" if _moved(most) > 0 else "down"]
    if len(series.rows) == 1:
        first, last = _ends(most)
        return f"{_capital(series.params.emne)} er {verb} fra {first.text()} til {last.text()} {series.measure.unit}"
    return f"Antallet er {verb} mest for {most.name}"


def _course(series: Series, row: SeriesRow) -> list[str]:
    """One group from the first known point to the last."""
    known = [
        (period, value)
        for period, value in zip(series.periods, row.values, strict=True)
        if value.is_number
    ]
    if len(known) < 2:
        return []
    (start, first), (end, last) = known[0], known[-1]
    unit = series.measure.unit
    subject = f"{series.params.emne} {series.area.stedsform}"
    if first.printed == last.printed:
        same = f"{subject} er uændret, {first.text()} {unit} både {in_period(start)} og {in_period(end)}"
        return [as_sentence(same)]
    verb = PERFECT[direction_of(last.printed - first.printed)]
    way = f"fra {first.text()} {unit} {in_period(start)} til {last.text()} {in_period(end)}"
    size = format_number(abs(last.printed - first.printed), last.decimals)
    told = [as_sentence(f"{subject} er {verb} med {size} {unit}, {way}")]
    since = series.last_year
    recent = row.change_from(series.periods.index(since)) if since else None
    if since and recent and recent.is_number:
        told.append(_since(since.text, recent, unit))
    return told


def _since(start: str, change: Quantity, unit: str) -> str:
    if change.printed == 0:
        return as_sentence(f"siden {start} er den uændret")
    verb = PERFECT[direction_of(change.printed)]
    size = format_number(abs(change.printed), change.decimals)
    return (
        as_sentence(f"siden {start} er ændringen {change.text(signed=True)} {unit}")
        if not size
        else (as_sentence(f"siden {start} er den {verb} med {size} {unit}"))
    )


def _among(series: Series) -> list[str]:
    """Where most are, and which groups have moved most."""
    last, unit = series.periods[-1], series.measure.unit
    told = []
    counted = [row for row in series.rows if row.values[-1].is_number]
    if counted:
        top = max(counted, key=lambda row: row.values[-1].printed)
        told.append(
            as_sentence(
                f"{in_period(last)} var der flest blandt {top.name}: {top.values[-1].text()} {unit}"
            )
        )
    moved = [row for row in series.rows if row.change.is_number]
    if moved:
        start = series.periods[0].text
        told.append(_risen_and_fallen(f"siden {start}", [(row, row.change) for row in moved], unit))
    if since := series.last_year:
        at = series.periods.index(since)
        recent = [(row, row.change_from(at)) for row in series.rows]
        told.append(
            _risen_and_fallen(
                f"siden {since.text}", [one for one in recent if one[1].is_number], unit
            )
        )
    return [sentence for sentence in told if sentence]


def _risen_and_fallen(when: str, moves: list[tuple[SeriesRow, Quantity]], unit: str) -> str:
    """`Siden januar 2015 er antallet steget mest blandt … (62 personer) og faldet mest blandt …`."""
    clauses = []
    for sign, word in ((1, "steget"), (-1, "faldet")):
        going = [one for one in moves if one[1].printed * sign > 0]
        if going:
            row, change = max(going, key=lambda one: one[1].printed * sign)
            size = f"{format_number(abs(change.printed), change.decimals)} {unit}"
            clauses.append(f"{word} mest blandt {row.name} ({size})")
    return as_sentence(f"{when} er antallet {list_danish(clauses)}") if clauses else ""


def _uncounted(series: Series) -> list[str]:
    if not series.uncounted or not series.rows:
        return []
    source = f"Tallene fra {list_danish(series.systems)}" if series.systems else "Tallene"
    return [f"{source} omfatter ikke {list_danish(series.uncounted)} {series.area.stedsform}."]


def _inexact_year(series: Series) -> list[str]:
    since, wanted = series.last_year, series.periods[-1].year_before()
    if since is None or since == wanted:
        return []
    return [
        (
            f"Der er ikke tal for {wanted.text}. Ændringen over det seneste år er derfor regnet fra "
            f"{since.text}, som er det nærmeste tidspunkt."
        )
    ]


def _nothing(series: Series) -> Omitted:
    of = f" {list_danish(series.uncounted)}" if series.uncounted else ""
    return Omitted(
        id=series.id,
        reason=f"Der er ingen tal for {series.params.emne} {series.area.stedsform}:{of} er ikke opgjort.",
    )


def _capital(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}"
