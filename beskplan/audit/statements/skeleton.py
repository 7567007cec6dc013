"""A sentence with its numbers, periods and number words replaced by tokens, so that rules see its form.

»Antallet er faldet fra 412 til 371, svarende til 10 pct.« becomes »antallet er faldet fra ⟨N0⟩ til
⟨N1⟩, svarende til ⟨P2⟩«. A token's letter says what it is: N a count, P per cent, Q points, K money,
D a duration, F a fraction in words, G so many times (»fordoblet«), W a small number in words, T a period.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal
from functools import lru_cache
from typing import NamedTuple

from beskplan.audit.patterns import patterns
from beskplan.audit.statements import amounts
from beskplan.audit.statements.vocabulary import FRACTIONS, NUMBER_WORDS
from beskplan.core.danish import format_number

_SMALL = {word: n for word, n in NUMBER_WORDS.items() if n > 1} | {
    "femten": 15, "tyve": 20, "halvanden": 1.5,
}  # fmt: skip
_RE = patterns("skeleton", small=_SMALL)

_FACTORS = {"mio": Decimal(1_000_000), "mia": Decimal(1_000_000_000), "t": Decimal(1000)}
FRACTION_SLACK = Decimal(4)
"""Points by which a per cent may miss the fraction that a writer rounds it to."""
_ABOVE = ("over", "godt", "mere end", "mindst")
_BELOW = ("knap", "næsten", "op mod", "under", "mindre end", "højst")
_DURATIONS = frozenset({"uger", "uge", "måneder", "år", "timer", "dage"})
_EVERY = {
    "anden": 2, "andet": 2, "tredje": 3, "fjerde": 4, "femte": 5, "sjette": 6, "syvende": 7, "ottende": 8,
    "niende": 9, "tiende": 10,
}  # fmt: skip
_TIMES = {"for": 2, "dob": 2, "tre": 3, "fir": 4, "fem": 5, "hal": 0.5}
TOKEN = _RE["token"]


class Token(NamedTuple):
    """A number, period or number word of a sentence."""

    kind: str
    start: int
    """Where it stands in the sentence."""
    end: int
    amount: amounts.Amount | None = None
    when: amounts.When | None = None
    size: Decimal = Decimal(0)
    """The number in units: 1,2 mio. is 1,200,000; a fraction in per cent."""
    soft: str = ""
    """The word that makes a fraction less than exact: »knap halvdelen«."""

    @property
    def number(self) -> amounts.Amount:
        """The number as it is printed; only asked of tokens that are one."""
        if self.amount is None:
            raise TypeError(f"no number: {self}")
        return self.amount

    @property
    def text(self) -> str:
        """The number as it is printed, or in digits."""
        return self.amount.text if self.amount else format_number(self.size)

    @property
    def width(self) -> Decimal:
        """How far the number may lie from the true one by its rounding: whole counts are not rounded."""
        amount = self.amount
        if amount is None or not amount.value:
            return Decimal(0)
        near = amount.rounded() if self.kind == "K" or amount.qualifier else amount.interval()
        rounded = self.kind == "K" or amount.qualifier or amount.decimals
        return (near.high - near.low) / 2 * self.size / amount.value if rounded else Decimal(0)

    @property
    def rounding(self) -> Decimal:
        """How far the number may lie from the true one because its last zeros are rounding."""
        within = self.amount.rounded() if self.amount else None
        return (within.high - within.low) / 2 if within and self.size >= 1000 else Decimal(0)

    def is_about(self, share: Decimal) -> bool:
        """Whether a fraction or »fordoblet« can stand for a per cent or a ratio: writers round far."""
        if self.kind == "G":
            ratio, falls = share / self.size, self.size < 1
            past, short = (_BELOW, _ABOVE) if falls else (_ABOVE, _BELOW)
            least, most = ("0.97", "1.5") if self.soft in past else ("0.85", "1.15")
            least, most = ("0.6", "1.03") if self.soft in short else (least, most)
            return Decimal(least) <= ratio <= Decimal(most)
        low, high = self.size - FRACTION_SLACK, self.size + FRACTION_SLACK
        if self.soft in _ABOVE:
            low, high = self.size - Decimal("0.5"), self.size * Decimal("1.25")
        elif self.soft in _BELOW:
            low, high = self.size * Decimal("0.85"), self.size + Decimal("0.5")
        return low <= share <= high


class Skeleton(NamedTuple):
    """A sentence's form and the tokens in it."""

    text: str
    tokens: tuple[Token, ...]

    def token(self, match: re.Match[str], name: str) -> Token:
        """The token that a group of a match names."""
        return self.tokens[int(match[name][1:])]


@lru_cache(amounts.REMEMBERED)
def skeleton(text: str) -> Skeleton:
    """The form of a sentence."""
    tokens = sorted(_tokens(text), key=lambda token: (token.start, -token.end))
    pieces: list[str] = []
    kept: list[Token] = []
    at = 0
    for token in tokens:
        if token.start < at:
            continue
        pieces += [text[at : token.start], f"⟨{token.kind}{len(kept)}⟩"]
        kept.append(token)
        at = token.end
    pieces.append(text[at:])
    form = "".join(piece if piece.startswith("⟨") else piece.casefold() for piece in pieces)
    return Skeleton(_RE["abbreviated"].sub(r"\1", form).replace("\u00a0", " "), tuple(kept))


def _tokens(text: str) -> Iterator[Token]:
    for when in amounts.times(text):
        yield Token("T", when.start, when.stop, when=when)
    for amount in amounts.amounts(text):
        yield _of_amount(text, amount)
    for match in _RE["words"].finditer(text):
        word = match[0].casefold()
        soft = amounts.qualifier(text[max(0, match.start() - 12) : match.start()])
        if match["g"]:
            times_so = _SMALL[match["many"].casefold()] if match["many"] else _TIMES.get(word[:3])
            size = FRACTIONS[word] / 100 if times_so is None else Decimal(str(times_so))
            yield Token("G", match.start(), match.end(), size=size, soft=soft)
            continue
        if match["w"]:
            yield Token("W", match.start(), match.end(), size=Decimal(str(_SMALL[word])))
            continue
        if match["b"]:  # »fire ud af ti«
            part, whole = _SMALL.get(match["a"].casefold(), 1), _SMALL[match["b"].casefold()]
            share = Decimal(100 * part) / Decimal(whole)
        else:
            every = _EVERY.get(word.rpartition(" ")[2])
            share = Decimal(100) / every if every else FRACTIONS[word]
        yield Token("F", match.start(), match.end(), size=share, soft=soft)


def _of_amount(text: str, amount: amounts.Amount) -> Token:
    kind, end, size = "N", amount.end, amount.value
    unit = amount.unit
    if unit == amounts.PCT:
        kind = "P"
    elif unit == amounts.POINTS:
        kind = "Q"
    elif unit in _DURATIONS:
        kind = "D"
    elif unit in ("kr", "mio", "mia") or _RE["money"].match(text, end):
        money = _RE["money"].match(text, end)
        if unit == "kr" or money:
            kind = "K"
        end = money.end() if money else end + text.startswith(".", end)
        size *= _FACTORS.get(unit, Decimal(1))
    elif unit:
        end -= len(unit) + 1  # what is counted stays in the form
    return Token(kind, amount.start, end, amount, size=size)
