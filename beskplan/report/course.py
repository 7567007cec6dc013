"""The course of each section's number over three years, as small curves beside each other.

The tables compare two periods; where the data have those between, and those of two years more, they
are drawn. What is read here is withheld as everywhere (`ReportData.read`).
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from typing import Protocol

from beskplan.blocks.charts.canvas import drawing
from beskplan.blocks.charts.line_chart import Panel, panels, sparkline
from beskplan.blocks.model import Cell, Column, Figure, Omitted, Row, Source, Sparkline, Table
from beskplan.blocks.tables import cell, figure, table
from beskplan.blocks.text.language import as_sentence, capital, in_places
from beskplan.blocks.text.one_benefit import SMALL_BASE
from beskplan.core.danish import NBSP, list_danish
from beskplan.core.periods import Kind, Period, periods_between
from beskplan.indicators.quantities import Movement, Quantity, keys_of, share_pct
from beskplan.indicators.targets import Point, Series, by_period, known_points
from beskplan.observations.contract import Key
from beskplan.registers.areas import Area
from beskplan.registers.benefits import Break
from beskplan.registers.breaks import breaks_between
from beskplan.report.data import ReportData
from beskplan.report.shared_blocks import drawn_in, sentences, small

_STEP = {"M": "måned", "Q": "kvartal"}
LENGTH: dict[Kind, int] = {"M": 36, "Q": 12}
"""How many periods are drawn: three years. Years have no course here: there are too few."""
NO_PERIOD = "–"
_GAP_NOTE = f"»{NO_PERIOD}«: området findes ikke i perioden."


class Compared(Protocol):
    """A section that compares the number of two periods in several areas."""

    @property
    def before(self) -> Period:
        """The earlier period."""

    @property
    def now(self) -> Period:
        """The later period."""

    @property
    def label(self) -> str:
        """What it is about, as a row head."""

    @property
    def movements(self) -> tuple[Movement, ...]:
        """All areas, the municipality first."""


@dataclass(frozen=True)
class Course:
    """One section's numbers of all areas over three years.

    Attributes:
        section: Which section.
        series: The numbers by area, the municipality first; a period in which the area does not
            exist is left out.
        breaks: What stands between the first period and the last, in any of the areas.
        sources: Where the numbers come from.
    """

    section: Compared
    series: tuple[Series, ...]
    breaks: tuple[Break, ...]
    sources: tuple[Source, ...]

    @property
    def periods(self) -> list[Period]:
        """Every period that is drawn."""
        return [point.period for point in max(self.series, key=len)]

    @property
    def adds_periods(self) -> bool:
        """Whether there is any number besides those of the section's table."""
        shown = (self.section.before, self.section.now)
        return any(p.quantity.is_number and p.period not in shown for s in self.series for p in s)

    @cached_property
    def start(self) -> Period | None:
        """The period of index 100: the first in which every area that has numbers has one."""
        counted = [known for series in self.series if (known := _counted(series))]
        shared = set.intersection(*counted) if counted else set()
        return min(shared or (counted[0] if counted else ()), default=None)

    @cached_property
    def indices(self) -> tuple[Series, ...]:
        """The numbers of each area as per cent of its own number in `start`; empty where it has none."""
        return tuple(_index(series, self.start) for series in self.series)

    @property
    def is_small(self) -> bool:
        """Whether the municipality's number in `start` is known, and too small for a per cent."""
        own = [point.quantity for point in self.series[0] if point.period == self.start]
        return any(one.is_number and one.printed < SMALL_BASE for one in own)

    @property
    def own_change(self) -> Decimal | None:
        """By how much the municipality's latest index differs from 100; None where it says nothing."""
        if self.is_small:
            return None
        known = known_points(self.indices[0])
        return known[-1].quantity.printed - 100 if len(known) > 1 else None

    @property
    def marks(self) -> tuple[Period, ...]:
        """The first period after each break."""
        days = {one.day for one in self.breaks}
        return tuple(
            next(period for period in self.periods if day <= period.last_day)
            for day in sorted(days)
        )


