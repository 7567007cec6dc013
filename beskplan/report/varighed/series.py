"""One section: a measure for some groups of one municipality at some points in time."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from beskplan.blocks.model import Source
from beskplan.core.periods import Period
from beskplan.indicators.change import absolute_change
from beskplan.indicators.durations import last_year_from
from beskplan.indicators.quantities import Quantity
from beskplan.observations import Key
from beskplan.params.bilag import Serie
from beskplan.registers.areas import Area
from beskplan.registers.areas import find as find_area
from beskplan.registers.benefits import benefit
from beskplan.registers.indicators import ALL, INDICATORS, Indicator
from beskplan.registers.target_groups import target_group, target_groups
from beskplan.report.context import Context

ALL_GROUPS = "Målgrupperne i alt"
COUNTED = ("fuldtidspersoner", "helårspersoner", "personer", "forløb")
"""Units that are counts."""


@dataclass(frozen=True)
class SeriesRow:
    """One group with its number at each point."""

    label: str
    """As a row head: `LAB 2.1 Forsikrede ledige`."""
    name: str
    """The people, inside a sentence: `forsikrede ledige`."""
    line: str
    """As a line of a figure is named: `forsikrede ledige`, `a-dagpenge`."""
    values: tuple[Quantity, ...]
    is_total: bool = False

    @property
    def is_counted(self) -> bool:
        """Whether the source has the group at all; a withheld number is one that it has."""
        return any(value.state != "absent" for value in self.values)

    @property
    def known_change(self) -> Decimal:
        """From the first known point to the last known one; 0 where fewer than two are known."""
        known = [value.printed for value in self.values if value.is_number]
        return known[-1] - known[0] if known else Decimal(0)

    def change_from(self, position: int) -> Quantity:
        """From the point at `position` to the last."""
        return absolute_change(self.values[position], self.values[-1])


@dataclass(frozen=True)
class Series:
    """All that the blocks of a section are made from."""

    name: str
    params: Serie
    area: Area
    is_own: bool
    """Whether it is about the plan's own municipality, not another of the joint jobcentre."""
    rows: tuple[SeriesRow, ...]
    """The groups that the source counts, in the order of the params."""
    uncounted: tuple[str, ...]
    """Names of the groups that it does not count."""
    systems: tuple[str, ...]
    """Which systems the numbers were counted in."""
    sources: tuple[Source, ...]

    @property
    def id(self) -> str:
        """The section's name as part of ids and file names."""
        return self.name.replace("_", "-")

    @property
    def measure(self) -> Indicator:
        """What is counted."""
        return INDICATORS[self.params.maal]

    @property
    def counts_people(self) -> bool:
        """Whether the numbers are counts, such as persons, and no weeks."""
        return self.measure.unit in COUNTED

    @property
    def periods(self) -> tuple[Period, ...]:
        """The points in time."""
        return self.params.perioder

    @property
    def last_year(self) -> Period | None:
        """Where the last year begins; None where that is the whole time."""
        start = last_year_from(self.periods)
        return None if start == self.periods[0] else start

    @property
    def span(self) -> str:
        """`januar 2015 til september 2016`."""
        return f"{self.periods[0].text} til {self.periods[-1].text}"


def read_series(context: Context, name: str) -> Series | None:
    """The section called `name`; None where the params have none.

    Raises:
        ValueError: the params have no `varighed`; the caller checks first.
    """
    if context.params.varighed is None:
        raise ValueError("the params were not checked")
    params = context.params.varighed.serier.get(name)
    if params is None:
        return None
    area = find_area(params.kommune) if params.kommune else context.kommune
    keys: list[Key] = []
    rows = []
    for wanted in params.raekker:
        ydelse, group = place_of(wanted)
        values = tuple(
            context.data.quantity(params.maal, ydelse, area.kode, period, group)
            for period in params.perioder
        )
        keys += [(params.maal, ydelse, group, area.kode, one.code) for one in params.perioder]
        rows.append(_row(wanted, params.perioder[-1], values))
    return Series(
        name=name,
        params=params,
        area=area,
        is_own=area == context.kommune,
        rows=tuple(row for row in rows if row.is_counted),
        uncounted=tuple(row.name for row in rows if not row.is_counted),
        systems=context.data.systems(keys),
        sources=context.data.sources(keys),
    )


def place_of(row: str) -> tuple[str, str]:
    """Benefit and group of the observations that a row of the params means."""
    if row in {group.id for group in target_groups()}:
        return ALL, row
    return row, ALL


def label_of(row: str, on: Period) -> str:
    """A row of the params as a row head."""
    if row == ALL:
        return ALL_GROUPS
    if place_of(row)[1] != ALL:
        return target_group(row).label
    return benefit(row).tabeltitel(on.last_day)


def _row(wanted: str, on: Period, values: tuple[Quantity, ...]) -> SeriesRow:
    if wanted == ALL:
        name = line = "målgrupperne i alt"
    elif place_of(wanted)[1] != ALL:
        navn = target_group(wanted).navn
        name = line = f"{navn[0].lower()}{navn[1:]}"
    else:
        name, line = benefit(wanted).modtagere(on.last_day), benefit(wanted).name(on.last_day)
    return SeriesRow(label_of(wanted, on), name, line, values, is_total=wanted == ALL)
