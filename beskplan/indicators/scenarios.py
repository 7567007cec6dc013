"""Where a monthly series may go: the way to its target, an unchanged course, a forecast.

An official forecast's growth is laid on its own starting level (`official_course`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

import numpy as np

from beskplan.core.numbers import round_half_away
from beskplan.core.periods import Period, periods_between
from beskplan.indicators.forecast import LONGEST_MONTHS, YEAR, Forecast, forecast
from beskplan.indicators.quantities import Quantity
from beskplan.indicators.targets import Point, Series, path_value


@dataclass(frozen=True)
class Scenarios:
    """A series and its possible courses, all printed like the series; each may be empty.

    Attributes:
        actual: The months that have happened.
        path: From the baseline evenly to the level at the deadline.
        unchanged: The last month on, at the pace of the last twelve.
        forecast: The middle of the forecast.
        lower: Its interval's lower end, a point for each of `forecast`.
        upper: Its upper end.
    """

    actual: Series
    path: Series
    unchanged: Series
    forecast: Series
    lower: Series
    upper: Series


def scenarios(
    actual: Series, deadline: Period, start: Point | None = None, level: Quantity | None = None
) -> Scenarios:
    """What may become of `actual`, a series of months with at least one number, until `deadline`.

    Args:
        actual: The months that have happened.
        deadline: When the target must be met; a year means its last month.
        start: The target's baseline.
        level: The target's level.

    Missing: no path without baseline and level; no course where the deadline is behind the series;
    no forecast from fewer unbroken months than a forecast needs.
    """
    last_month = deadline.months()[-1]
    ends = actual[-1].period
    ahead = tuple(periods_between(ends, last_month))[1:] if last_month > ends else ()
    ahead = ahead[:LONGEST_MONTHS]
    tail = unbroken_tail(actual)
    made = forecast(_numbers(tail), len(ahead)) if ahead and tail else None
    return Scenarios(
        actual=actual,
        path=_path(start, level, last_month),
        unchanged=unchanged_course(tail, ahead),
        forecast=_points(made, "mean", ahead, actual),
        lower=_points(made, "lower", ahead, actual),
        upper=_points(made, "upper", ahead, actual),
    )


def unbroken_tail(series: Series) -> Series:
    """The last months in a row that all have a number; empty where the newest has none."""
    tail: list[Point] = []
    for point in reversed(series):
        follows = not tail or point.period.next == tail[-1].period
        if not (point.quantity.is_number and follows):
            break
        tail.append(point)
    return tuple(reversed(tail))


def unchanged_course(series: Series, ahead: Sequence[Period]) -> Series:
    """On from the last month by a twelfth a month of the change over the last year, never below 0.

    The same month a year ago is the other end, so that a season is not taken for a pace.
    Missing: empty where the series has no unbroken year behind it.
    """
    if len(series) <= YEAR:
        return ()
    last, before = series[-1].quantity, series[-1 - YEAR].quantity
    step = (last.printed - before.printed) / YEAR
    return tuple(
        Point(period, _like(last, max(last.printed + step * number, Decimal(0))))
        for number, period in enumerate(ahead, start=1)
    )


@dataclass(frozen=True)
class Step:
    """The next level of an official forecast: printed, or its growth in per cent."""

    period: Period
    level: Decimal | None
    growth_pct: Decimal | None


def official_course(start: Point, steps: Sequence[Step], round_to: int = 1) -> Series:
    """The levels of an official forecast, each from the printed one before x (1 + p/100).

    680 -> 1.030 -> x 0,79 = 813,7, to the nearest ten 810 (seed 004, STAR, September 2020).

    Args:
        start: The first level.
        steps: The following ones.
        round_to: Levels made from growth are rounded to the nearest so many, half away from zero.
    """
    course = [start]
    for step in steps:
        if step.level is not None:
            course.append(Point(step.period, replace(start.quantity, value=step.level)))
            continue
        grown = course[-1].quantity.printed * (1 + (step.growth_pct or Decimal(0)) / 100)
        level = round_half_away(grown / round_to) * round_to
        course.append(Point(step.period, _like(start.quantity, level)))
    return tuple(course)


def _path(start: Point | None, level: Quantity | None, deadline: Period) -> Series:
    if start is None or level is None:
        return ()
    first = start.period.months()[-1]
    if deadline <= first:
        return ()
    found = (
        (month, path_value(start, level, deadline, month))
        for month in periods_between(first, deadline)
    )
    return tuple(Point(month, value) for month, value in found if value is not None)


def _numbers(series: Series) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    return np.array([float(point.quantity.exact) for point in series], dtype=np.float64)


def _points(made: Forecast | None, part: str, ahead: Sequence[Period], like: Series) -> Series:
    if made is None:
        return ()
    unit = like[-1].quantity
    values = getattr(made, part).tolist()
    return tuple(
        Point(period, _like(unit, Decimal(repr(value))))
        for period, value in zip(ahead, values, strict=True)
    )


def _like(quantity: Quantity, value: Decimal) -> Quantity:
    return Quantity(value, quantity.decimals, quantity.unit, "calculated", ("model",))