def read_course(data: ReportData, section: Compared) -> Course | None:
    """The numbers of a section's areas in the periods up to its latest; None where it has years.

    Each number is read by the key that the section's own number has, in another period.
    """
    if (length := LENGTH.get(section.now.kind)) is None:
        return None
    span = (section.now.shift(1 - length), section.now)
    series: list[Series] = []
    breaks: list[Break] = []
    keys: list[Key] = []
    for movement in section.movements:
        own, found = read_series(data, movement.now, span)
        series.append(own)
        # An area that is to come has its day after the numbers: there is nothing to mark.
        breaks += [one for one in found if one.kind == "mark" and one.day <= span[1].last_day]
        keys += [key for point in own for key in keys_of(point.quantity.origin)]
    present = {p.period for one in series for p in one if p.quantity.state != "absent"}
    first = min(present, default=span[1])
    begun = [tuple(p for p in one if p.period >= first) for one in series]
    return Course(section, tuple(begun), tuple(sorted(set(breaks))), data.sources(keys))


def read_series(
    data: ReportData, now: Quantity, span: tuple[Period, Period]
) -> tuple[Series, list[Break]]:
    """The numbers of a span by the key that `now` is read by, and the breaks in it.

    A series begins where its last break refuses to compare what was before.
    """
    _, *rest, _ = map(str, now.origin)
    indicator, ydelse, group, kode = rest
    found = list(breaks_between(indicator, ydelse, kode, *span))
    refused = max((one.day for one in found if one.kind == "refuse"), default=None)
    periods = [p for p in periods_between(*span) if refused is None or refused <= p.first_day]
    keys = [(indicator, ydelse, group, kode, period.code) for period in periods]
    return tuple(Point(p, data.read(key)) for p, key in zip(periods, keys, strict=True)), found


def little_line(data: ReportData, section: Compared) -> Sparkline | None:
    """The course of the municipality's own number; None where the table shows all that there is."""
    course = read_course(data, section)
    if course is None or not course.adds_periods:
        return None
    points = course.series[0]
    svg = sparkline([point.quantity.drawn for point in points])
    if not svg:
        return None
    known = known_points(points)
    lowest = min(known, key=lambda point: point.quantity.printed)
    highest = max(known, key=lambda point: point.quantity.printed)
    told = f"lavest {_dated(lowest)}, højest {_dated(highest)}"
    if lowest.quantity.printed == highest.quantity.printed:
        told = f"{lowest.quantity.text()} hele vejen"
    gaps = len(points) - len(known)
    lack = f"; {gaps}{NBSP}tal mangler" if gaps else ""
    return Sparkline(
        svg=svg,
        text=f"Siden {points[0].period.text}: {told}{lack}",
        numbers=tuple(cell(point.quantity) for point in points),
    )


def _dated(point: Point) -> str:
    return f"{point.quantity.text()} ({point.period.text})"


def _counted(series: Series) -> set[Period]:
    """The periods in which there is somebody."""
    return {p.period for p in series if p.quantity.is_number and p.quantity.exact > 0}


def _index(series: Series, start: Period | None) -> Series:
    base = next((point.quantity for point in series if point.period == start), None)
    if base is None or not base.is_number or base.exact == 0:
        return ()
    return tuple(Point(point.period, share_pct(point.quantity, base, 0)) for point in series)


def course_figure(
    data: ReportData, sections: Sequence[Compared], among: str = ""
) -> Figure | Omitted:
    """The courses of all sections that have more numbers than their tables show.

    Args:
        data: What the report reads.
        sections: In the order of the page, all with the same areas.
        among: Of which the figure's title says who has moved most, where these are not all of the page.
    """
    read = (read_course(data, section) for section in sections)
    courses = [one for one in read if one is not None and one.adds_periods and one.start]
    if not courses:
        reason = "Der er ikke tal for perioderne imellem til en figur over forløbet."
        return Omitted(id="forloeb", reason=reason, missed=False)
    areas = [movement.area for movement in courses[0].section.movements]
    numbers = _numbers(areas, courses)
    content = [_panel(course) for course in courses]
    starts = list(dict.fromkeys(one.start.text for one in courses if one.start))
    base = f"{starts[0]} = 100" if len(starts) == 1 else "første periode = 100"
    return figure(
        title=_message(courses, among),
        subtitle=f"Indeks, {base}, {numbers.period}",
        alt=_alt(areas, courses),
        svg=drawing(panels, [one.navn for one in areas], content),
        data=numbers,
        notes=[*_reading_notes(courses, content), *_break_notes(courses)],
    )


def _panel(course: Course) -> Panel:
    return Panel(
        course.section.label,
        course.periods,
        tuple(tuple(drawn_in(series, course.periods)) for series in course.indices),
        course.marks,
        course.section.movements[0].now.text(),
    )


