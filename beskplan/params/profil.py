"""How a municipality presents itself: `params/<kommune>/profil.yaml`, all of it optional, and its logo.

afsender: Rudersdal Kommune
logo: {fil: logo.svg, alt: Rudersdal Kommunes logo}
farver:
  lys: {tekst: "#12436D", grafik: "#12436D"}
  moerk: {tekst: "#A9CDF0", grafik: "#A9CDF0"}
tilgaengelighedserklaering: https://www.was.digst.dk/rudersdal-dk

The logo is embedded in every page and document, so what a drawing program may leave in it (scripts,
addresses, text that needs a font) is refused, and its weight is bounded.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

from lxml import etree
from pydantic import AfterValidator, StringConstraints

from beskplan.core.colours import GRAPHICS_CONTRAST, TEXT_CONTRAST, lowest_contrast
from beskplan.core.errors import ParamsError, Problem, os_reason
from beskplan.params.values import Text, problem, subject
from beskplan.registers.document import Document
from beskplan.registers.reading import Closed, checked, explained

MAX_BYTES = 20_000
"""Most that a logo may weigh: a page without figures has 60 kB in all."""
MAX_PIXELS = 2000
"""Longest side of a PNG; a logo is printed at most 14 mm high."""

_PNG = b"\x89PNG\r\n\x1a\n"
_SVG = "{http://www.w3.org/2000/svg}"
_XLINK_HREF = "{http://www.w3.org/1999/xlink}href"
_ELEMENTS = frozenset(
    (
        *("svg", "g", "defs", "symbol", "use", "clipPath", "mask", "style"),
        *("path", "rect", "circle", "ellipse", "line", "polyline", "polygon"),
        *("linearGradient", "radialGradient", "stop", "title", "desc"),
    )
)
"""The elements of SVG that only draw. `text` is not among them: it would need a font."""
_ATTRIBUTES = frozenset(
    (
        *("id", "class", "style", "transform", "version", "baseProfile", "role", "aria-label"),
        *("x", "y", "x1", "x2", "y1", "y2", "cx", "cy", "r", "rx", "ry", "fx", "fy", "d", "points"),
        *("width", "height", "viewBox", "preserveAspectRatio", "href", _XLINK_HREF, "offset"),
        *("fill", "fill-rule", "fill-opacity", "stroke", "stroke-width", "stroke-opacity"),
        *("stroke-linecap", "stroke-linejoin", "stroke-miterlimit", "stroke-dasharray"),
        *("stroke-dashoffset", "opacity", "color", "display", "visibility", "overflow"),
        *("clip-path", "clip-rule", "clipPathUnits", "mask", "maskUnits", "maskContentUnits"),
        *("gradientUnits", "gradientTransform", "spreadMethod", "stop-color", "stop-opacity"),
        *("pathLength", "vector-effect", "shape-rendering", "enable-background", "media", "type"),
        *(f"{{http://www.w3.org/XML/1998/namespace}}{name}" for name in ("space", "lang")),
    )
)
"""Attributes that say how something is drawn, and nothing else."""
_REACHES_OUT = re.compile(
    r"[@\\]|(?:url|src)\(\s*[\"']?(?!#)|image(?:-set)?\(|expression\(|javascript:", re.IGNORECASE
)
"""What fetches something in a style; escapes too, which could spell any of it."""


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
        found = f"{path.name}: {os_reason(error)}"
        return None, [problem("logo-not-there", where, found)]
    problems = []
    if len(data) > MAX_BYTES:
        problems.append(problem("logo-too-big", where, f"{len(data)} byte", most=MAX_BYTES))
    if data.startswith(_PNG):
        problems += _png_problems(data, where)
        return Logo(data, alt, "image/png"), problems
    problems += _svg_problems(data, where)
    return Logo(data, alt, "image/svg+xml"), problems


def _png_problems(data: bytes, where: str) -> Iterator[Problem]:
    sides = [int.from_bytes(data[at : at + 4]) for at in (16, 20)]
    whole = data[12:16] == b"IHDR" and data.rstrip(b"\0").endswith(b"IEND\xaeB`\x82")
    if not whole or not all(sides):
        yield problem("logo-damaged", where, "en PNG uden begyndelse eller slutning")
    elif max(sides) > MAX_PIXELS:
        found = f"{sides[0]} x {sides[1]} billedpunkter"
        yield problem("logo-too-large", where, found, most=MAX_PIXELS)


def _svg_problems(data: bytes, where: str) -> Iterator[Problem]:
    parser = etree.XMLParser(resolve_entities=False, load_dtd=False, no_network=True)
    try:
        root = etree.fromstring(data, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        yield problem("logo-is-no-picture", where, str(error))
        return
    # Asked of the parser, not of the bytes: a file in UTF-16 has the same words otherwise spelt.
    if root.getroottree().docinfo.doctype:
        yield problem("logo-with-doctype", where, "<!DOCTYPE")
        return
    if root.tag != f"{_SVG}svg":
        yield problem("logo-is-no-picture", where, str(root.tag))
        return
    if not root.get("viewBox"):
        yield problem("logo-without-size", where)
    nodes = (*root.itersiblings(preceding=True), *root.iter(), *root.itersiblings())
    for found in dict.fromkeys(fault for node in nodes for fault in _more_than_drawing(node)):
        yield problem("logo-does-more", where, found)


def _more_than_drawing(node: Any) -> Iterator[str]:
    """What of one node could run, fetch or need something: everything that is not on the lists."""
    if node.tag is etree.Comment:
        return
    if not isinstance(node.tag, str):
        yield str(node)[:40]
        return
    name = node.tag.removeprefix(_SVG)
    if name not in _ELEMENTS:
        yield f"<{name}>"
    if _REACHES_OUT.search(node.text or "") and name == "style":
        yield "en adresse i <style>"
    for key, value in node.attrib.items():
        if key not in _ATTRIBUTES and not key.startswith("data-"):
            yield f"{key}= på <{name}>"
        elif key in ("href", _XLINK_HREF) and not value.startswith("#"):
            yield f"href til {value[:40]!r}"
        elif _REACHES_OUT.search(value):
            yield f"en adresse i {key}= på <{name}>"


LIGHT_GROUNDS = ("#FFFFFF", "#EEF3F8")
"""What a page's texts and signs stand on in light: the page itself and its tinted boxes."""
DARK_GROUNDS = ("#12171D", "#1C2530")
"""The same in a dark colour scheme. A test holds both equal to the style sheet."""


