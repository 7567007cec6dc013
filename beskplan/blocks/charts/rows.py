"""Charts of rows: bars with their values beside them, dots of several areas on one axis, and a staircase.

Values stand beside the bars and at the end of the rows: no axis to read them off, no legend to look up.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from beskplan.blocks.charts.axis import value_axis
from beskplan.blocks.charts.canvas import (
    EDGE,
    GROUND,
    OTHER,
    OWN,
    PALETTE,
    TOTAL,
    WIDTH,
    Anchor,
    Canvas,
    legend_places,
    text_width,
    theme,
    value_text,
    wrap,
)
from beskplan.core.danish import NBSP, format_number, round_half_away
from beskplan.indicators.quantities import WITHHELD_TEXT

_AIR = 6.0
"""Between a bar and its value, and at least between labels and bars, px."""
_LABEL_SHARE = 0.38
"""Most of the width that the labels may take before they wrap."""
_BAR_SHARE = 0.62
"""Thickness of a bar over the height of its row."""
_ROW, _DOT_ROW = 27.0, 22.0
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
    """
    totals = [bar for bar in bars if bar.emphasis]
    parts = sorted((bar for bar in bars if not bar.emphasis), key=_order)
    rows = [*totals, *parts, *([rest] if rest else [])]
    colours = [TOTAL] * len(totals) + [OWN] * len(parts) + [OTHER]
    values = [bar.value for bar in rows]
    labels = [bar.label for bar in rows]

    size, line_height = theme().label_size, theme().line_height
    texts = [value_text(bar.value, unit, decimals, signed=signed) or bar.missing for bar in rows]
    rooms = [text_width(text, size) + _AIR for text in texts]
    numbers = [float(round_half_away(v, decimals)) if v is not None else 0.0 for v in values]
    limit = min(width * _LABEL_SHARE, width - _room_of_values(numbers, rooms))
    blocks = [wrap(label, size, limit) for label in labels]
    heights = [max(_ROW, line_height * len(block) + 10) for block in blocks]
    label_end = EDGE + max(text_width(line, size) for block in blocks for line in block)
    zero, per_unit = _scale(numbers, rooms, label_end + 2 * _AIR, width - EDGE)

    gap = _GAP if totals and parts else 0.0
    canvas = Canvas(width, sum(heights) + 2 * EDGE + gap)
    half = _ROW * _BAR_SHARE / 2
    y = EDGE
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
    canvas.line([(zero, EDGE), (zero, canvas.height - EDGE)], theme().ink, 1.0, layer=2.5)
    if gap:
        rule = EDGE + sum(heights[: len(totals)]) + gap / 2
        canvas.line([(EDGE, rule), (width - EDGE, rule)], theme().grid, 1.0, layer=1)
    return canvas.svg()


def _order(bar: Bar) -> tuple[bool, Decimal]:
    return bar.value is None, -(bar.value or Decimal(0))


def _room_of_values(values: Sequence[float], rooms: Sequence[float]) -> float:
    """What the values on both sides of zero need besides the labels, with air and the shortest bars."""
    sides: tuple[list[float], list[float]] = ([], [])
    for value, room in zip(values, rooms, strict=True):
        sides[value < 0].append(room + _SLIVER)
    return sum(max(side, default=0.0) for side in sides) + 2 * EDGE + 2 * _AIR


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


_DOT_LABEL_SHARE = 0.36
"""The same of a chart of dots."""
_OWN_RADIUS, _RADIUS = 6.0, 4.5
_MARKS = ((OWN, ""), (OTHER, ""), (GROUND, PALETTE[4]), (PALETTE[3], ""))
"""Fill and edge of the areas' dots in their order: they differ by more than their colour."""


@dataclass(frozen=True)
class DotRow:
    """One row: a value for each area, the own one first; None where there is no number.

    `missing` is printed where the own value is None; `apart` rows, totals, stand above a line.
    """

    label: str
    values: tuple[Decimal | None, ...]
    apart: bool = False
    missing: str = WITHHELD_TEXT


