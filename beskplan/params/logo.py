"""The municipality's logo: a small picture that carries nothing but the picture.

It is embedded in every page and document, so what a drawing program may leave in it (scripts,
addresses, text that needs a font) is refused, and its weight is bounded.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree as ET

from beskplan.core.errors import Problem

MAX_BYTES = 20_000
"""Most that a logo may weigh: a page without figures has 60 kB in all."""
MAX_PIXELS = 2000
"""Longest side of a PNG; a logo is printed at most 14 mm high."""

_PNG = b"\x89PNG\r\n\x1a\n"
_SVG = "{http://www.w3.org/2000/svg}"
_DRAWN = frozenset(
    (
        *("svg", "g", "defs", "symbol", "use", "clipPath", "mask", "style"),
        *("path", "rect", "circle", "ellipse", "line", "polyline", "polygon"),
        *("linearGradient", "radialGradient", "stop", "title", "desc", "metadata"),
    )
)
"""The elements of SVG that only draw. `text` is not among them: it would need a font."""
_REACHES_OUT = re.compile(r"@import|url\(\s*[\"']?(?!#)|expression\(|javascript:", re.IGNORECASE)


@dataclass(frozen=True)
class Logo:
    """A checked picture, and the words for those who do not see it."""

    data: bytes
    alt: str
    media_type: str
    """`image/png` or `image/svg+xml`."""

    @property
    def uri(self) -> str:
        """The picture as a data URI."""
        return f"data:{self.media_type};base64,{base64.b64encode(self.data).decode()}"


def read_logo(path: Path, alt: str, where: str) -> tuple[Logo | None, list[Problem]]:
    """The logo in the file `path`, or everything that is wrong with it.

    Args:
        path: A PNG or SVG file.
        alt: What it shows, in words.
        where: The place of the key that names the file, for the problems.
    """
    try:
        data = path.read_bytes()
    except OSError as error:
        found = error.strerror or str(error)
        fix = "put the file beside profil.yaml"
        return None, [Problem(where, "no such picture", f"{path.name}: {found}", "a file", fix)]
    problems = []
    if len(data) > MAX_BYTES:
        found = f"{len(data)} bytes"
        fix = "save it smaller, or as plain SVG"
        problems.append(
            Problem(where, "the picture is too heavy", found, f"at most {MAX_BYTES} bytes", fix)
        )
    if data.startswith(_PNG):
        problems += _png_problems(data, where)
        return Logo(data, alt, "image/png"), problems
    problems += _svg_problems(data, where)
    return Logo(data, alt, "image/svg+xml"), problems


def _png_problems(data: bytes, where: str) -> Iterator[Problem]:
    sides = [int.from_bytes(data[at : at + 4]) for at in (16, 20)]
    whole = data[12:16] == b"IHDR" and data.rstrip(b"\0").endswith(b"IEND\xaeB`\x82")
    if not whole or not all(sides):
        yield Problem(
            where, "the picture is broken", "a PNG without beginning or end", "a whole PNG"
        )
    elif max(sides) > MAX_PIXELS:
        found = f"{sides[0]} x {sides[1]} pixels"
        yield Problem(where, "the picture is too large", found, f"at most {MAX_PIXELS} a side")


def _svg_problems(data: bytes, where: str) -> Iterator[Problem]:
    expected = "a PNG, or an SVG that only draws"
    if b"<!DOCTYPE" in data or b"<!ENTITY" in data:
        fix = "save it as plain SVG"
        yield Problem(where, "the picture declares a document type", "<!DOCTYPE", expected, fix)
        return
    try:
        root = ET.fromstring(data)  # noqa: S314 no document type, so no entities to blow up
    except (ET.ParseError, ValueError) as error:
        yield Problem(where, "is no picture that a page can show", str(error), expected)
        return
    if root.tag != f"{_SVG}svg":
        yield Problem(where, "is no picture that a page can show", root.tag, expected)
        return
    if not root.get("viewBox"):
        fix = "add viewBox, or save it as plain SVG"
        yield Problem(where, "the picture has no size", "no viewBox", "viewBox on <svg>", fix)
    for found in dict.fromkeys(_more_than_drawing(root)):
        fix = "save it as plain SVG, with text as outlines"
        yield Problem(where, "the picture does more than draw", found, expected, fix)


def _more_than_drawing(root: ET.Element) -> Iterator[str]:
    """Elements and attributes that could run, fetch or need something."""
    for element in root.iter():
        space, _, name = str(element.tag).rpartition("}")
        if f"{space}}}" == _SVG and name not in _DRAWN:
            yield f"<{name}>"
        if _REACHES_OUT.search(element.text or ""):
            yield f"an address inside <{name}>"
        for key, value in element.attrib.items():
            plain = key.rpartition("}")[2]
            if plain.lower().startswith("on"):
                yield f"{plain}= on <{name}>"
            elif plain == "href" and not value.startswith("#"):
                yield f"href to {value[:40]!r}"
            elif _REACHES_OUT.search(value):
                yield f"an address in {plain}= on <{name}>"
