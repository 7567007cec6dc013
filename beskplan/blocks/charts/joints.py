"""Where a long Danish word is divided: between the words that it is made of, else between syllables."""

from __future__ import annotations

import re
from collections.abc import Callable

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
