"""Every figure is there, has its words, and draws the numbers behind it, to scale and under their names."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from typing import Any
from urllib.parse import unquote_to_bytes

from lxml import etree

from beskplan.core.errors import Problem
from beskplan.core.periods import Period
from beskplan.proof.arithmetic import number_in
from beskplan.proof.drawing import Bar, Chart, Stroke, Text, lines_of, read_chart
from beskplan.proof.evidence import Block, Evidence, spaced
from beskplan.proof.labels import Points, other_names, series_of

_SERIES_WIDTH = 1.5
"""Thinner strokes are axes, grids, leaders and the edges of intervals."""
_LEADER_WIDTH = 0.9
_SLIVER = 1.6
"""Bars are never thinner, px."""
_PX = 0.25
"""How far from its value anything may be drawn."""
_PER_YEAR = {"M": 12, "Q": 4, "QMAT": 4, "Y": 1}

Fault = tuple[str, str, str]
"""What is wrong, what is drawn, what the numbers say."""


def rule(evidence: Evidence) -> Iterator[Problem]:
    """Figures of the page against those of the executed notebook, drawings against their numbers."""
    for name, figure, title in evidence.figures:
        boxes = evidence.html.xpath("//figure[@id=$id]", id=f"figur-{figure['id']}")
        if len(boxes) != 1:
            yield evidence.problem("html", "en figur mangler", str(len(boxes)), "1", name)
            continue
        yield from _in_html(evidence, boxes[0], name, figure, title)
        if all(cell["value"] is None for row in figure["data"]["rows"] for cell in row["cells"]):
            yield evidence.problem("ipynb", "en figur uden et tal", where=name)


def _in_html(
    evidence: Evidence, box: Any, name: str, figure: Block, title: str
) -> Iterator[Problem]:
    caption = [spaced(one.text_content()) for one in box.iter("figcaption")]
    if caption != [title]:
        yield evidence.problem("html", "en anden billedtekst", str(caption), title, name)
    pictures = [
        *((image.get("src"), image.get("alt")) for image in box.iter("img")),
        *((source.get("srcset"), figure["alt"]) for source in box.iter("source")),
    ]
    if not pictures:
        yield evidence.problem("html", "en figur uden billede", where=name)
    for address, alt in pictures:
        if spaced(alt or "") != spaced(figure["alt"]):
            yield evidence.problem(
                "html", "en anden alternativ tekst", str(alt), figure["alt"], name
            )
        try:
            chart = read_chart(_svg(address or ""))
        except etree.LxmlError:
            chart = Chart(0, 0, (), (), (), ())
        if not chart.texts or not (chart.bars or chart.strokes):
            yield evidence.problem("html", "en tom figur", where=name)
            continue
        for what, found, expected in faults(chart, figure):
            yield evidence.problem("html", what, found, expected, name)


def _svg(address: str) -> bytes:
    """The drawing in a data URI; empty where there is none."""
    head, _, data = address.partition(",")
    if not head.startswith("data:image/svg+xml"):
        return b""
    try:
        return base64.b64decode(data, validate=True) if "base64" in head else unquote_to_bytes(data)
    except binascii.Error:
        return b""


def faults(chart: Chart, figure: Block) -> Iterator[Fault]:
    """What a drawing shows otherwise than the table of its numbers."""
    upright = [s for s in chart.strokes if _is_upright(s) and s.points[-1][1] != s.points[0][1]]
    whole = [s for s in upright if abs(s.points[0][1] - s.points[1][1]) > chart.height * 0.8]
    tall = [s for s in upright if abs(s.points[0][1] - s.points[1][1]) > chart.height * 0.4]
    if tall and chart.dots:
        yield from _dot_faults(chart, figure, tall)
    elif whole and not any(s.width >= _SERIES_WIDTH for s in chart.strokes):
        yield from _bar_faults(chart, figure, whole[0].points[0][0])
    elif chart.bars:
        yield from _stair_faults(chart, figure["data"])
    else:
        yield from _line_faults(chart, figure["data"])


def _is_upright(stroke: Stroke) -> bool:
    return len(stroke.points) == 2 and stroke.points[0][0] == stroke.points[1][0]


@dataclass(frozen=True)
class _DrawnRow:
    label: str
    text: str
    bar: Bar | None

    @property
    def number(self) -> tuple[Fraction, int] | None:
        """What is written beside the bar, where it is a number."""
        return number_in(self.text)


def _drawn_rows(chart: Chart) -> list[_DrawnRow]:
    """The rows of a chart of bars: all labels end at one line, what else is written are values."""
    edge = min(chart.texts, key=lambda text: text.left).right
    written = [text for text in chart.texts if abs(text.right - edge) < 1]
    values = sorted((t for t in chart.texts if t not in written), key=lambda text: text.y)
    rows = []
    for value in values:
        own = [t for t in written if min(values, key=lambda v: abs(v.y - t.y)) is value]
        bar = next((bar for bar in chart.bars if bar.top < value.y < bar.bottom), None)
        rows.append(_DrawnRow(lines_of(own), value.text, bar))
    return rows


def _bar_faults(chart: Chart, figure: Block, zero: float) -> Iterator[Fault]:
    rows, data = _drawn_rows(chart), figure["data"]["rows"]
    found = [_row_of(one.label, data) for one in rows]
    if -1 in found:
        yield "en søjle uden række i tabellen", rows[found.index(-1)].label, ""
        return
    left_out = [row for at, row in enumerate(data) if at not in found and not row["emphasis"]]
    if left_out:
        yield "en række i tabellen uden søjle", "", ", ".join(row["label"] for row in left_out)
    cells = [data[at]["cells"] for at in found]
    # Which column is drawn is not said: it is the one that agrees most.
    pairs = list(zip(rows, cells, strict=True))
    others = [
        [one.text for one, own in pairs if one.number not in (None, _shown(own[at]))]
        for at in range(len(cells[0]))
    ]
    if wrong := min(others, key=len):
        yield "en søjle med et andet tal end tabellens", ", ".join(wrong), ""
    yield from _lengths(rows, zero)
    parts = [at for at, row in enumerate(found) if not data[row]["emphasis"]]
    yield from _order([rows[at] for at in parts], [found[at] for at in parts], figure["alt"])
    yield from _alt_counts(rows, spaced(figure["alt"]))


def _row_of(label: str, data: list[Block]) -> int:
    """The row that a label names; -1 where there is none."""
    return next((at for at, row in enumerate(data) if _is_label(label, row)), -1)


def _order(rows: list[_DrawnRow], found: list[int], alt: str) -> Iterator[Fault]:
    values = [float(one.number[0]) for one in rows if one.number is not None]
    # What is collected from small groups stands last whatever its size.
    is_ranked = values[:-1] == sorted(values[:-1], reverse=True) and (
        "Under dem" in alt or values == sorted(values, reverse=True)
    )
    if not is_ranked and ("ordnet efter størrelse" in alt or found != sorted(found)):
        yield "søjlerne står i en forkert orden", ", ".join(one.label for one in rows), ""


def _alt_counts(rows: list[_DrawnRow], alt: str) -> Iterator[Fault]:
    """How many the alternative text says that there are, have risen, have fallen; which is the extreme."""
    single = [one for one in rows if one.label != "I alt"]
    known = [one for one in single if one.number is not None]
    known = known[:-1] if "Under dem" in alt else known
    values = [one.number[0] for one in known if one.number is not None] or [Fraction(0)]
    counts = (
        (r"(\d+) ydelse(?:r|sgruppers)\b", len(known)),
        (r"(\d+) af ydelserne er steget", sum(value > 0 for value in values)),
        (r"steget, og (\d+) er faldet", sum(value < 0 for value in values)),
        (r"For (\d+) af ydelserne er der ikke", len(single) - len(known)),
    )
    for pattern, count in counts:
        if (hit := re.search(pattern, alt)) and int(hit[1]) != count:
            yield "et forkert antal i den alternative tekst", hit[0], str(count)
    for lead, best in (("Øverst står|Størst er", max(values)), ("nederst|Mindst er", min(values))):
        hit = re.search(rf"(?:{lead}) (.+?) (?:med |\()([+-]?[\d.,]*\d)", alt)
        # Those that print alike may be told in either order.
        alike = [one.label for one in known if one.number and one.number[0] == best]
        right = number_in(hit[2]) if hit else None
        if hit and (not right or right[0] != best or _plain(hit[1]) not in map(_plain, alike)):
            yield "en anden yderlighed i den alternative tekst", hit[0], ", ".join(alike)


def _shown(cell: Block) -> Any:
    return number_in(cell["text"]) if cell["value"] is not None else None


def _lengths(rows: list[_DrawnRow], zero: float) -> Iterator[Fault]:
    """The bars to one scale from the line of zero, each on its side; the smallest may be widened."""
    scale = max(
        (
            ((one.bar.right - one.bar.left) / abs(float(one.number[0])), abs(one.number[0]))[::-1]
            for one in rows
            if one.bar is not None and one.number and one.number[0]
        ),
        default=(0, 0.0),
    )[1]
    for one in rows:
        value = float(one.number[0]) if one.number else 0.0
        if one.bar is None or not value:
            if (one.bar is None) is not (not value):
                yield "en søjle uden tal, eller et tal uden søjle", one.label, one.text
            continue
        side = one.bar.left if value > 0 else one.bar.right
        length = one.bar.right - one.bar.left
        if abs(side - zero) > _PX or (abs(length - abs(value) * scale) > _PX and length > _SLIVER):
            yield "en søjle har en anden længde end sit tal", one.label, one.text


def _is_label(drawn: str, row: Block) -> bool:
    """Whether a label of the drawing is a row's: its own, its benefit's other name, or its beginning."""
    return any(
        _plain(drawn) == _plain(name) or _plain(name).startswith(f"{_plain(drawn)}:")
        for name in (row["label"], *other_names(row))
    )


def _plain(text: str) -> str:
    return re.sub(r"[\s\-]+", "", text).casefold()


def _dot_faults(chart: Chart, figure: Block, uprights: list[Stroke]) -> Iterator[Fault]:
    """Each area's dot in each row where its number is, in the colour that the legend gives the area."""
    data = figure["data"]
    columns = [column["label"] for column in data["columns"][1:]]
    texts = [text for text in chart.texts if text.text not in columns]
    own_end = max(text.right for text in texts)
    values = sorted((t for t in texts if abs(t.right - own_end) < 1), key=lambda text: text.y)
    edge = min(texts, key=lambda text: text.left).right
    labels = [text for text in texts if abs(text.right - edge) < 1 and text not in values]
    ticks = {
        (text.left + text.right) / 2: float(number[0])
        for text in texts
        if text.y > max(value.y for value in values) + 10 and (number := number_in(text.text))
    }
    at = {
        x: next((s.points[0][0] for s in uprights if abs(s.points[0][0] - x) < 1), x) for x in ticks
    }
    if len(ticks) < 2:
        yield "en figur uden akse, der kan læses", "", ""
        return
    low, *_, high = sorted(ticks)
    scale = (ticks[high] - ticks[low]) / (at[high] - at[low])
    legend = _legend(chart, columns)
    written = {text.text for text in chart.texts}
    areas = [n for n, column in enumerate(columns) if column in written]
    if not areas or len(set(legend.values())) != len(areas):
        yield "et område uden prik i forklaringen", ", ".join(legend), ""
        return
    rows = []
    for value, own in zip(values, _blocks(labels, len(values)), strict=True):
        rows.append(_DrawnRow(lines_of(own), value.text, None))
        found = _row_of(rows[-1].label, data["rows"])
        cells = data["rows"][found]["cells"] if found >= 0 else []
        if not cells:
            yield "en række uden tal i tabellen", rows[-1].label, ""
            return
        if number_in(value.text) != _shown(cells[areas[0]]):
            yield "en række med et andet tal end tabellens", f"{rows[-1].label} {value.text}", ""
        for n in areas:
            colour, shown = legend[columns[n]], _shown(cells[n])
            drawn = [x for (x, y), fill in chart.dots if fill == colour and abs(y - value.y) < 1]
            told = [ticks[low] + (x - at[low]) * scale for x in drawn]
            right = [] if shown is None else [float(shown[0])]
            if len(told) != len(right) or any(
                abs(a - b) > _PX * abs(scale) for a, b in zip(told, right, strict=True)
            ):
                where = f"{rows[-1].label}, {columns[n]}"
                yield "en prik et andet sted end sit tal", where, ", ".join(map(str, right))
    names = {row["label"]: row for row in data["rows"]}
    drawn_labels = [_row_of(row.label, data["rows"]) for row in rows]
    left_out = [
        name
        for at_row, name in enumerate(names)
        if at_row not in drawn_labels and not names[name]["emphasis"]
    ]
    if left_out:
        yield "en række i tabellen uden prikker", "", ", ".join(left_out)
    parts = [
        row
        for row, number in zip(rows, drawn_labels, strict=True)
        if not data["rows"][number]["emphasis"]
    ]
    yield from _order(parts, list(range(len(parts))), figure["alt"])
    yield from _alt_counts(parts, spaced(figure["alt"]))


