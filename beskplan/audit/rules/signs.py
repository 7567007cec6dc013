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
from beskplan.audit.statements.sentences import Sentence
from beskplan.audit.statements.vocabulary import QUOTES_ANOTHER, Direction, only_turn, turns
from beskplan.numbers import format_number

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
        if QUOTES_ANOTHER.search(sentence.text):
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


def _is_span(text: str, first: Amount, second: Amount) -> bool:
    between = text[first.end : second.start]
    starts = re.search(r"\bfra\s+$", text[: first.start])
    units = {first.unit, second.unit} - {""}
    return bool(
        starts and re.search(r"\btil\s+$", between) and len(between) < 60 and len(units) <= 1
    )


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
        before = sentence.text[: amount.start]
        by = re.search(r"\bmed\s+$", before) and amount.end <= first.start
        # Only the bracket right after the second number, or its period, is about the two.
        gap = sentence.text[second.end : amount.start]
        bracket = 0 <= amount.start - second.end <= 25 and re.fullmatch(r"[^.;,]*\(", gap)
        if not (by or bracket) or first.unit == PCT:
            continue
        if amount.unit == PCT and first.value:
            right = (second.value / first.value - 1) * 100
        elif amount.unit not in (PCT, POINTS):
            right = second.value - first.value
        else:
            continue
        slack = Decimal(1).scaleb(-amount.decimals) / 2 + _slack(first, second, amount)
        if amount.qualifier or abs(abs(amount.value) - abs(right)) <= slack:
            yield Agreed("fra-til", sentence.place, amount.text)
            continue
        yield Finding(
            "fra-til", "error", "sikker", sentence.place, sentence.text,
            format_number(abs(right), amount.decimals),
            f"Fra {first.text} til {second.text} er ændringen "
            f"{format_number(abs(right), amount.decimals)}, "
            f"ikke {amount.text}.",
        )  # fmt: skip


def _slack(first: Amount, second: Amount, change: Amount) -> Decimal:
    """What the rounding of both levels can move a change by."""
    if change.unit != PCT or not first.value:
        return Decimal(0)
    half = Decimal("0.5").scaleb(-first.decimals)
    return 100 * half * (first.value + second.value) / (first.value * first.value)
