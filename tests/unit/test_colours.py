"""Contrast is what WCAG says it is."""

from __future__ import annotations

import pytest

from beskplan.colours import contrast


@pytest.mark.parametrize(
    ("one", "other", "ratio"),
    [
        ("#000000", "#FFFFFF", 21),
        ("#777777", "#FFFFFF", 4.48),
        ("#767676", "#FFFFFF", 4.54),
        ("#ff0000", "#FFFFFF", 4.0),
        ("#FFFFFF", "#FFFFFF", 1),
    ],
)
def test_contrast_is_wcags_in_either_order(one: str, other: str, ratio: float) -> None:
    assert contrast(one, other) == pytest.approx(ratio, abs=0.005)
    assert contrast(other, one) == contrast(one, other)


@pytest.mark.parametrize("colour", ["red", "#FFF", "#1234567", "", "#GG0000"])
def test_what_is_no_colour_is_refused(colour: str) -> None:
    with pytest.raises(ValueError, match="no colour"):
        contrast(colour, "#FFFFFF")
