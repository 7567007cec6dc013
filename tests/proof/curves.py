"""Lines over time against the numbers behind them: one chart, or many small ones beside each other."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cache, lru_cache

from beskplan.core.periods import Period
from beskplan.observations.contract import Key
from beskplan.proof.arithmetic import SMALL_BASE, Fault, exact, number_in, rounded
from beskplan.proof.evidence import Block, spaced
from beskplan.proof.numbers import mentions, subjects_by_name, without_periods
from tests.proof.drawing import Chart, Stroke, Text, lines_of

SERIES_WIDTH = 1.5
"""Thinner strokes are axes, grids, leaders and the edges of intervals."""
_LEADER_WIDTH = 0.9
PX = 0.25
"""How far from its value anything may be drawn."""
_PER_YEAR = {"M": 12, "Q": 4, "QMAT": 4, "Y": 1}


Points = dict[str, Fraction | None]
"""Numbers by the code of their period; None where there is none."""


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


@cache
def _moment(code: str) -> int:
    period = Period.parse(code)
    return period.year * _PER_YEAR[period.kind] + period.index - 1


def line_faults(chart: Chart, data: Block) -> Iterator[Fault]:
    """Each series on its line, which ends at its name and latest number."""
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
            if told and abs(axes.value(end[1]) - float(told[0])) > axes.per_px * PX + 1e-9:
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
        strokes = [s for s in chart.strokes if s.colour == own[0] and s.width >= SERIES_WIDTH]
        dots = [place for place, colour in chart.dots if colour == own[0]]
        yield from _course(name, points, strokes, dots, axes)


def _is_series(text: str, names: set[str]) -> bool:
    label = plain(re.sub(r"\s-?\d[\d.]*(?:,\d+)?$", "", text.replace("\xa0", " ")))
    return any(label == plain(name) or plain(name).endswith(label) for name in names)


def _axes(chart: Chart, periods: list[str]) -> _Axes | None:
    """The scale of values from the grid lines and what is written to their left."""
    # A series and a target may be level too, and lie so near a grid line as to be read as one.
    grid = [s for s in chart.strokes if s.width < SERIES_WIDTH and not s.dashed]
    level = [s.points for s in grid if len(s.points) == 2 and s.points[0][1] == s.points[1][1]]
    ticks = []
    for (left, y), (right, _) in level:
        text = next((t for t in chart.texts if abs(t.y - y) < 1 and 6 < left - t.right < 10), None)
        if text is not None and (number := number_in(text.text)):
            ticks.append((float(number[0]), y, left, right))
    if len(ticks) < 2 or not periods:
        return None
    (low, y_low, left, right), (high, y_high, *_) = min(ticks), max(ticks)
    per_px = (high - low) / (y_low - y_high)
    if any(abs((y_low - y) * per_px + low - value) > per_px * PX for value, y, *_ in ticks):
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
        heights += [y for at, y in dots or () if abs(at - x) < PX]
        if value is None:
            if heights and dots is not None:
                yield "en linje, hvor der ikke er noget tal", f"{name}, {code}", ""
        elif not (
            _covers(heights, float(value), axes)
            or _covers([*heights, *_beside(lines, x)], float(value), axes)
        ):
            drawn = ", ".join(f"{axes.value(y):g}" for y in heights) or "intet"
            yield (
                "et punkt ligger et andet sted end sit tal",
                f"{name}, {code}: {drawn}",
                f"{float(value):g}",
            )
            return


def _beside(lines: list[Stroke], x: float) -> list[float]:
    """The heights half a px to either side: where a line is steep, that is more than one px up or down."""
    shifts = (x - PX / 2, x + PX / 2)
    return [y for line in lines for at in shifts if (y := _at(line, at)) is not None]


def _covers(heights: list[float], value: float, axes: _Axes) -> bool:
    drawn, slack = [axes.value(y) for y in heights], axes.per_px * PX
    return bool(drawn) and min(drawn) - slack <= value <= max(drawn) + slack


def _at(stroke: Stroke, x: float) -> float | None:
    """The height of a line at x; None where it does not reach."""
    for (x0, y0), (x1, y1) in zip(stroke.points, stroke.points[1:], strict=False):
        if min(x0, x1) - 0.02 <= x <= max(x0, x1) + 0.02:
            return y0 if x1 == x0 else y0 + (x - x0) / (x1 - x0) * (y1 - y0)
    return None


def panel_faults(chart: Chart, figure: Block, parts: dict[str, Block]) -> Iterator[Fault]:
    """Each small chart under its subject: every number, or its index of its own area's first one."""
    columns = [column["label"] for column in next(iter(parts.values()))["columns"][1:]]
    is_index = spaced(figure["subtitle"]).startswith("Indeks")
    uprights = [s for s in chart.strokes if len(s.points) == 2 and not s.dashed]
    sides = sorted(
        {
            (min(y for _, y in s.points), s.points[0][0], max(y for _, y in s.points))
            for s in uprights
            if s.points[0][0] == s.points[1][0] and abs(s.points[0][1] - s.points[1][1]) > _TICK
        }
    )
    if len(sides) != len(parts):
        yield "et andet antal felter end tabellens", str(len(sides)), str(len(parts))
        return
    colours = _line_legend(chart, columns, sides[0][0])
    if set(colours) != set(columns) or len(set(colours.values())) != len(columns):
        yield "et område uden linje i forklaringen", ", ".join(colours), ", ".join(columns)
        return
    ends: dict[str, int] = {}
    for (top, left, bottom), (name, data) in zip(sides, parts.items(), strict=True):
        decimals = 0 if is_index else _decimals(data)
        panel = _Panel(name, top, bottom, left, chart, decimals)
        start, series = _indexed(data) if is_index else ("", _levels(data))
        if told := re.search(r"Indeks, (.+?) = 100", spaced(figure["subtitle"])):
            codes = mentions(told[1])
            if codes and start not in codes[0]:
                yield "et andet udgangspunkt end tallenes", f"{name}: {told[1]}", start
        yield from panel.faults(series, colours)
        alt = spaced(figure["alt"]).partition(f"{name}: ")[2].partition(". ")[0]
        for column, points in series.items():
            end = _text(_known(points)[-1], decimals) if _known(points) else ""
            before = column if is_index else "til"
            if end and not re.search(rf"{re.escape(before)} {end}(?![\d,.]\d)", alt):
                yield "et andet tal i den alternative tekst", f"{name}: {alt}", end
        own = _known(series[columns[0]])
        base = series_of(data)[0][2].get(start)
        if is_index and len(own) > 1 and base is not None and base >= SMALL_BASE:
            ends[name] = int(own[-1])
    yield from _extremes(spaced(figure["title"]), ends)


