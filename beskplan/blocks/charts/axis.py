"""Where ticks stand and what they say, in Danish."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from itertools import pairwise

from beskplan.blocks.charts.canvas import text_width
from beskplan.core.danish import format_number
from beskplan.core.periods import Period

_PER_YEAR = {"M": 12, "Q": 4, "QMAT": 4, "Y": 1}
_MONTHS = (
    "jan.", "feb.", "mar.", "apr.", "maj", "juni",
    "juli", "aug.", "sep.", "okt.", "nov.", "dec.",
)  # fmt: skip
"""Danish short names of the months on an axis."""

_YEAR_STEPS = (1, 2, 5, 10, 20, 50)
_GAP = 10.0
"""Least space between two tick labels, px."""


@dataclass(frozen=True)
class ValueAxis:
    """A scale of values with its ticks, the lowest and the highest tick at its ends."""

    ticks: tuple[Decimal, ...]
    decimals: int

    @property
    def low(self) -> float:
        """Value at the lower end."""
        return float(self.ticks[0])

    @property
    def high(self) -> float:
        """Value at the upper end."""
        return float(self.ticks[-1])

    def labels(self) -> tuple[str, ...]:
        """The ticks' Danish texts."""
        return tuple(format_number(tick, self.decimals) for tick in self.ticks)


def value_axis(values: Sequence[Decimal], *, decimals: int, intervals: int = 5) -> ValueAxis:
    """Round ticks (1, 2, 2.5 or 5 times a power of ten) around `values` and zero; at most `intervals`.

    Args:
        values: What must lie on the axis; empty gives 0 to 1.
        decimals: Of the values as printed; ticks never have more, so persons stay whole.
        intervals: At most so many steps, plus one at each end.
    """
    low, high = min(values, default=Decimal(0)), max(values, default=Decimal(1))
    low, high = min(low, Decimal(0)), max(high, Decimal(0))
    if low == high:
        high = Decimal(1)
    step = max(_round_step((high - low) / intervals), Decimal(1).scaleb(-decimals))
    first = (low / step).to_integral_value(ROUND_FLOOR)
    last = (high / step).to_integral_value(ROUND_CEILING)
    ticks = tuple(step * number for number in range(int(first), int(last) + 1))
    return ValueAxis(ticks, max(0, -int(step.normalize().as_tuple().exponent)))


def _round_step(least: Decimal) -> Decimal:
    power = Decimal(1).scaleb(least.adjusted())
    return next(
        factor * power
        for factor in (Decimal(1), Decimal(2), Decimal("2.5"), Decimal(5), Decimal(10))
        if factor * power >= least
    )


@dataclass(frozen=True)
class Tick:
    """A mark on the time axis: where, what it says, and the middle of its label in px."""

    x: float
    text: str
    middle: float


def moment(period: Period) -> int:
    """Number of the period among all of its kind: equal steps in time are equal steps here."""
    return period.year * _PER_YEAR[period.kind] + period.index - 1


def time_ticks(
    periods: Sequence[Period],
    x_of: Callable[[int], float],
    *,
    size: float,
    left: float,
    right: float,
) -> tuple[Tick, ...]:
    """The finest set of ticks whose labels fit between `left` and `right` with air between them.

    Every period has its tick where there is room; else months and quarters thin out to whole years
    (`jan. 2024` to `2024`), and years to every second, fifth, tenth.

    Args:
        periods: Of one kind, in order.
        x_of: From a `moment` to px.
        size: Font size in px.
        left: Leftmost px that a label may take.
        right: Rightmost px that a label may take.
    """
    fallback: tuple[Tick, ...] = ()
    for choice in _choices(periods):
        ticks = tuple(_tick(x_of(at), text, size, left, right) for at, text in choice)
        if _airy(ticks, size) and (len(ticks) > 1 or len(periods) == 1):
            return ticks
        fallback = fallback or ticks[:1]
    return fallback


def _choices(periods: Sequence[Period]) -> list[list[tuple[int, str]]]:
    """Sets of ticks as (moment, label), the finest first."""
    kind, per_year = periods[0].kind, _PER_YEAR[periods[0].kind]
    first, last = moment(periods[0]), moment(periods[-1])
    choices = [[(moment(period), _tick_text(period)) for period in periods]]
    every = range(first, last + 1)
    if kind == "M" and last - first < 36:
        choices += [
            [(at, _tick_text(Period("M", at // 12, at % 12 + 1))) for at in every if at % step == 0]
            for step in (3, 6)
        ]
    if kind == "QMAT":
        # Named by its last quarter: a bare year would be another rolling year.
        choices += [
            [(at, _tick_text(Period(kind, at // 4, at % 4 + 1))) for at in every[:: 4 * step]]
            for step in _YEAR_STEPS
        ]
    else:
        choices += [
            [(at, str(at // per_year)) for at in every if at % (per_year * step) == 0]
            for step in _YEAR_STEPS
        ]
    choices.append([(first, _tick_text(periods[0])), (last, _tick_text(periods[-1]))])
    return choices


def _tick_text(period: Period) -> str:
    if period.kind == "Y":
        return str(period.year)
    if period.kind == "M":
        return f"{_MONTHS[period.index - 1]} {period.year}"
    return f"{period.index}. kvt. {period.year}"


def _tick(x: float, text: str, size: float, left: float, right: float) -> Tick:
    half = text_width(text, size) / 2
    return Tick(x, text, min(max(x, left + half), right - half))


def _airy(ticks: Sequence[Tick], size: float) -> bool:
    ends = [
        (
            tick.middle - text_width(tick.text, size) / 2,
            tick.middle + text_width(tick.text, size) / 2,
        )
        for tick in ticks
    ]
    return bool(ticks) and all(before[1] + _GAP <= after[0] for before, after in pairwise(ends))
