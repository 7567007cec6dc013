"""How wide a text is, and where it may be broken: margins are measured, never guessed."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache

from matplotlib.textpath import text_to_path

from beskplan.blocks.charts.style import font

_LAST_PARTS = (
    "afklaring", "aktiverede", "ansatte", "berettigede", "bekendtgørelse", "borgere", "borgerskab",
    "dagpenge", "forløb", "forsikring", "forsørgelse", "fællesskab", "grad", "hjælp", "indsats",
    "kategori", "kommune", "kontor", "langtids", "ledige", "loven", "lovgivning", "løn", "marked",
    "modtager", "område", "parat", "pension", "(?<!dag)penge", "personer", "planen", "planer", "politik",
    "ramte", "refusion", "rejse", "(?<!om)råd", "samfund", "styrken", "støtte", "system", "tilbud",
    "tilskud", "uddannelse", "visiterede", "vurdering", "ydelse",
    "berg", "borg", "fjord", "havn", "land", "sund", "værk",
)  # fmt: skip
"""What the long words of benefits, groups, targets and places end in, or have in them; a test holds that
every long name of the registers is divided before one of these. Endings may follow."""

_PARTS = re.compile(f"(?={'|'.join(_LAST_PARTS)})", re.IGNORECASE)
_SYLLABLES = re.compile(r"(?<=[aeiouyæøå])(?=[bcdfghjklmnpqrstvwxz][aeiouyæøå])"
                        r"|(?<=[aeiouyæøå][bcdfghjklmnpqrstvwxz])(?=[bcdfghjklmnpqrstvwxz])",
                        re.IGNORECASE)  # fmt: skip
"""Before a consonant between vowels; between two consonants after a vowel."""
_LEAST = 3
"""Letters that stay on either side of a hyphen."""


def split_word(word: str, fits: Callable[[str], bool]) -> list[str]:
    """`word` in parts that fit, each but the last with a hyphen.

    Each part is as long as may be and ends where one of the words in it does; where none of these
    fits, at a syllable; and where no syllable does, at any letter.

    Example:
        >>> split_word("ressourceforløb", lambda part: len(part) <= 12)
        ['ressource-', 'forløb']
        >>> split_word("Vesthimmerland", lambda part: len(part) <= 9)
        ['Vesthim-', 'merland']
    """
    parts: list[str] = []
    while not fits(word) and len(word) > 1:
        cut = _cut(word, fits)
        parts.append(f"{word[:cut]}-")
        word = word[cut:]
    return [*parts, word]


def _cut(word: str, fits: Callable[[str], bool]) -> int:
    for places in (_places(_PARTS, word), _places(_SYLLABLES, word), range(len(word) - 1, 1, -1)):
        for cut in places:
            if fits(f"{word[:cut]}-"):
                return cut
    return 1


def _places(pattern: re.Pattern[str], word: str) -> list[int]:
    """Where `word` may be divided, the last place first."""
    found = (match.start() for match in pattern.finditer(word))
    return [at for at in reversed(list(found)) if _LEAST <= at <= len(word) - _LEAST]


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
