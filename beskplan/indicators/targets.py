"""The arithmetic of targets: the level to reach, the way there, and how far a series has come.

Every comparison is made on printed values, so that a reader who checks it against the table agrees.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Literal, TypeAlias

from beskplan.core.periods import Period
from beskplan.indicators.quantities import Origin, Quantity, calculated, without_number

Direction = Literal["at_least", "at_most", "exactly"]


@dataclass(frozen=True)
class Point:
    """One number in time."""

    period: Period
    quantity: Quantity


Series: TypeAlias = tuple[Point, ...]
"""Points of one kind of period, in order, each period once; a period without a row is left out."""

FRESH_MONTHS = {"M": 3, "Q": 6, "QMAT": 6, "Y": 12}
"""How many months a series may lag behind the newest data before it counts as ended early."""


def known_points(series: Iterable[Point]) -> Series:
    """The points that have a number."""
    return tuple(point for point in series if point.quantity.is_number)


def by_period(series: Iterable[Point]) -> dict[Period, Quantity]:
    """The numbers of a series by their periods."""
    return {point.period: point.quantity for point in series}


def month_number(period: Period) -> int:
    """Number of the period's last month: periods of different kinds on one axis of time."""
    last = period.months()[-1]
    return last.year * 12 + last.index


def value_at(series: Series, period: Period) -> Quantity | None:
    """The series' value of a period; for a year of monthly data the mean of its twelve months.

    The end of a year, of yearly data, is that year: plans say "niveauet ved udgangen af 2018" of
    helårspersoner too (seed 000), and "det gennemsnitlige antal i 2016" (seed 003).
    Unit: the series'. Missing: None where the series has no row for it; a year with a withheld
    month is withheld, one with a month too few has no value. A mean is `calculated`.
    """
    numbers = by_period(series)
    if period.kind == "M" and period.index == 12 and series and series[0].period.kind == "Y":
        return numbers.get(Period("Y", period.year, 1))
    if period in numbers or period.kind != "Y":
        return numbers.get(period)
    months = [numbers.get(month) for month in period.months()]
    known = [month for month in months if month is not None]
    return mean(tuple(known)) if len(known) == len(months) else None


def mean(quantities: tuple[Quantity, ...]) -> Quantity:
    """The mean of at least one quantity of one unit, `calculated`; missing as in its parts."""
    return _summed("mean", quantities, len(quantities))


def total(quantities: tuple[Quantity, ...]) -> Quantity:
    """The sum of at least one quantity of one unit, `calculated`; missing as in its parts."""
    return _summed("sum", quantities)


def _summed(how: str, parts: tuple[Quantity, ...], by: int = 1) -> Quantity:
    first = parts[0]

    def value() -> Decimal:
        return sum((part.exact for part in parts), Decimal(0)) / by

    return calculated(how, parts, first.decimals, first.unit, value, state="calculated")


def level_after_pct(baseline: Quantity, change_pct: Decimal) -> Quantity:
    """Baseline x (1 + p/100), printed with the baseline's decimals (domain.md §5).

    Where rounding would leave it at the baseline, it is one step away: 5 per cent fewer than 7 is
    no goal that 7 meets. Missing: as the baseline.
    """
    if not baseline.is_number:
        return baseline
    exact = baseline.printed * (1 + change_pct / Decimal(100))
    level = Quantity(exact, baseline.decimals, baseline.unit, origin=("plan", baseline.origin))
    if level.printed == baseline.printed and change_pct:
        step = Decimal(1).scaleb(-baseline.decimals).copy_sign(change_pct)
        level = replace(level, value=baseline.printed + step)
    return level


def level_after_change(baseline: Quantity, change: Decimal) -> Quantity:
    """Baseline + change in the same unit, or in percentage points of a share (domain.md §5).

    Missing: as the baseline.
    """
    if not baseline.is_number:
        return baseline
    decimals = max(baseline.decimals, decimals_of(change))
    origin: Origin = ("plan", baseline.origin)
    return Quantity(baseline.printed + change, decimals, baseline.unit, origin=origin)


def decimals_of(number: Decimal) -> int:
    """How many decimals a number is written with: 2 for 3.75, 0 for 45.0."""
    return max(0, -int(number.normalize().as_tuple().exponent))


def path_value(start: Point, level: Quantity, deadline: Period, at: Period) -> Quantity | None:
    """Where an even way from the baseline to the level has come at a period.

    Before the baseline it is the baseline, after the deadline the level. None where the deadline
    is no later than the baseline, or a number is missing: then there is no way.
    """
    first, last = month_number(start.period), month_number(deadline)
    if without_number(start.quantity, level) or last <= first:
        return None
    part = Decimal(month_number(at) - first) / Decimal(last - first)
    part = min(max(part, Decimal(0)), Decimal(1))
    way = level.printed - start.quantity.printed
    value = start.quantity.printed + part * way
    # A level in whole per cent is no reason to draw the way to it as a staircase.
    decimals = max(level.decimals, start.quantity.decimals)
    return Quantity(value, decimals, level.unit, origin=("model",))


def is_met(value: Quantity, level: Quantity, direction: Direction, *, strict: bool = False) -> bool:
    """Whether a number meets a level, both as printed; `strict`: the level itself is not enough."""
    if value.printed == level.printed:
        return not strict
    if direction == "exactly":
        return False
    return (value.printed > level.printed) is (direction == "at_least")


def keeps_path(
    value: Quantity, path: Quantity, level: Quantity, direction: Direction, start: Quantity
) -> bool:
    """Whether a number is on the path or ahead of it, both as printed.

    For an exact level the way is kept between the path and the level: whoever overshoots has not
    met what the plan asks for.
    """
    if direction != "exactly":
        return is_met(value, path, direction)
    low, high = sorted((path.printed, level.printed))
    if start.printed == level.printed:
        return value.printed == level.printed
    return low <= value.printed <= high
