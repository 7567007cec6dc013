"""Charts as SVG text: pure functions from plain values to a picture.

Nothing here knows blocks, areas or benefits: the caller gives labels, numbers and units.

- `dots`: several areas' numbers of many benefits on one axis.
- `ranking`: one number of many rows, sorted, a total apart.
- `panels`: many small charts of lines side by side, to one legend.
- `lines`: one to four series over months, quarters or years.
- `sparkline`: a course as a little line beside its number.
- `staircase`: a rate that falls by steps, as the refund of benefits does.
- `drawing`: any of these in two widths, for page and phone.
- `svg_text`: any other matplotlib figure in the same lean, deterministic form.
"""

from beskplan.blocks.charts.bars import Bar, ranking
from beskplan.blocks.charts.canvas import Drawing, drawing
from beskplan.blocks.charts.dots import DotRow, dots
from beskplan.blocks.charts.line_chart import Band, Level, Line, lines
from beskplan.blocks.charts.panels import Panel, panels
from beskplan.blocks.charts.sparkline import sparkline
from beskplan.blocks.charts.staircase import Step, staircase
from beskplan.blocks.charts.svg import svg_text

__all__ = [
    "Band",
    "Bar",
    "DotRow",
    "Drawing",
    "Level",
    "Line",
    "Panel",
    "Step",
    "dots",
    "drawing",
    "lines",
    "panels",
    "ranking",
    "sparkline",
    "staircase",
    "svg_text",
]
