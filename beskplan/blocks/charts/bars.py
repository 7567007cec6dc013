"""Horizontal bars with their values beside them: no axis to read off, no legend to look up."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from beskplan.blocks.charts.canvas import Anchor, Canvas, refuse, rows_problems, width_problems
from beskplan.blocks.charts.lettering import text_width, wrap
from beskplan.blocks.charts.style import OTHER, OWN, TOTAL, WIDTH, theme
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
_ROW = 27.0
_GAP = 12.0
"""Between a total and the rows below it, px."""
_SLIVER = 1.5
"""A bar that is not zero is never thinner, px."""


@dataclass(frozen=True)
class Bar:
    """One row: what it shows, its value, and whether it is a total.

    `missing` is printed instead of a bar where `value` is None (withheld or absent).
    """

    label: str
    value: Decimal | None
    emphasis: bool = False
    missing: str = WITHHELD_TEXT


def ranking(
    bars: Sequence[Bar],
    *,
    rest: Bar | None = None,
    unit: str = "pct.",
    decimals: int = 0,
    signed: bool = False,
    width: float = WIDTH,
) -> str:
    """Values from the largest to the smallest, on both sides of zero, as SVG text.

    A bar is as long as its printed value says: what is printed as 0 has none. Rows without a number
    come last, in the order given; a total stands above the others, apart and in another colour.

    Args:
        bars: One per row, in any order; those with `emphasis` are totals.
        rest: The small groups that the caller collected: last whatever its size, and muted.
        unit: Printed after each value.
        decimals: Decimals of the printed values.
        signed: Whether a rise is printed with a plus.
        width: Of the sheet in px; its height follows from the rows.

    Raises:
        BlockError: no rows, a row without a label, a value that is no finite number; all at once.
    """
    totals = [bar for bar in bars if bar.emphasis]
    parts = sorted((bar for bar in bars if not bar.emphasis), key=_order)
    rows = [*totals, *parts, *([rest] if rest else [])]
    colours = [TOTAL] * len(totals) + [OWN] * len(parts) + [OTHER]
    values = [bar.value for bar in rows]
    labels = [bar.label for bar in rows]
    refuse(rows_problems("ranking", labels, values) + width_problems("ranking", width))

    size, line_height = theme().label_size, theme().line_height
    texts = [_value_text(bar, unit, decimals, signed=signed) for bar in rows]
    rooms = [text_width(text, size) + _AIR for text in texts]
    numbers = [float(round_half_away(v, decimals)) if v is not None else 0.0 for v in values]
    limit = min(width * _LABEL_SHARE, width - _room_of_values(numbers, rooms))
    blocks = [wrap(label, size, limit) for label in labels]
    heights = [max(_ROW, line_height * len(block) + 10) for block in blocks]
    label_end = _EDGE + max(text_width(line, size) for block in blocks for line in block)
    zero, per_unit = _scale(numbers, rooms, label_end + 2 * _AIR, width - _EDGE)

    gap = _GAP if totals and parts else 0.0
    canvas = Canvas(width, sum(heights) + 2 * _EDGE + gap)
    half = _ROW * _BAR_SHARE / 2
    y = _EDGE
    for at, (block, number, text, colour) in enumerate(
        zip(blocks, numbers, texts, colours, strict=False)
    ):
        y += gap if at == len(totals) else 0.0
        middle = y + heights[at] / 2
        canvas.text_block(label_end, middle, block, anchor="right")
        end = zero + _visible(number * per_unit)
        if number:
            canvas.bar(zero, end, middle - half, middle + half, colour)
        side: Anchor = "right" if number < 0 else "left"
        canvas.text(end + (_AIR if side == "left" else -_AIR), middle, text, anchor=side)
        y += heights[at]
    canvas.line([(zero, _EDGE), (zero, canvas.height - _EDGE)], theme().ink, 1.0, layer=2.5)
    if gap:
        rule = _EDGE + sum(heights[: len(totals)]) + gap / 2
        canvas.line([(_EDGE, rule), (width - _EDGE, rule)], theme().grid, 1.0, layer=1)
    return canvas.svg()


def _order(bar: Bar) -> tuple[bool, Decimal]:
    # A value that is no number cannot be ordered; it is refused with the other problems.
    value = bar.value if bar.value is not None and not bar.value.is_nan() else Decimal(0)
    return bar.value is None, -value


def _value_text(bar: Bar, unit: str, decimals: int, *, signed: bool) -> str:
    """What stands beside the bar: its Danish number with unit, or the word for no number."""
    if bar.value is None:
        return bar.missing
    number = format_number(bar.value, decimals, signed=signed)
    return f"{number}{NBSP}{unit}" if unit else number


def _room_of_values(values: Sequence[float], rooms: Sequence[float]) -> float:
    """What the values on both sides of zero need besides the labels, with air and the shortest bars."""
    sides: tuple[list[float], list[float]] = ([], [])
    for value, room in zip(values, rooms, strict=True):
        sides[value < 0].append(room + _SLIVER)
    return sum(max(side, default=0.0) for side in sides) + 2 * _EDGE + 2 * _AIR


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
