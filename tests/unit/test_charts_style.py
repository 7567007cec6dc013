"""Colours can be told from the ground, and text can be read."""

from __future__ import annotations

from itertools import pairwise

import pytest

from beskplan.blocks.charts import style
from beskplan.blocks.charts.style import GROUND, PALETTE, theme
from beskplan.core.colours import contrast


@pytest.mark.parametrize(
    "colour",
    [*PALETTE, style.OWN, style.OTHER, style.TOTAL, style.BAND_EDGE],
)
def test_every_colour_stands_out_from_the_ground(colour: str) -> None:
    assert contrast(colour, GROUND) >= 3


def test_neighbours_of_the_palette_stand_out_from_each_other() -> None:
    assert min(contrast(one, other) for one, other in pairwise(PALETTE)) >= 3


def test_own_area_stands_out_from_the_others() -> None:
    assert contrast(style.OWN, style.OTHER) >= 3


def test_an_interval_is_seen_by_its_edge() -> None:
    assert contrast(style.BAND_EDGE, style.BAND) >= 3


def test_some_lines_need_their_halo_on_an_interval() -> None:
    assert min(contrast(colour, style.BAND) for colour in PALETTE) < 3


def test_text_is_readable_on_the_ground_and_in_a_step() -> None:
    assert contrast(theme().ink, GROUND) >= 4.5
    assert contrast(GROUND, style.OWN) >= 4.5


def test_text_is_never_smaller_than_12_px() -> None:
    assert min(theme().label_size, theme().tick_size) >= 12


def test_seaborns_default_palette_would_fail() -> None:
    import seaborn as sns

    assert min(contrast(colour, GROUND) for colour in sns.color_palette("deep").as_hex()) < 3
