from decimal import Decimal

import pytest

from beskplan.indicators.quantities import Quantity, absolute_change, pct_change


def persons(value: int | str | None, state: str = "known", decimals: int = 0) -> Quantity:
    number = None if value is None else Decimal(value)
    return Quantity(number, decimals, "fuldtidspersoner", state)  # type: ignore[arg-type]


def test_change_is_the_difference_of_the_printed_values() -> None:
    assert absolute_change(persons("10.4"), persons("12.6")).exact == 3


def test_pct_change_uses_the_unrounded_values() -> None:
    assert pct_change(persons("10.4"), persons("12.6"), 1).text() == "21,2"


@pytest.mark.parametrize(
    ("before", "now", "printed"),
    [(456, 703, 54), (314, 357, 14), (200, 201, 1), (200, 199, -1), (8, 8, 0)],
)
def test_pct_change_rounds_half_away_from_zero(before: int, now: int, printed: int) -> None:
    assert pct_change(persons(before), persons(now)).printed == printed


@pytest.mark.parametrize(
    ("before", "now", "state"),
    [
        ("withheld", "known", "withheld"),
        ("known", "absent", "absent"),
        ("absent", "withheld", "withheld"),
    ],
)
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