def _blocks(lines: list[Text], count: int) -> list[list[Text]]:
    """The lines of labels in `count` blocks, parted where the space between two lines is widest."""
    ordered = sorted(lines, key=lambda text: text.y)
    gaps = [after.y - before.y for before, after in pairwise(ordered)]
    widest = sorted(range(len(gaps)), key=lambda at: -gaps[at])[: count - 1]
    cuts = [0, *(at + 1 for at in sorted(widest)), len(ordered)]
    return [ordered[start:end] for start, end in pairwise(cuts)]


def _legend(chart: Chart, columns: list[str]) -> dict[str, str]:
    """The fill of the dot that stands before each column's name."""
    found = {}
    for text in chart.texts:
        before = [
            fill for (x, y), fill in chart.dots if abs(y - text.y) < 1 and 6 < text.left - x < 14
        ]
        if before and text.text in columns:
            found[text.text] = before[0]
    return found


def _stair_faults(chart: Chart, data: Block) -> Iterator[Fault]:
    """Each step as high as its rate, and the rates those of the table."""
    rates = []
    for bar in sorted(chart.bars, key=lambda one: one.left):
        above = [t for t in chart.texts if -1 < t.left - bar.left < 10 and t.y < bar.bottom]
        number = number_in(above[0].text) if above else None
        if number is None:
            yield "et trin uden sats", f"{bar.left:.0f} px", ""
            return
        rates.append((number, bar.bottom - bar.top))
    columns = [
        [_shown(row["cells"][c]) for row in data["rows"]]
        for c in range(len(data["rows"][0]["cells"]))
    ]
    if [number for number, _ in rates] not in columns:
        yield "trappens satser er andre end tabellens", str([float(n[0]) for n, _ in rates]), ""
    scale = rates[0][1] / float(rates[0][0][0])
    for (rate, _), height in rates:
        if abs(height - float(rate) * scale) > _PX:
            yield (
                "et trin har en anden højde end sin sats",
                f"{height / scale:.1f}",
                f"{float(rate):g}",
            )


