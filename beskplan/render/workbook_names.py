"""Names that Excel accepts: of sheets, and of the columns of its tables."""

from __future__ import annotations

import re
from collections.abc import Iterable

MAX_SHEET_NAME = 31
"""Excel's limit."""
_FORBIDDEN = re.compile(r"[\[\]:*?/\\\x00-\x1f]+")
_NO_LAST_WORD = frozenset(("af", "blandt", "eller", "for", "i", "med", "og", "på", "samt", "til"))
"""A name that was cut does not end in one of these."""
_RESERVED = "history"
"""Excel keeps this one for itself, in any letter case."""


def sheet_name(wanted: str, taken: Iterable[str]) -> str:
    """A sheet's name as near to `wanted` as Excel allows, and unlike each of `taken`.

    Cut at a word where it is too long; Excel tells names apart without regard to letter case.
    """
    used = {name.casefold() for name in taken} | {_RESERVED}
    plain = " ".join(_FORBIDDEN.sub(" ", wanted).split()).strip("'") or "Ark"
    name = _cut(plain, MAX_SHEET_NAME)
    number = 1
    while name.casefold() in used:
        number += 1
        ending = f" ({number})"
        name = _cut(plain, MAX_SHEET_NAME - len(ending)) + ending
    return name


def unlike_names(names: Iterable[str]) -> list[str]:
    """The names in their order, those numbered that differ from an earlier one by case only."""
    found: list[str] = []
    for name in names:
        number, unlike = 1, name
        while unlike.casefold() in (other.casefold() for other in found):
            number += 1
            unlike = f"{name} ({number})"
        found.append(unlike)
    return found


def _cut(text: str, length: int) -> str:
    if len(text) <= length:
        return text
    # One more than fits: a word that ends just there is whole.
    words = text[: length + 1].split(" ")[:-1]
    while len(words) > 1 and words[-1] in _NO_LAST_WORD:
        words.pop()
    return (" ".join(words) or text[:length]).rstrip(" '")
