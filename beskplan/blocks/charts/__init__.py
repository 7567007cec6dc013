"""Charts as SVG text: pure functions from plain values to a picture.

Nothing here knows blocks, areas or benefits: the caller gives labels, numbers and units.

- `rows`: `ranking`, one number of many rows, sorted, a total apart; `dots`, several areas' numbers of many
  benefits on one axis; `staircase`, a rate that falls by steps, as the refund of benefits does.
- `line_chart`: `lines`, one to four series over months, quarters or years; `panels`, many small charts of
  lines side by side, to one legend; `sparkline`, a course as a little line beside its number.
- `canvas`: `drawing`, any of these in two widths, for page and phone.
- `svg`: `svg_text`, any other matplotlib figure in the same lean, deterministic form.
"""
