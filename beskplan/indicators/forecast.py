"""Monthly forecasts with an interval, and where a series may go: to its target, unchanged, forecast.

`docs/metode-fremskrivning.md` holds the result of the backtest (`make backtest`): eight methods were held
against twelve known months of all 98 municipalities, and `by_season` had the smallest error.
"""

import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final, TypeAlias

import numpy as np
import numpy.typing as npt

from beskplan.core.periods import Period, periods_between
from beskplan.indicators.quantities import Quantity
from beskplan.indicators.targets import Point, Series, path_value

Numbers: TypeAlias = npt.NDArray[np.float64]

YEAR: Final = 12
"""Months after which a season returns."""
LEAST_MONTHS: Final = 36
"""Fewer unbroken months tell a season from chance in no series."""
LONGEST_MONTHS: Final = 24
"""Further ahead no forecast is drawn; the backtest reaches twelve months."""
COVERAGE: Final = 0.80
"""Share of outcomes that the interval is made to hold."""
MEAN_SPREAD: Final = 0.8
"""Two forecasts err partly in different directions: their mean needs less than the mean of their
intervals. Measured: with the full width the backtest held 89 per cent, not 80."""
_Z: Final = 1.2815515655446004
"""Normal quantile of an interval that leaves 10 per cent on each side."""


@dataclass(frozen=True)
class Forecast:
    """The coming months: the middle and the ends of the interval, each one number a month."""

    mean: Numbers
    lower: Numbers
    upper: Numbers


def forecast(values: Numbers, months: int) -> Forecast | None:
    """The next `months` of a monthly series, never below zero.

    Missing: None where `values` has fewer than `LEAST_MONTHS`; gaps must be cut off before.
    Source: the method `by_season`, see docs/metode-fremskrivning.md.
    """
    if len(values) < LEAST_MONTHS or months < 1:
        return None
    found = by_season(values, min(months, LONGEST_MONTHS))
    return Forecast(*(np.maximum(part, 0.0) for part in (found.mean, found.lower, found.upper)))


def is_seasonal(values: Numbers) -> bool:
    """Whether months a year apart resemble each other more than chance gives, at the 90 % level.

    Of the month-to-month changes, so that a trend is not taken for a season.
    Source: the test of the Theta method, Assimakopoulos and Nikolopoulos (2000).
    """
    changes = np.diff(values)
    centred = changes - changes.mean()
    spread = float(np.sum(centred**2))
    if spread == 0:
        return False
    lags = [float(np.sum(centred[lag:] * centred[:-lag])) / spread for lag in range(1, YEAR + 1)]
    limit = 1.645 * np.sqrt((1 + 2 * sum(one**2 for one in lags[:-1])) / len(changes))
    return bool(lags[-1] > limit)


def seasonal_change(values: Numbers, months: int) -> Forecast:
    """Each month as the same month of the last year, moved by the last year's change."""
    moved = np.resize(values[-YEAR:], months) + (values[-1] - values[-1 - YEAR])
    spread = _Z * float(np.std(values[YEAR:] - values[:-YEAR], ddof=1))
    return Forecast(moved, moved - spread, moved + spread)


def smoothing(values: Numbers, months: int) -> Forecast:
    """Exponential smoothing of level and season, without a trend."""
    return smoothed(values, months, seasonal="add", seasonal_periods=YEAR)


def smoothing_and_change(values: Numbers, months: int) -> Forecast:
    """The mean of `smoothing`, which knows no trend, and `seasonal_change`, which knows one."""
    return _mean_of(smoothing(values, months), seasonal_change(values, months))


def by_season(values: Numbers, months: int) -> Forecast:
    """`smoothing_and_change` where the series shows a season, else the same without one."""
    if is_seasonal(values):
        return smoothing_and_change(values, months)
    return _mean_of(smoothed(values, months), seasonal_change(values, months))


def smoothed(values: Numbers, months: int, **model: Any) -> Forecast:
    """Exponential smoothing of the level, and of what `model` asks statsmodels' ETSModel for besides."""
    import pandas as pd
    from statsmodels.tools.sm_exceptions import ConvergenceWarning
    from statsmodels.tsa.exponential_smoothing.ets import ETSModel

    # The heuristic start leaves only the smoothing weights to be found: on real series it converges.
    smoothing_model = ETSModel(pd.Series(values), initialization_method="heuristic", **model)
    with warnings.catch_warnings():
        # A series without noise fits many weights equally well: any of them gives its forecast.
        warnings.simplefilter("ignore", ConvergenceWarning)
        fitted = smoothing_model.fit(disp=False, maxiter=500)
    prediction = fitted.get_prediction(len(values), len(values) + months - 1)
    interval = prediction.pred_int(alpha=1 - COVERAGE).to_numpy()
    return Forecast(prediction.predicted_mean.to_numpy(), interval[:, 0], interval[:, 1])


def _mean_of(one: Forecast, other: Forecast) -> Forecast:
    mean = (one.mean + other.mean) / 2
    spread = (one.upper - one.lower + other.upper - other.lower) / 4
    return Forecast(mean, mean - MEAN_SPREAD * spread, mean + MEAN_SPREAD * spread)


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
