"""A section in words: what a figure says, and the table told."""

from __future__ import annotations

from collections.abc import Sequence

from beskplan.blocks.text import list_danish
from beskplan.blocks.text.language import as_sentence, capital, in_period
from beskplan.blocks.text.movement import PERFECT
from beskplan.blocks.text.wording import direction_of
from beskplan.core.numbers import format_number
from beskplan.core.periods import Period
from beskplan.indicators.quantities import Quantity
from beskplan.report.varighed.series import Series, SeriesRow

Move = tuple[SeriesRow, Quantity]
Point = tuple[Period, Quantity]


def told(series: Series) -> list[str]:
    """The total and a group that stands alone from start to end; of several the largest and the movers."""
    totals = [row for row in series.rows if row.is_total]
    groups = [row for row in series.rows if not row.is_total]
    sentences = [sentence for row in totals for sentence in _course(series, row)]
    if len(groups) == 1:
        return sentences + _course(series, groups[0])
    return sentences + _among(series, groups)


def message(series: Series, drawn: Sequence[SeriesRow]) -> str:
    """What a figure of these lines says: who has moved most, and which way; without full stop."""
    groups = [row for row in drawn if not row.is_total] or list(drawn)
    most = max(groups, key=lambda row: abs(row.known_change))
    if most.known_change == 0:
        return f"{capital(series.params.emne)} er uændret {series.area.stedsform}"
    verb = PERFECT[direction_of(most.known_change)]
    if len(groups) > 1:
        return f"Antallet er {verb} mest blandt {most.name}"
    (_, first), (_, last) = _ends(series, most)
    way = f"fra {first.text()} til {last.text()} {series.measure.unit}"
    if not series.counts_people:
        return f"{capital(series.params.emne)} er {verb} {way}"
    return f"{capital(most.name)} er {verb} {way}"


def _ends(series: Series, row: SeriesRow) -> tuple[Point, Point]:
    points = zip(series.periods, row.values, strict=True)
    known = [point for point in points if point[1].is_number]
    return known[0], known[-1]


def _course(series: Series, row: SeriesRow) -> list[str]:
    """One row from its first known point to its last, and over the last year."""
    if sum(value.is_number for value in row.values) < 2:
        return []
    (start, first), (end, last) = _ends(series, row)
    unit = series.measure.unit
    subject, verb_first = _subject(series, row)
    if row.known_change == 0:
        both = f"både {in_period(start)} og {in_period(end)}"
        return [as_sentence(_said(subject, verb_first, f"uændret, {first.text()} {unit} {both}"))]
    way = (
        f"{PERFECT[direction_of(row.known_change)]} fra {first.text()} {unit} {in_period(start)} til "
        f"{last.text()} {in_period(end)}"
    )
    sentences = [as_sentence(_said(subject, verb_first, way))]
    since = series.last_year
    recent = row.change_from(series.periods.index(since)) if since else None
    if since and recent and recent.is_number:
        it = "antallet" if series.counts_people else "tallet"
        size = "" if series.counts_people or recent.printed == 0 else f" {unit}"
        sentences.append(as_sentence(f"siden {since.text} er {it} {_moved_by(recent)}{size}"))
    return sentences


def _subject(series: Series, row: SeriesRow) -> tuple[str, bool]:
    """The subject of a course, and whether the verb stands before "antallet"."""
    if not series.counts_people:
        return f"{series.params.emne} {series.area.stedsform}", False
    if row.is_total:
        return f"samlet {series.area.stedsform}", True
    return f"blandt {row.name} {series.area.stedsform}", True


def _said(subject: str, verb_first: bool, predicate: str) -> str:
    return f"{subject} er antallet {predicate}" if verb_first else f"{subject} er {predicate}"


def _moved_by(change: Quantity) -> str:
    if change.printed == 0:
        return "uændret"
    size = format_number(abs(change.printed), change.decimals)
    return f"{PERFECT[direction_of(change.printed)]} med {size}"


def _among(series: Series, groups: Sequence[SeriesRow]) -> list[str]:
    """Where most are, and which groups have moved most, over all and over the last year."""
    last, unit = series.periods[-1], series.measure.unit
    counted = [row for row in groups if row.values[-1].is_number]
    sentences = []
    if counted:
        top = max(counted, key=lambda row: row.values[-1].printed)
        number = f"{top.values[-1].text()} {unit}"
        sentences.append(f"{in_period(last)} var der flest blandt {top.name}: {number}")
    starts = [series.periods[0], *([series.last_year] if series.last_year else [])]
    for start in starts:
        at = series.periods.index(start)
        moves = [(row, row.change_from(at)) for row in groups]
        clauses = _extremes([move for move in moves if move[1].is_number], unit)
        if clauses:
            sentences.append(f"siden {start.text} er antallet {list_danish(clauses)}")
    return [as_sentence(sentence) for sentence in sentences]


def _extremes(moves: Sequence[Move], unit: str) -> list[str]:
    """`steget mest blandt … (62 personer)`, `faldet mest blandt … (68 personer)`."""
    clauses = []
    for sign, word in ((1, "steget"), (-1, "faldet")):
        going = [move for move in moves if move[1].printed * sign > 0]
        if going:
            row, change = max(going, key=lambda move: move[1].printed * sign)
            size = f"{format_number(abs(change.printed), change.decimals)} {unit}"
            clauses.append(f"{word} mest blandt {row.name} ({size})")
    return clauses
