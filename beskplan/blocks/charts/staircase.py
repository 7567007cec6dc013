"""A rate that falls by steps with time, such as the refund of a benefit (refusionstrappen)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise

from beskplan.blocks.charts.axis import value_axis
from beskplan.blocks.charts.canvas import Canvas, refuse, rows_problems, width_problems
from beskplan.blocks.charts.lettering import text_width
from beskplan.blocks.charts.style import OWN, WIDTH, theme
from beskplan.core.errors import Problem
from beskplan.core.numbers import NBSP, format_number

_EDGE = 4.0
_OPEN_SHARE = 1.5
"""The last step goes on without end; it is drawn to this many times its start."""


@dataclass(frozen=True)
class Step:
    """From this week on (counted from 1) the rate is `rate`, until the next step."""

    start: int
    rate: Decimal


def staircase(
    steps: Sequence[Step],
    *,
    unit: str = "pct.",
    axis_label: str = "Uger med ydelse",
    decimals: int = 0,
    width: float = WIDTH,
    height: float = 260.0,
) -> str:
    """The steps to scale, each with its rate above it and the week where it begins below, as SVG.

    Args:
        steps: In order of weeks, each rate lower than the one before; the last has no end.
        unit: Printed after each rate.
        axis_label: What the numbers below the steps count.
        decimals: Decimals of the rates.
        width: Of the sheet in px.
        height: Of the sheet in px.

    Raises:
        BlockError: no steps, weeks that do not rise, rates that do not fall, a rate that is
            negative or no finite number.
    """
    refuse(_problems(steps) + width_problems("staircase", width))
    tick_size = theme().tick_size
    first, last = steps[0].start, steps[-1].start
    end = max(last * _OPEN_SHARE, last + 1)
    left, right = _EDGE + text_width(str(first), tick_size), width - _EDGE - 8
    top, bottom = _EDGE + theme().line_height + 6, height - 50.0
    highest = value_axis([step.rate for step in steps], decimals=decimals).high

    def x(week: float) -> float:
        return left + (week - first) / (end - first) * (right - left)

    def y(rate: Decimal) -> float:
        return bottom - float(rate) / highest * (bottom - top)

    canvas = Canvas(width, height)
    for step, stop in zip(steps, [*(s.start for s in steps[1:]), end], strict=True):
        canvas.bar(x(step.start), x(stop) - 1, y(step.rate), bottom, OWN)
        text = f"{format_number(step.rate, decimals)}{NBSP}{unit}"
        over = y(step.rate) - theme().line_height * 0.6
        canvas.text(x(step.start), over, text)
        canvas.text(x(step.start), bottom + 15, str(step.start), anchor="center", size=tick_size)
    canvas.line([(left, bottom), (right, bottom)], theme().ink, 1.2)
    canvas.text((left + right) / 2, bottom + 36, axis_label, anchor="center", size=tick_size)
    return canvas.svg()


def _problems(steps: Sequence[Step]) -> list[Problem]:
    labels, rates = [f"uge {step.start}" for step in steps], [step.rate for step in steps]
    found = rows_problems("staircase", labels if steps else [], rates if steps else [])
    if found:
        return found
    found += [
        Problem(f"staircase: {label}", "er negativ", str(rate), "0 eller mere")
        for label, rate in zip(labels, rates, strict=True)
        if rate < 0
    ]
    for before, after in pairwise(steps):
        if after.start <= before.start or after.rate >= before.rate:
            found.append(
                Problem(
                    f"staircase: uge {after.start}",
                    "er ikke et trin ned",
                    f"{after.rate} efter {before.rate} fra uge {before.start}",
                    "en senere uge og en lavere sats",
                )
            )
    return found