def _readable(grounds: tuple[str, ...], least: float) -> AfterValidator:
    shade = "mørkere" if grounds is LIGHT_GROUNDS else "lysere"

    def check(colour: str) -> str:
        found = lowest_contrast(colour, grounds)
        if found < least:
            # Cut, not rounded: 4.46 must not be told as 4.5.
            shown = int(found * 10) / 10
            expected = f"mindst {least}:1 mod {' og '.join(grounds)}, ikke {shown}:1"
            raise explained(f"en kontrast på {expected}", f"vælg en {shade} tone")
        return colour

    return AfterValidator(check)


_Hex = Annotated[str, StringConstraints(pattern=r"^#[0-9A-Fa-f]{6}$")]
LightText = Annotated[_Hex, _readable(LIGHT_GROUNDS, TEXT_CONTRAST)]
LightGraphics = Annotated[_Hex, _readable(LIGHT_GROUNDS, GRAPHICS_CONTRAST)]
DarkText = Annotated[_Hex, _readable(DARK_GROUNDS, TEXT_CONTRAST)]
DarkGraphics = Annotated[_Hex, _readable(DARK_GROUNDS, GRAPHICS_CONTRAST)]


class LightColours(Closed):
    """On a light ground: screen, print and PDF."""

    tekst: LightText
    """Headings, links and key figures."""
    grafik: LightGraphics
    """Rules, boxes' edges and signs."""


class DarkColours(Closed):
    """On a dark ground: screens whose reader has asked for it."""

    tekst: DarkText
    grafik: DarkGraphics


class Colours(Closed):
    """The municipality's colours; both grounds or none, as neither follows from the other."""

    lys: LightColours
    moerk: DarkColours


class LogoFile(Closed):
    """The logo's file and what it shows."""

    fil: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][\w.-]*\.(png|svg)$")]
    """Name of a PNG or SVG beside `profil.yaml`."""
    alt: Text
    """For those who do not see it: `Rudersdal Kommunes logo`."""


class Profil(Closed):
    """How the municipality presents itself; the defaults where it has no file."""

    afsender: Text | None = None
    """Name of the publisher; the municipality's official name where left out."""
    logo: LogoFile | None = None
    farver: Colours | None = None
    tilgaengelighedserklaering: (
        Annotated[str, StringConstraints(pattern=r"^https://[^\s\"'<>]+$")] | None
    ) = None
    """Address of the accessibility statement."""
    kontakt: Text | None = None
    """Whom readers may ask: an office, with its address or telephone."""


@dataclass(frozen=True)
class Presentation:
    """A municipality's profile with its logo read in; the defaults where it has no file."""

    profil: Profil
    logo: Logo | None = None
    files: tuple[Path, ...] = ()
    """What it was read from."""


def profil_path(root: Path, kommune: str) -> Path:
    """Where a municipality's profile lies; `kommune` may be a name, code or slug."""
    return root / "params" / subject(kommune).slug / "profil.yaml"


def read_presentation(kommune: str, root: Path) -> Presentation:
    """How `kommune` presents itself; everything is a default where it has no `profil.yaml`.

    Args:
        kommune: Name, code or slug.
        root: The folder that holds `params/`.

    Raises:
        UnknownNameError: no such municipality.
        ParamsError: the file or the logo is not what it should be; all problems at once.
    """
    path = profil_path(root, kommune)
    if not path.is_file():
        return Presentation(Profil())
    document = Document.load(path, root)
    profil = checked(document, Profil, ParamsError)
    if profil.logo is None:
        return Presentation(profil, files=(path,))
    logo_path = path.parent / profil.logo.fil
    problems: list[Problem]
    logo, problems = read_logo(logo_path, profil.logo.alt, document.where(("logo", "fil")))
    if problems:
        raise ParamsError(problems)
    return Presentation(profil, logo, (path, logo_path))
