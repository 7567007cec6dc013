"""The figure of a target: its numbers with the courses they may take, or the plan's figure of demo data."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from beskplan.blocks.charts import Band, Level, Line, drawing, lines
from beskplan.blocks.demo import as_demo
from beskplan.blocks.figures import figure
from beskplan.blocks.model import Cell, Column, Figure, Row, Source, Table
from beskplan.blocks.sentences import LineWords, figure_alt_lines
from beskplan.blocks.tables import cell, table
from beskplan.indicators.followup import Measured, start_before, with_baseline
from beskplan.indicators.quantities import Quantity
from beskplan.indicators.scenarios import Scenarios, scenarios
from beskplan.indicators.targets import Point, Series
from beskplan.params import maal
from beskplan.params.maal_parts import Demoserie, Figur
from beskplan.periods import Period, periods_between
from beskplan.report.resultatmaal.standing import Standing
from beskplan.report.resultatmaal.words import forecast_course
from beskplan.sources.demo import SOURCE_TEXT, demo_series

NO_NUMBER = "–"
NO_NUMBER_NOTE = f"»{NO_NUMBER}«: kurven har ikke noget tal i perioden."
LEAST_POINTS = 2
"""Fewer numbers make no line."""
BAND_LABEL = "Interval, 80 pct."
_FULL = Decimal(100)


@dataclass(frozen=True)
class _Course:
    """One line of a figure."""

    label: str
    points: Series
    dashed: bool = False


def target_figure(standing: Standing) -> Figure | None:
    """The figure of one target; None where there is nothing to draw.

    Real numbers first; demo data only where there are none and the plan announces a figure.
    """
    target, series = standing.target, standing.series or ()
    known = [point for point in series if point.quantity.is_number]
    if isinstance(target, maal.Prognose):
        course = forecast_course(target)
        return _line_figure(standing, [_Course("Prognose", course)], None, (standing.plan_source,))
    if len(known) >= LEAST_POINTS:
        if series[0].period.kind == "M" and _is_unbroken(series):
            found = scenarios(series, target.frist, standing.own.baseline, standing.own.level)
            return _scenario_figure(standing, found, standing.sources)
        real = [_Course("Faktisk", series)]
        return _line_figure(standing, real, standing.own.level, standing.sources)
    return _demo_figure(standing, target.figur) if target.figur else None


def _is_unbroken(series: Series) -> bool:
    periods = [point.period for point in series]
    return periods == periods_between(periods[0], periods[-1])


def _demo_figure(standing: Standing, plan_figure: Figur) -> Figure:
    target = standing.target
    made = [_demo_points(standing, plan_figure, one) for one in plan_figure.serier]
    base = with_baseline(target, Measured(made[0], plan_figure.til, {}))
    level = base.level
    if level is not None and not plan_figure.enhed.startswith(level.unit):
        level = None
    notes = (_plan_caption(plan_figure),)
    sources = (Source(text=SOURCE_TEXT),)
    if plan_figure.modpart or len(made) > 1:
        courses = [
            _Course(one.navn, points) for one, points in zip(plan_figure.serier, made, strict=True)
        ]
        if plan_figure.modpart:
            courses.append(_Course(plan_figure.modpart, _rest(made[0])))
        return as_demo(_line_figure(standing, courses, level, sources, notes))
    measured = Measured(made[0], plan_figure.til, {})
    start = base.baseline or start_before(measured, target.frist.year) or made[0][-1]
    found = scenarios(made[0], target.frist, start, level)
    return as_demo(_scenario_figure(standing, found, sources, notes))


def _demo_points(standing: Standing, plan_figure: Figur, one: Demoserie) -> Series:
    periods = periods_between(plan_figure.fra, plan_figure.til)
    key = f"{standing.plan_source.text} {standing.target.id} {one.navn}"
    values = demo_series(key, periods, one.fra, one.til, plan_figure.decimaler)
    return tuple(
        Point(period, Quantity(value, plan_figure.decimaler, plan_figure.enhed))
        for period, value in zip(periods, values, strict=True)
    )


def _rest(points: Series) -> Series:
    """The rest up to 100 per cent, of the printed numbers."""
    return tuple(
        Point(p.period, Quantity(_FULL - p.quantity.printed, p.quantity.decimals, p.quantity.unit))
        for p in points
    )


def _plan_caption(plan_figure: Figur) -> str:
    name = (
        f"Planens {plan_figure.nr[0].lower()}{plan_figure.nr[1:]}"
        if plan_figure.nr
        else "Planens figur"
    )
    return (
        f"{name} hedder »{plan_figure.billedtekst}«. Den er ikke bevaret, og dens tal kendes ikke."
    )


def _scenario_figure(
    standing: Standing, found: Scenarios, sources: Sequence[Source], notes: Sequence[str] = ()
) -> Figure:
    courses = [
        _Course("Faktisk", found.actual),
        *(
            _Course(label, points, dashed=True)
            for label, points in (
                ("Vej mod målet", found.path),
                ("Uændret tempo", found.unchanged),
                ("Fremskrivning", found.forecast),
            )
            if points
        ),
    ]
    ends = (found.lower, found.upper) if found.forecast else None
    level = None if found.path else standing.own.level
    return _drawn(standing, courses, level, sources, notes, ends=ends)


def _line_figure(
    standing: Standing,
    courses: Sequence[_Course],
    level: Quantity | None,
    sources: Sequence[Source],
    notes: Sequence[str] = (),
) -> Figure:
    return _drawn(standing, courses, level, sources, notes)


def _drawn(
    standing: Standing,
    courses: Sequence[_Course],
    level: Quantity | None,
    sources: Sequence[Source],
    notes: Sequence[str],
    *,
    ends: tuple[Series, Series] | None = None,
) -> Figure:
    """The figure with title, text alternative and the table of its numbers."""
    periods = _all_periods(courses)
    like = next(point.quantity for point in courses[0].points if point.quantity.is_number)
    decimals = max(like.decimals, level.decimals if level is not None and level.is_number else 0)
    picture = drawing(
        lambda width: lines(
            periods,
            [Line(one.label, _values(one.points, periods), dashed=one.dashed) for one in courses],
            unit=_capital(like.unit),
            decimals=decimals,
            level=Level("Mål", level.printed) if level is not None and level.is_number else None,
            band=Band(BAND_LABEL, *(_values(end, periods) for end in ends)) if ends else None,
            width=width,
        )
    )
    name, target = standing.target.hvad, standing.target
    span = f"{periods[0].text} - {periods[-1].text}"
    unit = "" if like.unit not in ("pct.", "pct. pr. måned") else "pct."
    words = [LineWords(one.label.lower(), _pairs(one.points)) for one in courses]
    return figure(
        id=target.id,
        title=f"{name}: scenarier frem til {target.frist.text}" if ends else f"{name}, {span}",
        subtitle=f"{_capital(like.unit)}, {span}",
        unit=like.unit,
        alt=figure_alt_lines(f"{_small(name)} ({like.unit})", words, unit=unit),
        svg=picture,
        data=_data(standing, courses, periods, ends, sources),
        sources=sources,
        notes=notes,
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
    sources: Sequence[Source],
) -> Table:
    """The numbers drawn: a row for each period, a column for each course."""
    columns = [(one.label, one.points) for one in courses]
    if ends:
        columns += [(f"{BAND_LABEL}, nedre", ends[0]), (f"{BAND_LABEL}, øvre", ends[1])]
    by_course = [{point.period: point.quantity for point in points} for _, points in columns]
    unit = next(p.quantity.unit for p in courses[0].points)
    gaps = any(period not in one for one in by_course for period in periods)
    return table(
        id=f"{standing.target.id}-tal",
        title=standing.target.hvad,
        unit=_capital(unit),
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
        sources=sources,
        notes=[NO_NUMBER_NOTE] if gaps else [],
    )


def _cell(quantity: Quantity | None) -> Cell:
    if quantity is None:
        return Cell(text=NO_NUMBER)
    # A course of our own is no sum: the note on calculated sums would not fit it.
    known = Quantity(quantity.value, quantity.decimals, quantity.unit)
    return cell(known if quantity.state == "calculated" else quantity)


def _capital(text: str) -> str:
    return f"{text[0].upper()}{text[1:]}"


def _small(text: str) -> str:
    """With a small first letter, unless it begins with an abbreviation such as SOSU."""
    return text if text[:2].isupper() else f"{text[0].lower()}{text[1:]}"
