"""How long people stay on benefits: shares over a limit.

A duration is measured on the courses that are running at a point in time, or on all courses of a year.
A long course is far more likely to be met at a point in time than a short one, so the two give other
numbers for the same people: they are indicators of their own and never meet in a column.
"""

from __future__ import annotations

from beskplan.indicators.quantities import Quantity
from beskplan.indicators.shares import share_pct
from beskplan.registers.indicators import one_basis


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
