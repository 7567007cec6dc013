"""The figure of a target: its numbers with the courses they may take, or the plan's figure of demo data."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from beskplan.blocks.charts import Band, Level, Line, drawing, lines
from beskplan.blocks.demo import as_demo
from beskplan.blocks.figures import figure
from beskplan.blocks.model import Cell, Column, Figure, Row, Source, Table
from beskplan.blocks.tables import cell, table
from beskplan.blocks.text import LineWords, figure_alt_lines
from beskplan.blocks.text.language import capital, list_danish
from beskplan.core.periods import Period, periods_between
from beskplan.indicators.followup import Measured, start_before, with_baseline
from beskplan.indicators.forecast import LEAST_MONTHS
from beskplan.indicators.quantities import Quantity
from beskplan.indicators.scenarios import Scenarios, scenarios
from beskplan.indicators.targets import Point, Series
from beskplan.params import maal
from beskplan.params.maal_parts import Demoserie, Figur
from beskplan.report.resultatmaal.standing import Standing
from beskplan.report.resultatmaal.words import forecast_course
from beskplan.sources.demo import SOURCE_TEXT, demo_series

NO_NUMBER = "–"
NO_NUMBER_NOTE = f"»{NO_NUMBER}«: kurven har ikke noget tal i perioden."
LEAST_POINTS = 2
"""Fewer numbers make no line."""
BAND_LABEL = "Interval, 80 pct."
NOT_KEPT = "Planens egen figur er ikke bevaret, og dens tal kendes ikke."
_FULL = Decimal(100)
_GAP_WORDS = {
    "absent": "Kilden har ingen tal for",
    "withheld": "Tallene er fortrolige i",
}
"""How the periods of a gap are told, by their state."""


@dataclass(frozen=True)
class _Course:
    """One line of a figure."""

    label: str
    points: Series
    dashed: bool = False


@dataclass(frozen=True)
class _Words:
    """What a figure is called, where its numbers come from, and what must be said of it."""

    name: str
    sources: Sequence[Source]
    notes: Sequence[str] = ()


def target_figure(standing: Standing) -> Figure | None:
    """The figure of one target; None where there is nothing to draw.

    Real numbers first; demo data only where there are none and the plan announces a figure.
    """
    target, series = standing.target, standing.series or ()
    known = [point for point in series if point.quantity.is_number]
    words = _Words(target.hvad, standing.sources)
    if isinstance(target, maal.Prognose):
        return _drawn(standing, [_Course("Prognose", forecast_course(target))], None, words)
    if len(known) < LEAST_POINTS:
        return _demo_figure(standing, target.figur) if target.figur else None
    if target.figur:
        words = replace(words, notes=(_plan_caption(target.figur),))
    words = replace(words, notes=(*words.notes, *gap_notes(series)))
    if series[0].period.kind == "M" and _is_unbroken(series):
        found = scenarios(series, target.frist, standing.own.baseline, standing.own.level)
        words = replace(words, notes=(*words.notes, *_course_notes(found, target.frist)))
        return _scenario_figure(standing, found, standing.own.level, words)
    return _drawn(standing, [_Course("Faktisk", series)], standing.own.level, words)


def _is_unbroken(series: Series) -> bool:
    """Whether every period stands in it, with a number or without; a plan prints single points."""
    periods = [point.period for point in series]
    return periods == periods_between(periods[0], periods[-1])


def gap_notes(series: Series) -> tuple[str, ...]:
    """The periods without a number, told: what is absent apart from what is withheld."""
    notes = []
    for state, words in _GAP_WORDS.items():
        periods = [point.period for point in series if point.quantity.state == state]
        if periods:
            notes.append(f"{words} {list_danish(_spans(periods))}. Kurven er afbrudt dér.")
    return tuple(notes)


def _spans(periods: Sequence[Period]) -> list[str]:
    """Neighbouring periods as one span: `marts 2026 til maj 2026`."""
    runs: list[list[Period]] = []
    for period in periods:
        if runs and runs[-1][-1].next == period:
            runs[-1].append(period)
        else:
            runs.append([period])
    return [run[0].text if len(run) == 1 else f"{run[0].text} til {run[-1].text}" for run in runs]


def _course_notes(found: Scenarios, deadline: Period) -> tuple[str, ...]:
    """Why a course towards the deadline is left out, where it is."""
    if deadline.months()[-1] <= found.actual[-1].period:
        return ()
    if not found.actual[-1].quantity.is_number:
        last = found.actual[-1].quantity
        why = f"er {last.text()}" if last.state == "withheld" else "mangler"
        return (f"Der er ingen fremskrivning, fordi det seneste tal {why}.",)
    if not found.forecast:
        needed = f"Den kræver tal for {LEAST_MONTHS} måneder i træk til og med den seneste."
        return (f"Der er ingen fremskrivning. {needed}",)
    return ()


def _demo_figure(standing: Standing, plan_figure: Figur) -> Figure:
    """The plan's own figure, which is not preserved, of made-up numbers."""
    made = [_demo_points(standing, plan_figure, one) for one in plan_figure.serier]
    measured = Measured(made[0], plan_figure.til, {})
    base = with_baseline(standing.target, measured)
    level = base.level
    if level is not None and not plan_figure.enhed.startswith(level.unit):
        level = None
    source = (Source(text=SOURCE_TEXT),)
    words = _Words(plan_figure.billedtekst, source, (NOT_KEPT,))
    names = [one.navn for one in plan_figure.serier]
    courses = [_Course(name, points) for name, points in zip(names, made, strict=True)]
    if plan_figure.modpart:
        courses.append(_Course(plan_figure.modpart, _rest(made[0])))
    if len(courses) > 1:
        return as_demo(_drawn(standing, courses, level, words))
    start = base.baseline or start_before(measured, standing.target.frist.year) or made[0][-1]
    found = scenarios(made[0], standing.target.frist, start, level)
    return as_demo(_scenario_figure(standing, found, level, words))


