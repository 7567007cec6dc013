"""How long people stay on benefits: shares over a limit, mean durations, and change between points.

A duration is measured on the courses that are running at a point in time, or on all courses of a year.
A long course is far more likely to be met at a point in time than a short one, so the two give other
numbers for the same people: they are indicators of their own and never meet in a column.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from beskplan.core.errors import DataError, Problem
from beskplan.core.periods import Period
from beskplan.indicators.quantities import Quantity, without_number
from beskplan.indicators.shares import share_pct
from beskplan.registers.indicators import one_basis

WEEKS_OF_A_YEAR = Decimal(52)
"""As Jobindsats counts a mean duration in the year (domain.md §4)."""


def share_over(over: tuple[str, Quantity], of: tuple[str, Quantity]) -> Quantity:
    """Courses over a limit as per cent of all courses, 0-100, not rounded.

    Args:
        over: Indicator and number of the long courses.
        of: Indicator and number of all courses, measured on the same thing.

    Missing: as `share_pct`.
    Source: a pure calculation (domain.md §5).

    Raises:
        DataError: the two are measured on different things.
    """
    one_basis((over[0], of[0]))
    return share_pct(over[1], of[1], 0)


def mean_duration_weeks(fuldtidspersoner: Quantity, personer: Quantity) -> Quantity:
    """Mean duration in a year in weeks: full-time persons over persons, times 52.

    Unit: weeks, at most 52; one decimal; both inputs of the same year, area and benefit.
    Missing: withheld where an input is withheld, absent where one is absent or nobody is counted.
    Source: domain.md §4.

    Raises:
        DataError: more full-time persons than persons, which no year has.
    """
    if state := without_number(fuldtidspersoner, personer):
        return Quantity(None, 1, "uger", state)
    if personer.exact == 0:
        return Quantity(None, 1, "uger", "absent")
    if fuldtidspersoner.exact > personer.exact:
        found = f"{fuldtidspersoner.exact} of {personer.exact}"
        raise DataError(Problem("mean duration", "more full-time persons than persons", found))
    weeks = fuldtidspersoner.exact / personer.exact * WEEKS_OF_A_YEAR
    return Quantity(weeks, 1, "uger")


def last_year_from(points: Sequence[Period]) -> Period:
    """The point from which the change over the last year is counted.

    The one exactly a year before the last; else the one nearest to it, the earlier of two as near.
    It is never the last point itself.

    Raises:
        ValueError: fewer than two points.
    """
    *earlier, last = points
    if not earlier:
        raise ValueError("a change needs two points")
    wanted = _months(last.year_before())
    return min(earlier, key=lambda point: (abs(_months(point) - wanted), _months(point)))


def _months(period: Period) -> int:
    day = period.first_day
    return day.year * 12 + day.month
