"""Rankings: many groups, sorted, so that the order itself is read first."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from beskplan.blocks.charts.bars import Bar, BarStyle, draw_bars
from beskplan.blocks.charts.style import FALL, OTHER, OWN, RISE, TOTAL, WIDTH

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
