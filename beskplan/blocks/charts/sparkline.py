"""A course as a little line beside its number: no axis and no letters, the text beside it has the numbers."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from itertools import groupby

from beskplan.blocks.charts.canvas import refuse, rows_problems

SIZE = (120, 28)
"""Width and height of the drawing in px."""
_EDGE = 3
"""Room for half of the last dot, px."""
_LEAST_SHARE = 0.2
"""The scale spans at least this share of the highest number: what hardly moves looks level."""


def sparkline(values: Sequence[Decimal | None]) -> str:
    """The values in their order as one `<svg>` element that assistive technology passes over.

    The line has the colour of the text around it. A dot stands at the last value, where that is known.

    Args:
        values: One per period, None where there is no number: the line is open there.

    Returns:
        SVG text; empty where fewer than two values are known.

    Raises:
        BlockError: a value that is no number.
    """
    if values:
        refuse(rows_problems("sparkline", [f"value {n}" for n, _ in enumerate(values, 1)], values))
    known = [float(value) for value in values if value is not None]
    if len(known) < 2:
        return ""
    width, height = SIZE
    high, low = max(known), min(known)
    span = max(high - low, _LEAST_SHARE * max(abs(high), abs(low))) or 1.0
    middle = (high + low) / 2
    step = (width - 2 * _EDGE) / (len(values) - 1)

    def at(number: int, value: Decimal) -> str:
        y = height / 2 - (float(value) - middle) / span * (height - 2 * _EDGE)
        return f"{_EDGE + number * step:.1f} {y:.1f}"

    runs = []
    for is_known, run in groupby(enumerate(values), lambda one: one[1] is not None):
        if is_known:
            points = [at(number, value) for number, value in run if value is not None]
            # A line to itself with round ends is a dot.
            runs.append(f"M{'L'.join(points if len(points) > 1 else points * 2)}")
    last = values[-1]
    dot = (
        '<circle cx="{}" cy="{}" r="3" fill="currentColor"/>'.format(
            *at(len(values) - 1, last).split()
        )
        if last is not None
        else ""
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" class="forloeb" aria-hidden="true" width="{width}" '
        f'height="{height}" viewBox="0 0 {width} {height}"><path d="{"".join(runs)}" fill="none" '
        'stroke="currentColor" stroke-width="1.5" stroke-linecap="round" stroke-linejoin="round"/>'
        f"{dot}</svg>"
    )
