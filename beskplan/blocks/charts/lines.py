"""Lines over time, each with its name and latest value at its end instead of a legend."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise

from beskplan.blocks.charts.axis import moment, time_ticks, value_axis
from beskplan.blocks.charts.canvas import Canvas
from beskplan.blocks.charts.checks import refuse, rows_problems, width_problems
from beskplan.blocks.charts.lettering import text_width, wrap
from beskplan.blocks.charts.plot import EndLabel, Plot, Values
from beskplan.blocks.charts.style import BAND_EDGE, PALETTE, WIDTH, theme
from beskplan.core.errors import Problem
from beskplan.core.numbers import NBSP, format_number
from beskplan.core.periods import Period
from beskplan.indicators.quantities import WITHHELD_TEXT

_MOST_SERIES = 4
_EDGE = 4.0
_LABEL_SHARE = 0.3
"""Most of the width that the labels at the line ends may take before they wrap."""
_LEADER = 18.0
"""Room between the last period and the labels, for the leader lines, px."""
_LEVEL_COLOUR = PALETTE[4]


@dataclass(frozen=True)
class Line:
    """One series: a value per period, None where it is withheld or absent (a gap in the line).

    `dashed` marks what has not happened: the path to a target, a forecast, an unchanged course.
    `missing` is printed where no value at all is known.
    """

    label: str
    values: Values
    dashed: bool = False
    missing: str = WITHHELD_TEXT


@dataclass(frozen=True)
class Band:
    """An interval per period around a series, None where there is none."""

    label: str
    lower: Values
    upper: Values


@dataclass(frozen=True)
class Level:
    """A level that is marked across the whole chart, such as a target."""

    label: str
    value: Decimal


@dataclass(frozen=True)
class _Content:
    periods: Sequence[Period]
    series: Sequence[Line]
    unit: str
    decimals: int
    level: Level | None
    band: Band | None

    @property
    def rows(self) -> list[tuple[str, Values]]:
        """Everything with a value per period."""
        band = self.band
        ends = [(band.label, band.lower), (band.label, band.upper)] if band else []
        return [*((line.label, line.values) for line in self.series), *ends]

    @property
    def values(self) -> list[Decimal]:
        """All known values that must lie on the axis."""
        known = [value for _, row in self.rows for value in row if value is not None]
        return [*known, self.level.value] if self.level else known


def lines(
    periods: Sequence[Period],
    series: Sequence[Line],
    *,
    unit: str,
    decimals: int = 0,
    level: Level | None = None,
    band: Band | None = None,
    from_zero: bool = True,
    width: float = WIDTH,
    height: float = 300.0,
) -> str:
    """One to four series over time as SVG text.

    The periods stand at their true distance in time, also where some are left out. A missing value
    breaks the line; a value alone between two gaps is a dot. Labels at the right are moved apart
    where lines end close, with a leader line each.

    Args:
        periods: Of one kind, in order.
        series: The first is the report's own, drawn widest.
        unit: Above the axis of values.
        decimals: Decimals of the values at the line ends.
        level: A level marked across the chart.
        band: An interval, drawn behind the lines.
        from_zero: Whether the axis must show zero; False only where the differences are the news.
        width: Of the sheet in px.
        height: Of the sheet in px; it grows where the labels need more.

    Raises:
        BlockError: no periods, periods out of order or of two kinds, no or too many series, a
            series of another length, a value that is no finite number; all at once.
    """
    content = _Content(periods, series, unit, decimals, level, band)
    refuse(_problems(content) + width_problems("lines", width))
    labels = _labels(content, width * _LABEL_SHARE)
    head = wrap(unit, theme().label_size, width - 2 * _EDGE)
    top, foot = _EDGE + theme().line_height * len(head) + 10, 30.0
    canvas = Canvas(width, max(height, top + foot + sum(label.height for label in labels)))
    axis = value_axis(content.values, from_zero=from_zero, decimals=decimals)
    label_width = max(text_width(row, theme().label_size) for lab in labels for row in lab.block)
    plot = Plot(
        canvas,
        axis,
        tuple(moment(period) for period in periods),
        left=_EDGE + max(text_width(text, theme().tick_size) for text in axis.labels()) + 8,
        right=width - 2 * _EDGE - label_width - _LEADER,
        top=top,
        bottom=canvas.height - foot,
        halo=band is not None,
    )
    canvas.text_block(_EDGE, _EDGE + theme().line_height * len(head) / 2, head)
    plot.draw_axes(
        time_ticks(periods, plot.x, size=theme().tick_size, left=_EDGE, right=width - _EDGE)
    )
    if band is not None:
        plot.draw_band(band.lower, band.upper)
    if level is not None:
        plot.draw_level(level.value, _LEVEL_COLOUR)
    for number, line in reversed(list(enumerate(series))):
        plot.draw_series(line.values, PALETTE[number], dashed=line.dashed, own=number == 0)
    plot.draw_end_labels(labels, plot.right + _LEADER)
    return canvas.svg()


def _problems(content: _Content) -> list[Problem]:
    periods = content.periods
    found: list[Problem] = []
    if not periods:
        found.append(Problem("lines: periods", "nothing to draw", expected="at least one period"))
    if len({period.kind for period in periods}) > 1:
        found.append(Problem("lines: periods", "of several kinds", expected="one kind"))
    elif any(before >= after for before, after in pairwise(periods)):
        found.append(Problem("lines: periods", "out of order", expected="each later than the last"))
    if not 1 <= len(content.series) <= _MOST_SERIES:
        what = "too many to tell apart" if content.series else "nothing to draw"
        fix = "collect small groups, or make two figures" if content.series else ""
        expected = f"1 to {_MOST_SERIES}"
        found.append(Problem("lines: series", what, str(len(content.series)), expected, fix))
    if not content.unit.strip():
        found.append(Problem("lines: unit", "is missing", fix="name what the axis counts"))
    for label, values in content.rows:
        if len(values) != len(periods):
            found_here = f"{len(values)} values"
            expected = f"{len(periods)}, one per period"
            found.append(Problem(f"lines: {label}", "another length", found_here, expected))
        found += rows_problems("lines", [label] * len(values), values) if values else []
    if content.level:
        found += rows_problems("lines", [content.level.label], [content.level.value])
    return found


def _labels(content: _Content, limit: float) -> list[EndLabel]:
    """The labels of the lines with their latest values, of the level and of the band."""
    moments = [moment(period) for period in content.periods]
    labels = []
    for line, colour in zip(content.series, PALETTE, strict=False):
        known = [(at, v) for at, v in zip(moments, line.values, strict=True) if v is not None]
        shown = format_number(known[-1][1], content.decimals) if known else line.missing
        end = (known[-1][0], float(known[-1][1])) if known else None
        labels.append(EndLabel(_named(line.label, shown, limit), colour, end))
    if content.level is not None:
        shown = format_number(content.level.value, content.decimals)
        end = (moments[-1], float(content.level.value))
        labels.append(EndLabel(_named(content.level.label, shown, limit), _LEVEL_COLOUR, end))
    if content.band is not None:
        edge = [(at, v) for at, v in zip(moments, content.band.upper, strict=True) if v is not None]
        block = wrap(content.band.label, theme().label_size, limit)
        labels.append(
            EndLabel(block, BAND_EDGE, (edge[-1][0], float(edge[-1][1])) if edge else None)
        )
    return labels


def _named(name: str, value: str, limit: float) -> tuple[str, ...]:
    """A name and its value, on one line where they fit, the value never broken."""
    *above, last = wrap(name, theme().label_size, limit)
    joined = f"{last}{NBSP}{value}"
    if text_width(joined, theme().label_size) <= limit:
        return (*above, joined)
    return (*above, last, value)
