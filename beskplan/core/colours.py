"""Colours and how well they are told apart: one measure for pages, documents and charts."""

import re
from collections.abc import Sequence

TEXT_CONTRAST = 4.5
"""Least contrast of a text to its ground. Source: WCAG 2.1, 1.4.3 (AA), in EN 301 549 clause 9."""
SMALL_TEXT_CONTRAST = 7.0
"""What a page gives its small text where a publisher's colour has less. Source: WCAG 2.1, 1.4.6
(AAA), which asks 7:1 below 18 points (14 in bold) and is content with 4.5:1 from there on."""
GRAPHICS_CONTRAST = 3.0
"""Least contrast of a line or sign to its ground. Source: WCAG 2.1, 1.4.11 (AA)."""

OWN = "#12436D"
"""In charts what the report is about, where the publisher has no colour of its own for it."""
BESIDE_OWN = ("#FFFFFF", "#28A197", "#8B959F")
"""What stands beside it there: the ground, the second line, the other bars."""

_HEX = re.compile(r"#[0-9A-Fa-f]{6}")
_WEIGHTS = (0.2126, 0.7152, 0.0722)
"""Share of red, green and blue in how bright a colour looks. Source: WCAG 2.1, "relative luminance"."""


def of_charts(colour: str | None) -> str:
    """Give the colour of what the report is about: the publisher's where charts can have it, else ours."""
    return colour if colour and is_for_charts(colour) else OWN


def is_for_charts(colour: str) -> bool:
    """Say whether a publisher's colour can be told from all that stands beside it in our charts."""
    return lowest_contrast(colour, BESIDE_OWN) >= GRAPHICS_CONTRAST


def contrast(one: str, other: str) -> float:
    """Contrast ratio of two colours such as `#12436D`, 1 to 21. Source: WCAG 2.1, "contrast ratio".

    Raises:
        ValueError: one of them is no colour of six hex digits.

    Example:
        >>> round(contrast("#000000", "#FFFFFF"), 1)
        21.0
    """
    darker, lighter = sorted((_luminance(one), _luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def readable(colour: str, grounds: Sequence[str]) -> str:
    """The nearest shade of `colour` in which small text can be read on each of `grounds`.

    Mixed with black where the grounds are light and with white where they are dark, so that the hue
    stays; `colour` itself where it has the contrast already.

    Raises:
        ValueError: one of them is no colour, or no shade can be read on all grounds.

    Example:
        >>> readable("#FF0000", ["#FFFFFF"])
        '#A60000'
    """
    end = max(("#000000", "#FFFFFF"), key=lambda shade: lowest_contrast(shade, grounds))
    for part in range(101):
        shade = _mixed(colour, end, part / 100)
        if lowest_contrast(shade, grounds) >= SMALL_TEXT_CONTRAST:
            return shade
    raise ValueError(
        f"no shade of {colour} has {SMALL_TEXT_CONTRAST}:1 to all of {', '.join(grounds)}"
    )


def lowest_contrast(colour: str, grounds: Sequence[str]) -> float:
    """The contrast of `colour` to the worst of `grounds`."""
    return min(contrast(colour, ground) for ground in grounds)


def _mixed(colour: str, other: str, part: float) -> str:
    if part == 0:
        return colour
    pairs = zip(_parts(colour), _parts(other), strict=True)
    return "#" + "".join(f"{round(one + (two - one) * part):02X}" for one, two in pairs)


def _parts(colour: str) -> list[int]:
    """Red, green and blue, 0-255."""
    return [int(colour[at : at + 2], 16) for at in (1, 3, 5)]


def _luminance(colour: str) -> float:
    if not _HEX.fullmatch(colour):
        raise ValueError(f"{colour!r} is no colour such as '#12436D'")
    shares = (part / 255 for part in _parts(colour))
    linear = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in shares)
    return sum(part * weight for part, weight in zip(linear, _WEIGHTS, strict=True))
