from decimal import Decimal

import pytest

from beskplan.indicators.quantities import (
    Interval,
    Quantity,
    gap_pctpoint,
    implied_denominator,
    rounding_interval,
    share_pct,
)


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
    found = implied_denominator(number(count), pct(share))
    assert found is not None
    assert found.low < Decimal(count) / Decimal(share) * 100 < found.high


def test_a_share_that_prints_as_zero_implies_no_denominator() -> None:
    assert implied_denominator(number("3"), pct("0.0")) is None
