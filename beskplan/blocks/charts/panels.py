"""Small charts of lines side by side, one for each subject, with one legend for all of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from beskplan.blocks.charts.axis import ValueAxis, moment, time_ticks, value_axis
from beskplan.blocks.charts.canvas import Canvas, refuse, rows_problems, width_problems
from beskplan.blocks.charts.lettering import text_width, wrap
from beskplan.blocks.charts.line_chart import OWN_WEIGHT, Plot, Values
from beskplan.blocks.charts.style import PALETTE, WIDTH, theme
from beskplan.core.errors import Problem
from beskplan.core.numbers import format_number
from beskplan.core.periods import Period
from beskplan.indicators.quantities import WITHHELD_TEXT

START = Decimal(100)
"""The index that every series starts from."""
_EDGE = 4.0
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
_MOST_SERIES = 4


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
        away = [value - START for row in self.series for value in row if value is not None]
        axis = value_axis([*away, -_LEAST_SPAN, _LEAST_SPAN], decimals=0, intervals=4)
        return replace(axis, ticks=tuple(tick + START for tick in axis.ticks))

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

    Raises:
        BlockError: no panels, more series than can be told apart, a panel without periods or with
            another number of series or values, a value that is no number; all at once.
    """
    refuse(_problems(names, content, width))
    look = theme()
    count = next(columns for least, columns in _COLUMNS if width >= least)
    cell = (width - 2 * _EDGE - (count - 1) * _GAP) / count
    ticks = [text for panel in content for text in panel.axis.labels()]
    left = max(text_width(text, look.tick_size) for text in ticks) + 8
    right = max(text_width(panel.end, look.tick_size) for panel in content) + 6
    titles = [wrap(panel.label, look.label_size, cell) for panel in content]
    legend = _legend(names, width) if len(names) > 1 else []
    top = _EDGE + ((legend[-1][2] + 1) * look.line_height + 4 if legend else 0)
    rows = [range(at, min(at + count, len(content))) for at in range(0, len(content), count)]
    heads = [max(len(titles[at]) for at in row) * look.line_height + 12 for row in rows]
    canvas = Canvas(width, top + sum(heads) + len(rows) * (_PLOT_HEIGHT + _FOOT))
    for number, (name, x, line) in enumerate(legend):
        y = _EDGE + (line + 0.5) * look.line_height
        weight = look.line_width * (1.0 if number else OWN_WEIGHT)
        canvas.line([(x, y), (x + _SAMPLE, y)], PALETTE[number], weight)
        canvas.text(x + _SAMPLE + 5, y, name)
    for row, head in zip(rows, heads, strict=True):
        for column, at in enumerate(row):
            edge, panel = _EDGE + column * (cell + _GAP), content[at]
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
        level = plot.y(float(START))
        canvas.line([(plot.left, level), (plot.right, level)], look.ink, 0.8, layer=1)
    for mark in panel.marks:
        x = plot.x(moment(mark) - 0.5)
        upright = [(x, plot.top), (x, plot.bottom)]
        canvas.line(upright, look.ink, 1.2, dashes=_MARK_DASHES, layer=1.5)
    for number, values in reversed(list(enumerate(panel.series))):
        plot.draw_series(values, PALETTE[number], dashed=False, own=number == 0)
    y = plot.y(float(panel.own[-1])) if panel.own else plot.bottom - look.line_height / 2
    canvas.text(plot.right + 6, y, panel.end, size=look.tick_size)


def _legend(names: Sequence[str], width: float) -> list[tuple[str, float, int]]:
    """Each name with the px where its line begins, and its row."""
    placed: list[tuple[str, float, int]] = []
    at, line = _EDGE, 0
    for name in names:
        needed = _SAMPLE + 5 + text_width(name, theme().label_size)
        if placed and at + needed > width - _EDGE:
            at, line = _EDGE, line + 1
        placed.append((name, at, line))
        at += needed + 22
    return placed


def _problems(names: Sequence[str], content: Sequence[Panel], width: float) -> list[Problem]:
    found = width_problems("panels", width)
    if not content or not all(panel.periods for panel in content):
        found.append(Problem("panels", "intet at tegne", expected="felter med perioder"))
    if not 1 <= len(names) <= _MOST_SERIES:
        expected = f"1 til {_MOST_SERIES}"
        found.append(Problem("panels", "for mange til at skelne", str(len(names)), expected))
    for panel in content:
        where = f"panels: {panel.label}"
        lengths = [len(values) for values in panel.series]
        if lengths != [len(panel.periods)] * len(names):
            expected = f"{len(names)} rækker med {len(panel.periods)} tal"
            found.append(Problem(where, "et andet antal tal", str(lengths), expected))
        for name, values in zip(names, panel.series, strict=False):
            found += rows_problems("panels", [f"{panel.label}, {name}"] * len(values), values)
    return found
