"""Numbers in running text and in cells: value, printed precision, unit, and the words that soften them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal
from functools import lru_cache
from typing import NamedTuple

from beskplan.audit.statements.vocabulary import NUMBER_WORDS, QUALIFIERS
from beskplan.core.errors import DataError
from beskplan.core.numbers import parse_number
from beskplan.indicators.shares import Interval

PCT, POINTS = "pct.", "procentpoint"

_DIGITS = r"(?:[0-9]{1,3}(?:[.\u00a0][0-9]{3})+|[0-9]+)(?:,[0-9]+)?"
_POINT_UNIT = r"pct\.?[ -]?points?|procent[ -]?points?"
_NOUNS = (
    "fuldtidspersoner", "fuldtidsperson", "helårspersoner", "helårsperson", "personer", "person",
    "borgere", "borger", "uger", "uge", "forløb", "virksomheder", "ledige", "bruttoledige",
    "fuldtidsbeskæftigede", "flygtninge", "forsikrede", "kontanthjælpsmodtagere", "sager",
    "måneder", "år", "kr", "mio", "timer", "årsværk", "samtaler", "kommuner", "deltagere",
)  # fmt: skip
_AMOUNT = re.compile(
    rf"(?<![\w,./§+-])(?P<n>[+\-−–]?{_DIGITS})(?!(?!pct|%)[\w/]|[.,][0-9])"
    rf"(?:[ \u00a0]?(?P<points>{_POINT_UNIT})|[ \u00a0]?(?P<pct>pct\.?|%|procent\b)"
    rf"|[ \u00a0](?P<noun>{'|'.join(_NOUNS)})(?![a-zæøå]))?",
    re.IGNORECASE,
)
_QUALIFIER = re.compile(
    rf"\b(?P<q>{'|'.join(re.escape(word) for word in QUALIFIERS)})[ \u00a0]$", re.IGNORECASE
)
_QUALIFIER_REACH = 12
"""Characters of the longest qualifier with its blanks."""
_BEFORE_REACH = 24
"""Characters of the longest word before a number that makes it a name, with its blanks."""
_NAMED_BY = (
    "§", "nr.", "lab", "mål", "tabel", "figur", "bilag", "side", "afsnit", "paragraf", "stk.", "fase",
    "frikommuneforsøg", "resultatmål", "beskæftigelsesmål", "ad", "del", "kl.", "plan for", "planen for",
)  # fmt: skip
"""Words before a number that make it a name."""
_NOT_BEFORE = re.compile(rf"(?:\b(?:{'|'.join(map(re.escape, _NAMED_BY[1:]))})|§)$")
_NOT_AFTER = re.compile(
    r"^(?:\.\s?(?:januar|februar|marts|april|maj|juni|juli|august|september|oktober|november"
    r"|december|kvartal|kvt)\b|\.?\s?kvartal|\.[0-9]|[-–][0-9]|\s?[–-]\s?[0-9]+ år|\+|-årig|\. og\b)",
    re.IGNORECASE,
)
_CELL = re.compile(
    rf"(?:(?P<q>mindst|højst|højest|ca\.|under|over|minimum|maksimalt)\s+)?(?P<n>[+\-−–]?\s?{_DIGITS})"
    rf"\s?(?:(?P<pct>%|pct\.?|procent)|(?P<noun>{'|'.join(_NOUNS)})\.?(?:\s?kr\.?)?)?",
    re.IGNORECASE,
)
_MARKS = re.compile(r"\s*(?:\[note [0-9]+\]|[*¹²³⁴⁵⁶⁷⁸⁹]+|\([0-9]\))\s*$")

_WORD_AND_MORE = re.compile(
    rf"\b(?:{'|'.join(NUMBER_WORDS)})\b(?= (?:flere|færre) (?:end|i)\b)", re.IGNORECASE
)
_DIGIT = re.compile(r"[0-9]")
REMEMBERED = 8192
"""So many sentences are read once and remembered: each rule looks at every sentence."""

_BROKEN = re.compile(
    r"(?<![\d.,])(?<!uge )(?<!uger )(?<!nr\. )\d+,\s\d(?=\s?(?:pct|%|uge|procent))"  # 10, 5 uge
    r"|(?<![\d.,])\d{1,3}\.\s\d{3}(?![\d.])(?=\s(?:personer|fuldtids|borgere|helårs|ledige|kr))"
    r"|(?<![\d.,])\d{1,3}\s\.\d{3}\b"
    r"|(?<![\d.,/-])[1-9]\d{0,2}\.\d{1,2}(?![\d.,])(?=\s(?:personer|fuldtids|borgere|helårs|ledige))"
    r"|\b\d+[OolI]\d*\b(?=\s?(?:pct|%|personer|fuldtids|borgere))"
    r"|\ufffd|\(cid:\d+\)"
)
"""Numbers that a converter has broken: a gap inside, a lost zero, a letter for a digit."""
_MAY_BE_BROKEN = re.compile(
    r"[0-9](?:[,.]\s[0-9]|\s\.[0-9]|\.[0-9]{1,2}(?![0-9])|[OolI])|\ufffd|\(cid:"
)
"""What every broken number has: looking for it first is ten times as fast."""


class Amount(NamedTuple):
    """A number as it is printed.

    Attributes:
        value: With its sign.
        decimals: How many are printed.
        text: As printed, with unit.
        unit: `pct.`, `procentpoint`, a noun, or empty.
        qualifier: `ca.`, `knap` and the like; else empty.
        start: Offset in the text where it begins; 0 in a cell.
        end: Offset right after it.
        signed: Whether a sign is printed.
    """

    value: Decimal
    decimals: int
    text: str
    unit: str = ""
    qualifier: str = ""
    start: int = 0
    end: int = 0
    signed: bool = False

    def interval(self, *, exact: bool = False) -> Interval:
        """Where the unrounded number lies; the number alone where it counts whole things."""
        half = Decimal(0) if exact and self.decimals == 0 else Decimal("0.5").scaleb(-self.decimals)
        return Interval(self.value - half, self.value + half)

    def rounded(self) -> Interval:
        """Where the number lies if its zeros at the end come from rounding to tens or hundreds."""
        whole = str(abs(int(self.value)))
        zeros = min(len(whole) - len(whole.rstrip("0")), 2)
        if self.decimals or not zeros:
            return self.interval()
        half = Decimal(10) ** zeros / 2
        return Interval(self.value - half, self.value + half)

    def means(self, other: Decimal) -> bool:
        """Whether the printed number can stand for another, exact to the printed decimals.

        "ca." allows a twentieth, or one unit of the last printed place; "knap" asks for a little
        more than the truth, "over" for a little less.
        """
        step = Decimal(1).scaleb(-self.decimals)
        value, other = abs(self.value), abs(other)
        if self.qualifier in ("under", "mindre end") and value <= step:
            return other <= value
        if self.qualifier in ("ca.", "cirka", "omkring", "omtrent"):
            return abs(value - other) <= max(step, other / 20)
        if self.qualifier in ("knap", "næsten", "op mod", "under", "mindre end", "højst"):
            return value * Decimal("0.85") <= other <= value + step / 2
        if self.qualifier in ("over", "godt", "mere end", "mindst"):
            return value - step / 2 <= other <= value * Decimal("1.2")
        return abs(value - other) <= step / 2


@lru_cache(REMEMBERED)
def broken_numbers(text: str) -> tuple[re.Match[str], ...]:
    """Every number of a text that a converter has broken."""
    return tuple(_BROKEN.finditer(text)) if _MAY_BE_BROKEN.search(text) else ()


@lru_cache(REMEMBERED)
def amounts(text: str) -> tuple[Amount, ...]:
    """The numbers of a text that count something: no years, dates, sections or ranges."""
    in_words = tuple(_in_words(text))
    in_digits = tuple(_amounts(text)) if _DIGIT.search(text) else ()
    return tuple(sorted((*in_digits, *in_words), key=_start)) if in_words else in_digits


def _start(amount: Amount) -> int:
    return amount.start


def _in_words(text: str) -> Iterator[Amount]:
    """`én flere`, `to færre`: elsewhere such words are articles as often as numbers."""
    for match in _WORD_AND_MORE.finditer(text):
        value = Decimal(NUMBER_WORDS[match[0].casefold()])
        yield Amount(value, 0, match[0], start=match.start(), end=match.end())


def _amounts(text: str) -> Iterator[Amount]:
    broken = [match.span() for match in broken_numbers(text)]
    for match in _AMOUNT.finditer(text):
        start, end = match.start("n"), match.end()
        if any(low <= start < high or low < match.end("n") <= high for low, high in broken):
            continue
        has_unit = match["points"] or match["pct"] or match["noun"]
        if _is_named(text[max(0, start - _BEFORE_REACH) : start]) or (
            not (match["points"] or match["pct"]) and _NOT_AFTER.match(text[match.end("n") :])
        ):
            continue
        digits = match["n"].replace("–", "-")
        if not has_unit and re.fullmatch(r"(?:19|20)[0-9]{2}", digits):
            continue
        unit = (
            POINTS if match["points"] else PCT if match["pct"] else (match["noun"] or "").casefold()
        )
        value = _value(digits)
        if value is None:
            continue
        softened = _qualifier(text[max(0, start - _QUALIFIER_REACH) : start])
        # A qualifier belongs to the number, with the blank between them.
        first = start - len(softened) - 1 if softened else start
        yield Amount(
            value, _decimals(digits), text[start:end], unit, softened, first, end, digits[0] in "+-−",
        )  # fmt: skip


def _is_named(before: str) -> bool:
    """Whether the words before a number make it a name: `§ 3`, `tabel 2`."""
    bare = before.rstrip().lower()
    return bare.endswith(_NAMED_BY) and _NOT_BEFORE.search(bare) is not None


def _qualifier(before: str) -> str:
    """The word right before a number that softens it, or empty."""
    if not before[:-1].lower().endswith(QUALIFIERS):
        return ""
    softened = _QUALIFIER.search(before)
    return softened["q"].casefold() if softened else ""


@lru_cache(REMEMBERED)
def cell_amount(text: str) -> Amount | None:
    """The number of a cell; None where it holds none, or one that cannot be read in one way."""
    bare = _MARKS.sub("", text.strip())
    match = _CELL.fullmatch(bare)
    if match is None:
        return None
    digits = re.sub(r"\s", "", match["n"]).replace("–", "-")
    value = _value(digits)
    if value is None:
        return None
    unit = PCT if match["pct"] else (match["noun"] or "").casefold()
    soft = (match["q"] or "").casefold()
    return Amount(value, _decimals(digits), bare, unit, soft, signed=digits[0] in "+-−")


def _value(digits: str) -> Decimal | None:
    try:
        return parse_number(digits)
    except DataError:
        return None


def _decimals(digits: str) -> int:
    return len(digits.partition(",")[2])
