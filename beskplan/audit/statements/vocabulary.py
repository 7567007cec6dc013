"""The Danish words that plans say their numbers with: direction, size, comparison, number words."""

from __future__ import annotations

import re
from decimal import Decimal
from functools import lru_cache
from typing import Literal

from beskplan.audit.patterns import patterns

_RE = patterns("vocabulary")

Direction = Literal["up", "down", "same", ""]
WAYS: dict[str, str] = {"up": "stiger", "down": "falder", "same": "er uændret"}
"""What a number does that goes one way."""


RELATIONS: dict[str, str] = _RE.table("relations")
"""What a target's wording asks for; without such a word exactly the number."""

NUMBER_WORDS: dict[str, int] = _RE.table("number_words")

FRACTIONS: dict[str, Decimal] = {
    word: Decimal(100) * part / whole for word, (part, whole) in _RE.table("fractions").items()
}
"""Words for parts of a whole, in per cent."""


@lru_cache(8192)
def quotes_another(text: str) -> bool:
    """Whether a sentence tells what another document printed: its numbers are not this one's."""
    return _RE["quotes_another"].search(text) is not None


@lru_cache(8192)
def is_formula(text: str) -> bool:
    """Whether a sentence shows a calculation with its signs: its numbers are no list of parts."""
    return _RE["formula"].search(text) is not None


@lru_cache(8192)
def is_of_a_part(text: str) -> bool:
    """Whether a sentence speaks of a part of a benefit's recipients only."""
    return _RE["subgroups"].search(text) is not None


@lru_cache(8192)
def is_of_the_future(text: str) -> bool:
    """Whether a sentence speaks of what is to come, not of what the tables show."""
    return _RE["future"].search(text) is not None


def has_number(text: str) -> bool:
    """Whether a text has a digit: without one it says nothing that could be counted."""
    return _RE["digit"].search(text) is not None


@lru_cache(8192)
def turns(text: str, also: re.Pattern[str] | None = None) -> tuple[tuple[Direction, int, int], ...]:
    """Every word of direction with where it stands, those of another pattern with them."""
    found = [*_RE["turn"].finditer(text), *(also.finditer(text) if also else ())]
    return tuple((m.lastgroup, *m.span()) for m in sorted(found, key=re.Match[str].start))


@lru_cache(8192)
def only_turn(text: str) -> Direction:
    """The direction that all words of a text agree on; empty where there is none, or several."""
    found = {direction for direction, _, _ in turns(text)}
    return found.pop() if len(found) == 1 else ""
