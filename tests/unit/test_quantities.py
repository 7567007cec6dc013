"""What is calculated of two quantities: change, share, gap, courses over a limit."""

from decimal import Decimal

import pytest

from beskplan.indicators.quantities import (
    Interval,
    Quantity,
    absolute_change,
    gap_pctpoint,
    implied_denominator,
    pct_change,
    rounding_interval,
    share_pct,
)
from tests.conftest import cases

CASES = cases("quantities")


def persons(value: int | str | None, state: str = "known", decimals: int = 0) -> Quantity:
    number = None if value is None else Decimal(value)
    return Quantity(number, decimals, "fuldtidspersoner", state)  # type: ignore[arg-type]


def test_change_is_the_difference_of_the_printed_values() -> None:
    assert absolute_change(persons("10.4"), persons("12.6")).exact == 3


def test_pct_change_uses_the_unrounded_values() -> None:
    assert pct_change(persons("10.4"), persons("12.6"), 1).text() == "21,2"


@pytest.mark.parametrize(("before", "now", "printed"), CASES["pct_change_rounds_half_away_from"])
def test_pct_change_rounds_half_away_from_zero(before: int, now: int, printed: int) -> None:
    assert pct_change(persons(before), persons(now)).printed == printed


@pytest.mark.parametrize(("before", "now", "state"), CASES["a_missing_input_makes_the_change"])
def test_a_missing_input_makes_the_change_missing_and_withheld_wins(
    before: str, now: str, state: str
) -> None:
    was, level = (persons(5 if one == "known" else None, one) for one in (before, now))
    for change in (absolute_change(was, level), pct_change(was, level)):
        assert change.state == state
        assert change.value is None


def test_there_is_no_per_cent_of_nothing() -> None:
    assert pct_change(persons(0), persons(4)).state == "absent"
    assert absolute_change(persons(0), persons(4)).exact == 4


def test_two_units_are_never_compared() -> None:
    weeks = Quantity(Decimal(3), 0, "uger")
    with pytest.raises(ValueError, match="uger"):
        absolute_change(persons(3), weeks)
    with pytest.raises(ValueError, match="uger"):
        pct_change(persons(3), weeks)


def test_a_number_without_value_or_a_value_without_number_is_refused() -> None:
    with pytest.raises(ValueError, match="withheld"):
        persons(3, "withheld")
    with pytest.raises(ValueError, match="known"):
        persons(None)


def number(value: str, decimals: int = 0, unit: str = "fuldtidspersoner") -> Quantity:
    return Quantity(Decimal(value), decimals, unit)


def pct(value: str) -> Quantity:
    return number(value, 1, "pct. af arbejdsstyrken")


WITHHELD = Quantity(None, 0, "fuldtidspersoner", "withheld")
ABSENT = Quantity(None, 1, "pct. af arbejdsstyrken", "absent")


def test_share_is_the_count_over_the_same_areas_denominator() -> None:
    assert share_pct(number("703"), number("26037")).text() == "2,7"


def test_share_of_nothing_or_of_something_missing_is_missing() -> None:
    assert share_pct(number("3"), number("0")).state == "absent"
    assert share_pct(WITHHELD, number("100")).state == "withheld"
    assert share_pct(number("3"), ABSENT).state == "absent"


def test_gap_is_taken_between_the_printed_shares() -> None:
    # 2,7 - 4,4 as a reader would subtract, though the exact shares lie 1,62 apart
    assert gap_pctpoint(pct("2.74"), pct("4.36")).exact == Decimal("-1.7")


def test_gap_with_a_withheld_share_is_withheld() -> None:
    assert gap_pctpoint(WITHHELD, pct("4.4")).state == "withheld"


def test_rounding_interval_is_half_a_unit_of_the_last_printed_place_to_each_side() -> None:
    assert rounding_interval(pct("2.7")) == Interval(Decimal("2.65"), Decimal("2.75"))


@pytest.mark.parametrize(("count", "share"), [("703", "2.7"), ("264", "1.0"), ("991", "3.8")])
def test_implied_denominator_holds_the_true_one(count: str, share: str) -> None:
    found = implied_denominator(*map(rounding_interval, (number(count), pct(share))))
    assert found is not None
    assert found.low < Decimal(count) / Decimal(share) * 100 < found.high


def test_a_share_that_prints_as_zero_implies_no_denominator() -> None:
    assert implied_denominator(*map(rounding_interval, (number("3"), pct("0.0")))) is None
