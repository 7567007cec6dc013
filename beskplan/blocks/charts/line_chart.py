"""Lines over time: each with its name and latest value at its end, many small ones, and a little line."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from itertools import groupby
from typing import TypeAlias

from beskplan.blocks.charts.axis import Tick, ValueAxis, moment, time_ticks, value_axis
from beskplan.blocks.charts.canvas import (
    BAND,
    BAND_EDGE,
    EDGE,
    GROUND,
    PALETTE,
    WIDTH,
    Canvas,
    Point,
    legend_places,
    text_width,
    theme,
    wrap,
)
from beskplan.core.danish import NBSP, format_number
from beskplan.core.periods import Period
from beskplan.indicators.quantities import WITHHELD_TEXT


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


Values: TypeAlias = Sequence[Decimal | None]
"""One per period; None where there is no number."""

_MOST_DOTS = 8
"""Up to so many periods each value has a dot: the line between them is only a guide."""
OWN_WEIGHT = 1.4
"""How much wider the report's own line is than the others."""
_DASHES = (4.0, 2.0)
_DOTS = (1.0, 3.0)


@dataclass(frozen=True)
class EndLabel:
    """What stands to the right of the plot, and the end of the line that it belongs to."""

    block: tuple[str, ...]
    colour: str
    end: tuple[int, float] | None
    """Moment and value of the end; None for a series without a single number."""

    @property
    def height(self) -> float:
        """With the air to the next label, px."""
        return theme().line_height * len(self.block) + 3


@dataclass(frozen=True)
class Plot:
    """The rectangle of the plot on its canvas in px, and its two scales."""

    canvas: Canvas
    axis: ValueAxis
    moments: tuple[int, ...]
    """Of the periods, in order; see `axis.moment`."""
    left: float
    right: float
    top: float
    bottom: float
    halo: bool = False
    """Lines get an edge of the ground's colour: two of the palette are under 3:1 to the band."""

    def x(self, at: float) -> float:
        """Px of a moment; the middle where there is only one."""
        first, last = self.moments[0], self.moments[-1]
        if first == last:
            return (self.left + self.right) / 2
        return self.left + (at - first) / (last - first) * (self.right - self.left)

    def y(self, value: float) -> float:
        """Px of a value."""
        share = (value - self.axis.low) / (self.axis.high - self.axis.low)
        return self.bottom - share * (self.bottom - self.top)

    def draw_axes(self, ticks: Sequence[Tick]) -> None:
        """Grid lines with their values, zero in ink, and the marks of time."""
        look = theme()
        for value, text in zip(self.axis.ticks, self.axis.labels(), strict=True):
            y = self.y(float(value))
            colour, weight = (look.grid, look.grid_width) if value else (look.ink, 1.2)
            self.canvas.line([(self.left, y), (self.right, y)], colour, weight, layer=1)
            self.canvas.text(self.left - 8, y, text, anchor="right", size=look.tick_size)
        for tick in ticks:
            mark = [(tick.x, self.bottom), (tick.x, self.bottom + 5)]
            self.canvas.line(mark, look.ink, 1.0, layer=1)
            self.canvas.text(
                tick.middle, self.bottom + 17, tick.text, anchor="center", size=look.tick_size
            )

    def draw_level(self, value: Decimal, colour: str) -> None:
        """A dotted line across the plot."""
        y = self.y(float(value))
        self.canvas.line([(self.left, y), (self.right, y)], colour, 1.2, dashes=(1.5, 2.0))

    def draw_series(self, values: Values, colour: str, *, dashed: bool, own: bool) -> None:
        """A line per unbroken stretch; a dot for a value alone, and for each where they are few."""
        weight = theme().line_width * (OWN_WEIGHT if own else 1.0)
        for run in self._runs(values):
            if len(run) > 1:
                if self.halo:
                    self.canvas.line(run, GROUND, weight + 2.5)
                self.canvas.line(run, colour, weight, dashes=_DASHES if dashed else None)
            if len(run) == 1 or len(self.moments) <= _MOST_DOTS:
                for point in run:
                    self.canvas.dot(point, weight * 1.5, colour)

    def _runs(self, values: Values) -> Iterator[list[Point]]:
        run: list[Point] = []
        for at, value in zip(self.moments, values, strict=True):
            if value is not None:
                run.append((self.x(at), self.y(float(value))))
            elif run:
                yield run
                run = []
        if run:
            yield run

    def draw_band(self, lower: Values, upper: Values) -> None:
        """The area between two series; an end that is missing takes the other with it."""
        points = [
            (self.x(at), self.y(float(low)), self.y(float(high)))
            for at, low, high in zip(self.moments, lower, upper, strict=True)
            if low is not None and high is not None
        ]
        if not points:
            return
        below, above = [(x, low) for x, low, _ in points], [(x, high) for x, _, high in points]
        self.canvas.area([*above, *reversed(below)], BAND)
        for edge in (below, above):
            self.canvas.line(edge, BAND_EDGE, 0.8, layer=1.2)

    def draw_end_labels(self, labels: Sequence[EndLabel], left: float) -> None:
        """The labels from `left` on, spread apart, each with a leader to the end of its line."""
        ends = [self.bottom if label.end is None else self.y(label.end[1]) for label in labels]
        heights = [label.height for label in labels]
        middles = spread(ends, heights, self.top - theme().line_height / 2, self.bottom)
        for label, end, middle in zip(labels, ends, middles, strict=True):
            self.canvas.text_block(left, middle, label.block)
            if label.end is None:
                continue
            bend = (self.right + 4, end)
            # Dotted where the line ended earlier, so that it does not seem to go on.
            dashes = _DOTS if label.end[0] < self.moments[-1] else None
            self.canvas.line([(self.x(label.end[0]), end), bend], label.colour, 0.9, dashes=dashes)
            self.canvas.line([bend, (left - 3, middle)], label.colour, 0.9)


