"""Contrast is what WCAG says it is."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from beskplan.blocks.charts import canvas
from beskplan.core.colours import BESIDE_OWN, OWN, contrast, is_for_charts, readable
from beskplan.params.profil import DARK_GROUNDS, LIGHT_GROUNDS
from tests.conftest import cases

CASES = cases("colours")


@pytest.mark.parametrize(("one", "other", "ratio"), CASES["contrast_is_wcags_in_either_order"])
def test_contrast_is_wcags_in_either_order(one: str, other: str, ratio: float) -> None:
    assert contrast(one, other) == pytest.approx(ratio, abs=0.005)
    assert contrast(other, one) == contrast(one, other)


@pytest.mark.parametrize("colour", ["red", "#FFF", "#1234567", "", "#GG0000"])
def test_what_is_no_colour_is_refused(colour: str) -> None:
    with pytest.raises(ValueError, match="no colour"):
        contrast(colour, "#FFFFFF")


@given(st.from_regex(r"\A#[0-9A-F]{6}\Z"))
def test_small_text_has_seven_to_one_on_every_ground_and_a_good_colour_stays(colour: str) -> None:
    for grounds in (LIGHT_GROUNDS, DARK_GROUNDS):
        shade = readable(colour, grounds)
        assert min(contrast(shade, ground) for ground in grounds) >= 7
        if min(contrast(colour, ground) for ground in grounds) >= 7:
            assert shade == colour


def test_a_shade_keeps_its_hue_and_is_no_darker_than_it_must_be() -> None:
    shade = readable("#C4501B", ["#FFFFFF"])
    red, green, blue = (int(shade[at : at + 2], 16) for at in (1, 3, 5))
    assert red > green > blue
    assert contrast(shade, "#FFFFFF") < 7.2


def test_grounds_that_no_shade_can_be_read_on_are_refused() -> None:
    with pytest.raises(ValueError, match="no shade"):
        readable("#C4501B", ["#FFFFFF", "#000000"])


def test_a_colour_for_charts_is_held_to_what_charts_draw() -> None:
    assert (canvas.OWN, (canvas.GROUND, canvas.PALETTE[1], canvas.OTHER)) == (OWN, BESIDE_OWN)
    assert is_for_charts(OWN)
    assert not any(map(is_for_charts, BESIDE_OWN))
