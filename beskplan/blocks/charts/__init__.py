"""Charts as SVG text: pure functions from plain values to a picture.

Nothing here knows blocks, areas or benefits: the caller gives labels, numbers and units.

- `change_bars`: two to four areas' change, own area highlighted.
- `change_ranking`: many changes, sorted, both sides of zero.
- `share_ranking`: shares, largest first.
- `lines`: one to four series over months, quarters or years.
- `staircase`: a rate that falls by steps, as the refund of benefits does.
- `drawing`: any of these in two widths, for page and phone.
- `svg_text`: any other matplotlib figure in the same lean, deterministic form.
"""

from beskplan.blocks.charts.bars import Bar, change_bars, change_ranking, share_ranking
from beskplan.blocks.charts.canvas import Drawing, drawing
from beskplan.blocks.charts.line_chart import Band, Level, Line, lines
from beskplan.blocks.charts.staircase import Step, staircase
from beskplan.blocks.charts.svg import svg_text

__all__ = [
    "Band",
    "Bar",
    "Drawing",
    "Level",
    "Line",
    "Step",
    "change_bars",
    "change_ranking",
    "drawing",
    "lines",
    "share_ranking",
    "staircase",
    "svg_text",
]