@dataclass(frozen=True)
class _Axes:
    """The scales of a chart of lines."""

    left: float
    right: float
    zero_y: float
    per_px: float
    moments: tuple[int, int]

    def value(self, y: float) -> float:
        """The value at a height."""
        return (self.zero_y - y) * self.per_px

    def x(self, code: str) -> float:
        """Where a period stands."""
        first, last = self.moments
        if first == last:
            return (self.left + self.right) / 2
        return self.left + (_moment(code) - first) / (last - first) * (self.right - self.left)


def _moment(code: str) -> int:
    period = Period.parse(code)
    return period.year * _PER_YEAR[period.kind] + period.index - 1


def _line_faults(chart: Chart, data: Block) -> Iterator[Fault]:
    series = series_of(data)
    periods = sorted({code for _, _, points in series for code in points}, key=_moment)
    axes = _axes(chart, periods)
    if axes is None:
        yield "en figur uden akse, der kan læses", "", ""
        return
    ends = _end_labels(chart, axes)
    for name, (end, _) in ends.items():
        if hit := re.search(r"\s(-?\d[\d.]*(?:,\d+)?)$", name.replace("\xa0", " ")):
            told = number_in(hit[1])
            if told and abs(axes.value(end[1]) - float(told[0])) > axes.per_px * _PX + 1e-9:
                yield "en linje ender et andet sted end sit tal", f"{axes.value(end[1]):g}", name
    for name, names, points in series:
        known = {code: value for code, value in points.items() if value is not None}
        if not known:
            continue
        if name.endswith((", nedre", ", øvre")):
            strokes = [s for s in chart.strokes if s.width < _LEADER_WIDTH]
            yield from _course(name, points, strokes, None, axes)
            continue
        own = [colour for text, (_, colour) in ends.items() if _is_series(text, {name, *names})]
        if len(own) != 1:
            yield "en serie uden linje", "", name
            continue
        strokes = [s for s in chart.strokes if s.colour == own[0] and s.width >= _SERIES_WIDTH]
        dots = [place for place, colour in chart.dots if colour == own[0]]
        yield from _course(name, points, strokes, dots, axes)


