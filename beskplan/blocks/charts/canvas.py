"""A sheet of `width` x `height` px to draw on, with (0, 0) at the top left.

The artists are matplotlib's, put straight on a `Figure`: no pyplot, no `Axes`. A chart computes its
own margins, scale and ticks, so an `Axes` would only cost (16 ms against 7 for four bars).
"""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cache, lru_cache
from pathlib import Path
from typing import Any, Literal

from matplotlib.artist import Artist
from matplotlib.backend_bases import RendererBase
from matplotlib.colors import to_hex
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties
from matplotlib.lines import Line2D
from matplotlib.patches import Circle, Polygon, Rectangle
from matplotlib.textpath import text_to_path
from matplotlib.transforms import Affine2D

from beskplan.blocks.charts.svg import svg_text
from beskplan.core.danish import NBSP, format_number

PALETTE = ("#12436D", "#28A197", "#801650", "#F46A25", "#3D3D3D", "#A285D1")
"""Categorical colours in the order of use: every one at least 3:1 to white, neighbours at least 3:1
to each other. Source: Government Analysis Function, "Data visualisation: colours in charts"."""

GROUND = "#FFFFFF"
"""A chart brings its own light ground: a page in a dark scheme would swallow dark lines."""

OWN = PALETTE[0]
"""The area or row that the report is about."""

OTHER = "#8B959F"
"""What it is compared with: 3:1 to the ground and 3:1 to `OWN`."""

TOTAL = PALETTE[4]
"""The total of a ranking. A rise and a fall share a colour: green would say that one of them is good."""

BAND = "#D6DFE8"
"""Fill of an interval; decorative, its edges are drawn in `BAND_EDGE`."""

BAND_EDGE = "#71808F"
"""Edge of an interval and leader lines that belong to no series."""

WIDTH = 680.0
"""Width of a chart in px where the caller gives none: the text width of the page."""

FONT = Path(__file__).parents[2] / "data" / "fonts" / "OpenSans-Regular.ttf"
"""The letters of the text around the chart."""

CAP_HEIGHT = 0.714
"""Height of a capital over the font size, Open Sans: centres a line of text on a bar."""


@dataclass(frozen=True)
class Theme:
    """What the charts take from seaborn. Sizes and widths in px, colours as hex."""

    ink: str
    """Text: at least 4.5:1 to the ground."""
    grid: str
    """Decorative lines; every value can be read without them."""
    label_size: float
    tick_size: float
    line_width: float
    grid_width: float

    @property
    def line_height(self) -> float:
        """Distance between the baselines of a wrapped label."""
        return round(self.label_size * 1.25, 1)


@cache
def theme() -> Theme:
    """Seaborn's `whitegrid` style in its `notebook` context, a step larger for small screens."""
    # Here, not at the top: seaborn takes a second to import and brings pyplot with it, which a
    # process that only reads or plans must not pay for. Nothing of pyplot is used.
    import seaborn as sns

    style = sns.axes_style("whitegrid")
    context = sns.plotting_context("notebook", font_scale=1.1)
    return Theme(
        ink=to_hex(style["text.color"]),
        grid=to_hex(style["grid.color"]),
        label_size=round(context["axes.labelsize"], 1),
        tick_size=round(context["xtick.labelsize"], 1),
        line_width=context["lines.linewidth"] * 1.3,
        grid_width=context["grid.linewidth"],
    )


@cache
def font(size: float) -> FontProperties:
    """The font of page and PDF at `size` px, by file: a machine's own fonts never change a chart."""
    return FontProperties(fname=str(FONT), size=size)


_LAST_PARTS = (
    "afklaring", "aktiverede", "ansatte", "berettigede", "bekendtgørelse", "borgere", "borgerskab",
    "dagpenge", "forløb", "forsikring", "forsørgelse", "fællesskab", "grad", "hjælp", "indsats",
    "kategori", "kommune", "kontor", "langtids", "ledige", "loven", "lovgivning", "løn", "marked",
    "modtager", "område", "parat", "pension", "(?<!dag)penge", "personer", "planen", "planer", "politik",
    "ramte", "refusion", "rejse", "(?<!om)råd", "samfund", "styrken", "støtte", "system", "tilbud",
    "tilskud", "uddannelse", "visiterede", "vurdering", "ydelse",
    "berg", "borg", "fjord", "havn", "land", "sund", "værk",
)  # fmt: skip
"""What the long words of benefits, groups, targets and places end in, or have in them; a test holds that
every long name of the registers is divided before one of these. Endings may follow."""

_PARTS = re.compile(f"(?={'|'.join(_LAST_PARTS)})", re.IGNORECASE)
_SYLLABLES = re.compile(r"(?<=[aeiouyæøå])(?=[bcdfghjklmnpqrstvwxz][aeiouyæøå])"
                        r"|(?<=[aeiouyæøå][bcdfghjklmnpqrstvwxz])(?=[bcdfghjklmnpqrstvwxz])",
                        re.IGNORECASE)  # fmt: skip
