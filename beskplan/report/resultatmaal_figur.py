"""The figure of a target: its numbers with the courses they may take, or the plan's figure of demo data."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from beskplan.blocks.charts import Level
from beskplan.blocks.demo import as_demo
from beskplan.blocks.figures import figure
from beskplan.blocks.model import Cell, Column, Figure, Row, Source, Table
from beskplan.blocks.tables import cell, table
from beskplan.blocks.text.language import capital, list_danish
from beskplan.core.periods import Period, periods_between
from beskplan.indicators.followup import Measured, start_before, with_baseline
from beskplan.indicators.forecast import LEAST_MONTHS
from beskplan.indicators.quantities import Quantity
from beskplan.indicators.scenarios import Scenarios, scenarios
from beskplan.indicators.targets import Point, Series
from beskplan.params import maal
from beskplan.params.maal import Demoserie, Figur
from beskplan.report.resultatmaal_tal import FollowedTarget
from beskplan.report.resultatmaal_tekst import forecast_course
from beskplan.report.shared_blocks import Course, line_alt, line_drawing, periods_of, small
from beskplan.sources.demo import SOURCE_TEXT, demo_series

NO_NUMBER = "–"
NO_NUMBER_NOTE = f"»{NO_NUMBER}«: kurven har ikke noget tal i perioden."
LEAST_POINTS = 2
"""Fewer numbers make no line."""
BAND_LABEL = "Interval, 80 pct."
PLAN_FIGURE_LOST = "Planens egen figur er ikke bevaret, og dens tal kendes ikke."
_FULL = Decimal(100)
_GAP_WORDS = {
    "absent": "Kilden har ingen tal for",
    "withheld": "Tallene er fortrolige i",
}
"""How the periods of a gap are told, by their state."""


@dataclass(frozen=True)
class _Picture:
    """What a figure shows, what it is called, where its numbers come from, and what must be said of it."""

    id: str
    name: str
    courses: Sequence[Course]
    level: Quantity | None
    sources: Sequence[Source]
    notes: Sequence[str] = ()
    ends: tuple[Series, Series] | None = None
    """The lower and the upper end of the forecast's interval."""


def target_figure(followed: FollowedTarget) -> Figure | None:
    """The figure of one target; None where there is nothing to draw.

    Real numbers first; demo data only where there are none and the plan announces a figure.
    """
    target, series = followed.target, followed.series or ()
    picture = _Picture(
        target.id, target.hvad, [Course("Faktisk", series)], followed.own.level, followed.sources
    )
    if isinstance(target, maal.Prognose):
        course = Course("Prognose", forecast_course(target))
        return _drawn(replace(picture, courses=[course], level=None))
    if sum(point.quantity.is_number for point in series) < LEAST_POINTS:
        return _demo_figure(followed, target.figur) if target.figur else None
    notes = [*([_plan_caption(target.figur)] if target.figur else []), *gap_notes(series)]
    if series[0].period.kind == "M" and _is_unbroken(series):
        found = scenarios(series, target.frist, followed.own.baseline, followed.own.level)
        picture = _with_scenarios(picture, found)
        notes += _course_notes(found, target.frist)
    return _drawn(replace(picture, notes=notes))


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
    newest = found.actual[-1]
    if deadline.months()[-1] <= newest.period:
        return ()
    if not newest.quantity.is_number:
        withheld = newest.quantity.state == "withheld"
        why = f"er {newest.quantity.text()}" if withheld else "mangler"
        return (f"Der er ingen fremskrivning, fordi det seneste tal {why}.",)
    if not found.forecast:
        needed = f"Den kræver tal for {LEAST_MONTHS} måneder i træk til og med den seneste."
        return (f"Der er ingen fremskrivning. {needed}",)
    return ()


def _plan_caption(plan_figure: Figur) -> str:
    name = small(plan_figure.nr or "figur")
    return f"Planens {name} hedder »{plan_figure.billedtekst}«."


def _with_scenarios(picture: _Picture, found: Scenarios) -> _Picture:
    """The picture with the courses that the numbers may take; the way to the level instead of the level."""
    dashed = (
        ("Vej mod målet", found.path),
        ("Uændret tempo", found.unchanged),
        ("Fremskrivning", found.forecast),
    )
    courses = [
        Course("Faktisk", found.actual),
        *(Course(label, points, dashed=True) for label, points in dashed if points),
    ]
    ends = (found.lower, found.upper) if found.forecast else None
    level = None if found.path else picture.level
    return replace(picture, courses=courses, level=level, ends=ends)


