"""Laws of the periods."""

from __future__ import annotations

from datetime import timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from beskplan.core.errors import UnknownNameError
from beskplan.core.periods import Period, month, periods_between, quarter, year_

YEARS = st.integers(1960, 2060)
BY_KIND = {
    "M": st.builds(month, YEARS, st.integers(1, 12)),
    "Q": st.builds(quarter, YEARS, st.integers(1, 4)),
    "QMAT": st.builds(Period, st.just("QMAT"), YEARS, st.integers(1, 4)),
    "Y": st.builds(year_, YEARS),
}
PERIODS = st.one_of(*BY_KIND.values())
PAIRS = st.one_of(*(st.tuples(periods, periods) for periods in BY_KIND.values()))
STEPS = st.integers(-30, 30)
ONE_DAY = timedelta(days=1)


@given(PERIODS)
def test_codes_round_trip(period: Period) -> None:
    assert Period.parse(period.code) == period
    if period.kind != "QMAT":
        assert Period.parse(period.statbank) == period


@given(PAIRS)
def test_order_agrees_with_the_first_day_and_with_the_code(pair: tuple[Period, Period]) -> None:
    a, b = pair
    assert (a < b) == (a.first_day < b.first_day) == (a.code < b.code)
    assert (a >= b) == (a.last_day >= b.last_day)
    assert (a == b) == (a.first_day == b.first_day)


@given(PERIODS, PERIODS)
def test_periods_have_an_order_exactly_within_their_kind(a: Period, b: Period) -> None:
    if a.kind == b.kind:
        assert (a < b) + (a == b) + (a > b) == 1
    else:
        with pytest.raises(TypeError):
            _ = a < b


@given(PERIODS, STEPS, STEPS)
def test_shifts_add_up_and_undo_each_other(period: Period, n: int, m: int) -> None:
    assert period.shift(n).shift(-n) == period
    assert period.shift(n).shift(m) == period.shift(n + m)
    assert (period.shift(n) > period) == (n > 0)


@given(PERIODS)
def test_the_year_before_is_the_same_days_a_year_earlier(period: Period) -> None:
    before, now = period.year_before().first_day, period.first_day
    assert (before.year, before.month, before.day) == (now.year - 1, now.month, 1)


@given(PERIODS)
def test_months_fill_the_period_without_a_gap(period: Period) -> None:
    months = period.months()
    assert (months[0].first_day, months[-1].last_day) == (period.first_day, period.last_day)
    assert all(a.next == b and a.last_day + ONE_DAY == b.first_day for a, b in pairwise(months))


@given(st.one_of(BY_KIND["M"], BY_KIND["Q"], BY_KIND["Y"]))
def test_the_next_period_begins_on_the_day_after(period: Period) -> None:
    assert period.next.first_day == period.last_day + ONE_DAY


@given(BY_KIND["QMAT"])
def test_a_rolling_year_is_the_year_up_to_its_quarter(period: Period) -> None:
    assert period.last_day == quarter(period.year, period.index).last_day
    assert period.first_day == period.year_before().last_day + ONE_DAY


@given(PERIODS, st.integers(0, 40))
def test_periods_between_counts_every_step(period: Period, n: int) -> None:
    between = periods_between(period, period.shift(n))
    assert between == [period.shift(step) for step in range(n + 1)]


@given(PAIRS)
def test_different_periods_have_different_names(pair: tuple[Period, Period]) -> None:
    a, b = pair
    for form in ("text", "head", "medium", "ultimo"):
        assert (getattr(a, form) == getattr(b, form)) == (a == b)
    assert a.head.casefold() == a.text


@given(st.text(max_size=12) | st.from_regex(r"[0-9]{4}(M|Q|K|QMAT|Y)[0-9]{1,2}", fullmatch=True))
def test_any_text_is_a_period_or_refused_by_name(text: str) -> None:
    try:
        period = Period.parse(text)
    except UnknownNameError:
        return
    quarter_forms = {f"{period.year}Q{period.index}", f"{period.year}K{period.index}"}
    assert text in {period.code, str(period.year), *quarter_forms}
