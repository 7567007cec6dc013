"""Properties of Danish numbers and of periods."""

from datetime import timedelta
from decimal import Decimal
from itertools import pairwise
from typing import Literal

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from beskplan.core.danish import format_number, format_pct, parse_number, round_half_away
from beskplan.core.errors import DataError, UnknownNameError
from beskplan.core.periods import Period, month, periods_between, quarter, year_

FLOATS = st.floats(allow_nan=False, allow_infinity=False)
EXACT = st.decimals(allow_nan=False, allow_infinity=False, min_value=-(10**20), max_value=10**20)
NUMBERS = FLOATS | EXACT | st.integers()
DECIMALS = st.integers(0, 6)
PER_CENTS = st.floats(0, 100)


@given(NUMBERS, DECIMALS, st.booleans())
def test_what_is_written_is_read_back_as_the_printed_value(
    x: float | Decimal, decimals: int, signed: bool
) -> None:
    text = format_number(x, decimals, signed=signed)
    assert parse_number(text) == parse_number(text, decimals) == round_half_away(x, decimals)


@given(NUMBERS, DECIMALS, st.booleans(), st.sampled_from(("%", "pct.")))
def test_per_cents_are_read_back(
    x: float | Decimal, decimals: int, signed: bool, unit: Literal["%", "pct."]
) -> None:
    text = format_pct(x, decimals, signed=signed, unit=unit)
    assert parse_number(text) == parse_number(text, decimals) == round_half_away(x, decimals)


@given(NUMBERS, DECIMALS)
def test_a_reread_number_is_written_the_same(x: float | Decimal, decimals: int) -> None:
    text = format_number(x, decimals)
    assert format_number(parse_number(text), decimals) == text


@given(EXACT, DECIMALS)
def test_rounding_moves_by_at_most_half_a_unit_and_a_half_goes_away_from_zero(
    x: Decimal, decimals: int
) -> None:
    rounded, half = round_half_away(x, decimals), Decimal(5).scaleb(-decimals - 1)
    assume(len(x.as_tuple().digits) <= 20)  # the differences below are exact at this size
    assert abs(rounded - x) <= half
    if abs(rounded - x) == half:
        assert abs(rounded) > abs(x)


@given(NUMBERS, DECIMALS)
def test_rounding_again_changes_nothing_and_mirrors_around_zero(
    x: float | Decimal, decimals: int
) -> None:
    rounded = round_half_away(x, decimals)
    assert round_half_away(rounded, decimals) == rounded
    # copy_negate: arithmetic on a Decimal would round to the 28 digits of the context.
    assert round_half_away(-x if isinstance(x, int | float) else x.copy_negate(), decimals) == (
        rounded.copy_negate()
    )


@given(NUMBERS, DECIMALS, st.booleans())
def test_only_a_printed_value_other_than_zero_has_a_sign(
    x: float | Decimal, decimals: int, signed: bool
) -> None:
    text = format_number(x, decimals, signed=signed)
    is_zero = not set(text) & set("123456789")
    assert not (is_zero and text[0] in "+-")
    assert text[0] == "-" or not (x < 0 and not is_zero)


@given(st.integers(1, 999), st.from_regex(r"[0-9]{1,2}|[0-9]{4,9}", fullmatch=True))
def test_a_lone_dot_is_a_decimal_point_only_where_the_column_has_decimals(
    whole: int, fraction: str
) -> None:
    assume(fraction.isascii())
    text = f"{whole}.{fraction}"
    assert parse_number(text, decimals=2) == Decimal(text)
    for unknown_or_whole in (None, 0):
        with pytest.raises(DataError, match="kan være decimaltegn eller tusindtalstegn"):
            parse_number(text, unknown_or_whole)


@given(st.text(alphabet="0123456789.,-+ %pct\u00a0\u2212", max_size=12), st.none() | DECIMALS)
def test_any_text_is_read_or_refused_by_name_and_never_changes_its_digits(
    text: str, decimals: int | None
) -> None:
    try:
        value = parse_number(text, decimals)
    except DataError:
        return
    digits = [character for character in text if character.isdigit()]
    assert int("".join(digits)) == int("".join(map(str, value.as_tuple().digits)))


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
    for form in ("text", "head", "ultimo"):
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
