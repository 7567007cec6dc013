"""A matplotlib figure as lean, deterministic SVG text.

matplotlib's own renderer draws it, and what it writes passes through `_Writer`, which leaves out what a
browser does not need: prologue, metadata, a comment for each text, an id for each artist, a style
sheet that would leak into the page around it. What is left is a picture of the same points, at about
half of the bytes. Text stays as outlines, so no font is needed where it is read; each letter is stored once.
"""

import hashlib
import io
import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Any
from xml.sax.saxutils import quoteattr

import matplotlib as mpl
from matplotlib.backends.backend_svg import RendererSVG
from matplotlib.figure import Figure
from matplotlib.textpath import TextToPath

_RC: dict[Any, Any] = {"svg.fonttype": "path", "svg.hashsalt": "beskplan"}
_DPI = 72
"""The SVG canvas's own resolution: one point is one px."""
_REFERENCE = re.compile(r"(?<=url\(#)[\w-]+")
_NUMBER = re.compile(r"-?(?:\d+\.?\d*|\.\d+)(?:e[-+]?\d+)?")
_PATH_STEP = re.compile(r"([MLQCz])([^MLQCz]*)")
"""The only commands that matplotlib writes, each with its points: absolute, one step each."""
_TRANSLATE = re.compile(r"translate\(([^ )]+)(?: ([^)]+))?\)")
_GLYPH_SCALE = 64
"""matplotlib stores a letter's outline times 64, with `scale(0.015625)` beside it."""
_PREFIX = "\0"
"""Stands for what makes the ids of a drawing its own, until all of it is written."""


def svg_text(figure: Figure) -> str:
    """`figure` as one `<svg>` element, without prologue.

    Drawn once, at its own size (no tight bounding box). Equal figures give equal bytes; no id of
    one chart occurs in another, so several can stand in one page.
    """
    width, height = (size * _DPI for size in figure.get_size_inches())
    with mpl.rc_context(_RC):
        figure.dpi = _DPI
        renderer: Any = RendererSVG(width, height, io.StringIO())  # type: ignore[no-untyped-call]
        renderer.writer = writer = _Writer()
        renderer._text2path = TEXT_TO_PATH  # noqa: SLF001
        figure.draw(renderer)
        renderer.finalize()
    drawn = "".join(writer.parts)
    own = "c" + hashlib.sha256(drawn.encode("utf-8")).hexdigest()[:8]
    size = f'width="{width:g}" height="{height:g}" viewBox="0 0 {width:g} {height:g}"'
    head = f'<svg xmlns="http://www.w3.org/2000/svg" {size} stroke-linejoin="round">'
    return f"{head}{drawn.replace(_PREFIX, own)}</svg>"


class _TextToPath(TextToPath):
    """Lays out a text once: the same words stand in many places, and in both widths of a figure."""

    def get_glyphs_with_font(
        self, font: Any, s: str, glyph_map: Any = None, *_: Any, **options: Any
    ) -> Any:
        """The letters of a text with their places, and the outlines of those not in `glyph_map`."""
        placed, outlines, boxes = self._laid_out(font, s, **options)
        known = glyph_map or {}
        return placed, {name: one for name, one in outlines.items() if name not in known}, boxes

    @lru_cache(maxsize=4096)  # noqa: B019  # there is one object of this class
    def _laid_out(self, font: Any, text: str, **options: Any) -> Any:
        return super().get_glyphs_with_font(font, text, **options)


TEXT_TO_PATH = _TextToPath()