def dots(
    areas: Sequence[str],
    rows: Sequence[DotRow],
    *,
    decimals: int = 0,
    signed: bool = False,
    crowd: str = "",
    width: float = WIDTH,
) -> str:
    """Each area's value in each row as a dot on a common axis from zero, as SVG text.

    The own area's dot stands at the end of a line from zero, its value at the right; the other areas'
    values are read off the axis and stand in the table beside the figure.

    Args:
        areas: One to four, the own one first; more where there is a `crowd`.
        rows: In drawing order, totals first.
        decimals: Decimals of the printed values; a dot stands where its printed value is.
        signed: Whether a rise is printed with a plus.
        crowd: What the areas but the own one are called together; they then look alike, and may be many.
        width: Of the sheet in px; its height follows from the rows.
    """
    look = theme()
    printed = [
        tuple(None if one is None else round_half_away(one, decimals) for one in row.values)
        for row in rows
    ]
    texts = [
        value_text(values[0], "pct.", decimals, signed=signed) or row.missing
        for values, row in zip(printed, rows, strict=True)
    ]
    blocks = [wrap(row.label, look.label_size, width * _DOT_LABEL_SHARE) for row in rows]
    known = [value for row in printed for value in row if value is not None]
    axis = value_axis(known, decimals=decimals, intervals=4)
    told = (areas[0], crowd) if crowd else areas
    legend = legend_places(told, 2 * _OWN_RADIUS + 4, width)
    top = EDGE + (legend[-1][2] + 1) * look.line_height + 6
    heights = [
        max(_DOT_ROW, look.line_height * len(block) + 8) + (_GAP if _ends_apart(rows, at) else 0.0)
        for at, block in enumerate(blocks)
    ]
    left = EDGE + max(text_width(line, look.label_size) for block in blocks for line in block)
    right = width - EDGE - max(text_width(text, look.label_size) for text in texts)
    start, end = left + 16.0, right - 16.0
    bottom = top + sum(heights)

    def x(value: float) -> float:
        return start + (value - axis.low) / (axis.high - axis.low) * (end - start)

    canvas = Canvas(width, bottom + 26.0)
    for name, at, line in legend:
        _mark(canvas, told.index(name), at + _OWN_RADIUS, EDGE + (line + 0.5) * look.line_height)
        canvas.text(at + 2 * _OWN_RADIUS + 4, EDGE + (line + 0.5) * look.line_height, name)
    for tick, text in zip(axis.ticks, axis.labels(), strict=True):
        colour, weight = (look.grid, look.grid_width) if tick else (look.ink, 1.0)
        at = x(float(tick))
        canvas.line([(at, top), (at, bottom)], colour, weight, layer=1)
        canvas.text(at, bottom + 12, text, anchor="center", size=look.tick_size)
    y = top
    for at, (row, block, text, height) in enumerate(
        zip(printed, blocks, texts, heights, strict=True)
    ):
        middle = y + (height - (_GAP if _ends_apart(rows, at) else 0.0)) / 2
        canvas.text_block(left, middle, block, anchor="right")
        canvas.text(width - EDGE, middle, text, anchor="right")
        if row[0] is not None:
            canvas.line([(x(0), middle), (x(float(row[0])), middle)], OWN, 1.4, layer=1.5)
        for number, value in reversed(list(enumerate(row))):
            if value is not None:
                _mark(canvas, min(number, 1) if crowd else number, x(float(value)), middle)
        y += height
        if _ends_apart(rows, at):
            rule = y - _GAP / 2
            canvas.line([(EDGE, rule), (width - EDGE, rule)], look.grid, 1.0, layer=1)
    return canvas.svg()


def _ends_apart(rows: Sequence[DotRow], at: int) -> bool:
    """Whether a row is the last total above rows that are none."""
    return rows[at].apart and at + 1 < len(rows) and not rows[at + 1].apart


def _mark(canvas: Canvas, number: int, x: float, y: float) -> None:
    fill, edge = _MARKS[number]
    canvas.dot((x, y), _RADIUS if number else _OWN_RADIUS, fill, edge=edge)


_OPEN_SHARE = 1.5
"""The last step goes on without end; it is drawn to this many times its start."""
_STAIRCASE_HEIGHT = 260.0


@dataclass(frozen=True)
class Step:
    """From this week on (counted from 1) the rate is `rate`, until the next step."""

    start: int
    rate: Decimal


def staircase(steps: Sequence[Step], *, width: float = WIDTH) -> str:
    """The steps to scale, each with its rate above it and the week where it begins below, as SVG.

    Args:
        steps: In order of weeks, each rate lower than the one before; the last has no end.
        width: Of the sheet in px.
    """
    tick_size = theme().tick_size
    first, last = steps[0].start, steps[-1].start
    end = max(last * _OPEN_SHARE, last + 1)
    left, right = EDGE + text_width(str(first), tick_size), width - EDGE - 8
    top, bottom = EDGE + theme().line_height + 6, _STAIRCASE_HEIGHT - 50.0
    highest = value_axis([step.rate for step in steps], decimals=0).high

    def x(week: float) -> float:
        return left + (week - first) / (end - first) * (right - left)

    def y(rate: Decimal) -> float:
        return bottom - float(rate) / highest * (bottom - top)

    canvas = Canvas(width, _STAIRCASE_HEIGHT)
    for step, stop in zip(steps, [*(s.start for s in steps[1:]), end], strict=True):
        canvas.bar(x(step.start), x(stop) - 1, y(step.rate), bottom, OWN)
        text = f"{format_number(step.rate, 0)}{NBSP}pct."
        over = y(step.rate) - theme().line_height * 0.6
        canvas.text(x(step.start), over, text)
        canvas.text(x(step.start), bottom + 15, str(step.start), anchor="center", size=tick_size)
    canvas.line([(left, bottom), (right, bottom)], theme().ink, 1.2)
    canvas.text(
        (left + right) / 2,
        bottom + 36,
        "Uger på offentlig forsørgelse",
        anchor="center",
        size=tick_size,
    )
    return canvas.svg()