def _numbers(areas: Sequence[Area], courses: Sequence[Course]) -> Table:
    """The numbers behind the index: a row for each section and period, a column for each area."""
    units = list_danish(list(dict.fromkeys(one.section.movements[0].now.unit for one in courses)))
    first, last = (end(p for one in courses for p in one.periods) for end in (min, max))
    step = _STEP[first.kind]
    rows, gaps = [], False
    for course in courses:
        by_area = [by_period(series) for series in course.series]
        for period in course.periods:
            found = [one.get(period) for one in by_area]
            gaps = gaps or None in found
            cells = tuple(Cell(text=NO_PERIOD) if q is None else cell(q) for q in found)
            rows.append(Row(label=f"{course.section.label}, {period.text}", cells=cells))
    return table(
        id="forloeb",
        title=f"Antallet på hver ydelse {step} for {step} {in_places(areas)}",
        unit=f"Antal {units}",
        period=f"{first.text} til {last.text}",
        columns=(
            Column(id="ydelse", label="Ydelse og periode", kind="text"),
            *(Column(id=f"antal-{n}", label=one.navn, unit=units) for n, one in enumerate(areas)),
        ),
        rows=rows,
        sources=tuple(dict.fromkeys(source for one in courses for source in one.sources)),
        notes=[_GAP_NOTE] if gaps else [],
    )


def _message(courses: Sequence[Course], among: str) -> str:
    """For which the rise since the start is the largest, and for which the fall."""
    changes = [(one.own_change, one) for one in courses if one.own_change is not None]
    moved = sorted(changes, key=lambda pair: pair[0])
    clauses = []
    if moved and moved[-1][0] > 0:
        clauses.append(f"stigningen størst for {small(moved[-1][1].section.label)}")
    if moved and moved[0][0] < 0:
        clauses.append(f"faldet størst for {small(moved[0][1].section.label)}")
    if not clauses:
        return "Forløbet i tal, der begynder med 100"
    starts = {one.start.text for one in courses if one.start}
    since = f"siden {starts.pop() if len(starts) == 1 else 'den første periode'}"
    said = " og ".join(clauses).replace(" ", f" {among} " if among else " ", 1)
    return capital(f"{since} er {said}")


def _alt(areas: Sequence[Area], courses: Sequence[Course]) -> str:
    """Kind and content, then for each panel where the curves end."""
    ends = []
    for course in courses:
        told = [
            f"{area.navn} {known[-1].quantity.text()}"
            for area, series in zip(areas, course.indices, strict=False)
            if (known := known_points(series))
        ]
        ends.append(f"{course.section.label}: {list_danish(told)}")
    return sentences(
        f"{f'{len(courses)} små felter' if len(courses) > 1 else 'et felt'} med kurver i indeks "
        f"{in_places(areas)}",
        "til sidst ligger kurverne her",
        *ends,
    )


def _reading_notes(courses: Sequence[Course], content: Sequence[Panel]) -> Iterator[str]:
    """How the panels are read: what 100 is, scales that differ, small numbers, gaps, lines left out."""
    later = [one for one in courses if one.start != one.periods[0]]
    told = [f"{small(one.section.label)}: {one.start.text}" for one in later if one.start]
    where = f", hvor de alle har et tal ({list_danish(told)})" if told else ""
    yield (
        f"Hvert område er sat til 100 i den første periode{where}, så store og små områder kan "
        "sammenlignes. Indeks 110 betyder 10 pct. flere end dengang."
    )
    if len({panel.axis for panel in content}) > 1:
        yield "Felterne har ikke alle samme skala."
    if few := [one for one in courses if one.is_small]:
        small_ones = as_sentence(f"Færre end {SMALL_BASE} i den første periode: {_titles(few)}")
        yield f"{small_ones} Små tal svinger meget."
    gaps = [one for one in courses if any(not p.quantity.is_number for s in one.series for p in s)]
    if gaps:
        broken = f"Kurven er afbrudt, hvor et tal er fortroligt eller ikke opgjort: {_titles(gaps)}"
        yield as_sentence(broken)


def _titles(courses: Sequence[Course]) -> str:
    """`a-dagpenge, sygedagpenge og fleksjob`."""
    return list_danish([small(one.section.label) for one in courses])


def _break_notes(courses: Sequence[Course]) -> Iterator[str]:
    """What the upright lines mean, each note once with the panels that it stands in."""
    found: dict[Break, list[Course]] = {}
    for course in courses:
        for one in course.breaks:
            found.setdefault(one, []).append(course)
    for one, where in sorted(found.items(), key=lambda item: item[0]):
        yield f"Stiplet streg ({_titles(where)}): {one.note}"
