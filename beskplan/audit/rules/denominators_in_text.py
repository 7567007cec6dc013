"""Lists of changes and lists of shares in prose: the levels they imply, set against each other."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal

from beskplan.audit.model import Agreed, Finding, Outcome, Severity
from beskplan.audit.rules.registry import rule
from beskplan.audit.statements.amounts import PCT, POINTS, Amount, amounts
from beskplan.audit.statements.plan import Plan
from beskplan.audit.statements.sentences import Sentence
from beskplan.audit.statements.vocabulary import only_turn
from beskplan.core.numbers import format_number, format_pct
from beskplan.indicators.shares import Interval

_TOO_FAR = Decimal("1.5")
"""A denominator this many times another is no matter of a few months between the figures."""
_FAR = Decimal("1.3")
"""One that is only this many times another may be, but hardly is."""


@rule("naevner-i-tekst")
def in_text(plan: Plan) -> Iterator[Outcome]:
    """Ændring og andel i teksten passer ikke sammen.

    »Faldet med 110 personer (-11 pct.)« betyder, at der var omkring 1.000 før. Udgør gruppen
    samtidig 1,7 pct. af befolkningen, giver de to tal en befolkning. Er den for én ydelse langt
    større end for de andre, er ændringen eller andelen forkert.
    """
    shares = _shares(plan)
    found = [
        (key, sentence, within, count)
        for key, (sentence, count) in _levels(plan).items()
        if key in shares and (within := _denominator(count, shares[key])) is not None
    ]
    if len(found) < 4:
        return
    typical = sorted(within.low for _, _, within, _ in found)[(len(found) - 1) // 2]
    for key, sentence, within, level in found:
        if within.low <= typical * _FAR and within.high >= typical / _FAR:
            yield Agreed("naevner-i-tekst", sentence.place, sentence.text)
            continue
        share = shares[key]
        grave = within.low > typical * _TOO_FAR or within.high < typical / _TOO_FAR
        severity: Severity = "contradiction" if grave else "doubt"
        yield Finding(
            "naevner-i-tekst", severity, "sandsynlig", sentence.place, sentence.text,
            f"et antal, der passer med {share.text}",
            f"Punktet svarer til {_span(level)} personer. Med en andel på "
            f"{share.text} giver det en "
            f"befolkning på {_span(within)}. De andre ydelser giver omkring "
            f"{format_number(typical, 0)}. Så mange "
            f"ville være omkring {format_pct((level.low + level.high) / 2 / typical * 100, 1)}",
        )  # fmt: skip


def _levels(plan: Plan) -> dict[str, tuple[Sentence, Interval]]:
    """The level after the change of each benefit that a list item gives a change or a level of."""
    found: dict[str, tuple[Sentence, Interval]] = {}
    for sentence in plan.prose:
        numbers = amounts(sentence.text)
        if not numbers or len(sentence.text) > 120:
            continue
        named = plan.ydelser(sentence)
        if not named or named[0].start > 3:
            continue
        level = _after(sentence, numbers)
        if level is not None:
            found.setdefault(named[0].key, (sentence, level))
    return found


def _after(sentence: Sentence, numbers: tuple[Amount, ...]) -> Interval | None:
    counts = [n for n in numbers if n.unit not in (PCT, POINTS)]
    pcts = [n for n in numbers if n.unit == PCT and n.signed]
    if not counts:
        return None
    if re.search(r"\budgør\s+$", sentence.text[: counts[0].start]):
        return Interval(counts[0].value, counts[0].value)
    way = only_turn(sentence.text)
    if len(pcts) != 1 or way not in ("up", "down") or (pcts[0].value > 0) != (way == "up"):
        return None
    size = pcts[0].interval()
    low, high = sorted((abs(size.low), abs(size.high)))
    if not low:
        return None
    count = abs(counts[0].value)
    sign = 1 if way == "up" else -1
    return Interval(count / high * 100 + sign * count, count / low * 100 + sign * count)


def _shares(plan: Plan) -> dict[str, Amount]:
    """The share of the population that a sentence gives each benefit, in brackets or after "udgør"."""
    found: dict[str, Amount] = {}
    about = -1
    for sentence in plan.prose:
        if "af befolkningen" in sentence.text or "af arbejdsstyrken" in sentence.text:
            about = sentence.part
        if sentence.part != about:
            continue
        named = plan.ydelser(sentence)
        for amount in amounts(sentence.text):
            before = [m for m in named if m.end <= amount.start]
            if amount.unit != PCT or amount.signed or not before:
                continue
            between = sentence.text[before[-1].end : amount.start]
            if re.fullmatch(r"\s*\(|,? som udgør ", between):
                found.setdefault(before[-1].key, amount)
    return found


def _denominator(level: Interval, share: Amount) -> Interval | None:
    within = share.interval()
    if within.low <= 0 or level.low < 0:
        return None
    return Interval(level.low / within.high * 100, level.high / within.low * 100)


def _span(within: Interval) -> str:
    low, high = format_number(within.low), format_number(within.high)
    return low if low == high else f"{low} til {high}"