def _is_series(text: str, names: set[str]) -> bool:
    label = _plain(re.sub(r"\s-?\d[\d.]*(?:,\d+)?$", "", text.replace("\xa0", " ")))
    return any(label == _plain(name) or _plain(name).endswith(label) for name in names)


def _axes(chart: Chart, periods: list[str]) -> _Axes | None:
    """The scale of values from the grid lines and what is written to their left."""
    level = [
        s.points for s in chart.strokes if len(s.points) == 2 and s.points[0][1] == s.points[1][1]
    ]
    ticks = []
    for (left, y), (right, _) in level:
        text = next((t for t in chart.texts if abs(t.y - y) < 1 and 6 < left - t.right < 10), None)
        if text is not None and (number := number_in(text.text)):
            ticks.append((float(number[0]), y, left, right))
    if len(ticks) < 2 or not periods:
        return None
    (low, y_low, left, right), (high, y_high, *_) = min(ticks), max(ticks)
    per_px = (high - low) / (y_low - y_high)
    if any(abs((y_low - y) * per_px + low - value) > per_px * _PX for value, y, *_ in ticks):
        return None
    return _Axes(
        left, right, y_low + low / per_px, per_px, (_moment(periods[0]), _moment(periods[-1]))
    )


def _end_labels(chart: Chart, axes: _Axes) -> dict[str, tuple[tuple[float, float], str]]:
    """What stands beside the ends of the lines: the text, the end that its leader begins at, its colour."""
    leaders = [s for s in chart.strokes if s.width == _LEADER_WIDTH and len(s.points) == 2]
    last = [s for s in leaders if s.points[0][0] > axes.right + 3.9]
    beside = [text for text in chart.texts if text.left > axes.right + 6]
    lines: dict[int, list[Text]] = {n: [] for n in range(len(last))}
    for text in beside:
        near = min(lines, key=lambda n: abs(last[n].points[1][1] - text.y), default=None)
        if near is not None:
            lines[near].append(text)
    return {
        lines_of(texts): (last[n].points[0], last[n].colour) for n, texts in lines.items() if texts
    }