def _extremes(title: str, ends: dict[str, int]) -> Iterator[Fault]:
    """What a title says has grown or fallen most has."""
    for words, best in (("stigningen", max), ("faldet", min)):
        hit = re.search(rf"{words}(?: siden .+?)? størst for (.+?)(?: og faldet størst|$)", title)
        right = [name for name, end in ends.items() if end == best(ends.values())]
        if hit and plain(hit[1]) not in map(plain, right):
            yield "en anden yderlighed i titlen", hit[0], ", ".join(right)


@dataclass(frozen=True)
class _Panel:
    """One of the small charts: its subject, and where its plot stands."""

    name: str
    top: float
    bottom: float
    left: float
    chart: Chart
    decimals: int
    """Of the number at the line's end."""

    def faults(self, series: dict[str, Points], colours: dict[str, str]) -> Iterator[Fault]:
        """What is drawn in it otherwise than the index numbers."""
        beside = [s for s in self.chart.strokes if self._holds(s)]
        grid = tuple(s for s in beside if abs(s.points[0][0] - self.left) < PX)
        periods = sorted({code for points in series.values() for code in points}, key=_moment)
        axes = _axes(replace(self.chart, strokes=grid), periods)
        if axes is None:
            yield "en figur uden akse, der kan læses", self.name, ""
            return
        own = [s for s in beside if all(x < axes.right + 1 for x, _ in s.points)]
        near = [t for t in self.chart.texts if axes.left - 50 < t.left < axes.right + 1]
        title = lines_of([t for t in near if self.top - _TITLE < t.y < self.top - 6])
        if not plain(title).endswith(plain(self.name)):
            yield "et felt under et andet navn", title, self.name
        for column, points in series.items():
            lines = [s for s in own if s.colour == colours[column] and s.width >= SERIES_WIDTH]
            dots = [
                (x, y)
                for (x, y), fill in self.chart.dots
                if fill == colours[column]
                and axes.left - 1 < x < axes.right + 1
                and self.top - 1 < y < self.bottom + 1
            ]
            yield from _course(f"{self.name}, {column}", points, lines, dots, axes)
        known = _known(next(iter(series.values())))
        ends = [
            t.text
            for t in self.chart.texts
            if 3 < t.left - axes.right < 9 and self.top - 9 < t.y < self.bottom + 9
        ]
        wanted = _text(known[-1], self.decimals) if known else ""
        if len(ends) != 1 or (ends != [wanted] if wanted else number_in(ends[0])):
            yield "et andet tal ved linjens ende", f"{self.name}: {', '.join(ends)}", wanted

    def _holds(self, stroke: Stroke) -> bool:
        return all(
            x > self.left - 1 and self.top - 1 < y < self.bottom + 1 for x, y in stroke.points
        )


_TICK = 10.0
"""Marks of time are shorter, px."""
_TITLE = 80.0
"""No title reaches higher above its plot, px."""


