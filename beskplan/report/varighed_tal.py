"""The numbers of time on benefits: groups over time."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from beskplan.blocks.text.language import capital
from beskplan.core.periods import Period
from beskplan.indicators.quantities import Quantity, absolute_change, printed_sum
from beskplan.indicators.targets import Point, Series, known_points
from beskplan.params.bilag import Serie
from beskplan.registers.areas import Area
from beskplan.registers.areas import find as find_area
from beskplan.registers.benefits import benefit, composites
from beskplan.registers.indicators import ALL, INDICATORS, Indicator, target_group
from beskplan.report.base import Context, Reading, Section, label_of, place_of
from beskplan.report.shared_blocks import small

COUNTED = ("fuldtidspersoner", "helårspersoner", "personer", "forløb")
"""Units that are counts."""


@dataclass(frozen=True)
class GroupRow:
    """One group with its number at each point in time."""

    label: str
    """As a row head: `LAB 2.1 Forsikrede ledige`."""
    name: str
    """The people, inside a sentence: `forsikrede ledige`."""
    line: str
    """As a line of a figure is named: `forsikrede ledige`, `a-dagpenge`."""
    points: Series
    is_total: bool = False

    @property
    def known(self) -> Series:
        """The points that have a number."""
        return known_points(self.points)

    @property
    def drawn(self) -> Series:
        """The points from the first known one to the last."""
        at = [number for number, point in enumerate(self.points) if point in self.known]
        return self.points[at[0] : at[-1] + 1] if at else ()

    @property
    def known_change(self) -> Decimal:
        """From the first known point to the last known one; 0 where fewer than two are known."""
        known = self.known
        return known[-1].quantity.printed - known[0].quantity.printed if known else Decimal(0)

    def change_since(self, start: Period) -> Quantity:
        """From one of the points to the last."""
        before = next(point.quantity for point in self.points if point.period == start)
        return absolute_change(before, self.points[-1].quantity)


@dataclass(frozen=True)
class SeriesSection(Section[Serie]):
    """A measure for some groups of one municipality at some points in time."""

    area: Area
    rows: tuple[GroupRow, ...]
    """The groups that the source counts, in the order of the params."""
    uncounted: tuple[str, ...]
    """Names of the groups that it does not count."""
    systems: tuple[str, ...]
    """Which systems the numbers were counted in."""

    @property
    def measure(self) -> Indicator:
        """What is counted."""
        return INDICATORS[self.params.maal]

    @property
    def counts_people(self) -> bool:
        """Whether the numbers are counts, such as persons, and no weeks."""
        return self.measure.unit in COUNTED

    @property
    def last(self) -> Period:
        """The last point in time."""
        return self.params.perioder[-1]

    @property
    def starts(self) -> tuple[Period, ...]:
        """Where changes are counted from: the first point, and a year before the last one.

        Where there is no point a year before, the end of the year before stands for it, as plans tell
        what has happened "i år".
        """
        points, last = self.params.perioder, self.last
        since = last.year_before()
        if since not in points and last.kind == "M":
            since = Period("M", last.year - 1, 12)
        return (points[0], since) if since in points[1:-1] else (points[0],)

    @property
    def span(self) -> str:
        """`januar 2015 til september 2016`."""
        return f"{self.params.perioder[0].text} til {self.last.text}"

    @property
    def it(self) -> str:
        """What stands for the measure, once it is named."""
        return "antallet" if self.counts_people else "tallet"

    @property
    def subject(self) -> str:
        """The measure as what a sentence is about: `antallet af personer i lange forløb`."""
        return f"antallet af {self.params.emne}" if self.counts_people else self.params.emne

    @property
    def title(self) -> str:
        """The measure and the municipality, as a title."""
        return capital(self.what)

    @property
    def what(self) -> str:
        """The same inside a sentence."""
        return f"{self.params.emne} {self.area.stedsform}"


def read_series(context: Context, name: str, asked: Serie) -> SeriesSection:
    """The numbers of a section over time."""
    read, area = Reading(context.data), _area(context, asked)
    rows = []
    for wanted in asked.raekker:
        ydelse, group = place_of(wanted)
        numbers = (read(asked.maal, ydelse, area, period, group) for period in asked.perioder)
        row = _row(wanted, tuple(map(Point, asked.perioder, numbers)))
        if INDICATORS[asked.maal].unit not in COUNTED and ydelse in {
            one.id for one in composites()
        }:
            row = replace(row, label="Alle ydelser i gennemsnit")
        rows.append(row)
    counted = [row for row in rows if any(p.quantity.state != "absent" for p in row.points)]
    total = _total(asked, counted)
    return SeriesSection(
        name,
        asked,
        read.sources,
        area,
        rows=(*counted, *total),
        uncounted=tuple(row.name for row in rows if row not in counted),
        systems=context.data.systems(read.keys),
    )


def _total(asked: Serie, rows: Sequence[GroupRow]) -> tuple[GroupRow, ...]:
    """The sum of several target groups, which share nobody; none where one of their numbers is missing."""
    groups = all(place_of(wanted)[1] != ALL for wanted in asked.raekker)
    counts = INDICATORS[asked.maal].unit in COUNTED
    if not (groups and counts) or len(rows) < 2 or any(len(r.known) < len(r.points) for r in rows):
        return ()
    points = tuple(
        Point(period, printed_sum([row.points[at].quantity for row in rows]))
        for at, period in enumerate(asked.perioder)
    )
    return (GroupRow("I alt", "målgrupperne i alt", "i alt", points, is_total=True),)


def _area(context: Context, asked: Serie) -> Area:
    """The plan's own municipality, or another of the joint jobcentre."""
    return find_area(asked.kommune) if asked.kommune else context.kommune


def _row(wanted: str, points: Series) -> GroupRow:
    on = points[-1].period
    if wanted == ALL:
        name = line = "målgrupperne i alt"
    elif place_of(wanted)[1] != ALL:
        name = line = small(target_group(wanted).navn)
    else:
        name, line = benefit(wanted).modtagere(on.last_day), benefit(wanted).name(on.last_day)
    return GroupRow(label_of(wanted, on), name, line, points, is_total=wanted == ALL)
