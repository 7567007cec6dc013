"""The staircase as dated data, and the model of durations."""

from datetime import date
from decimal import Decimal
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from beskplan.core.errors import UnknownNameError
from beskplan.indicators.refusion import (
    Staircase,
    refund_pct_at_duration,
    staircase,
    staircases,
)

STAIRS = staircase(date(2017, 1, 1))
WEEKS = st.decimals(min_value=1, max_value=2000, places=2)


@pytest.mark.parametrize(
    ("week", "rate"), [(1, 80), (4, 80), (5, 40), (26, 40), (27, 30), (52, 30), (53, 20), (900, 20)]
)
def test_a_week_has_the_rate_of_its_step(week: int, rate: int) -> None:
    assert STAIRS.rate_pct(week) == rate


def test_weeks_count_from_one() -> None:
    with pytest.raises(ValueError, match="count from 1"):
        STAIRS.rate_pct(0)


def test_before_the_reform_there_is_no_staircase() -> None:
    with pytest.raises(UnknownNameError) as refusal:
        staircase(date(2015, 12, 31))
    assert refusal.value.problems[0].expected == "en dag fra 2016-01-01"
    assert staircase(date(2016, 1, 1)) == STAIRS


@given(WEEKS)
def test_the_model_is_the_sum_over_the_weeks(weeks: Decimal) -> None:
    paid = (1 - 1 / float(weeks)) ** np.arange(60_000)
    refund = sum(float(STAIRS.rate_pct(week)) * left for week, left in enumerate(paid[:60], 1))
    refund += 20 * paid[60:].sum()
    # What is left after 60.000 weeks is below any printed decimal.
    assert float(refund_pct_at_duration(weeks, STAIRS).exact) == pytest.approx(
        refund / paid.sum(), abs=1e-6
    )


@given(WEEKS, WEEKS)
def test_longer_courses_never_give_a_higher_refund(one: Decimal, other: Decimal) -> None:
    short, long = sorted((one, other))
    assert refund_pct_at_duration(long, STAIRS).exact <= refund_pct_at_duration(short, STAIRS).exact


@pytest.mark.parametrize("stairs", staircases(), ids=lambda one: one.id)
def test_each_step_is_later_and_lower(stairs: Staircase) -> None:
    assert stairs.trin[0].fra_uge == 1
    for before, after in pairwise(stairs.trin):
        assert before.fra_uge < after.fra_uge
        assert before.sats_pct > after.sats_pct


def test_no_two_staircases_hold_on_one_day() -> None:
    for before, after in pairwise(staircases()):
        assert before.valid_to is not None
        assert after.valid_from is not None
        assert before.valid_to < after.valid_from
