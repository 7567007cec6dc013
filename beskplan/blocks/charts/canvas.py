"""A sheet of `width` x `height` px to draw on, with (0, 0) at the top left.

The artists are matplotlib's, put straight on a `Figure`: no pyplot, no `Axes`. A chart computes its
own margins, scale and ticks, so an `Axes` would only cost (16 ms against 7 for four bars).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal, Protocol

from matplotlib.artist import Artist
from matplotlib.backend_bases import RendererBase
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Circle, Polygon, Rectangle
from matplotlib.transforms import Affine2D

from beskplan.blocks.charts.lettering import text_width
from beskplan.blocks.charts.style import CAP_HEIGHT, GROUND, MIN_WIDTH, WIDTH, font, theme
from beskplan.blocks.charts.svg import svg_text
from beskplan.core.errors import BlockError, Problem


def refuse(problems: Sequence[Problem]) -> None:
    """Raise all problems at once, if there are any.

    Raises:
        BlockError: with every one of `problems`.
    """
    if problems:
        raise BlockError(problems)


def rows_problems(
    chart: str, labels: Sequence[str], values: Sequence[Decimal | None]
) -> list[Problem]:
    """No rows, a row without a label, or a value that is no number."""
    if not labels:
        return [Problem(chart, "intet at tegne", expected="mindst én række")]
    blank = [
        Problem(f"{chart}: række {number}", "har intet navn", fix="skriv, hvad rækken viser")
        for number, label in enumerate(labels, 1)
        if not label.strip()
    ]
    odd = [
        Problem(
            f"{chart}: {label}",
            "er ikke et tal",
            str(value),
            "et endeligt tal, eller None, hvor det er fortroligt",
        )
        for label, value in zip(labels, values, strict=True)
        if value is not None and not value.is_finite()
    ]
    return blank + odd


def width_problems(chart: str, width: float) -> list[Problem]:
    """A sheet too narrow for any text."""
    if width >= MIN_WIDTH:
        return []
    return [Problem(chart, "for smal", f"{width:g} px", f"mindst {MIN_WIDTH:g} px")]


Point = tuple[float, float]
Anchor = Literal["left", "center", "right"]

_DPI = 72
"""The SVG canvas's own resolution: one point is one px."""
_LEFT_OF: dict[Anchor, float] = {"left": 0.0, "center": 0.5, "right": 1.0}
"""How much of a text stands to the left of its anchor."""


class Lettering(Artist):
    """One line of text from a point on its baseline: matplotlib's own artist lays out paragraphs."""

    def __init__(self, at: Point, text: str, size: float, colour: str) -> None:
        super().__init__()
        self.set_zorder(3.1)  # after every dot
        self.at, self.text, self.size, self.colour = at, text, size, colour

    def draw(self, renderer: RendererBase) -> None:
        """Write the outlines of its letters."""
        pen = renderer.new_gc()
        pen.set_foreground(self.colour)
        renderer.draw_text(pen, *self.at, self.text, font(self.size), 0)
        pen.restore()


class Canvas:
    """A sheet that ends as SVG text. All measures in px, y grows downwards."""

    def __init__(self, width: float, height: float) -> None:
        self.width = width
        self.height = height
        self.figure = Figure((width / _DPI, height / _DPI), dpi=_DPI, facecolor=GROUND)
        self._px = Affine2D().scale(1, -1).translate(0, height)

    def text(
        self,
        x: float,
        middle: float,
        text: str,
        *,
        anchor: Anchor = "left",
        size: float | None = None,
        colour: str | None = None,
    ) -> None:
        """One line of text, its capitals centred on the height `middle`."""
        size = size or theme().label_size
        left = x - text_width(text, size) * _LEFT_OF[anchor]
        baseline = middle + size * CAP_HEIGHT / 2
        self.figure.add_artist(Lettering((left, baseline), text, size, colour or theme().ink))

    def text_block(
        self, x: float, middle: float, block: Sequence[str], *, anchor: Anchor = "left"
    ) -> None:
        """Lines of text under each other, the block centred on the height `middle`."""
        step = theme().line_height
        top = middle - step * (len(block) - 1) / 2
        for number, line in enumerate(block):
            self.text(x, top + number * step, line, anchor=anchor)

    def bar(self, x0: float, x1: float, top: float, bottom: float, colour: str) -> None:
        """A filled rectangle between two x and two heights."""
        self.figure.add_artist(
            Rectangle(
                (min(x0, x1), top),
                abs(x1 - x0),
                bottom - top,
                transform=self._px,
                facecolor=colour,
                linewidth=0,
            )
        )

    def dot(self, at: Point, radius: float, colour: str, *, edge: str = "") -> None:
        """A filled circle, with an edge in another colour where one is given."""
        self.figure.add_artist(
            Circle(
                at,
                radius,
                transform=self._px,
                facecolor=colour,
                edgecolor=edge or colour,
                linewidth=1.4 if edge else 0,
                zorder=3,
            )
        )

    def area(self, points: Iterable[Point], colour: str) -> None:
        """A filled polygon, under everything else."""
        self.figure.add_artist(
            Polygon(
                list(points),
                closed=True,
                transform=self._px,
                facecolor=colour,
                linewidth=0,
                zorder=0.4,
            )
        )

    def line(
        self,
        points: Sequence[Point],
        colour: str,
        width: float,
        *,
        dashes: tuple[float, float] | None = None,
        layer: float = 2,
    ) -> None:
        """A line through `points`; `dashes` is the length of a dash and of a gap in line widths."""
        self.figure.add_artist(
            Line2D(
                [x for x, _ in points],
                [y for _, y in points],
                transform=self._px,
                color=colour,
                linewidth=width,
                linestyle=(0, dashes) if dashes else "-",
                solid_capstyle="butt",
                zorder=layer,
            )
        )

    def svg(self) -> str:
        """The drawing as SVG text: drawn once, the same bytes for the same drawing."""
        return svg_text(self.figure)


NARROW_WIDTH = 340.0
"""Width in px of the drawing for phones: on 320 to 400 px it is shown at about its own size."""


class Chart(Protocol):
    """A chart of this package with everything but its width given, as `functools.partial` makes it."""

    def __call__(self, *, width: float) -> str:
        """The chart as SVG text, `width` px wide."""


@dataclass(frozen=True)
class Drawing:
    """The same chart in two widths, as SVG text."""

    wide: str
    narrow: str


def drawing(chart: Chart) -> Drawing:
    """`chart` in both widths, from the same values.

    Example:
        >>> from decimal import Decimal
        >>> from functools import partial
        >>> from beskplan.blocks.charts import Bar, ranking
        >>> both = drawing(partial(ranking, [Bar("Rudersdal", Decimal(54))]))
        >>> 'width="340"' in both.narrow
        True
    """
    return Drawing(wide=chart(width=WIDTH), narrow=chart(width=NARROW_WIDTH))
