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
from beskplan.proof.arithmetic import Fault, number_in
from beskplan.proof.evidence import Block, Evidence, spaced
from tests.proof.curves import (
    PX,
    SERIES_WIDTH,
    line_faults,
    other_names,
    panel_faults,
    panels_of,
    plain,
    row_panels_of,
)
from tests.proof.drawing import Bar, Chart, Stroke, Text, lines_of, read_chart

_PLACE = "Placering"
_SLIVER = 1.6
"""Bars are never thinner, px."""


def rule(evidence: Evidence) -> Iterator[Problem]:
    """Every drawing of the page, the narrow ones too, against the numbers behind it."""
    for name, figure, _ in evidence.figures:
        for box in evidence.by_id.get(f"figur-{figure['id']}", ()):
            addresses = [one.get("src") or one.get("srcset") for one in box.iter("img", "source")]
            for address in addresses:
                for what, found, expected in _drawing_faults(address or "", figure):
                    yield evidence.problem("html", what, found, expected, name)


def _drawing_faults(address: str, figure: Block) -> Iterator[Fault]:
    try:
        chart = read_chart(_svg(address))
    except etree.LxmlError:
        chart = Chart(0, 0, (), (), (), ())
    if chart.texts and (chart.bars or chart.strokes):
        yield from faults(chart, figure)
    else:
        yield "en tom figur", "", ""


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
    many = "små felter" in figure["alt"]
    if parts := panels_of(figure["data"]) or (row_panels_of(figure["data"]) if many else {}):
        yield from panel_faults(chart, figure, parts)
        return
    upright = [s for s in chart.strokes if _is_upright(s) and s.points[-1][1] != s.points[0][1]]
    whole = [s for s in upright if abs(s.points[0][1] - s.points[1][1]) > chart.height * 0.8]
    tall = [s for s in upright if abs(s.points[0][1] - s.points[1][1]) > chart.height * 0.4]
    if tall and chart.dots:
        yield from _dot_faults(chart, figure, tall)
    elif whole and not any(s.width >= SERIES_WIDTH for s in chart.strokes):
        yield from _bar_faults(chart, figure, whole[0].points[0][0])
    elif chart.bars:
        yield from _stair_faults(chart, figure["data"])
    else:
        yield from line_faults(chart, figure["data"])


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
    at, wrong = min(enumerate(others), key=lambda one: len(one[1]))
    if wrong:
        yield "en søjle med et andet tal end tabellens", ", ".join(wrong), ""
    unit = figure["data"]["columns"][at + 1]["unit"] or figure["data"]["unit"]
    if (said := [one.text for one in rows if "pct." in one.text]) and "pct." not in unit:
        yield "søjler med en anden enhed end tabellens", said[0], unit
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
        (r"(\d+) ydelse(?:r|sgruppers)\b(?: og (\d+) tilbud)?", len(known)),
        (r"over nul for (\d+)", sum(value > 0 for value in values)),
        (r"under nul for (\d+)", sum(value < 0 for value in values)),
        (r"For (\d+) af dem er der ikke", len(single) - len(known)),
    )
    for pattern, count in counts:
        hit = re.search(pattern, alt)
        if hit and sum(map(int, filter(None, hit.groups()))) != count:
            yield "et forkert antal i den alternative tekst", hit[0], str(count)
    for lead, best in (("Øverst står|Størst er", max(values)), ("nederst|Mindst er", min(values))):
        hit = re.search(rf"(?:{lead}) (.+?) (?:med |\()([+-]?[\d.,]*\d)", alt)
        # Those that print alike may be told in either order.
        alike = [one.label for one in known if one.number and one.number[0] == best]
        right = number_in(hit[2]) if hit else None
        if hit and (not right or right[0] != best or plain(hit[1]) not in map(plain, alike)):
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
        if abs(side - zero) > PX or (abs(length - abs(value) * scale) > PX and length > _SLIVER):
            yield "en søjle har en anden længde end sit tal", one.label, one.text


def _is_label(drawn: str, row: Block) -> bool:
    """Whether a label of the drawing is a row's: its own, its benefit's other name, or its beginning."""
    whole = plain(drawn)
    cut = whole.removesuffix("...")
    return any(
        whole == plain(name)
        or plain(name).startswith(f"{whole}:")
        or (cut != whole and plain(name).startswith(cut))
        for name in (row["label"], *other_names(row))
    )


def _dot_faults(chart: Chart, figure: Block, uprights: list[Stroke]) -> Iterator[Fault]:
    """Each area's dot in each row where its number is, in the colour that the legend gives the area."""
    data = _by_row(figure["data"])
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
    groups = [([n], legend[columns[n]]) for n in areas]
    if _PLACE in columns:
        # The other members of a group look alike.
        numbers = [n for n, one in enumerate(data["columns"][1:]) if one["kind"] == "number"]
        others = {fill for _, fill in chart.dots} - {colour for _, colour in groups}
        groups += [([n for n in numbers if n not in areas], colour) for colour in sorted(others)]
        yield from _place_faults(data, areas[0], numbers, columns.index(_PLACE))
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
        for places, colour in groups:
            known = [shown for n in places if (shown := _shown(cells[n])) is not None]
            drawn = [x for (x, y), fill in chart.dots if fill == colour and abs(y - value.y) < 1]
            told = sorted(ticks[low] + (x - at[low]) * scale for x in drawn)
            right = sorted(float(shown[0]) for shown in known)
            if len(told) != len(right) or any(
                abs(a - b) > PX * abs(scale) for a, b in zip(told, right, strict=True)
            ):
                where = f"{rows[-1].label}, {columns[places[0]]}"
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


def _by_row(data: Block) -> Block:
    """The table itself; one of many areas with a column for each benefit turned, a row for each benefit."""
    if data["rows"][-1]["label"] != _PLACE:
        return data
    labels = [row["label"] for row in data["rows"]]
    columns = [
        {"label": label, "kind": "text" if label == _PLACE else "number"} for label in labels
    ]
    rows = [
        {
            "label": column["label"],
            "emphasis": False,
            "cells": [row["cells"][at] for row in data["rows"]],
        }
        for at, column in enumerate(data["columns"][1:])
    ]
    return {**data, "columns": [data["columns"][0], *columns], "rows": rows}


def _place_faults(data: Block, own: int, numbers: list[int], at: int) -> Iterator[Fault]:
    """The own place among the areas that have a number, and how many are withheld, as each row tells it."""
    for row in data["rows"]:
        cells = [row["cells"][n] for n in numbers]
        mine = row["cells"][own]["value"]
        known = [cell["value"] for cell in cells if cell["value"] is not None]
        hidden = sum(cell["state"] == "withheld" for cell in cells)
        told = [int(n) for n in re.findall(r"\d+", row["cells"][at]["text"])]
        place = [] if mine is None else [sum(v > mine for v in known) + 1, len(known)]
        if told != [*place, *([hidden] if hidden else [])]:
            yield "en anden placering end tallenes", row["label"], row["cells"][at]["text"]


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
        if abs(height - float(rate) * scale) > PX:
            yield (
                "et trin har en anden højde end sin sats",
                f"{height / scale:.1f}",
                f"{float(rate):g}",
            )
