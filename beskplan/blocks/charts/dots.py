"""Several areas' numbers as dots on one axis: each row a benefit, the own area first and strongest."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from beskplan.blocks.charts.axis import value_axis
from beskplan.blocks.charts.canvas import Canvas, refuse, rows_problems, width_problems
from beskplan.blocks.charts.lettering import text_width, wrap
from beskplan.blocks.charts.style import GROUND, OTHER, OWN, PALETTE, WIDTH, theme
from beskplan.core.errors import Problem
from beskplan.core.numbers import NBSP, format_number, round_half_away
from beskplan.indicators.quantities import WITHHELD_TEXT

_EDGE = 4.0
_ROW = 27.0
_LABEL_SHARE = 0.36
"""Most of the width that the labels may take before they wrap."""
_OWN_RADIUS, _RADIUS = 6.0, 4.5
_MARKS = ((OWN, ""), (OTHER, ""), (GROUND, PALETTE[4]), (PALETTE[3], ""))
"""Fill and edge of the areas' dots in their order: they differ by more than their colour."""
_GAP = 12.0
"""Between a total and the rows below it, px."""


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
    unit: str = "pct.",
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
        unit: Printed after the own values and the last tick.
        decimals: Decimals of the printed values; a dot stands where its printed value is.
        signed: Whether a rise is printed with a plus.
        crowd: What the areas but the own one are called together; they then look alike, and may be many.
        width: Of the sheet in px; its height follows from the rows.

    Raises:
        BlockError: no rows, a row without a label or with too few values, a value that is no number,
            more areas than can be told apart.
    """
    refuse(_problems(areas, rows, width, many=bool(crowd)))
    look = theme()
    printed = [
        tuple(None if one is None else round_half_away(one, decimals) for one in row.values)
        for row in rows
    ]
    texts = [_value_text(row[0], unit, decimals, signed=signed) for row in printed]
    texts = [text or row.missing for text, row in zip(texts, rows, strict=True)]
    blocks = [wrap(row.label, look.label_size, width * _LABEL_SHARE) for row in rows]
    known = [value for row in printed for value in row if value is not None]
    axis = value_axis(known, decimals=decimals, intervals=4)
    told = (areas[0], crowd) if crowd else areas
    legend = _legend(told, width)
    top = _EDGE + (legend[-1][2] + 1) * look.line_height + 6
    heights = [
        max(_ROW, look.line_height * len(block) + 8) + (_GAP if _ends_apart(rows, at) else 0.0)
        for at, block in enumerate(blocks)
    ]
    left = _EDGE + max(text_width(line, look.label_size) for block in blocks for line in block)
    right = width - _EDGE - max(text_width(text, look.label_size) for text in texts)
    start, end = left + 16.0, right - 16.0
    bottom = top + sum(heights)

    def x(value: float) -> float:
        return start + (value - axis.low) / (axis.high - axis.low) * (end - start)

    canvas = Canvas(width, bottom + 26.0)
    for name, at, line in legend:
        _mark(canvas, told.index(name), at + _OWN_RADIUS, _EDGE + (line + 0.5) * look.line_height)
        canvas.text(at + 2 * _OWN_RADIUS + 4, _EDGE + (line + 0.5) * look.line_height, name)
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
        canvas.text(width - _EDGE, middle, text, anchor="right")
        if row[0] is not None:
            canvas.line([(x(0), middle), (x(float(row[0])), middle)], OWN, 1.4, layer=1.5)
        for number, value in reversed(list(enumerate(row))):
            if value is not None:
                _mark(canvas, min(number, 1) if crowd else number, x(float(value)), middle)
        y += height
        if _ends_apart(rows, at):
            rule = y - _GAP / 2
            canvas.line([(_EDGE, rule), (width - _EDGE, rule)], look.grid, 1.0, layer=1)
    return canvas.svg()


def _ends_apart(rows: Sequence[DotRow], at: int) -> bool:
    """Whether a row is the last total above rows that are none."""
    return rows[at].apart and at + 1 < len(rows) and not rows[at + 1].apart


def _value_text(value: Decimal | None, unit: str, decimals: int, *, signed: bool) -> str:
    if value is None:
        return ""
    number = format_number(value, decimals, signed=signed)
    return f"{number}{NBSP}{unit}" if unit else number


def _legend(areas: Sequence[str], width: float) -> list[tuple[str, float, int]]:
    """Each area's name with the px where its mark begins, and its line."""
    placed: list[tuple[str, float, int]] = []
    at, line = _EDGE, 0
    for name in areas:
        needed = 2 * _OWN_RADIUS + 4 + text_width(name, theme().label_size)
        if placed and at + needed > width - _EDGE:
            at, line = _EDGE, line + 1
        placed.append((name, at, line))
        at += needed + 22
    return placed


def _mark(canvas: Canvas, number: int, x: float, y: float) -> None:
    fill, edge = _MARKS[number]
    canvas.dot((x, y), _RADIUS if number else _OWN_RADIUS, fill, edge=edge)


def _problems(
    areas: Sequence[str], rows: Sequence[DotRow], width: float, *, many: bool
) -> list[Problem]:
    found = width_problems("dots", width)
    if not areas or (len(areas) > len(_MARKS) and not many):
        expected = f"1 til {len(_MARKS)}"
        found.append(Problem("dots", "for mange områder", str(len(areas)), expected))
    labels = [row.label for row in rows for _ in row.values]
    found += rows_problems("dots", labels, [value for row in rows for value in row.values])
    for row in rows:
        if len(row.values) != len(areas):
            expected = f"{len(areas)}, ét for hvert område"
            found.append(Problem(f"dots: {row.label}", "et forkert antal tal", "", expected))
    return found