"""Before a consonant between vowels; between two consonants after a vowel."""
_LEAST = 3
"""Letters that stay on either side of a hyphen."""


def split_word(word: str, fits: Callable[[str], bool]) -> list[str]:
    """`word` in parts that fit, each but the last with a hyphen.

    Each part is as long as may be and ends where one of the words in it does; where none of these
    fits, at a syllable; and where no syllable does, at any letter.

    Example:
        >>> split_word("ressourceforløb", lambda part: len(part) <= 12)
        ['ressource-', 'forløb']
        >>> split_word("Vesthimmerland", lambda part: len(part) <= 9)
        ['Vesthim-', 'merland']
    """
    parts: list[str] = []
    while not fits(word) and len(word) > 1:
        cut = _cut(word, fits)
        parts.append(f"{word[:cut]}-")
        word = word[cut:]
    return [*parts, word]


def _cut(word: str, fits: Callable[[str], bool]) -> int:
    for places in (_places(_PARTS, word), _places(_SYLLABLES, word), range(len(word) - 1, 1, -1)):
        for cut in places:
            if fits(f"{word[:cut]}-"):
                return cut
    return 1


def _places(pattern: re.Pattern[str], word: str) -> list[int]:
    """Where `word` may be divided, the last place first."""
    found = (match.start() for match in pattern.finditer(word))
    return [at for at in reversed(list(found)) if _LEAST <= at <= len(word) - _LEAST]


_BREAKS = re.compile(r"(?<=[-/])(?=\w)|[ \t\n]+")
"""Lines break at white space and after a hyphen or slash, never at a non-breaking space."""


@lru_cache(maxsize=8192)
def text_width(text: str, size: float) -> float:
    """Width of one line of `text` in px at font size `size` px."""
    width, _height, _descent = text_to_path.get_text_width_height_descent(
        text, font(size), ismath=False
    )
    return float(width)


def wrap(text: str, size: float, limit: float) -> tuple[str, ...]:
    """`text` in lines of at most `limit` px.

    A single word that is wider than `limit` is split with a hyphen where Danish does, so that the
    result always fits.
    """
    lines: list[str] = []
    current = ""
    for word, glue in _words(text):
        joined = current + glue + word if current else word
        if text_width(joined, size) <= limit:
            current = joined
            continue
        if current:
            lines.append(current)
        *full, current = split_word(word, lambda part: text_width(part, size) <= limit)
        lines.extend(full)
    return (*lines, current)


def _words(text: str) -> list[tuple[str, str]]:
    """The unbreakable pieces of `text`, each with what joins it to the piece before."""
    pieces: list[tuple[str, str]] = []
    start, glue = 0, ""
    for match in _BREAKS.finditer(text):
        if text[start : match.start()]:
            pieces.append((text[start : match.start()], glue))
        start, glue = match.end(), " " if match.group() else ""
    if text[start:]:
        pieces.append((text[start:], glue))
    return pieces


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
    ) -> None:
        """One line of text, its capitals centred on the height `middle`."""
        size = size or theme().label_size
        left = x - text_width(text, size) * _LEFT_OF[anchor]
        baseline = middle + size * CAP_HEIGHT / 2
        self.figure.add_artist(Lettering((left, baseline), text, size, theme().ink))

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


EDGE = 4.0
"""Air between anything drawn and the edge of the sheet, px."""


def legend_places(
    names: Sequence[str], sample: float, width: float
) -> list[tuple[str, float, int]]:
    """Each name with the px where its sample begins, and its line, on a sheet of a width.

    Args:
        names: In their order.
        sample: Width of a sample with the air after it, px.
        width: Of the sheet in px.
    """
    placed: list[tuple[str, float, int]] = []
    at, line = EDGE, 0
    for name in names:
        needed = sample + text_width(name, theme().label_size)
        if placed and at + needed > width - EDGE:
            at, line = EDGE, line + 1
        placed.append((name, at, line))
        at += needed + 22
    return placed


def value_text(value: Decimal | None, unit: str, decimals: int, *, signed: bool) -> str:
    """The Danish number of a value with its unit; empty where there is none."""
    if value is None:
        return ""
    number = format_number(value, decimals, signed=signed)
    return f"{number}{NBSP}{unit}" if unit else number


NARROW_WIDTH = 340.0
"""Width in px of the drawing for phones: on 320 to 400 px it is shown at about its own size."""


@dataclass(frozen=True)
class Drawing:
    """The same chart in two widths, as SVG text."""

    wide: str
    narrow: str


def drawing(chart: Callable[..., str], *values: Any, **words: Any) -> Drawing:
    """A chart in both widths, from the same values.

    Example:
        >>> from decimal import Decimal
        >>> from beskplan.blocks.charts.rows import Bar, ranking
        >>> both = drawing(ranking, [Bar("Rudersdal", Decimal(54))])
        >>> 'width="340"' in both.narrow
        True
    """
    return Drawing(*(chart(*values, width=width, **words) for width in (WIDTH, NARROW_WIDTH)))