_HEIGHT = 300.0
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
    width: float = WIDTH,
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
        width: Of the sheet in px; its height grows where the labels need more.
    """
    content = _Content(periods, series, unit, decimals, level, band)
    labels = _labels(content, width * _LABEL_SHARE)
    head = wrap(unit, theme().label_size, width - 2 * EDGE)
    top, foot = EDGE + theme().line_height * len(head) + 10, 30.0
    canvas = Canvas(width, max(_HEIGHT, top + foot + sum(label.height for label in labels)))
    axis = value_axis(content.values, decimals=decimals)
    label_width = max(text_width(row, theme().label_size) for lab in labels for row in lab.block)
    plot = Plot(
        canvas,
        axis,
        tuple(moment(period) for period in periods),
        left=EDGE + max(text_width(text, theme().tick_size) for text in axis.labels()) + 8,
        right=width - 2 * EDGE - label_width - _LEADER,
        top=top,
        bottom=canvas.height - foot,
        halo=band is not None,
    )
    canvas.text_block(EDGE, EDGE + theme().line_height * len(head) / 2, head)
    plot.draw_axes(
        time_ticks(periods, plot.x, size=theme().tick_size, left=EDGE, right=width - EDGE)
    )
    if band is not None:
        plot.draw_band(band.lower, band.upper)
    if level is not None:
        plot.draw_level(level.value, _LEVEL_COLOUR)
    for number, line in reversed(list(enumerate(series))):
        plot.draw_series(line.values, PALETTE[number], dashed=line.dashed, own=number == 0)
    plot.draw_end_labels(labels, plot.right + _LEADER)
    return canvas.svg()


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


INDEX_START = Decimal(100)
"""The index that every series starts from."""
_PLOT_HEIGHT = 76.0
_GAP = 14.0
"""Between two panels beside each other, px."""
_COLUMNS = ((600.0, 3), (0.0, 2))
"""From which width of the sheet on there are so many panels beside each other."""
_SAMPLE = 20.0
"""Length of a line in the legend, px."""
_LEAST_SPAN = Decimal(20)
"""An axis reaches at least so far from 100 on both sides: small movements shall look small."""
_FOOT = 36.0
"""Below a plot: its marks of time and the space to the next panel, px."""
_MARK_DASHES = (3.0, 2.0)


@dataclass(frozen=True)
class Panel:
    """One small chart: a value per period for each series, None where there is none (a gap).

    `marks` are the first periods of a new order, each with an upright line before it; `missing` stands
    instead of the latest value where the first series has none. With a `scale` the values are levels on
    it, printed with `decimals`, else index numbers around 100.
    """

    label: str
    periods: Sequence[Period]
    series: tuple[Values, ...]
    marks: tuple[Period, ...] = ()
    missing: str = WITHHELD_TEXT
    scale: ValueAxis | None = None
    decimals: int = 0

    @property
    def own(self) -> list[Decimal]:
        """The known values of the first series."""
        return [value for value in self.series[0] if value is not None]

    @property
    def axis(self) -> ValueAxis:
        """The scale; of index numbers round ticks around 100: those of the distances from it, moved."""
        if self.scale is not None:
            return self.scale
        away = [value - INDEX_START for row in self.series for value in row if value is not None]
        axis = value_axis([*away, -_LEAST_SPAN, _LEAST_SPAN], decimals=0, intervals=4)
        return replace(axis, ticks=tuple(tick + INDEX_START for tick in axis.ticks))

    @property
    def end(self) -> str:
        """What stands where the first series ends."""
        return format_number(self.own[-1], self.decimals) if self.own else self.missing


def panels(names: Sequence[str], content: Sequence[Panel], *, width: float = WIDTH) -> str:
    """Each subject's series as SVG text.

    A panel of index numbers has its own scale around 100, none finer than 80 to 120; the latest value
    of the first series stands at its end. Missing values break a line, as in `lines`.

    Args:
        names: Of the series, the report's own first; drawn widest. A single one needs no legend.
        content: The panels in reading order, each with its periods in order.
        width: Of the sheet in px; its height follows from the panels.
    """
    look = theme()
    count = next(columns for least, columns in _COLUMNS if width >= least)
    count += count == len(content) - 1 == 3  # a fourth does not stand alone
    cell = (width - 2 * EDGE - (count - 1) * _GAP) / count
    ticks = [text for panel in content for text in panel.axis.labels()]
    left = max(text_width(text, look.tick_size) for text in ticks) + 8
    right = max(text_width(panel.end, look.tick_size) for panel in content) + 6
    titles = [wrap(panel.label, look.label_size, cell) for panel in content]
    legend = legend_places(names, _SAMPLE + 5, width) if len(names) > 1 else []
    top = EDGE + ((legend[-1][2] + 1) * look.line_height + 4 if legend else 0)
    rows = [range(at, min(at + count, len(content))) for at in range(0, len(content), count)]
    heads = [max(len(titles[at]) for at in row) * look.line_height + 12 for row in rows]
    canvas = Canvas(width, top + sum(heads) + len(rows) * (_PLOT_HEIGHT + _FOOT))
    for number, (name, x, line) in enumerate(legend):
        y = EDGE + (line + 0.5) * look.line_height
        weight = look.line_width * (1.0 if number else OWN_WEIGHT)
        canvas.line([(x, y), (x + _SAMPLE, y)], PALETTE[number], weight)
        canvas.text(x + _SAMPLE + 5, y, name)
    for row, head in zip(rows, heads, strict=True):
        for column, at in enumerate(row):
            edge, panel = EDGE + column * (cell + _GAP), content[at]
            height = look.line_height * len(titles[at])
            canvas.text_block(edge, top + head - 8 - height / 2, titles[at])
            plot = Plot(
                canvas,
                panel.axis,
                tuple(moment(period) for period in panel.periods),
                left=edge + left,
                right=edge + cell - right,
                top=top + head,
                bottom=top + head + _PLOT_HEIGHT,
            )
            _draw(plot, panel, edge + cell)
        top += head + _PLOT_HEIGHT + _FOOT
    return canvas.svg()


def _draw(plot: Plot, panel: Panel, edge: float) -> None:
    look, canvas = theme(), plot.canvas
    canvas.line([(plot.left, plot.top), (plot.left, plot.bottom)], look.ink, 1.0, layer=1)
    ends = {"left": plot.left - 12, "right": edge}
    plot.draw_axes(time_ticks(panel.periods, plot.x, size=look.tick_size, **ends))
    if panel.scale is None:
        level = plot.y(float(INDEX_START))
        canvas.line([(plot.left, level), (plot.right, level)], look.ink, 0.8, layer=1)
    for mark in panel.marks:
        x = plot.x(moment(mark) - 0.5)
        upright = [(x, plot.top), (x, plot.bottom)]
        canvas.line(upright, look.ink, 1.2, dashes=_MARK_DASHES, layer=1.5)
    for number, values in reversed(list(enumerate(panel.series))):
        plot.draw_series(values, PALETTE[number], dashed=False, own=number == 0)
    y = plot.y(float(panel.own[-1])) if panel.own else plot.bottom - look.line_height / 2
    canvas.text(plot.right + 6, y, panel.end, size=look.tick_size)


SIZE = (120, 28)
"""Width and height of the drawing in px."""
_LINE_EDGE = 3
"""Room for half of the last dot, px."""
_LEAST_SHARE = 0.2
"""The scale spans at least this share of the highest number: what hardly moves looks level."""


def sparkline(values: Sequence[Decimal | None]) -> str:
    """The values in their order as one `<svg>` element that assistive technology passes over.

    The line has the colour of the text around it. A dot stands at the last value, where that is known.

    Args:
        values: One per period, None where there is no number: the line is open there.

    Returns:
        SVG text; empty where fewer than two values are known.
    """
    known = [float(value) for value in values if value is not None]
    if len(known) < 2:
        return ""
    width, height = SIZE
    high, low = max(known), min(known)
    span = max(high - low, _LEAST_SHARE * max(abs(high), abs(low))) or 1.0
    middle = (high + low) / 2
    step = (width - 2 * _LINE_EDGE) / (len(values) - 1)

    def at(number: int, value: Decimal) -> str:
        y = height / 2 - (float(value) - middle) / span * (height - 2 * _LINE_EDGE)
        return f"{_LINE_EDGE + number * step:.1f} {y:.1f}"

    runs = []
    for is_known, run in groupby(enumerate(values), lambda one: one[1] is not None):
        if is_known:
            points = [at(number, value) for number, value in run if value is not None]
            # A line to itself with round ends is a dot.
            runs.append(f"M{'L'.join(points if len(points) > 1 else points * 2)}")
    last = values[-1]
    dot = (
        '<circle cx="{}" cy="{}" r="3" fill="currentColor"/>'.format(
            *at(len(values) - 1, last).split()
        )
        if last is not None
        else ""
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" class="forloeb" aria-hidden="true" width="{width}" '
        f'height="{height}" viewBox="0 0 {width} {height}"><path d="{"".join(runs)}" fill="none" '
        'stroke="currentColor" stroke-width="1.5" stroke-linecap="round" stroke-linejoin="round"/>'
        f"{dot}</svg>"
    )
