"""Refusion: how large a part of the benefits the state pays back, and what shorter courses do to it.

The rate falls by steps with the week on benefits (`beskplan/data/refusion.yaml`). Of a mean duration alone
the mean refund follows with a constant chance of leaving each week (`refund_pct_at_duration`).

With a constant chance 1/m of leaving, the weeks paid in week number w are a part (1 - 1/m)^(w-1) of
those paid in week 1; m is then both the mean length of the courses and the mean time that those
running have lasted so far.
"""

from datetime import date
from decimal import Decimal
from functools import cache
from itertools import pairwise
from typing import Annotated

from pydantic import Field

from beskplan.core.errors import Problem, UnknownNameError
from beskplan.indicators.quantities import Quantity
from beskplan.registers.reading import Closed, Span, shipped

FILE = "refusion.yaml"
DECIMALS = 1
"""Decimals of a mean refund percentage."""


class RefundStep(Closed):
    """From this week on, counted from 1, the state pays this per cent, until the next step."""

    fra_uge: Annotated[int, Field(ge=1)]
    sats_pct: Annotated[Decimal, Field(ge=0, le=100)]


class Staircase(Span):
    """The steps of some days."""

    id: str
    trin: Annotated[tuple[RefundStep, ...], Field(min_length=1)]
    note: str
    """What readers must know of how the weeks are counted."""
    source: str

    def rate_pct(self, week: int) -> Decimal:
        """The rate of a week, counted from 1; ValueError below 1."""
        if week < 1:
            raise ValueError(f"weeks count from 1, not {week}")
        return next(step.sats_pct for step in reversed(self.trin) if step.fra_uge <= week)


class RefusionFile(Closed):
    """The whole of `refusion.yaml`."""

    trapper: Annotated[tuple[Staircase, ...], Field(min_length=1)]


@cache
def staircases() -> tuple[Staircase, ...]:
    """The staircases, oldest first."""
    found = shipped(FILE, RefusionFile).trapper
    return tuple(sorted(found, key=lambda one: one.valid_from or date.min))


def staircase(on: date) -> Staircase:
    """The staircase in force on a day.

    Raises:
        UnknownNameError: there was none; before 2016 the rate depended on the benefit and the offer.
    """
    for one in staircases():
        if one.covers(on):
            return one
    first = min(one.valid_from for one in staircases() if one.valid_from)
    raise UnknownNameError(
        Problem("refusion", "ingen refusionstrappe den dag", str(on), f"en dag fra {first}")
    )


def refund_pct_at_duration(mean_weeks: Decimal, stairs: Staircase) -> Quantity:
    """Mean refund where each course has the same chance of ending every week.

    Args:
        mean_weeks: Mean length of the courses, at least 1 week.
        stairs: The rates.

    Unit: per cent of the benefits paid, not rounded.
    Source: a model of our own (see the module docstring), not an account of any municipality.

    Raises:
        ValueError: a mean below one week.
    """
    if mean_weeks < 1:
        raise ValueError(f"courses last at least a week, not {mean_weeks}")
    stay = 1 - 1 / mean_weeks
    # What is left when a step begins is stay^(weeks before it): each step adds its own drop to it.
    refund = stairs.trin[0].sats_pct
    for before, after in pairwise(stairs.trin):
        refund -= (before.sats_pct - after.sats_pct) * stay ** (after.fra_uge - 1)
    return Quantity(refund, DECIMALS, "pct.", origin=("model",))
