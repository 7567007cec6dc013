"""How a municipality presents itself: `params/<kommune>/profil.yaml`, all of it optional.

afsender: Rudersdal Kommune
logo: {fil: logo.svg, alt: Rudersdal Kommunes logo}
farver:
  lys: {tekst: "#12436D", grafik: "#12436D"}
  moerk: {tekst: "#A9CDF0", grafik: "#A9CDF0"}
tilgaengelighedserklaering: https://www.was.digst.dk/rudersdal-dk
"""

from __future__ import annotations

from typing import Annotated

from pydantic import AfterValidator, StringConstraints

from beskplan.core.colours import GRAPHICS_CONTRAST, TEXT_CONTRAST, contrast
from beskplan.params.values import Text
from beskplan.registers.reading import Closed, explained

LIGHT_GROUNDS = ("#FFFFFF", "#EEF3F8")
"""What a page's texts and signs stand on in light: the page itself and its tinted boxes."""
DARK_GROUNDS = ("#12171D", "#1C2530")
"""The same in a dark colour scheme. A test holds both equal to the style sheet."""


def lowest_contrast(colour: str, grounds: tuple[str, ...]) -> float:
    """The contrast of `colour` to the worst of `grounds`."""
    return min(contrast(colour, ground) for ground in grounds)


def _readable(grounds: tuple[str, ...], least: float) -> AfterValidator:
    shade = "darker" if grounds is LIGHT_GROUNDS else "lighter"

    def check(colour: str) -> str:
        found = lowest_contrast(colour, grounds)
        if found < least:
            # Cut, not rounded: 4.46 must not be told as 4.5.
            shown = int(found * 10) / 10
            expected = f"at least {least}:1 to {' and '.join(grounds)}, not {shown}:1"
            raise explained(f"a contrast of {expected}", f"take a {shade} shade")
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
