"""Words of direction against the signs, levels and sizes printed beside them in the same sentence."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal
from itertools import pairwise

from beskplan.audit.model import Agreed, Finding, Outcome
from beskplan.audit.rules.registry import rule
from beskplan.audit.statements.amounts import PCT, POINTS, Amount, amounts
from beskplan.audit.statements.plan import Plan
from beskplan.audit.statements.scan import Scan
from beskplan.audit.statements.sentences import Sentence
from beskplan.audit.statements.times import times
from beskplan.audit.statements.vocabulary import Direction, only_turn, quotes_another, turns
from beskplan.core.numbers import format_number

_GAP = 60
"""Characters between two numbers and the change that is told behind them, at most."""
_FROM = re.compile(r"\bfra\s+$")
_TO = re.compile(r"\btil\s+$")
_BY = re.compile(r"\b(?:med|på)\s+(?:ca\.\s+)?$")
_THEN_FROM = re.compile(r"[\s,]*(?:personer |fuldtidspersoner )?fra\s+")
_BRACKET = re.compile(r"[^.;,]{0,25}\(")
_SO_MUCH = re.compile(
    r"[^.;()]{0,25}(?:,|og dermed|dvs\.|altså|svarende til|hvilket (?:er|svarer til))"
    r"[^.;()\d]{0,14}(?:\b(?:stigning|fald)(?:en|et)? på|\bdvs\.? med|\baltså med)\s+(?:ca\.\s+)?"
)
_CORRESPONDING = re.compile(
    r"[^.;()]{0,25}(?:svarende til|hvilket svarer til|dvs\.)\s+(?:ca\.\s+)?"
)
_CONCLUDES = Scan(
    r"\b(?:altså|dvs\.|hvilket er|det er|og dermed)\s+(?:tale om )?(?:en|et)\s+(?:\w+\s)?"
    r"(?:(?P<up>stigning|fremgang)|(?P<down>fald|tilbagegang|nedgang))\b"
)
_WORDS = {"up": "stiger", "down": "falder", "same": "er uændret"}


def _clause(text: str, at: int) -> str:
    """The clause that a position stands in."""
    starts = [m.end() for m in re.finditer(r";|,\s(?:mens|men|og)\b|\bmens\b|\. ", text[:at])]
    stop = re.search(r";|,\s(?:mens|men)\b|\bmens\b", text[at:])
    return text[starts[-1] if starts else 0 : at + stop.start() if stop else len(text)]


@rule("verbum-mod-fortegn")
def verb_against_sign(plan: Plan) -> Iterator[Outcome]:
    """Ordet og fortegnet peger hver sin vej.

    Står der »steget«, må tallet i parentesen ikke have minus, og står der »faldet«, må det ikke
    have plus. Står der både antal og pct., skal de gå samme vej.
    """
    for sentence in plan.sentences:
        if quotes_another(sentence.text):
            continue
        for amount in amounts(sentence.text):
            if not amount.signed or amount.unit not in (PCT, POINTS) or amount.value == 0:
                continue
            clause = _clause(sentence.text, amount.start)
            word = only_turn(clause)
            if word not in ("up", "down"):
                continue
            yield _judged(sentence, amount, word, clause)


def _judged(sentence: Sentence, amount: Amount, word: Direction, clause: str) -> Outcome:
    sign: Direction = "up" if amount.value > 0 else "down"
    if sign == word:
        return Agreed("verbum-mod-fortegn", sentence.place, amount.text)
    subject = re.split(r"\s+(?:er|var|har|steg|faldt)\b", clause.strip())[0]
    return Finding(
        "verbum-mod-fortegn", "contradiction", "sikker", sentence.place, sentence.text,
        "samme retning i ord og tal",
        f"Ordet siger, at tallet {_WORDS[word]}, men fortegnet i {amount.text} siger det modsatte. "
        "Mindst et af dem er forkert.",
        (subject.strip(),),
    )  # fmt: skip


@rule("fra-til")
def from_to(plan: Plan) -> Iterator[Outcome]:
    """Fra-til passer ikke til ordet eller ændringen.

    »Steget fra 45 til 136« skal gå opad, og »faldet fra 815 til 786« nedad. Står ændringen også
    i sætningen, i antal eller pct., skal den passe med de to tal.
    """
    for sentence in plan.prose:
        found = amounts(sentence.text)
        for first, second in pairwise(found):
            if _is_span(sentence.text, first, second):
                yield from _moved(sentence, first, second, found)
        yield from _concluded(sentence, found)


def _concluded(sentence: Sentence, found: tuple[Amount, ...]) -> Iterator[Outcome]:
    """`400 i 2019 og 350 i 2020, altså et fald`: two levels of two times, and which way that is."""
    match = _CONCLUDES.search(sentence.text)
    pair = [n for n in found if n.end <= match.start()] if match else []
    when = [t for t in times(sentence.text) if match and t.stop <= match.start() and not t.day]
    if match is None or len(pair) != 2 or len(when) != 2:
        return
    if len({pair[0].unit, pair[1].unit} - {""}) > 1:
        return
    if when[0].period.last_day >= when[1].period.first_day or pair[0].value == pair[1].value:
        return
    word: Direction = "up" if match["up"] else "down"
    way: Direction = "up" if pair[1].value > pair[0].value else "down"
    if word == way:
        yield Agreed("fra-til", sentence.place, match[0])
        return
    yield Finding(
        "fra-til", "contradiction", "sikker", sentence.place, sentence.text, _WORDS[way],
        f"Fra {pair[0].text} til {pair[1].text} {_WORDS[way]} tallet, men ordet siger, at det "
        f"{_WORDS[word]}.",
    )  # fmt: skip


def _is_span(text: str, first: Amount, second: Amount) -> bool:
    between = text[first.end : second.start]
    if (
        len(between) >= _GAP
        or not _TO.search(between)
        or not _FROM.search(text[: first.start][-8:])
    ):
        return False
    return not first.unit or not second.unit or first.unit == second.unit


def _moved(
    sentence: Sentence, first: Amount, second: Amount, found: tuple[Amount, ...]
) -> Iterator[Outcome]:
    clause = _clause(sentence.text, first.start)
    word = _nearest_turn(sentence.text, first.start) or only_turn(clause)
    way: Direction = "same"
    if first.value != second.value:
        way = "up" if second.value > first.value else "down"
    if word and word != way:
        yield Finding(
            "fra-til", "contradiction", "sikker", sentence.place, sentence.text, _WORDS[way],
            f"Fra {first.text} til {second.text} {_WORDS[way]} tallet, men ordet siger, at det "
            f"{_WORDS[word]}.",
        )  # fmt: skip
    elif word:
        yield Agreed("fra-til", sentence.place, f"fra {first.text} til {second.text}")
    yield from _sizes(sentence, first, second, found)


def _nearest_turn(text: str, at: int) -> Direction:
    before = [direction for direction, start, _ in turns(text) if start < at]
    return before[-1] if before else ""


def _sizes(
    sentence: Sentence, first: Amount, second: Amount, found: tuple[Amount, ...]
) -> Iterator[Outcome]:
    """The change that the same sentence gives: `med 39, fra 437 til 476`, `fra 304 … (13 pct.)`."""
    for amount in found:
        right = None
        if _is_of_the_move(sentence.text, first, second, amount):
            right = _size(first, second, amount)
        if right is None:
            continue
        slack = Decimal(1).scaleb(-amount.decimals) / 2 + _slack(first, second, amount)
        if amount.qualifier or abs(abs(amount.value) - abs(right)) <= slack:
            yield Agreed("fra-til", sentence.place, amount.text)
            continue
        unit = amount.unit if amount.unit in (PCT, POINTS) else ""
        size = f"{format_number(abs(right), amount.decimals)} {unit}".strip()
        yield Finding(
            "fra-til", "error", "sikker", sentence.place, sentence.text, size,
            f"Fra {first.text} til {second.text} er ændringen {size}, ikke {amount.text}.",
        )  # fmt: skip


def _is_of_the_move(text: str, first: Amount, second: Amount, amount: Amount) -> bool:
    """Whether a number tells how far it is from the first number to the second.

    Before them it stands after "med" or "på"; after them in the bracket right behind, or after
    "en stigning på", "svarende til" and the like.
    """
    if amount.end <= first.start:
        between = text[amount.end : first.start]
        return bool(_BY.search(text[: amount.start]) and _THEN_FROM.fullmatch(between))
    gap = text[second.end : amount.start]
    if amount.start < second.end or len(gap) > _GAP:
        return False
    if _BRACKET.fullmatch(gap) or _SO_MUCH.fullmatch(gap):
        return True
    share = text[amount.end :].lstrip().startswith("af ")
    return bool(_CORRESPONDING.fullmatch(gap)) and not share


def _size(first: Amount, second: Amount, amount: Amount) -> Decimal | None:
    """The change from one number to another in the unit of a third; None where that is unclear."""
    shares = PCT in (first.unit, second.unit)
    if amount.unit == POINTS:
        return second.value - first.value if shares else None
    if shares:  # per cent of a per cent has two readings
        return None
    if amount.unit == PCT:
        return (second.value / first.value - 1) * 100 if first.value else None
    return second.value - first.value


def _slack(first: Amount, second: Amount, change: Amount) -> Decimal:
    """What the rounding of both levels can move a change by."""
    if change.unit != PCT or not first.value:
        return Decimal(0)
    half = Decimal("0.5").scaleb(-first.decimals)
    return 100 * half * (first.value + second.value) / (first.value * first.value)
