"""The Danish words that plans say their numbers with: direction, size, comparison, number words."""

from __future__ import annotations

import re
from decimal import Decimal
from functools import lru_cache
from typing import Literal

Direction = Literal["up", "down", "same", ""]

_UP = (
    r"steg(?:et|en)?|stiger|stige|stigende|stigning(?:en|er|erne)?|øge[ts]?|øges|øgede|forøge(?:t|s)"
    r"|forhøjet|vokset|vokser|voksede|tilvækst(?:en)?|fremgang(?:en)?|tiltagende|opjusteret"
    r"|forøgelse(?:n)?|gå(?:et|r)? op|gik op|hæve[ts]?|op (?=på \d|til \d)"
)
_DOWN = (
    r"fald(?:et|ene)?|faldt|falder|falde|faldende|reducere(?:s|t)?|nedbring(?:es|e)|nedbragt"
    r"|mindske(?:t|s)|nedgang(?:en)?|tilbagegang(?:en)?|skåret ned|nedjusteret|formindske(?:t|s)"
    r"|reduktion(?:en)?|dal(?:et|er)|gå(?:et|r)? ned|gik ned|sænke[ts]|ned (?=på \d|til \d)"
)
_SAME = r"uændrede?|uændret|stagnation|stagneret|stabil[te]?"
TURN = re.compile(rf"\b(?:(?P<up>{_UP})|(?P<down>{_DOWN})|(?P<same>{_SAME}))\b", re.IGNORECASE)
"""Words that say which way a number has moved."""

QUALIFIERS = (
    "ca.", "cirka", "omkring", "omtrent", "knap", "godt", "næsten", "over", "under", "mere end",
    "mindre end", "mindst", "minimum", "højst", "højest", "maksimalt", "op mod", "op til",
)  # fmt: skip
"""Words right before a number that make it less, or other, than exact."""

RELATIONS: dict[str, str] = {
    "mindst": "mindst", "minimum": "mindst", "som minimum": "mindst", "højst": "højst",
    "højest": "højst", "maksimalt": "højst", "ca.": "ca.", "cirka": "ca.", "omkring": "ca.",
    "under": "under", "over": "over",
}  # fmt: skip
"""What a target's wording asks for; without such a word exactly the number."""

NUMBER_WORDS: dict[str, int] = {
    "én": 1, "en": 1, "ét": 1, "et": 1, "to": 2, "tre": 3, "fire": 4, "fem": 5, "seks": 6, "syv": 7,
    "otte": 8, "ni": 9, "ti": 10, "elleve": 11, "tolv": 12,
}  # fmt: skip

FRACTIONS: dict[str, Decimal] = {
    "halvdelen": Decimal(50),
    "en tredjedel": Decimal(100) / 3,
    "to tredjedele": Decimal(200) / 3,
    "2/3": Decimal(200) / 3,
    "1/3": Decimal(100) / 3,
    "en fjerdedel": Decimal(25),
    "tre fjerdedele": Decimal(75),
    "en femtedel": Decimal(20),
}
"""Words for parts of a whole, in per cent."""

HIGHER = r"(?:højere|større|mere|flere|over|kraftigere)"
LOWER = r"(?:lavere|mindre|færre|under|afdæmpet|svagere)"

_DIGIT = re.compile(r"[0-9]")
_FUTURE = re.compile(
    r"\b(?:skal|forvent\w*|prognose\w*|målet|vil være|målsætning\w*)\b(?!.*\bgår fra\b)|^mål\b",
    re.IGNORECASE,
)
_SUBGROUPS = re.compile(
    r"\b(?:unge|kvinder|mænd|jobparate|aktivitetsparate|uddannelsesparate|langtidsledige|"
    r"langtidsforsørgede|langvarige?|dimittend\w*|senior\w*|nyledige|flygtninge|udenlandske|"
    r"under \d+ år|over \d+ år|(?:over|mere end) \d+ uger|52\+|ikke-vestlige)\b",
    re.IGNORECASE,
)
"""Words that make a statement about a part of a benefit's recipients, not about all of them."""

QUOTES_ANOTHER = re.compile(
    r"\b(?:planen|bilaget|kilden)(?:s egne?)? (?:trykte|angav|daterede|skrev|opgjorde)"
    r"|planen angav|trykte tal\b|^planens ord\b|\bmed (?:dens|planens) egne ord\b",
    re.IGNORECASE,
)
"""What a sentence, or its heading, says that tells what another document printed."""


@lru_cache(8192)
def quotes_another(text: str) -> bool:
    """Whether a sentence tells what another document printed: its numbers are not this one's."""
    return QUOTES_ANOTHER.search(text) is not None


_FORMULA = re.compile(r"\d\S{0,4}(?: [^\W\d]+)? [x×*/=] \d")


@lru_cache(8192)
def is_formula(text: str) -> bool:
    """Whether a sentence shows a calculation with its signs: its numbers are no list of parts."""
    return _FORMULA.search(text) is not None


@lru_cache(8192)
def is_of_a_part(text: str) -> bool:
    """Whether a sentence speaks of a part of a benefit's recipients only."""
    return _SUBGROUPS.search(text) is not None


@lru_cache(8192)
def is_of_the_future(text: str) -> bool:
    """Whether a sentence speaks of what is to come, not of what the tables show."""
    return _FUTURE.search(text) is not None


def has_number(text: str) -> bool:
    """Whether a text has a digit: without one it says nothing that could be counted."""
    return _DIGIT.search(text) is not None


@lru_cache(8192)
def turns(text: str) -> tuple[tuple[Direction, int, int], ...]:
    """Every word of direction with where it stands."""
    return tuple((m.lastgroup, m.start(), m.end()) for m in TURN.finditer(text))  # type: ignore[misc]


@lru_cache(8192)
def only_turn(text: str) -> Direction:
    """The direction that all words of a text agree on; empty where there is none, or several."""
    found = {direction for direction, _, _ in turns(text)}
    return found.pop() if len(found) == 1 else ""