class _Writer:
    """Takes the elements that matplotlib's renderer writes; a group that says nothing goes."""

    def __init__(self) -> None:
        self.parts: list[str] = []
        self._open: list[tuple[str, str, list[str]]] = []
        self._names: dict[str, str] = {}

    def start(self, tag: str, attrib: dict[str, str] | None = None, **more: str) -> int:
        """Open an element."""
        self._open.append((tag, self._attributes(tag, {**(attrib or {}), **more}), self.parts))
        self.parts = []
        return len(self._open)

    def end(self, *_: Any, **__: Any) -> None:
        """Close the element that was opened last."""
        tag, attributes, outer = self._open.pop()
        inner, self.parts = self.parts, outer
        if tag == "g" and not attributes:
            outer += inner
        elif inner or tag not in ("g", "defs"):
            outer += [f"<{tag}{attributes}>", *inner, f"</{tag}>"]

    def element(
        self, tag: str, text: str | None = None, attrib: dict[str, str] | None = None, **more: str
    ) -> None:
        """An element without others inside."""
        del text  # Metadata and style sheets alone have one.
        self.parts.append(f"<{tag}{self._attributes(tag, {**(attrib or {}), **more})}/>")

    def comment(self, *_: Any) -> None:
        """Nothing is written."""

    close = flush = comment

    def _attributes(self, tag: str, attrib: dict[str, str]) -> str:
        found: dict[str, str] = {}
        glyph = tag == "path" and attrib.get("transform") == "scale(0.015625)"
        for key, value in attrib.items():
            if key == "id":
                if tag != "g":
                    found["id"] = self._name(value)
            elif key == "style":
                found.update(self._declarations(value))
            elif key == "d":
                found["d"] = _path(value, _GLYPH_SCALE if glyph else 1)
            elif key == "transform":
                if not glyph:
                    found.update(_transform(tag, value))
            elif key == "xlink:href":
                found["href"] = f"#{self._name(value[1:])}" if value[0] == "#" else value
            else:
                found[key] = self._renamed(value)
        return "".join(f" {key}={quoteattr(value)}" for key, value in found.items() if value)

    def _declarations(self, style: str) -> Iterator[tuple[str, str]]:
        """CSS declarations as presentation attributes, which need no style permission of the page."""
        for declaration in style.split(";"):
            key, _, value = declaration.partition(":")
            if key.strip():
                yield key.strip(), self._renamed(value.strip())

    def _renamed(self, value: str) -> str:
        return _REFERENCE.sub(lambda hit: self._name(hit.group()), value)

    def _name(self, name: str) -> str:
        return self._names.setdefault(name, f"{_PREFIX}-{len(self._names)}")


def _transform(tag: str, value: str) -> dict[str, str]:
    only_move = _TRANSLATE.fullmatch(value) if tag == "use" else None
    if only_move is None:
        shown = _NUMBER.sub(lambda hit: _short(float(hit.group()), 3), value)
        return {"transform": shown} if shown else {}
    x, y = (_short(float(part or 0), 1) for part in only_move.groups())
    return {key: shown for key, shown in (("x", x), ("y", y)) if shown != "0"}


@lru_cache(maxsize=1024)
def _path(data: str, divisor: float) -> str:
    """Path data from point to point: no command letter said twice, no decimals that no eye can tell.

    Whole numbers in a letter, whose capitals are 71 units high; two decimals elsewhere. Steps are
    taken between rounded points, so that they never drift.
    """
    decimals = 0 if divisor != 1 else 2
    unit = 10**decimals / divisor
    shown: list[str] = []
    last = ""
    pen = start = (0, 0)
    for command, points in _PATH_STEP.findall(data):
        numbers = [round(float(number) * unit) for number in points.split()]
        pairs = list(zip(numbers[::2], numbers[1::2], strict=True))
        letter, steps = _steps(command, [(x - pen[0], y - pen[1]) for x, y in pairs])
        if letter != last or letter in "mz":
            shown.append(letter)
            last = letter
        for step in steps:
            text = _short(step / 10**decimals, decimals)
            shown.append(text if text.startswith("-") or shown[-1].isalpha() else f",{text}")
        pen = pairs[-1] if pairs else start
        if command == "M":
            start = pen
    return "".join(shown)


def _steps(command: str, moves: list[tuple[int, int]]) -> tuple[str, list[int]]:
    """A command's relative letter and numbers; a line straight across or down needs only one."""
    if command == "L":
        ((x, y),) = moves
        if y == 0:
            return "h", [x]
        if x == 0:
            return "v", [y]
    return command.lower(), [part for move in moves for part in move]


def _short(number: float, decimals: int) -> str:
    text = f"{number:.{decimals}f}"
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return "0" if text == "-0" else text.replace("0.", ".", 1) if abs(number) < 1 else text
