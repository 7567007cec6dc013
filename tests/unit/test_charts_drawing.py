"""A drawing is the same chart in two widths."""

from __future__ import annotations

import re
from decimal import Decimal
from functools import partial

import pytest

from beskplan.blocks.charts import Bar, DotRow, dots, drawing, ranking
from beskplan.blocks.charts.canvas import NARROW_WIDTH
from beskplan.blocks.charts.style import MIN_WIDTH, WIDTH

BARS = [Bar("RAR Hovedstaden", Decimal(46)), Bar("Rudersdal", Decimal(54), emphasis=True)]
CHARTS = {
    "ranking": partial(ranking, BARS),
    "dots": partial(dots, ["Rudersdal"], [DotRow("A-dagpenge", (Decimal(54),))]),
}


def width_of(svg: str) -> float:
    found = re.match(r'<svg [^>]*width="([\d.]+)"', svg)
    assert found
    return float(found[1])


@pytest.mark.parametrize("name", CHARTS)
def test_a_drawing_has_both_widths(name: str) -> None:
    both = drawing(CHARTS[name])
    assert (width_of(both.wide), width_of(both.narrow)) == (WIDTH, NARROW_WIDTH)


def test_the_narrow_one_is_wide_enough_for_every_chart() -> None:
    assert NARROW_WIDTH >= MIN_WIDTH