def _line_legend(chart: Chart, columns: list[str], above: float) -> dict[str, str]:
    """The colour of the line that stands before each column's name; that of a single one has no name."""
    if len(columns) == 1:
        used = {s.colour for s in chart.strokes if s.width >= SERIES_WIDTH}
        return dict(zip(columns, used, strict=False)) if len(used) == 1 else {}
    samples = [s for s in chart.strokes if s.width >= SERIES_WIDTH and s.points[0][1] < above]
    return {
        text.text: sample.colour
        for text in chart.texts
        for sample in samples
        if text.text in columns
        and abs(sample.points[0][1] - text.y) < 1
        and 2 < text.left - sample.points[-1][0] < 8
    }


def _levels(data: Block) -> dict[str, Points]:
    return {name: points for name, _, points in series_of(data)}


def _indexed(data: Block) -> tuple[str, dict[str, Points]]:
    """The period of index 100, and each area's numbers as per cent of its own number then."""
    series = _levels(data)
    counted = [
        known for points in series.values() if (known := {c for c, v in points.items() if v})
    ]
    shared = set.intersection(*counted) or counted[0] if counted else set()
    start = min(shared, key=_moment, default="")
    indexed: dict[str, Points] = {}
    for name, points in series.items():
        base = points.get(start)
        indexed[name] = {
            code: rounded(value / base * 100, 0) if base and value is not None else None
            for code, value in points.items()
        }
    return start, indexed


def _known(points: Points) -> list[Fraction]:
    """The numbers that there are, in time."""
    ordered = (points[code] for code in sorted(points, key=_moment))
    return [value for value in ordered if value is not None]


def _decimals(data: Block) -> int:
    """With how many decimals the numbers are printed."""
    cells = (cell for row in data["rows"] for cell in row["cells"] if cell["value"] is not None)
    return max((told[1] for cell in cells if (told := number_in(cell["text"]))), default=0)


def _text(value: Fraction, decimals: int) -> str:
    return f"{float(value):,.{decimals}f}".translate(str.maketrans(",.", ".,"))


@lru_cache(maxsize=4096)
def plain(text: str) -> str:
    """A label without letter case, spaces and the hyphens of divided words."""
    return re.sub(r"[\s\-]+", "", text).casefold()


@lru_cache(maxsize=4096)
def names_of(key: Key) -> set[str]:
    """Every name that the benefit or group of a row has, in lower case."""
    wanted = {("ydelse", key[1]), ("group", key[2])}
    return {name for name, ids in subjects_by_name().items() if ids & wanted}


def series_of(table: Block) -> list[tuple[str, set[str], Points]]:
    """Each series: its name, other names, and its numbers."""
    # A change is no point of the series.
    heads = [
        () if column["label"].startswith("Ændring") else mentions(column["label"])
        for column in table["columns"][1:]
    ]
    rows = [(row, mentions(row["label"])) for row in table["rows"]]
    if any(len(told) == 1 for _, told in rows):
        dated = [(min(told[0]), row["cells"]) for row, told in rows if len(told) == 1]
        return [
            (column["label"], set(), {code: _exact(cells[at]) for code, cells in dated})
            for at, column in enumerate(table["columns"][1:])
        ]
    found = []
    for row in table["rows"]:
        cells = zip(heads, row["cells"], strict=True)
        points = {min(told[0]): _exact(cell) for told, cell in cells if len(told) == 1}
        found.append((row["label"], other_names(row), points))
    return found


def panels_of(table: Block) -> dict[str, Block]:
    """The tables of one subject each, where every row names a subject and a period; else none."""
    parts: dict[str, list[Block]] = {}
    for row in table["rows"]:
        subject = without_periods(row["label"]).rstrip(", ")
        if not subject or len(mentions(row["label"])) != 1:
            return {}
        parts.setdefault(subject, []).append({**row, "label": row["label"].removeprefix(subject)})
    return {subject: {**table, "rows": rows} for subject, rows in parts.items()}


def row_panels_of(table: Block) -> dict[str, Block]:
    """The tables of one row each, a period a row; the total is no panel."""
    columns = [*table["columns"][:1], {**table["columns"][0], "label": table["title"]}]
    dated = [
        (at, column["label"])
        for at, column in enumerate(table["columns"][1:])
        if len(mentions(column["label"])) == 1 and without_periods(column["label"]).strip() == ""
    ]
    return {
        row["label"]: {
            **table,
            "columns": columns,
            "rows": [{**row, "label": label, "cells": [row["cells"][at]]} for at, label in dated],
        }
        for row in table["rows"]
        if not row["emphasis"]
    }


def other_names(row: Block) -> set[str]:
    """What the row's benefit or group is called besides."""
    read = [cell["origin"][1:] for cell in row["cells"] if cell["origin"][:1] == ["read"]]
    return {name for key in read for name in names_of(tuple(key))}


def _exact(cell: Block) -> Fraction | None:
    return None if cell["value"] is None else exact(cell["value"])
