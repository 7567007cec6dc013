"""How well the forecasts hold: twelve months ahead, all 98 municipalities, on real series.

    make backtest

Reads y25i01 and y60a02 of Jobindsats from the folder BESKPLAN_SHARED, or shared/ beside the checkout,
and prints the tables of docs/metode-fremskrivning.md.
"""

import os
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
from statsmodels.tsa.forecasting.theta import ThetaModel

from beskplan.indicators.forecast import (
    COVERAGE,
    YEAR,
    Forecast,
    Numbers,
    by_season,
    is_seasonal,
    seasonal_change,
    smoothed,
    smoothing,
    smoothing_and_change,
)

ROOT = Path(__file__).resolve().parents[2]
HORIZON = 12
TRAINING = (36, 42, 48)
"""Months known at each of the three origins, of the 60 that the files hold."""
COLUMNS = {
    "Ledige i alt": ("y25i01_kommuner.csv", "Ledige fuldtidspersoner i alt"),
    "Ledige på a-dagpenge": ("y25i01_kommuner.csv", "Ledige på a-dagpenge (fuldtidspersoner)"),
    "Kontanthjælp": ("y60a02_kommuner.csv", "Antal fuldtidspersoner"),
}
COUNTRY = "Hele landet"


_Z = 1.2815515655446004
"""Normal quantile of an interval that leaves 10 per cent on each side."""
CHOSEN = "by_season"
"""The method of the reports."""


def seasonal_naive(values: Numbers, months: int) -> Forecast:
    """Each month as the same month of the last year."""
    return _around(
        np.resize(values[-YEAR:], months),
        np.full(months, np.std(values[YEAR:] - values[:-YEAR], ddof=1)),
    )


def drift(values: Numbers, months: int) -> Forecast:
    """On from the last month by the mean monthly change."""
    ahead = np.arange(1, months + 1)
    step = (values[-1] - values[0]) / (len(values) - 1)
    spread = float(np.std(np.diff(values) - step, ddof=1))
    return _around(values[-1] + step * ahead, spread * np.sqrt(ahead * (1 + ahead / len(values))))


def theta(values: Numbers, months: int) -> Forecast:
    """The Theta method, with a season where its own test finds one."""
    # The model asks for a calendar; which one makes no difference to the numbers.
    index = pd.period_range("2000-01", periods=len(values), freq="M")
    fitted = ThetaModel(pd.Series(values, index=index), period=YEAR, method="additive").fit()
    interval = fitted.prediction_intervals(months, alpha=1 - COVERAGE).to_numpy()
    return Forecast(fitted.forecast(months).to_numpy(), interval[:, 0], interval[:, 1])


def damped_trend(values: Numbers, months: int) -> Forecast:
    """Exponential smoothing with a damped trend and no season."""
    return smoothed(values, months, trend="add", damped_trend=True)


def _around(mean: Numbers, spread: Numbers) -> Forecast:
    return Forecast(mean, mean - _Z * spread, mean + _Z * spread)


METHODS: dict[str, Callable[[Numbers, int], Forecast]] = {
    "seasonal_naive": seasonal_naive,
    "seasonal_change": seasonal_change,
    "drift": drift,
    "theta": theta,
    "damped_trend": damped_trend,
    "smoothing": smoothing,
    "smoothing_and_change": smoothing_and_change,
    "by_season": by_season,
}
"""Every method that is compared; the first is what the others are measured by."""


@dataclass(frozen=True)
class Trial:
    """One method at one origin of one series."""

    series: str
    method: str
    training: int
    mase: float
    covered: float
    """Share of the twelve outcomes that the interval held."""


def data_folder() -> Path:
    """Where the files lie; exits with a message where they do not."""
    folder = Path(os.environ.get("BESKPLAN_SHARED") or ROOT.parent / "shared")
    folder = folder / "data" / "jobindsats"
    if not folder.is_dir():
        sys.exit(f"no data in {folder}: set BESKPLAN_SHARED")
    return folder


