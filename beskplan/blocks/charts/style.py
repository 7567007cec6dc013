"""The looks of every chart: seaborn's theme, the accessible palette, one font file."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path

import matplotlib as mpl
from matplotlib.colors import to_hex
from matplotlib.font_manager import FontProperties

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

MIN_WIDTH = 320.0
"""Narrower than a phone no chart is drawn."""

CAP_HEIGHT = 0.729
"""Height of a capital over the font size, DejaVu Sans: centres a line of text on a bar."""


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
    """The font at `size` px, by file: the installed fonts of a machine never change a chart."""
    path = Path(mpl.get_data_path()) / "fonts" / "ttf" / "DejaVuSans.ttf"
    return FontProperties(fname=str(path), size=size)
