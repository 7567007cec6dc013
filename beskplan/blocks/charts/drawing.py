"""A chart drawn twice: for a page, and for a phone, where the page's letters would be too small."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from beskplan.blocks.charts.style import WIDTH

NARROW_WIDTH = 340.0
"""Width in px of the drawing for phones: on 320 to 400 px it is shown at about its own size."""


class Chart(Protocol):
    """A chart of this package with everything but its width given, as `functools.partial` makes it."""

    def __call__(self, *, width: float) -> str:
        """The chart as SVG text, `width` px wide."""


@dataclass(frozen=True)
class Drawing:
    """The same chart in two widths, as SVG text."""

    wide: str
    narrow: str


def drawing(chart: Chart) -> Drawing:
    """`chart` in both widths, from the same values.

    Example:
        >>> from decimal import Decimal
        >>> from functools import partial
        >>> from beskplan.blocks.charts import Bar, change_bars
        >>> both = drawing(partial(change_bars, [Bar("Rudersdal", Decimal(54))]))
        >>> 'width="340"' in both.narrow
        True
    """
    return Drawing(wide=chart(width=WIDTH), narrow=chart(width=NARROW_WIDTH))
