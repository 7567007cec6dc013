"""Lines over time, each with its name and latest value at its end instead of a legend."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from beskplan.blocks.charts.axis import Tick, ValueAxis, moment, time_ticks, value_axis
from beskplan.blocks.charts.canvas import Canvas, Point
from beskplan.blocks.charts.checks import refuse, rows_problems, width_problems
from beskplan.blocks.charts.lettering import text_width, wrap
from beskplan.blocks.charts.spread import spread
from beskplan.blocks.charts.style import BAND, BAND_EDGE, PALETTE, WIDTH, theme
from beskplan.errors import Problem
from beskplan.indicators.quantities import WITHHELD_TEXT
from beskplan.numbers import NBSP, format_number
from beskplan.periods import Period

_MOST_SERIES = 4
_MOST_DOTS = 8
"""Up to so many periods each value has a dot: the line between them is only a guide."""
_EDGE = 4.0
_LEADER = 18.0
"""Room between the last period and the labels, for the leader lines, px."""
_LABEL_SHARE = 0.3
_DASHES = (4.0, 2.0)
_LEVEL_COLOUR = PALETTE[4]


@dataclass(frozen=True)
class Line:
    """One series: a value per period, None where it is withheld or absent (a gap in the line).

    `dashed` marks what has not happened: the path to a target, a forecast, an unchanged course.
    """

    label: str
    values: Sequence[Decimal | None]
    dashed: bool = False


@dataclass(frozen=True)
class Band:
    """An interval per period around a series, None where there is none."""

    label: str
    lower: Sequence[Decimal | None]
    upper: Sequence[Decimal | None]


@dataclass(frozen=True)
class Level:
    """A level that is marked across the whole chart, such as a target."""

    label: str
    value: Decimal


@dataclass(frozen=True)
class _Label:
    """What stands to the right of the plot, and the end of the line that it belongs to."""

    block: tuple[str, ...]
    colour: str
    end: tuple[int, float] | None
    """Moment and value of the end; None for a series without a single number."""

    @property
    def height(self) -> float:
        return theme().line_height * len(self.block) + 3


@dataclass(frozen=True)
class _Plot:
    """The rectangle of the plot in px, and its two scales."""

    left: float
    right: float
    top: float
    bottom: float
    first: int
    last: int
    axis: ValueAxis

    def x(self, at: int) -> float:
        if self.first == self.last:
            return (self.left + self.right) / 2
        return self.left + (at - self.first) / (self.last - self.first) * (self.right - self.left)

    def y(self, value: float) -> float:
        share = (value - self.axis.low) / (self.axis.high - self.axis.low)
        return self.bottom - share * (self.bottom - self.top)


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
    refuse(_problems(periods, series, band, level, unit) + width_problems("lines", width))
    size, moments = theme().label_size, [moment(period) for period in periods]
    axis = value_axis(_values(series, band, level), from_zero=from_zero)
    labels = _labels(moments, series, band, level, decimals, width * _LABEL_SHARE)
    label_width = max(text_width(line, size) for label in labels for line in label.block)
    tick_width = max(text_width(text, theme().tick_size) for text in axis.labels())
    top, foot = _EDGE + theme().line_height + 10, 30.0
    height = max(height, top + foot + sum(label.height for label in labels))
    plot = _Plot(
        left=_EDGE + tick_width + 8,
        right=width - _EDGE - label_width - _LEADER - 4,
        top=top,
        bottom=height - foot,
        first=moments[0],
        last=moments[-1],
        axis=axis,
    )
    canvas = Canvas(width, height)
    canvas.text(_EDGE, _EDGE + theme().line_height / 2, unit)
    _draw_axes(canvas, plot, _ticks(periods, plot, width))
    if band is not None:
        _draw_band(canvas, plot, moments, band)
    if level is not None:
        y = plot.y(float(level.value))
        canvas.line([(plot.left, y), (plot.right, y)], _LEVEL_COLOUR, 1.2, dashes=(1.5, 2.0))
    for number, line in reversed(list(enumerate(series))):
        _draw_series(canvas, plot, moments, line, PALETTE[number], own=number == 0)
    _draw_labels(canvas, plot, labels)
    return canvas.svg()


def _problems(
    periods: Sequence[Period],
    series: Sequence[Line],
    band: Band | None,
    level: Level | None,
    unit: str,
) -> list[Problem]:
    found: list[Problem] = []
    if not periods:
        found.append(Problem("lines: periods", "nothing to draw", expected="at least one period"))
    if len({period.kind for period in periods}) > 1:
        found.append(Problem("lines: periods", "of several kinds", expected="one kind"))
    elif any(a >= b for a, b in zip(periods, periods[1:], strict=False)):
        found.append(Problem("lines: periods", "out of order", expected="each later than the last"))
    if not 1 <= len(series) <= _MOST_SERIES:
        found.append(
            Problem(
                "lines: series",
                "no line to draw" if not series else "too many to tell apart",
                str(len(series)),
                f"1 to {_MOST_SERIES}",
                "collect small groups, or make two figures",
            )
        )
    if not unit.strip():
        found.append(Problem("lines: unit", "is missing", fix="name what the axis counts"))
    rows = [(line.label, line.values) for line in series]
    rows += [(band.label, band.lower), (band.label, band.upper)] if band else []
    for label, values in rows:
        if len(values) != len(periods):
            found.append(
                Problem(
                    f"lines: {label}", "another length", str(len(values)), f"{len(periods)} values"
                )
            )
        found += rows_problems("lines", [label] * len(values), values)
    if level:
        found += rows_problems("lines", [level.label], [level.value])
    return found


def _values(series: Sequence[Line], band: Band | None, level: Level | None) -> list[Decimal]:
    rows = [line.values for line in series] + ([band.lower, band.upper] if band else [])
    values = [value for row in rows for value in row if value is not None]
    return values + ([level.value] if level else [])


def _labels(
    moments: Sequence[int],
    series: Sequence[Line],
    band: Band | None,
    level: Level | None,
    decimals: int,
    limit: float,
) -> list[_Label]:
    """The labels of the lines with their latest values, of the level and of the band."""
    labels = [
        _label(line.label, PALETTE[number], _points(moments, line.values), decimals, limit)
        for number, line in enumerate(series)
    ]
    if level is not None:
        end = [(moments[-1], level.value)]
        labels.append(_label(level.label, _LEVEL_COLOUR, end, decimals, limit))
    if band is not None:
        block = wrap(band.label, theme().label_size, limit)
        edge = _points(moments, band.upper)[-1:]
        labels.append(
            _Label(block, BAND_EDGE, (edge[0][0], float(edge[0][1])) if edge else None)
        )
    return labels


def _label(
    name: str, colour: str, points: Sequence[tuple[int, Decimal]], decimals: int, limit: float
) -> _Label:
    # The value is glued to the last word, so that it never stands alone on a line.
    shown = format_number(points[-1][1], decimals) if points else WITHHELD_TEXT
    block = wrap(f"{name}{NBSP}{shown}", theme().label_size, limit)
    return _Label(block, colour, (points[-1][0], float(points[-1][1])) if points else None)


def _points(moments: Sequence[int], values: Sequence[Decimal | None]) -> list[tuple[int, Decimal]]:
    return [(at, v) for at, v in zip(moments, values, strict=True) if v is not None]


def _ticks(periods: Sequence[Period], plot: _Plot, width: float) -> tuple[Tick, ...]:
    return time_ticks(periods, plot.x, size=theme().tick_size, left=_EDGE, right=width - _EDGE)


def _draw_axes(canvas: Canvas, plot: _Plot, ticks: Sequence[Tick]) -> None:
    look = theme()
    for value, text in zip(plot.axis.ticks, plot.axis.labels(), strict=True):
        y = plot.y(float(value))
        colour, weight = (look.ink, 1.2) if value == 0 else (look.grid, look.grid_width)
        canvas.line([(plot.left, y), (plot.right, y)], colour, weight, layer=1 if value else 1.5)
        canvas.text(plot.left - 8, y, text, anchor="right", size=look.tick_size)
    for tick in ticks:
        canvas.line([(tick.x, plot.bottom), (tick.x, plot.bottom + 5)], look.ink, 1.0, layer=1.5)
        canvas.text(tick.middle, plot.bottom + 17, tick.text, anchor="center", size=look.tick_size)


def _runs(
    plot: _Plot, moments: Sequence[int], values: Sequence[Decimal | None]
) -> Iterator[list[Point]]:
    """The unbroken stretches of a series, in px."""
    run: list[Point] = []
    for at, value in zip(moments, values, strict=True):
        if value is not None:
            run.append((plot.x(at), plot.y(float(value))))
        elif run:
            yield run
            run = []
    if run:
        yield run


def _draw_series(
    canvas: Canvas, plot: _Plot, moments: Sequence[int], line: Line, colour: str, *, own: bool
) -> None:
    weight = theme().line_width * (1.4 if own else 1.0)
    for run in _runs(plot, moments, line.values):
        if len(run) > 1:
            canvas.line(run, colour, weight, dashes=_DASHES if line.dashed else None)
        if len(run) == 1 or len(moments) <= _MOST_DOTS:
            for point in run:
                canvas.dot(point, weight * 1.5, colour)


def _draw_band(canvas: Canvas, plot: _Plot, moments: Sequence[int], band: Band) -> None:
    # An end that is missing takes the other end of its period with it.
    both = [
        (at, low, high)
        for at, low, high in zip(moments, band.lower, band.upper, strict=True)
        if low is not None and high is not None
    ]
    if not both:
        return
    lower = [(plot.x(at), plot.y(float(low))) for at, low, _ in both]
    upper = [(plot.x(at), plot.y(float(high))) for at, _, high in both]
    canvas.area([*upper, *reversed(lower)], BAND)
    for edge in (lower, upper):
        canvas.line(edge, BAND_EDGE, 0.8, layer=1.2)


def _draw_labels(canvas: Canvas, plot: _Plot, labels: Sequence[_Label]) -> None:
    ends = [plot.bottom if label.end is None else plot.y(label.end[1]) for label in labels]
    middles = spread(
        ends, [label.height for label in labels], plot.top - theme().line_height / 2, plot.bottom
    )
    for label, end, middle in zip(labels, ends, middles, strict=True):
        text_x = plot.right + _LEADER
        if label.end is not None:
            leader = [(plot.x(label.end[0]), end), (plot.right + 4, end), (text_x - 3, middle)]
            canvas.line(leader, label.colour, 0.9, layer=1.8)
        canvas.text_block(text_x, middle, label.block)
