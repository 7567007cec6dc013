"""The plot of a chart over time: from moments and values to px, and what is drawn in it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import TypeAlias

from beskplan.blocks.charts.axis import Tick, ValueAxis
from beskplan.blocks.charts.canvas import Canvas, Point
from beskplan.blocks.charts.spread import spread
from beskplan.blocks.charts.style import BAND, BAND_EDGE, GROUND, theme

Values: TypeAlias = Sequence[Decimal | None]
"""One per period; None where there is no number."""

_MOST_DOTS = 8
"""Up to so many periods each value has a dot: the line between them is only a guide."""
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

    def x(self, at: int) -> float:
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
        weight = theme().line_width * (1.4 if own else 1.0)
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
