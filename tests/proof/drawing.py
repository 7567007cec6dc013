"""A chart read back from its SVG: texts from the outlines of their letters, bars, lines and dots in px.

Letters are told apart by the outlines of the font that charts are drawn with, shapes by what they are
made of; nothing of the code that drew them is used.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files
from typing import Any

from lxml import etree
from matplotlib.ft2font import FT2Font, LoadFlags

_SVG = "{http://www.w3.org/2000/svg}"
_LETTERS = [
    *map(chr, range(33, 127)),
    *map(chr, range(161, 384)),
    *"\u2013\u2014\u2212\u2026\u2019\u201d\u20ac\ufb00\ufb01\ufb02\ufb03\ufb04",
]
_NUMBER = re.compile(r"-?(?:\d+\.?\d*|\.\d+)")
_STEP = re.compile(r"([a-zA-Z])([^a-zA-Z]*)")
_UNITS = 100.0
"""Size at which the font's outlines are read, as they stand in the drawing."""

Point = tuple[float, float]


@dataclass(frozen=True)
class Text:
    """One line of text: its left and right end and the height of its middle, in px."""

    left: float
    right: float
    y: float
    text: str


@dataclass(frozen=True)
class Bar:
    """A filled rectangle."""

    left: float
    top: float
    right: float
    bottom: float

    @property
    def y(self) -> float:
        """The height of its middle."""
        return (self.top + self.bottom) / 2


@dataclass(frozen=True)
class Stroke:
    """A line through points."""

    points: tuple[Point, ...]
    colour: str
    width: float
    dashed: bool


@dataclass(frozen=True)
class Chart:
    """Everything that a drawing shows."""

    width: float
    height: float
    texts: tuple[Text, ...]
    bars: tuple[Bar, ...]
    strokes: tuple[Stroke, ...]
    dots: tuple[tuple[Point, str], ...]
    """Middle and colour."""


def read_chart(svg: bytes) -> Chart:
    """What a drawing shows; empty where it is none."""
    root = etree.fromstring(svg)
    outlines = {
        path.get("id"): path.get("d", "") for path in root.iter(f"{_SVG}path") if path.get("id")
    }
    texts = [
        text for group in root.iter(f"{_SVG}g") if (text := _text(group, outlines)) is not None
    ]
    bars: list[Bar] = []
    strokes: list[Stroke] = []
    dots: list[tuple[Point, str]] = []
    for path in root.iter(f"{_SVG}path"):
        if path.get("id") or path.getparent().tag == f"{_SVG}clipPath":
            continue
        points, curved = _points(path.get("d", ""))
        fill, stroke = path.get("fill", ""), path.get("stroke", "")
        xs, ys = [x for x, _ in points], [y for _, y in points]
        if fill == "none" and stroke and len(points) > 1:
            width = float(path.get("stroke-width", 1))
            strokes.append(Stroke(points, stroke, width, path.get("stroke-dasharray") is not None))
        elif fill == "none":
            continue
        elif curved and points:
            dots.append((((min(xs) + max(xs)) / 2, (min(ys) + max(ys)) / 2), fill))
        elif len(set(points)) == 4:
            bars.append(Bar(min(xs), min(ys), max(xs), max(ys)))
    width, height = float(root.get("width", 0)), float(root.get("height", 0))
    shown = tuple(bar for bar in bars if bar.right - bar.left < width)  # not the ground
    return Chart(width, height, tuple(texts), shown, tuple(strokes), tuple(dots))


def _text(group: Any, outlines: dict[str, str]) -> Text | None:
    uses = group.findall(f"{_SVG}use")
    place = re.match(r"translate\(([^)]*)\) scale\(([^ ]+)", group.get("transform", ""))
    if not uses or place is None:
        return None
    x, y = (float(number) for number in place[1].split())
    scale = float(place[2])
    letters = [(float(use.get("x", 0)), _letter(outlines.get(_target(use), ""))) for use in uses]
    # Some pairs of letters are drawn as one.
    text = unicodedata.normalize("NFKC", "".join(letter for _, letter in letters))
    at, last = letters[-1]
    right = x + (at + _advance(last)) * scale
    return Text(x, right, y - 0.714 * _UNITS * scale / 2, text)


def _target(use: Any) -> str:
    found = use.get("href") or use.get("{http://www.w3.org/1999/xlink}href") or ""
    return str(found).lstrip("#")


def _points(data: str) -> tuple[tuple[Point, ...], bool]:
    """The absolute points of a path, and whether any part of it is curved."""
    found: list[Point] = []
    pen = start = (0.0, 0.0)
    curved = False
    for command, numbers in _STEP.findall(data):
        values = [float(number) for number in _NUMBER.findall(numbers)]
        kind = command.lower()
        base = (0.0, 0.0) if command.isupper() else None
        if kind == "z":
            pen = start
            continue
        size = {"h": 1, "v": 1, "q": 4, "c": 6}.get(kind, 2)
        curved = curved or kind in "qc"
        for at in range(0, len(values), size):
            x0, y0 = base or pen
            if kind == "h":
                steps = [(x0 + values[at], pen[1])]
            elif kind == "v":
                steps = [(pen[0], y0 + values[at])]
            else:
                part = values[at : at + size]
                steps = [(x0 + x, y0 + y) for x, y in zip(part[::2], part[1::2], strict=True)]
            found += steps
            pen = steps[-1]
            if kind == "m" and at == 0:
                start = pen
    return tuple(found), curved


def _opened() -> FT2Font:
    font = FT2Font(str(files("beskplan") / "data" / "fonts" / "OpenSans-Regular.ttf"))
    font.set_size(_UNITS, 72)
    return font


_font = cache(_opened)


@cache
def alphabet() -> dict[int, list[tuple[str, tuple[Point, ...]]]]:
    """The outlines of the letters by how many points they have; leaves no font open."""
    font = _opened()
    found: dict[int, list[tuple[str, tuple[Point, ...]]]] = {}
    for letter in _LETTERS:
        font.load_char(ord(letter), LoadFlags.NO_HINTING)
        vertices, codes = font.get_path()
        points = tuple(
            (float(x), float(y)) for (x, y), code in zip(vertices, codes, strict=True) if code != 79
        )
        found.setdefault(len(points), []).append((letter, points))
    return found


@lru_cache(maxsize=4096)
def _letter(outline: str) -> str:
    """The letter with the nearest outline; a blank where there is nothing to see."""
    points, _ = _points(outline)
    if not points:
        return " "
    same = alphabet().get(len(points), [])
    near = min(((_distance(points, other), letter) for letter, other in same), default=(99.0, "?"))
    return near[1] if near[0] < 2 else "?"


def _distance(one: tuple[Point, ...], other: tuple[Point, ...]) -> float:
    return max(max(abs(a - c), abs(b - d)) for (a, b), (c, d) in zip(one, other, strict=True))


@cache
def _advance(letter: str) -> float:
    glyph = _font().load_char(ord(letter), LoadFlags.NO_HINTING)
    return glyph.linearHoriAdvance / 65536


def lines_of(texts: Iterator[Text] | list[Text]) -> str:
    """Lines under each other as one text, a word that was divided made whole."""
    ordered = sorted(texts, key=lambda one: one.y)
    return " ".join(one.text for one in ordered).replace("- ", "")
