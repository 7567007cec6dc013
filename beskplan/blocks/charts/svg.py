"""A matplotlib figure as lean, deterministic SVG text.

matplotlib writes what a browser does not need: prologue, metadata, a comment for each text, an id
for each artist, a style sheet that would leak into the page around it. What is left here is a
picture of the same points, at about half of the bytes. Text stays as outlines, so no font is needed
where it is read; each letter is stored once.
"""

from __future__ import annotations

import hashlib
import io
import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Any
from xml.etree import ElementTree as ET
from xml.sax.saxutils import quoteattr

import matplotlib as mpl
from matplotlib.figure import Figure

_RC: dict[Any, Any] = {
    "savefig.bbox": None,
    "savefig.facecolor": "auto",
    "svg.fonttype": "path",
    "svg.hashsalt": "beskplan",
}
_NO_METADATA = {"Date": None, "Creator": None, "Format": None, "Type": None}
_XLINK = "{http://www.w3.org/1999/xlink}"
_DROPPED = {"metadata", "style"}
_ID_REFERENCE = re.compile(r"#([\w-]+)")
_NUMBER = re.compile(r"-?(?:\d+\.?\d*|\.\d+)(?:e[-+]?\d+)?")
_PATH_STEP = re.compile(r"([MLQCz])([^MLQCz]*)")
"""The only commands that matplotlib writes, each with its points: absolute, one step each."""
_TRANSLATE = re.compile(r"translate\(([^ )]+)(?: ([^)]+))?\)")
_GLYPH_SCALE = 64
"""matplotlib stores a letter's outline times 64, with `scale(0.015625)` beside it."""


def svg_text(figure: Figure) -> str:
    """`figure` as one `<svg>` element, without prologue.

    Drawn once, at its own size (no tight bounding box). Equal figures give equal bytes; no id of
    one chart occurs in another, so several can stand in one page.
    """
    buffer = io.BytesIO()
    with mpl.rc_context(_RC):
        figure.savefig(buffer, format="svg", metadata=_NO_METADATA)
    return _shrink(buffer.getvalue().decode("utf-8"))


def _shrink(text: str) -> str:
    root = ET.fromstring(text)  # noqa: S314 matplotlib's own text
    # A colour looks like a reference, so a name counts only where an element bears it.
    ids = {element.attrib["id"] for element in root.iter() if "id" in element.attrib}
    used = ids.intersection(hit for element in root.iter() for hit in _references(element))
    prefix = "c" + hashlib.sha256(text.encode("utf-8")).hexdigest()[:8]
    names = {name: f"{prefix}-{number}" for number, name in enumerate(sorted(used))}
    width, height = (root.attrib[side].removesuffix("pt") for side in ("width", "height"))
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" '
        f'viewBox="{root.attrib["viewBox"]}" stroke-linejoin="round">'
    )
    return head + "".join(part for child in root for part in _parts(child, names)) + "</svg>"


def _references(element: ET.Element) -> Iterator[str]:
    for key, value in element.attrib.items():
        if key != "id":
            yield from _ID_REFERENCE.findall(value) if "#" in value else ()


def _parts(element: ET.Element, names: dict[str, str]) -> Iterator[str]:
    """The element and what is in it as text; a group that says nothing goes."""
    tag = element.tag.rpartition("}")[2]
    if tag in _DROPPED:
        return
    attributes = _attributes(tag, element.attrib, names)
    inner = "".join(part for child in element for part in _parts(child, names))
    if tag in ("g", "defs") and not inner:
        return
    if tag == "g" and not attributes:
        yield inner
        return
    shown = "".join(f" {key}={quoteattr(value)}" for key, value in attributes.items())
    yield f"<{tag}{shown}>{inner}</{tag}>" if inner else f"<{tag}{shown}/>"


def _attributes(tag: str, attrib: dict[str, str], names: dict[str, str]) -> dict[str, str]:
    found: dict[str, str] = {}
    glyph = tag == "path" and attrib.get("transform") == "scale(0.015625)"
    for key, value in attrib.items():
        if key == "id":
            if value in names:
                found["id"] = names[value]
        elif key == "style":
            found.update(_declarations(value, names))
        elif key == "d":
            found["d"] = _path(value, _GLYPH_SCALE) if glyph else _path(value, 1)
        elif key == "transform":
            if not glyph:
                found.update(_transform(tag, value))
        else:
            found[key.removeprefix(_XLINK)] = _renamed(value, names)
    return found


def _declarations(style: str, names: dict[str, str]) -> Iterator[tuple[str, str]]:
    """CSS declarations as presentation attributes, which need no style permission of the page."""
    for declaration in style.split(";"):
        key, _, value = declaration.partition(":")
        if key.strip():
            yield key.strip(), _renamed(value.strip(), names)


def _renamed(value: str, names: dict[str, str]) -> str:
    if "#" not in value:
        return value
    return _ID_REFERENCE.sub(lambda hit: "#" + names.get(hit.group(1), hit.group(1)), value)


def _transform(tag: str, value: str) -> dict[str, str]:
    only_move = _TRANSLATE.fullmatch(value) if tag == "use" else None
    if only_move is None:
        return {"transform": _NUMBER.sub(lambda hit: _short(float(hit.group()), 3), value)}
    x, y = (_short(float(part or 0), 1) for part in only_move.groups())
    return {key: shown for key, shown in (("x", x), ("y", y)) if shown != "0"}


@lru_cache(maxsize=1024)
def _path(data: str, divisor: float) -> str:
    """Path data from point to point: no command letter said twice, no decimals that no eye can tell.

    Whole numbers in a letter, whose capitals are 73 units high; two decimals elsewhere. Steps are
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