def _course(
    name: str,
    points: Points,
    lines: list[Stroke],
    dots: list[tuple[float, float]] | None,
    axes: _Axes,
) -> Iterator[Fault]:
    """Every number lies on its line, and no line goes where there is no number.

    `dots` is None for the edges of an interval, below which other edges may run.
    """
    for code in sorted(points, key=_moment):
        value, x = points[code], axes.x(code)
        heights = [y for line in lines if (y := _at(line, x)) is not None]
        heights += [y for at, y in dots or () if abs(at - x) < _PX]
        if value is None:
            if heights and dots is not None:
                yield "en linje, hvor der ikke er noget tal", f"{name}, {code}", ""
        elif not _covers([*heights, *_beside(lines, x)], float(value), axes):
            drawn = ", ".join(f"{axes.value(y):g}" for y in heights) or "intet"
            yield (
                "et punkt ligger et andet sted end sit tal",
                f"{name}, {code}: {drawn}",
                f"{float(value):g}",
            )
            return


def _beside(lines: list[Stroke], x: float) -> list[float]:
    """The heights half a px to either side: where a line is steep, that is more than one px up or down."""
    shifts = (x - _PX / 2, x + _PX / 2)
    return [y for line in lines for at in shifts if (y := _at(line, at)) is not None]


def _covers(heights: list[float], value: float, axes: _Axes) -> bool:
    drawn, slack = [axes.value(y) for y in heights], axes.per_px * _PX
    return bool(drawn) and min(drawn) - slack <= value <= max(drawn) + slack


def _at(stroke: Stroke, x: float) -> float | None:
    """The height of a line at x; None where it does not reach."""
    for (x0, y0), (x1, y1) in zip(stroke.points, stroke.points[1:], strict=False):
        if min(x0, x1) - 0.02 <= x <= max(x0, x1) + 0.02:
            return y0 if x1 == x0 else y0 + (x - x0) / (x1 - x0) * (y1 - y0)
    return None