def _demo_figure(followed: FollowedTarget, plan_figure: Figur) -> Figure:
    """The plan's own figure, which is not preserved, of made-up numbers."""
    made = [_demo_points(followed, plan_figure, one) for one in plan_figure.serier]
    measured = Measured(made[0], plan_figure.til, {})
    base, deadline = with_baseline(followed.target, measured), followed.target.frist
    same_unit = base.level is not None and plan_figure.enhed.startswith(base.level.unit)
    courses = [
        Course(one.navn, points) for one, points in zip(plan_figure.serier, made, strict=True)
    ]
    if plan_figure.modpart:
        courses.append(Course(plan_figure.modpart, _rest(made[0])))
    picture = _Picture(
        followed.target.id,
        plan_figure.billedtekst,
        courses,
        base.level if same_unit else None,
        (Source(text=SOURCE_TEXT),),
        (PLAN_FIGURE_LOST,),
    )
    if len(courses) == 1:
        start = base.baseline or start_before(measured, deadline.year) or made[0][-1]
        picture = _with_scenarios(picture, scenarios(made[0], deadline, start, picture.level))
    return as_demo(_drawn(picture))


def _demo_points(followed: FollowedTarget, plan_figure: Figur, one: Demoserie) -> Series:
    periods, decimals = periods_between(plan_figure.fra, plan_figure.til), plan_figure.decimaler
    key = f"{followed.plan_source.text} {followed.target.id} {one.navn}"
    values = demo_series(key, periods, one.fra, one.til, decimals)
    return tuple(
        Point(period, Quantity(value, decimals, plan_figure.enhed, origin=("demo",)))
        for period, value in zip(periods, values, strict=True)
    )


def _rest(points: Series) -> Series:
    """The rest up to 100 per cent, of the printed numbers."""
    return tuple(
        Point(p.period, replace(p.quantity, value=_FULL - p.quantity.printed)) for p in points
    )


def _drawn(picture: _Picture) -> Figure:
    """The figure with title, text alternative and the table of its numbers."""
    courses, level = picture.courses, picture.level
    periods = periods_of(courses)
    like = next(point.quantity for point in courses[0].points if point.quantity.is_number)
    known_level = level if level is not None and level.is_number else None
    decimals = max(like.decimals, known_level.decimals if known_level else 0)
    unit = like.unit
    what = small(picture.name)
    if unit.casefold() not in picture.name.casefold():
        what = f"{what} ({unit})"
    spoken = [replace(one, spoken=small(one.label)) for one in courses]
    return figure(
        id=picture.id,
        title=picture.name,
        subtitle=f"{capital(unit)}, {_span(periods)}",
        unit=unit,
        alt=line_alt(what, spoken, "pct." if unit.startswith("pct.") else ""),
        svg=line_drawing(
            courses,
            unit=unit,
            decimals=decimals,
            level=Level("Mål", known_level.printed) if known_level else None,
            band=(BAND_LABEL, *picture.ends) if picture.ends else None,
        ),
        data=_numbers_table(picture, periods),
        sources=picture.sources,
        notes=picture.notes,
    )


def _span(periods: Sequence[Period]) -> str:
    return f"{periods[0].text} - {periods[-1].text}"


def _numbers_table(picture: _Picture, periods: Sequence[Period]) -> Table:
    """The numbers drawn: a row for each period, a column for each course and end of the interval."""
    named = [(one.label, one.points) for one in picture.courses]
    if picture.ends:
        sides = zip(("nedre", "øvre"), picture.ends, strict=True)
        named += [(f"{BAND_LABEL}, {side}", points) for side, points in sides]
    by_course = [{point.period: point.quantity for point in points} for _, points in named]
    unit = named[0][1][0].quantity.unit
    columns = [Column(id="periode", label="Periode", kind="text")]
    for number, (label, _) in enumerate(named, start=1):
        columns.append(Column(id=f"kurve-{number}", label=label, unit=unit))
    gaps = any(period not in one for one in by_course for period in periods)
    return table(
        id=picture.id,
        title=picture.name,
        unit=capital(unit),
        period=_span(periods),
        columns=columns,
        rows=[
            Row(label=period.head, cells=tuple(_cell(one.get(period)) for one in by_course))
            for period in periods
        ],
        sources=picture.sources,
        notes=[NO_NUMBER_NOTE] if gaps else [],
    )


def _cell(quantity: Quantity | None) -> Cell:
    if quantity is None:
        return Cell(text=NO_NUMBER)
    if quantity.state != "calculated":
        return cell(quantity)
    # A course of our own is no sum: the note on calculated sums would not fit it.
    return cell(replace(quantity, state="known"))
