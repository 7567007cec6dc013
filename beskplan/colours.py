"""Colours and how well they are told apart: one measure for pages, documents and charts."""

from __future__ import annotations

import re

TEXT_CONTRAST = 4.5
"""Least contrast of a text to its ground. Source: WCAG 2.1, 1.4.3 (AA), in EN 301 549 clause 9."""
GRAPHICS_CONTRAST = 3.0
"""Least contrast of a line or sign to its ground. Source: WCAG 2.1, 1.4.11 (AA)."""

_HEX = re.compile(r"#[0-9A-Fa-f]{6}")
_WEIGHTS = (0.2126, 0.7152, 0.0722)
"""Share of red, green and blue in how bright a colour looks. Source: WCAG 2.1, "relative luminance"."""


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


def _luminance(colour: str) -> float:
    if not _HEX.fullmatch(colour):
        raise ValueError(f"{colour!r} is no colour such as '#12436D'")
    parts = (int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5))
    linear = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts)
    return sum(part * weight for part, weight in zip(linear, _WEIGHTS, strict=True))
