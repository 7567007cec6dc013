"""How wide a text is, and where it may be broken: margins are measured, never guessed."""

from __future__ import annotations

import re
from functools import lru_cache

from matplotlib.textpath import text_to_path

from beskplan.blocks.charts.joints import split_word
from beskplan.blocks.charts.style import font

_BREAKS = re.compile(r"(?<=[-/])(?=\w)|[ \t\n]+")
"""Lines break at white space and after a hyphen or slash, never at a non-breaking space."""


@lru_cache(maxsize=8192)
def text_width(text: str, size: float) -> float:
    """Width of one line of `text` in px at font size `size` px."""
    width, _height, _descent = text_to_path.get_text_width_height_descent(
        text, font(size), ismath=False
    )
    return float(width)


def wrap(text: str, size: float, limit: float) -> tuple[str, ...]:
    """`text` in lines of at most `limit` px.

    A single word that is wider than `limit` is split with a hyphen where Danish does, so that the
    result always fits.
    """
    lines: list[str] = []
    current = ""
    for word, glue in _words(text):
        joined = current + glue + word if current else word
        if text_width(joined, size) <= limit:
            current = joined
            continue
        if current:
            lines.append(current)
        *full, current = split_word(word, lambda part: text_width(part, size) <= limit)
        lines.extend(full)
    return (*lines, current)


def _words(text: str) -> list[tuple[str, str]]:
    """The unbreakable pieces of `text`, each with what joins it to the piece before."""
    pieces: list[tuple[str, str]] = []
    start, glue = 0, ""
    for match in _BREAKS.finditer(text):
        if text[start : match.start()]:
            pieces.append((text[start : match.start()], glue))
        start, glue = match.end(), " " if match.group() else ""
    if text[start:]:
        pieces.append((text[start:], glue))
    return pieces
