"""Paths, an unchanged course, official forecasts and our own: numbers checked by hand."""

from decimal import Decimal
from itertools import pairwise

import numpy as np

from beskplan.core.periods import Period, month, periods_between
from beskplan.indicators.forecast import (
    LEAST_MONTHS,
    by_season,
    forecast,
    is_seasonal,
    scenarios,
    unbroken_tail,
    unchanged_course,
)
from beskplan.indicators.quantities import Quantity
from beskplan.indicators.targets import Point, Series, path_value

SEASON = (10, 8, 4, 0, -4, -6, 2, 4, -2, -6, -6, -4)


def quantity(value: object, decimals: int = 0) -> Quantity:
    if value is None:
        return Quantity(None, decimals, "personer", "withheld")
    return Quantity(Decimal(str(value)), decimals, "personer")


def series(values: list[object], start: Period | None = None) -> Series:
    first = start or month(2015, 1)
    return tuple(Point(first.shift(n), quantity(value)) for n, value in enumerate(values))


def seasonal_series(months: int = 48, step: float = 0.0) -> list[object]:
    return [200 + SEASON[n % 12] + step * n for n in range(months)]


def texts(points: Series) -> list[str]:
    return [point.quantity.text() for point in points]


def test_an_unchanged_course_goes_on_at_the_pace_of_the_last_year() -> None:
    values: list[object] = [*range(100, 112), 124]
    ahead = periods_between(month(2016, 2), month(2016, 4))
    # From 100 to 124 in a year is 2 a month.
    assert texts(unchanged_course(series(values), ahead)) == ["126", "128", "130"]


def test_an_unchanged_course_never_falls_below_nothing() -> None:
    values: list[object] = [*([24] * 12), 0]
    assert texts(
        unchanged_course(series(values), periods_between(month(2016, 2), month(2016, 3)))
    ) == [
        "0",
        "0",
    ]


def test_less_than_a_year_has_no_pace() -> None:
    assert unchanged_course(series([5] * 12), [month(2016, 1)]) == ()


def test_a_gap_or_a_withheld_month_cuts_off_what_came_before() -> None:
    values = series([1, 2, None, 4, 5])
    assert texts(unbroken_tail(values)) == ["4", "5"]
    assert texts(unbroken_tail((values[0], *values[3:]))) == ["4", "5"]
    assert unbroken_tail(series([1, None])) == ()


def test_the_path_ends_at_the_level_and_stays_there() -> None:
    start, level = Point(month(2018, 12), quantity(332)), quantity("298.8")
    at = [month(2018, 11), month(2018, 12), month(2019, 9), month(2019, 12), month(2020, 5)]
    found = [path_value(start, level, month(2019, 12), one) for one in at]
    assert [one.text() if one else "" for one in found] == ["332", "332", "307", "299", "299"]
    assert path_value(start, level, month(2018, 12), at[0]) is None


def test_a_year_as_deadline_ends_in_its_december() -> None:
    found = scenarios(series(seasonal_series()), Period("Y", 2019, 1))
    assert found.forecast[-1].period == month(2019, 12)
    assert len(found.forecast) == len(found.lower) == len(found.upper) == 12


def test_behind_the_deadline_there_is_nothing_to_forecast() -> None:
    found = scenarios(series(seasonal_series()), month(2018, 6))
    assert (found.forecast, found.unchanged) == ((), ())


def test_a_forecast_has_the_months_asked_for_within_its_interval() -> None:
    values = np.array(seasonal_series(48, 0.5), dtype=np.float64)
    values += np.random.default_rng(1).normal(0, 2, len(values))
    made = by_season(values, 7)
    assert len(made.mean) == len(made.lower) == len(made.upper) == 7
    assert (made.lower <= made.mean).all()
    assert (made.mean <= made.upper).all()


def test_a_season_is_found_where_there_is_one_and_not_in_a_line() -> None:
    assert is_seasonal(np.array(seasonal_series(48), dtype=np.float64))
    rising = np.arange(48, dtype=np.float64)
    assert not is_seasonal(rising)
    assert not is_seasonal(np.random.default_rng(3).normal(0, 1, 48).cumsum())


def test_the_chosen_forecast_repeats_a_pure_season() -> None:
    values = np.array(seasonal_series(48), dtype=np.float64)
    made = forecast(values, 12)
    assert made is not None
    assert np.abs(made.mean - values[:12]).max() < 1


def test_too_few_months_give_no_forecast() -> None:
    assert forecast(np.ones(LEAST_MONTHS - 1), 12) is None
    assert forecast(np.ones(LEAST_MONTHS), 0) is None


def test_a_forecast_of_a_count_never_falls_below_nothing() -> None:
    falling = np.array([max(0.0, 70.0 - 2 * n) for n in range(36)])
    made = forecast(falling, 12)
    assert made is not None
    assert (made.lower >= 0).all()
    assert (made.mean >= 0).all()


def test_the_same_series_gives_the_same_forecast() -> None:
    values = np.array(seasonal_series(60, 0.3), dtype=np.float64)
    one, other = forecast(values, 12), forecast(values, 12)
    assert one is not None
    assert other is not None
    assert one.mean.tolist() == other.mean.tolist()
    assert all(a <= b for a, b in pairwise([one.lower[0], one.mean[0], one.upper[0]]))
