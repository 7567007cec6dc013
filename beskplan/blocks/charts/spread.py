"""Labels beside the ends of lines: moved as little as it takes to stand apart."""

from __future__ import annotations

from collections.abc import Sequence


def spread(
    wanted: Sequence[float], heights: Sequence[float], low: float, high: float
) -> list[float]:
    """Middles of labels that overlap nowhere and stay between `low` and `high`.

    The sum of the squared moves is the least possible (isotonic regression by pooling), and labels
    keep the order of what they point at, so leader lines never cross.

    Args:
        wanted: The middle that each label would like, px.
        heights: Height of each label with the air around it, px.
        low: Upper edge of the strip that the labels may take.
        high: Lower edge of it.

    Returns:
        One middle per label, in the order given.

    Raises:
        ValueError: where the labels are higher together than the strip.
    """
    if sum(heights) > high - low + 1e-9:
        raise ValueError(f"labels of {sum(heights):.0f} px do not fit into {high - low:.0f} px")
    order = sorted(range(len(wanted)), key=lambda number: wanted[number])
    above, offsets = 0.0, []
    for number in order:
        offsets.append(above + heights[number] / 2)
        above += heights[number]
    tops = _pooled([wanted[n] - offset for n, offset in zip(order, offsets, strict=True)])
    middles = [0.0] * len(wanted)
    for number, offset, top in zip(order, offsets, tops, strict=True):
        middles[number] = min(max(top, low), high - above) + offset
    return middles


def _pooled(values: Sequence[float]) -> list[float]:
    """The nearest series that never falls: neighbours in the wrong order share their mean."""
    pools: list[tuple[float, int]] = []
    for value in values:
        total, count = value, 1
        while pools and pools[-1][0] / pools[-1][1] > total / count:
            before, members = pools.pop()
            total, count = total + before, count + members
        pools.append((total, count))
    return [total / count for total, count in pools for _ in range(count)]
