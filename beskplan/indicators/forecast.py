"""Monthly forecasts with an interval: the methods, and the one that the backtest chose.

`docs/metode-fremskrivning.md` holds the backtest's result (`make backtest`): every method of `METHODS`
was held against twelve known months of all 98 municipalities, and `CHOSEN` had the smallest error.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final, TypeAlias

import numpy as np
import numpy.typing as npt

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


Method: TypeAlias = Callable[[Numbers, int], Forecast]
"""From at least `LEAST_MONTHS` known months to the next so many."""


def forecast(values: Numbers, months: int) -> Forecast | None:
    """The next `months` of a monthly series, never below zero.

    Missing: None where `values` has fewer than `LEAST_MONTHS`; gaps must be cut off before.
    Source: the method `CHOSEN`, see docs/metode-fremskrivning.md.
    """
    if len(values) < LEAST_MONTHS or months < 1:
        return None
    found = METHODS[CHOSEN](values, min(months, LONGEST_MONTHS))
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


def seasonal_naive(values: Numbers, months: int) -> Forecast:
    """Each month as the same month of the last year."""
    return _around(_last_year(values, months), np.full(months, _seasonal_spread(values)))


def seasonal_change(values: Numbers, months: int) -> Forecast:
    """Each month as the same month of the last year, moved by the last year's change."""
    moved = _last_year(values, months) + (values[-1] - values[-1 - YEAR])
    return _around(moved, np.full(months, _seasonal_spread(values)))


def drift(values: Numbers, months: int) -> Forecast:
    """On from the last month by the mean monthly change."""
    ahead = np.arange(1, months + 1)
    step = (values[-1] - values[0]) / (len(values) - 1)
    spread = float(np.std(np.diff(values) - step, ddof=1))
    return _around(values[-1] + step * ahead, spread * np.sqrt(ahead * (1 + ahead / len(values))))


def theta(values: Numbers, months: int) -> Forecast:
    """The Theta method, with a season where its own test finds one."""
    import pandas as pd
    from statsmodels.tsa.forecasting.theta import ThetaModel

    # The model asks for a calendar; which one makes no difference to the numbers.
    index = pd.period_range("2000-01", periods=len(values), freq="M")
    fitted = ThetaModel(pd.Series(values, index=index), period=YEAR, method="additive").fit()
    interval = fitted.prediction_intervals(months, alpha=1 - COVERAGE).to_numpy()
    return Forecast(fitted.forecast(months).to_numpy(), interval[:, 0], interval[:, 1])


def damped_trend(values: Numbers, months: int) -> Forecast:
    """Exponential smoothing with a damped trend and no season."""
    return _smoothing(values, months, trend="add", season=False)


def smoothing(values: Numbers, months: int) -> Forecast:
    """Exponential smoothing of level and season, without a trend."""
    return _smoothing(values, months, trend=None, season=True)


def smoothing_and_change(values: Numbers, months: int) -> Forecast:
    """The mean of `smoothing`, which knows no trend, and `seasonal_change`, which knows one."""
    return _mean_of(smoothing(values, months), seasonal_change(values, months))


def by_season(values: Numbers, months: int) -> Forecast:
    """`smoothing_and_change` where the series shows a season, else level and damped trend."""
    if is_seasonal(values):
        return smoothing_and_change(values, months)
    return _mean_of(
        _smoothing(values, months, trend=None, season=False), seasonal_change(values, months)
    )


METHODS: Final[Mapping[str, Method]] = {
    "seasonal_naive": seasonal_naive,
    "seasonal_change": seasonal_change,
    "drift": drift,
    "theta": theta,
    "damped_trend": damped_trend,
    "smoothing": smoothing,
    "smoothing_and_change": smoothing_and_change,
    "by_season": by_season,
}
"""Every method that the backtest compares; the first is what the others are measured by."""

CHOSEN: Final = "by_season"
"""The method of the reports."""


def _smoothing(values: Numbers, months: int, *, trend: str | None, season: bool) -> Forecast:
    import pandas as pd
    from statsmodels.tools.sm_exceptions import ConvergenceWarning
    from statsmodels.tsa.exponential_smoothing.ets import ETSModel

    # The heuristic start leaves only the smoothing weights to be found: on real series it converges.
    model = ETSModel(
        pd.Series(values),
        error="add",
        trend=trend,
        damped_trend=trend is not None,
        seasonal="add" if season else None,
        seasonal_periods=YEAR if season else None,
        initialization_method="heuristic",
    )
    with warnings.catch_warnings():
        # A series without noise fits many weights equally well: any of them gives its forecast.
        warnings.simplefilter("ignore", ConvergenceWarning)
        fitted = model.fit(disp=False, maxiter=500)
    prediction = fitted.get_prediction(len(values), len(values) + months - 1)
    interval = prediction.pred_int(alpha=1 - COVERAGE).to_numpy()
    return Forecast(prediction.predicted_mean.to_numpy(), interval[:, 0], interval[:, 1])


def _last_year(values: Numbers, months: int) -> Numbers:
    return np.resize(values[-YEAR:], months)


def _seasonal_spread(values: Numbers) -> float:
    return float(np.std(values[YEAR:] - values[:-YEAR], ddof=1))


def _around(mean: Numbers, spread: Numbers) -> Forecast:
    return Forecast(mean, mean - _Z * spread, mean + _Z * spread)


def _mean_of(one: Forecast, other: Forecast) -> Forecast:
    mean = (one.mean + other.mean) / 2
    spread = (one.upper - one.lower + other.upper - other.lower) / 4
    return Forecast(mean, mean - MEAN_SPREAD * spread, mean + MEAN_SPREAD * spread)