def series(folder: Path) -> Iterator[tuple[str, str, Numbers]]:
    """Every municipality's unbroken series, with the name of its measure."""
    for name, (file, column) in COLUMNS.items():
        frame = pd.read_csv(folder / file)
        wide = frame.pivot_table(index="Periode", columns="Område", values=column, dropna=False)
        for area in wide.columns.drop(COUNTRY):
            values = wide[area].to_numpy(float)
            if not np.isnan(values).any():
                yield name, str(area), values


def trials(name: str, values: Numbers) -> Iterator[Trial]:
    """All methods at all origins of one series.

    MASE: the mean absolute error over that of the seasonal naive forecast within the known months
    (Hyndman and Koehler, 2006).
    """
    for training in TRAINING:
        known, coming = values[:training], values[training : training + HORIZON]
        scale = float(np.mean(np.abs(known[YEAR:] - known[:-YEAR])))
        for method, make in METHODS.items():
            made = make(known, HORIZON)
            held = (coming >= made.lower) & (coming <= made.upper)
            error = float(np.mean(np.abs(coming - made.mean)))
            yield Trial(name, method, training, error / scale, float(np.mean(held)))


def main() -> None:
    """Print the result as markdown."""
    started = time.perf_counter()
    frames, counts, seasonal = [], dict.fromkeys(COLUMNS, 0), dict.fromkeys(COLUMNS, 0)
    for name, _, values in series(data_folder()):
        counts[name] += 1
        seasonal[name] += is_seasonal(values)
        frames.append(pd.DataFrame(list(trials(name, values))))
    result = pd.concat(frames, ignore_index=True)
    print_methods(result)
    print_series(result, counts, seasonal)
    print_origins(result)
    print(f"\n{len(result)} fremskrivninger på {time.perf_counter() - started:.0f} sekunder.")


def print_methods(result: pd.DataFrame) -> None:
    """One line a method: error and coverage over everything."""
    print("| metode | MASE, middel | MASE, median | mod sæsonnaiv | i intervallet |")
    print("|---|--:|--:|--:|--:|")
    means = result.groupby("method")["mase"].mean()
    for method in METHODS:
        rows = result[result["method"] == method]
        mean, median = rows["mase"].mean(), rows["mase"].median()
        ratio = mean / means[next(iter(METHODS))]
        mark = " (valgt)" if method == CHOSEN else ""
        numbers = f"{mean:.3f} | {median:.3f} | {ratio:.2f} | {rows['covered'].mean():.1%}"
        print(f"| `{method}`{mark} | {numbers} |".replace(".", ","))


def print_series(result: pd.DataFrame, counts: dict[str, int], seasonal: dict[str, int]) -> None:
    """One line a measure: the chosen method beside the seasonal naive one."""
    print("\n| serie | kommuner | med sæson | MASE, valgt | MASE, sæsonnaiv | i intervallet |")
    print("|---|--:|--:|--:|--:|--:|")
    for name in COLUMNS:
        rows = result[result["series"] == name]
        by_method = rows.groupby("method")[["mase", "covered"]].mean()
        chosen, naive = by_method.loc[CHOSEN], by_method.loc[next(iter(METHODS))]
        line = f"{chosen['mase']:.3f} | {naive['mase']:.3f} | {chosen['covered']:.1%}"
        print(f"| {name} | {counts[name]} | {seasonal[name]} | {line} |".replace(".", ","))


def print_origins(result: pd.DataFrame) -> None:
    """One line a starting point: the chosen method does not hold equally well in all years."""
    print("\n| kendte måneder | MASE, valgt | MASE, sæsonnaiv | i intervallet |")
    print("|--:|--:|--:|--:|")
    for training in TRAINING:
        rows = result[result["training"] == training]
        by_method = rows.groupby("method")[["mase", "covered"]].mean()
        chosen, naive = by_method.loc[CHOSEN], by_method.loc[next(iter(METHODS))]
        line = f"{chosen['mase']:.3f} | {naive['mase']:.3f} | {chosen['covered']:.1%}"
        print(f"| {training} | {line} |".replace(".", ","))


if __name__ == "__main__":
    main()
