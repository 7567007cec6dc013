"""Laws of the Danish numbers."""

from __future__ import annotations

from decimal import Decimal
from typing import Literal

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from beskplan.core.errors import DataError
from beskplan.core.numbers import format_number, format_pct, parse_number, pctpoint, round_half_away

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


@given(PER_CENTS, PER_CENTS, st.integers(0, 3))
def test_the_gap_is_the_difference_of_what_the_reader_sees(
    a: float, b: float, decimals: int
) -> None:
    seen = parse_number(format_pct(a, decimals)) - parse_number(format_pct(b, decimals))
    assert pctpoint(a, b, decimals) == seen == -pctpoint(b, a, decimals)


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
