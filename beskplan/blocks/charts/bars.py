"""Horizontal bars with their values beside them: no axis to read off, no legend to look up."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import accumulate

from beskplan.blocks.charts.canvas import Anchor, Canvas, refuse, rows_problems, width_problems
from beskplan.blocks.charts.lettering import text_width, wrap
from beskplan.blocks.charts.style import FALL, OTHER, OWN, RISE, TOTAL, WIDTH, theme
from beskplan.core.numbers import NBSP, format_number, round_half_away
from beskplan.indicators.quantities import WITHHELD_TEXT

_EDGE = 4.0
"""Air between anything drawn and the edge of the sheet, px."""
_AIR = 6.0
"""Between a bar and its value, and at least between labels and bars, px."""
_LABEL_SHARE = 0.38
"""Most of the width that the labels may take before they wrap."""
_BAR_SHARE = 0.62
"""Thickness of a bar over the height of its row."""
_SLIVER = 1.5
"""A bar that is not zero is never thinner, px."""


@dataclass(frozen=True)
class Bar:
    """One row: what it shows, its value, and whether the report is about it.

    `missing` is printed instead of a bar where `value` is None (withheld or absent).
    """

    label: str
    value: Decimal | None
    emphasis: bool = False
    missing: str = WITHHELD_TEXT


def change_bars(
    bars: Sequence[Bar],
    *,
    unit: str = "pct.",
    decimals: int = 0,
    signed: bool = False,
    width: float = WIDTH,
) -> str:
    """Two to four areas' change side by side, in the order given, as SVG text.

    Args:
        bars: One per area; those with `emphasis` in the dark blue, the others muted.
        unit: Printed after each value.
        decimals: Decimals of the printed values.
        signed: Whether a rise is printed with a plus.
        width: Of the sheet in px; its height follows from the rows (four plain rows: 168).

    Raises:
        BlockError: no rows, a row without a label, a value that is no finite number.
    """
    colours = [OWN if bar.emphasis else OTHER for bar in bars]
    style = BarStyle(unit, decimals, signed=signed, row_height=40.0)
    return draw_bars("change_bars", bars, colours, style, width)


@dataclass(frozen=True)
class BarStyle:
    """How the values are printed, and px from row to row."""

    unit: str
    decimals: int
    signed: bool
    row_height: float

    def text(self, bar: Bar) -> str:
        """What stands beside the bar: its Danish number with unit, or the word for no number."""
        if bar.value is None:
            return bar.missing
        number = format_number(bar.value, self.decimals, signed=self.signed)
        return f"{number}{NBSP}{self.unit}" if self.unit else number


def draw_bars(
    chart: str, bars: Sequence[Bar], colours: Sequence[str], style: BarStyle, width: float
) -> str:
    """The rows as they stand, each bar in its colour, with labels to the left of all bars.

    A bar is as long as its printed value says: what is printed as 0 has none.

    Raises:
        BlockError: all that is wrong with the rows or the width.
    """
    values = [bar.value for bar in bars]
    refuse(rows_problems(chart, [bar.label for bar in bars], values) + width_problems(chart, width))
    size, line_height = theme().label_size, theme().line_height
    blocks = [wrap(bar.label, size, width * _LABEL_SHARE) for bar in bars]
    heights = [max(style.row_height, line_height * len(block) + 10) for block in blocks]
    label_end = _EDGE + max(text_width(line, size) for block in blocks for line in block)
    texts = [style.text(bar) for bar in bars]
    rooms = [text_width(text, size) + _AIR for text in texts]
    numbers = [float(round_half_away(v, style.decimals)) if v is not None else 0.0 for v in values]
    zero, per_unit = _scale(numbers, rooms, label_end + 2 * _AIR, width - _EDGE)

    canvas = Canvas(width, sum(heights) + 2 * _EDGE)
    half = style.row_height * _BAR_SHARE / 2
    middles = [
        _EDGE + below - height / 2
        for below, height in zip(accumulate(heights), heights, strict=True)
    ]
    for middle, block, number, text, colour in zip(
        middles, blocks, numbers, texts, colours, strict=True
    ):
        canvas.text_block(label_end, middle, block, anchor="right")
        end = zero + _visible(number * per_unit)
        if number:
            canvas.bar(zero, end, middle - half, middle + half, colour)
        side: Anchor = "right" if number < 0 else "left"
        canvas.text(end + (_AIR if side == "left" else -_AIR), middle, text, anchor=side)
    canvas.line([(zero, _EDGE), (zero, canvas.height - _EDGE)], theme().ink, 1.0, layer=2.5)
    return canvas.svg()


def _visible(length: float) -> float:
    """The length of a bar in px: never a hair that nobody sees, unless it is zero."""
    if 0 < abs(length) < _SLIVER:
        return _SLIVER if length > 0 else -_SLIVER
    return length


def _scale(
    values: Sequence[float], rooms: Sequence[float], left: float, right: float
) -> tuple[float, float]:
    """Where zero stands, and px per unit: the longest bars that leave each value its room.

    Args:
        values: The bars; 0 where there is none.
        rooms: Width of each bar's printed value with the air before it.
        left: Where the first bar or value to the left of zero may begin.
        right: Where the last to the right of zero must end.
    """
    above = [(value, room) for value, room in zip(values, rooms, strict=True) if value >= 0]
    below = [(-value, room) for value, room in zip(values, rooms, strict=True) if value < 0]
    span = right - left - _SLIVER * (bool(above) + bool(below))
    pairs = [
        (rise + fall, span - room - other)
        for rise, room in above or [(0.0, 0.0)]
        for fall, other in below or [(0.0, 0.0)]
    ]
    per_unit = max(min((room / length for length, room in pairs if length), default=0.0), 0.0)
    zero = left + max((fall * per_unit + room + _SLIVER for fall, room in below), default=0.0)
    return zero, per_unit


_ROW = 27.0


def change_ranking(
    bars: Sequence[Bar], *, unit: str = "pct.", decimals: int = 0, width: float = WIDTH
) -> str:
    """Changes from the largest rise to the largest fall, on both sides of zero, as SVG text.

    Rises and falls have a colour each, and say the same by side and printed sign. A row with
    `emphasis` (a total) is dark grey. Rows without a number come last, in the order given.

    Args:
        bars: One per group, in any order; equal values keep the order given.
        unit: Printed after each value.
        decimals: Decimals of the printed values, which have their sign.
        width: Of the sheet in px; its height follows from the rows.

    Raises:
        BlockError: no rows, a row without a label, a value that is no finite number.
    """
    ordered = _sorted(bars)
    colours = [_change_colour(bar) for bar in ordered]
    style = BarStyle(unit, decimals, signed=True, row_height=_ROW)
    return draw_bars("change_ranking", ordered, colours, style, width)


def share_ranking(
    bars: Sequence[Bar],
    *,
    rest: Bar | None = None,
    unit: str = "pct.",
    decimals: int = 1,
    width: float = WIDTH,
) -> str:
    """Shares from the largest to the smallest, as SVG text.

    Args:
        bars: One per group, in any order; those with `emphasis` in the dark blue where any has it,
            else all are.
        rest: The small groups that the caller collected: last whatever its size, and muted.
        unit: Printed after each value.
        decimals: Decimals of the printed values.
        width: Of the sheet in px; its height follows from the rows.

    Raises:
        BlockError: no rows, a row without a label, a value that is no finite number.
    """
    ordered = _sorted(bars)
    chosen = any(bar.emphasis for bar in ordered)
    colours = [OWN if bar.emphasis or not chosen else OTHER for bar in ordered]
    if rest is not None:
        ordered, colours = [*ordered, rest], [*colours, OTHER]
    style = BarStyle(unit, decimals, signed=False, row_height=_ROW)
    return draw_bars("share_ranking", ordered, colours, style, width)


def _sorted(bars: Sequence[Bar]) -> list[Bar]:
    def place(bar: Bar) -> tuple[bool, Decimal]:
        # A value that is no number cannot be ordered; it is refused with the other problems.
        orderable = bar.value is not None and not bar.value.is_nan()
        return bar.value is None, -bar.value if bar.value is not None and orderable else Decimal(0)

    return sorted(bars, key=place)


def _change_colour(bar: Bar) -> str:
    if bar.emphasis:
        return TOTAL
    return FALL if bar.value is not None and not bar.value.is_nan() and bar.value < 0 else RISE
