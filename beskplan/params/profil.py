"""How a municipality presents itself: `params/<kommune>/profil.yaml`, all of it optional, and its logo.

afsender: Rudersdal Kommune
logo: {fil: logo.png, alt: Rudersdal Kommunes logo}
farver:
  lys: {tekst: "#12436D", grafik: "#12436D"}
  moerk: {tekst: "#A9CDF0", grafik: "#A9CDF0"}
tilgaengelighedserklaering: https://www.was.digst.dk/rudersdal-dk

The logo is embedded in every page and document, so its weight is bounded, and it is a PNG: a drawing may hold
scripts, addresses and text that needs a font.
"""

import base64
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator, StringConstraints

from beskplan.core.colours import GRAPHICS_CONTRAST, TEXT_CONTRAST, lowest_contrast
from beskplan.core.errors import ParamsError, os_reason
from beskplan.params.values import Text, problem, subject
from beskplan.registers.document import Document
from beskplan.registers.reading import Closed, checked, explained

MAX_BYTES = 20_000
"""Most that a logo may weigh: a page without figures has 60 kB in all."""
MAX_PIXELS = 2000
"""Longest side of a PNG; a logo is printed at most 14 mm high."""

_PNG = b"\x89PNG\r\n\x1a\n"


@dataclass(frozen=True)
class Logo:
    """A checked picture, and the words for those who do not see it."""

    data: bytes
    alt: str

    @property
    def uri(self) -> str:
        """The picture as a data URI."""
        return f"data:image/png;base64,{base64.b64encode(self.data).decode()}"


def read_logo(path: Path, alt: str, where: str) -> Logo:
    """The logo in the file `path`.

    Args:
        path: A PNG file.
        alt: What it shows, in words.
        where: The place of the key that names the file, for the problems.

    Raises:
        ParamsError: with everything that is wrong with it.
    """
    try:
        data = path.read_bytes()
    except OSError as error:
        found = f"{path.name}: {os_reason(error)}"
        raise ParamsError(problem("logo-not-there", where, found)) from None
    problems = []
    if len(data) > MAX_BYTES:
        problems.append(problem("logo-too-big", where, f"{len(data)} byte", most=MAX_BYTES))
    sides = [int.from_bytes(data[at : at + 4]) for at in (16, 20)]
    whole = data[12:16] == b"IHDR" and data.rstrip(b"\0").endswith(b"IEND\xaeB`\x82")
    if not data.startswith(_PNG):
        problems.append(problem("logo-is-no-picture", where, path.name))
    elif not whole or not all(sides):
        problems.append(problem("logo-damaged", where, "en PNG uden begyndelse eller slutning"))
    elif max(sides) > MAX_PIXELS:
        found = f"{sides[0]} x {sides[1]} billedpunkter"
        problems.append(problem("logo-too-large", where, found, most=MAX_PIXELS))
    if problems:
        raise ParamsError(problems)
    return Logo(data, alt)


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

    fil: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][\w.-]*\.png$")]
    """Name of a PNG beside `profil.yaml`."""
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
    logo_path, where = path.parent / profil.logo.fil, document.where(("logo", "fil"))
    logo = read_logo(logo_path, profil.logo.alt, where)
    return Presentation(profil, logo, (path, logo_path))
