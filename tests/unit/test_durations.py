"""Durations of running courses and of a year's courses never meet."""

from __future__ import annotations

from decimal import Decimal

import pytest

from beskplan.core.errors import DataError
from beskplan.indicators.quantities import Quantity, share_over
from beskplan.registers.indicators import INDICATORS, one_basis


def courses(number: int) -> Quantity:
    return Quantity(Decimal(number), 0, "forløb")


@pytest.mark.parametrize("limit", ["26_uger", "52_uger", "3_aar"])
def test_each_limit_has_an_indicator_for_both_ways_of_counting(limit: str) -> None:
    ids = [f"forloeb_{basis}_over_{limit}" for basis in ("igang", "i_aaret")]
    assert [INDICATORS[name].basis for name in ids] == ["igang", "i_aaret"]
    assert len({INDICATORS[name].name for name in ids}) == 2


@pytest.mark.parametrize(
    "names",
    [
        ("forloeb_igang_over_26_uger", "forloeb_i_aaret_over_26_uger"),
        ("gns_varighed_uger", "gns_varighed_igang_uger"),
        ("forloeb_igang", "fuldtidspersoner"),
        ("personer",),
    ],
)
def test_a_column_of_two_kinds_of_duration_is_refused(names: tuple[str, ...]) -> None:
    with pytest.raises(DataError) as refusal:
        one_basis(names, "tabel")
    assert refusal.value.problems[0].where == "tabel"
    assert all(name in refusal.value.problems[0].found for name in names)


def test_a_column_of_one_kind_is_let_through() -> None:
    assert one_basis(("forloeb_igang", "personer_over_52_uger")) == "igang"


def test_a_share_of_the_other_kind_of_courses_is_refused() -> None:
    with pytest.raises(DataError):
        share_over(("forloeb_igang_over_26_uger", courses(3)), ("forloeb_i_aaret", courses(9)))