def _demo_points(standing: Standing, plan_figure: Figur, one: Demoserie) -> Series:
    periods = periods_between(plan_figure.fra, plan_figure.til)
    key = f"{standing.plan_source.text} {standing.target.id} {one.navn}"
    values = demo_series(key, periods, one.fra, one.til, plan_figure.decimaler)
    return tuple(
        Point(period, Quantity(value, plan_figure.decimaler, plan_figure.enhed, origin=("demo",)))
        for period, value in zip(periods, values, strict=True)
    )


def _rest(points: Series) -> Series:
    """The rest up to 100 per cent, of the printed numbers."""
    return tuple(
        Point(p.period, replace(p.quantity, value=_FULL - p.quantity.printed)) for p in points
    )


def _plan_caption(plan_figure: Figur) -> str:
    name = plan_figure.nr or "figur"
    return f"Planens {name[0].lower()}{name[1:]} hedder »{plan_figure.billedtekst}«."


def _scenario_figure(
    standing: Standing, found: Scenarios, level: Quantity | None, words: _Words
) -> Figure:
    dashed = (
        ("Vej mod målet", found.path),
        ("Uændret tempo", found.unchanged),
        ("Fremskrivning", found.forecast),
    )
    courses = [
        _Course("Faktisk", found.actual),
        *(_Course(label, points, dashed=True) for label, points in dashed if points),
    ]
    ends = (found.lower, found.upper) if found.forecast else None
    return _drawn(standing, courses, None if found.path else level, words, ends)


def _drawn(
    standing: Standing,
    courses: Sequence[_Course],
    level: Quantity | None,
    words: _Words,
    ends: tuple[Series, Series] | None = None,
) -> Figure:
    """The figure with title, text alternative and the table of its numbers."""
    periods = _all_periods(courses)
    like = next(point.quantity for point in courses[0].points if point.quantity.is_number)
    known_level = level if level is not None and level.is_number else None
    decimals = max(like.decimals, known_level.decimals if known_level else 0)
    picture = drawing(
        lambda width: lines(
            periods,
            [Line(one.label, _values(one.points, periods), dashed=one.dashed) for one in courses],
            unit=capital(like.unit),
            decimals=decimals,
            level=Level("Mål", known_level.printed) if known_level else None,
            band=Band(BAND_LABEL, *(_values(end, periods) for end in ends)) if ends else None,
            width=width,
        )
    )
    span = f"{periods[0].text} - {periods[-1].text}"
    told = [LineWords(_small(one.label), _pairs(one.points)) for one in courses]
    pct = "pct." if like.unit.startswith("pct.") else ""
    return figure(
        id=standing.target.id,
        title=words.name,
        subtitle=f"{capital(like.unit)}, {span}",
        unit=like.unit,
        alt=figure_alt_lines(_topic(words.name, like.unit), told, unit=pct),
        svg=picture,
        data=_data(standing, courses, periods, ends, words),
        sources=words.sources,
        notes=words.notes,
    )


def _all_periods(courses: Sequence[_Course]) -> tuple[Period, ...]:
    return tuple(sorted({point.period for one in courses for point in one.points}))


def _values(points: Series, periods: Sequence[Period]) -> list[Decimal | None]:
    known = {p.period: p.quantity.printed for p in points if p.quantity.is_number}
    return [known.get(period) for period in periods]


def _pairs(points: Series) -> list[tuple[Period, Quantity]]:
    return [(point.period, point.quantity) for point in points]


def _data(
    standing: Standing,
    courses: Sequence[_Course],
    periods: Sequence[Period],
    ends: tuple[Series, Series] | None,
    words: _Words,
) -> Table:
    """The numbers drawn: a row for each period, a column for each course."""
    columns = [(one.label, one.points) for one in courses]
    if ends:
        columns += [(f"{BAND_LABEL}, nedre", ends[0]), (f"{BAND_LABEL}, øvre", ends[1])]
    by_course = [{point.period: point.quantity for point in points} for _, points in columns]
    unit = next(p.quantity.unit for p in courses[0].points)
    gaps = any(period not in one for one in by_course for period in periods)
    return table(
        id=standing.target.id,
        title=words.name,
        unit=capital(unit),
        period=f"{periods[0].text} - {periods[-1].text}",
        columns=[
            Column(id="periode", label="Periode", kind="text"),
            *(
                Column(id=f"kurve-{number}", label=label, unit=unit)
                for number, (label, _) in enumerate(columns, start=1)
            ),
        ],
        rows=[
            Row(label=period.head, cells=tuple(_cell(one.get(period)) for one in by_course))
            for period in periods
        ],
        sources=words.sources,
        notes=[NO_NUMBER_NOTE] if gaps else [],
    )


def _cell(quantity: Quantity | None) -> Cell:
    if quantity is None:
        return Cell(text=NO_NUMBER)
    if quantity.state != "calculated":
        return cell(quantity)
    # A course of our own is no sum: the note on calculated sums would not fit it.
    return cell(replace(quantity, state="known"))


def _topic(name: str, unit: str) -> str:
    """What the lines show, with the unit unless the name has it."""
    return _small(name) if unit.casefold() in name.casefold() else f"{_small(name)} ({unit})"


def _small(text: str) -> str:
    """With a small first letter, unless it begins with an abbreviation such as SOSU."""
    return text if text[:2].isupper() else f"{text[0].lower()}{text[1:]}"
