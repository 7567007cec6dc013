"""The rows of the overview: one benefit each, with its levels, its change and its share."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from beskplan.blocks.model import Source
from beskplan.blocks.text.language import in_period
from beskplan.core.periods import Period
from beskplan.indicators.change import absolute_change, pct_change
from beskplan.indicators.quantities import Movement, Origin, Quantity, without_number
from beskplan.observations import Key
from beskplan.observations.published import PublishedCell
from beskplan.params.bilag import Overblik as OverblikParams
from beskplan.registers.areas import Area
from beskplan.registers.benefits import Benefit, benefit
from beskplan.registers.indicators import ALL, INDICATORS
from beskplan.report.context import Context
from beskplan.report.data import ReportData


@dataclass(frozen=True)
class OverviewRow:
    """One benefit of the municipality.

    Attributes:
        benefit: Which.
        now: The later period: the benefit is named as it is called at its end.
        movement: Levels, change and share; a change may be known where the levels are not.
        is_total: Whether it is the total of the others.
        printed: The change that the plan itself printed beside the levels, if it did.
    """

    benefit: Benefit
    now: Period
    movement: Movement
    is_total: bool = False
    printed: PublishedCell | None = None

    @property
    def label(self) -> str:
        """The benefit as a row head."""
        return "I alt" if self.is_total else self.benefit.tabeltitel(self.now.last_day)

    @property
    def name(self) -> str:
        """The benefit inside a sentence."""
        return self.benefit.name(self.now.last_day)

    @property
    def has_levels(self) -> bool:
        """Whether both levels are numbers."""
        return self.movement.before.is_number and self.movement.now.is_number

    @property
    def is_counted(self) -> bool:
        """Whether the source has both levels, withheld or not."""
        return "absent" not in (self.movement.before.state, self.movement.now.state)

    @property
    def contradicts_itself(self) -> bool:
        """Whether a printed change goes one way in persons and the other in per cent."""
        change, pct = self.movement.change, self.movement.change_pct
        return change.is_number and pct.is_number and change.printed * pct.printed < 0

    @property
    def told_change(self) -> Quantity:
        """The change where it can be told; absent where the print contradicts itself."""
        if self.contradicts_itself:
            return replace(self.movement.change, value=None, state="absent")
        return self.movement.change


@dataclass(frozen=True)
class Overview:
    """All rows, and where they come from."""

    area: Area
    plan_year: int
    params: OverblikParams
    rows: tuple[OverviewRow, ...]
    total: OverviewRow | None
    sources: tuple[Source, ...]

    @property
    def all_rows(self) -> tuple[OverviewRow, ...]:
        """The rows in table order, the total last."""
        return (*self.rows, *([self.total] if self.total else []))

    def name(self, period: Period) -> str:
        """A period in running text, by its end where that is what the source counts."""
        return period.ultimo if self.params.ultimo else period.text

    def head(self, period: Period) -> str:
        """A period as a table head."""
        return period.ultimo.capitalize() if self.params.ultimo else period.head

    def at(self, period: Period) -> str:
        """When, in a sentence: `i 2017`, `ultimo 2015`."""
        return period.ultimo if self.params.ultimo else in_period(period)

    @property
    def span(self) -> str:
        """`fra ultimo 2013 til ultimo 2015`."""
        return f"fra {self.name(self.params.foer)} til {self.name(self.params.nu)}"


def read_overview(context: Context) -> Overview:
    """The rows that the params ask for.

    Raises:
        ValueError: the params have no `overblik`; the caller checks first.
    """
    params = context.params.overblik
    if params is None:
        raise ValueError("the params were not checked")
    reader = _Reader(context.data, context.kommune, params)
    rows = tuple(reader.row(ydelse) for ydelse in params.ydelser)
    total = reader.total(params.i_alt, rows) if params.i_alt else None
    return Overview(
        area=context.kommune,
        plan_year=context.params.aar,
        params=params,
        rows=rows,
        total=total,
        sources=context.data.sources(reader.keys),
    )


class _Reader:
    """Levels, changes and shares of one municipality."""

    def __init__(self, data: ReportData, area: Area, params: OverblikParams) -> None:
        self._data, self._area, self._params = data, area, params
        shown = (*params.ydelser, *([params.i_alt] if params.i_alt else []))
        self.keys = [
            self._key(params.maal, ydelse, period)
            for ydelse in shown
            for period in (params.foer, params.nu)
        ]

    def row(self, ydelse: str) -> OverviewRow:
        """The benefit's row, with the printed change in place of one that cannot be computed."""
        params = self._params
        key = self._key(params.maal, ydelse, params.nu)
        before = self._data.read(self._key(params.maal, ydelse, params.foer))
        now = self._data.read(key)
        share = self._read(params.andel, ydelse)
        change = absolute_change(before, now)
        pct = pct_change(before, now, params.decimaler_udvikling)
        if params.trykte_aendringer and change.state == "absent":
            change = self._read("aendring_personer", ydelse)
            pct = self._read("aendring_pct", ydelse)
        return OverviewRow(
            benefit=benefit(ydelse),
            now=params.nu,
            movement=Movement(self._area, before, now, change, pct, share),
            printed=self._data.printed_change(key),
        )

    def total(self, ydelse: str, rows: Sequence[OverviewRow]) -> OverviewRow:
        """The total as the source gives it, else the sum of the rows where they may be added."""
        row = self.row(ydelse)
        levels = (row.movement.before, row.movement.now)
        if all(one.state != "absent" for one in levels):
            return replace(row, is_total=True)
        if not INDICATORS[self._params.maal].adds_over_ydelser:
            return replace(row, is_total=True)
        moves = [one.movement for one in rows]
        before, now = _sum(one.before for one in moves), _sum(one.now for one in moves)
        share = row.movement.share
        if share is None or share.state == "absent":
            share = _sum(one.share for one in moves if one.share is not None)
        pct = pct_change(before, now, self._params.decimaler_udvikling)
        summed = Movement(self._area, before, now, absolute_change(before, now), pct, share)
        return replace(row, movement=summed, is_total=True)

    def _key(self, indicator: str, ydelse: str, period: Period) -> Key:
        return (indicator, ydelse, ALL, self._area.kode, period.code)

    def _read(self, indicator: str, ydelse: str) -> Quantity:
        """A number of the later period."""
        key = self._key(indicator, ydelse, self._params.nu)
        self.keys.append(key)
        return self._data.read(key)


def _sum(parts: Iterable[Quantity]) -> Quantity:
    """The sum of printed numbers, marked as our own; without a number where a part has none."""
    known = tuple(parts)
    decimals, unit = known[0].decimals, known[0].unit
    origin: Origin = ("printed_sum", *(one.origin for one in known))
    if state := without_number(*known):
        return Quantity(None, decimals, unit, state, origin)
    total = sum((one.printed for one in known), start=Decimal(0))
    return Quantity(total, decimals, unit, "calculated", origin)
