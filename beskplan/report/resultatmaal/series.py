"""The numbers that a target is followed by, read from the report's data."""

from __future__ import annotations

from itertools import groupby

from beskplan.core.periods import Kind, Period, periods_between
from beskplan.indicators.quantities import Quantity
from beskplan.indicators.shares import share_pct
from beskplan.indicators.targets import Point, Series, total
from beskplan.observations import Key
from beskplan.params.maal_parts import Maaling
from beskplan.registers.areas import Area
from beskplan.registers.indicators import ALL
from beskplan.registers.provenance import PUBLISHED
from beskplan.report.context import Context

_FINEST_FIRST: tuple[Kind, ...] = ("M", "Q", "QMAT", "Y")


def read_series(context: Context, measure: Maaling, area: Area) -> Series:
    """One area's numbers in order, of the finest kind of period that the data hold.

    Several benefits are added up, and a share is taken of the sums; a period in which a part has no
    row has no number. Missing: empty where the data have nothing of the kind. A period between two
    others that has no row is absent, so that no line is drawn across it; a plan prints single points
    in time, and those stay as they are.
    """
    periods = sorted(_periods(context, measure, area), key=lambda period: period.last_day)
    by_kind = {
        kind: tuple(group)
        for kind, group in groupby(sorted(periods, key=lambda p: p.kind), key=lambda p: p.kind)
    }
    finest = next((by_kind[kind] for kind in _FINEST_FIRST if kind in by_kind), ())
    if finest and not _is_printed(context, measure, area):
        finest = tuple(periods_between(finest[0], finest[-1]))
    return tuple(Point(period, _value(context, measure, area, period)) for period in finest)


def series_keys(measure: Maaling, area: Area, series: Series) -> list[Key]:
    """The keys of every row that a series was read from."""
    return [
        (measure.indikator, ydelse, measure.gruppe, area.kode, point.period.code)
        for point in series
        for ydelse in _benefits(measure)
    ]


def _benefits(measure: Maaling) -> tuple[str, ...]:
    """Every benefit that is read, once."""
    return tuple(dict.fromkeys((*(measure.ydelser or (ALL,)), *measure.i_pct_af)))


def _periods(context: Context, measure: Maaling, area: Area) -> set[Period]:
    wanted = {(measure.indikator, ydelse, measure.gruppe) for ydelse in _benefits(measure)}
    rows = context.data.snapshot.rows_by_area.get(area.kode, {})
    return {Period.parse(key[4]) for key in rows if key[:3] in wanted}


def _is_printed(context: Context, measure: Maaling, area: Area) -> bool:
    """Whether the numbers are those that a plan printed, of the points in time that it chose."""
    rows = context.data.snapshot.rows_by_area.get(area.kode, {})
    wanted = {(measure.indikator, ydelse, measure.gruppe) for ydelse in _benefits(measure)}
    return any(
        row["source"].startswith(PUBLISHED) for key, row in rows.items() if key[:3] in wanted
    )


def _value(context: Context, measure: Maaling, area: Area, period: Period) -> Quantity:
    def one(ydelse: str) -> Quantity:
        return context.data.quantity(measure.indikator, ydelse, area.kode, period, measure.gruppe)

    parts = [one(ydelse) for ydelse in measure.ydelser or (ALL,)]
    count = parts[0] if len(parts) == 1 else total(tuple(parts))
    if not measure.i_pct_af:
        return count
    return share_pct(count, total(tuple(one(ydelse) for ydelse in measure.i_pct_af)))
